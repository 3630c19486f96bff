//! A pack that is damaged: what is damaged is named, the rest is scanned and reported, and nobody is told "clean".

use std::fs;
use std::path::{Path, PathBuf};

use super::delta::scan;
use crate::fixture::{Fixture, fake_github_token};

/// A history whose blobs are in a pack of their own, and where that is.
fn blobs_apart() -> (Fixture, PathBuf) {
    let fixture = Fixture::new();
    for version in 0..4 {
        fixture.commit("long.txt", format!("{version}\n{}", "some text\n".repeat(400 + version)));
    }
    fixture.commit("token.txt", format!("token = {}\n", fake_github_token()));
    let all = fixture.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let names = |blobs: bool| {
        let lines = all.lines().filter(|line| line.contains(" blob ") == blobs);
        lines.map(|line| format!("{}\n", line.split(' ').next().unwrap())).collect::<String>()
    };
    let pack = |names: String| {
        let args = ["pack-objects", "-q", ".git/objects/pack/pack"];
        let output = fixture.try_git_in(&fixture.work, &args, names.as_bytes());
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    pack(names(false));
    let name = pack(names(true));
    fixture.git(&["prune-packed"]);
    let path = fixture.work.join(format!(".git/objects/pack/pack-{name}.pack"));
    (fixture, path)
}

/// The blobs of a pack in the order of their places: id, place, and whether it is a delta.
fn placed(fixture: &Fixture, pack: &Path) -> Vec<(String, usize, bool)> {
    let said = fixture.git(&["verify-pack", "-v", pack.to_str().unwrap()]);
    let blobs = said.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    let blobs = blobs.filter(|words| words.get(1) == Some(&"blob"));
    let mut blobs: Vec<_> =
        blobs.map(|words| (words[0].to_owned(), words[4].parse().unwrap(), words.len() > 5)).collect();
    blobs.sort_by_key(|(_, place, _)| *place);
    blobs
}

/// After `harm` there is no answer, these blobs are named, and the token is found or not.
#[track_caller]
fn check(harm: impl Fn(&Fixture, &PathBuf) -> Vec<String>, found: bool) {
    let (fixture, pack) = blobs_apart();
    let mut permissions = fs::metadata(&pack).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    fs::set_permissions(&pack, permissions.clone()).unwrap();
    fs::set_permissions(pack.with_extension("idx"), permissions).unwrap();
    let named = harm(&fixture, &pack);
    let (code, said) = scan(&fixture, &fixture.work, &[]);
    assert_eq!((code, said.contains("github-pat")), (2, found), "{said}");
    let (start, _) = said.split_once("\"unread\"").unwrap();
    let unread = &said[start.len()..];
    for name in &named {
        assert!(unread.contains(name), "{name}: {unread}");
    }
    assert_eq!(unread.matches("\"why\"").count(), named.len(), "{unread}");
    assert_eq!(scan(&fixture, &fixture.work, &["--full"]), (code, said));
}

fn all(blobs: &[(String, usize, bool)]) -> Vec<String> {
    blobs.iter().map(|(name, ..)| name.clone()).collect()
}

#[test]
fn a_damaged_blob_is_named_with_what_is_made_of_it() {
    check(
        |fixture, pack| {
            let blobs = placed(fixture, pack);
            let root = blobs.iter().find(|(name, _, delta)| !delta && *name != token(fixture)).unwrap();
            let mut bytes = fs::read(pack).unwrap();
            bytes[root.1 + 12] ^= 0xff;
            fs::write(pack, bytes).unwrap();
            all(&blobs).into_iter().filter(|name| *name != token(fixture)).collect()
        },
        true,
    );
}

fn token(fixture: &Fixture) -> String {
    fixture.git(&["rev-parse", "HEAD:token.txt"])
}

#[test]
fn a_pack_that_was_cut_off_or_is_gone_gives_no_answer() {
    check(
        |fixture, pack| {
            let blobs = placed(fixture, pack);
            fs::write(pack, &fs::read(pack).unwrap()[..20]).unwrap();
            all(&blobs)
        },
        false,
    );
    check(
        |fixture, pack| {
            let blobs = placed(fixture, pack);
            fs::remove_file(pack).unwrap();
            all(&blobs)
        },
        false,
    );
}

#[test]
fn a_damaged_folder_in_a_pack_is_named_and_the_others_are_listed() {
    check(
        |fixture, pack| {
            let tree = fixture.git(&["rev-parse", "HEAD~4^{tree}"]);
            let mut packs = fs::read_dir(pack.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
            let is_other = |path: &PathBuf| path.extension().is_some_and(|it| it == "pack") && path != pack;
            let other = packs.find(is_other).unwrap();
            let said = fixture.git(&["verify-pack", "-v", other.to_str().unwrap()]);
            let line = said.lines().find(|line| line.starts_with(&tree)).unwrap();
            let place: usize = line.split_ascii_whitespace().nth(4).unwrap().parse().unwrap();
            let mut bytes = fs::read(&other).unwrap();
            bytes[place + 10] ^= 0xff;
            fs::remove_file(&other).unwrap();
            fs::write(&other, bytes).unwrap();
            vec![tree]
        },
        true,
    );
}

#[test]
fn an_index_that_names_the_wrong_places_is_found_out() {
    check(
        |fixture, pack| {
            let blobs = placed(fixture, pack);
            let index = pack.with_extension("idx");
            let mut bytes = fs::read(&index).unwrap();
            // The places of all objects stand before two checksums, in the order of the names.
            let places = bytes.len() - 40 - 4 * blobs.len();
            let mut names = all(&blobs);
            names.sort();
            let others: Vec<usize> = (0..names.len()).filter(|idx| names[*idx] != token(fixture)).collect();
            for byte in 0..4 {
                bytes.swap(places + 4 * others[0] + byte, places + 4 * others[1] + byte);
            }
            fs::write(&index, bytes).unwrap();
            vec![names[others[0]].clone(), names[others[1]].clone()]
        },
        true,
    );
}

#[test]
fn a_pack_that_was_repacked_meanwhile_is_found_again() {
    let (fixture, pack) = blobs_apart();
    let expected = scan(&fixture, &fixture.work, &[]);
    fs::remove_file(pack.with_extension("idx")).unwrap();
    let output = fixture.try_git_in(&fixture.work, &["unpack-objects", "-q"], &fs::read(&pack).unwrap());
    assert!(output.status.success());
    assert_eq!(scan(&fixture, &fixture.work, &[]), expected);
}
