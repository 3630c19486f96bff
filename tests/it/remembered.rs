//! Rules of packs are checked once and remembered in the git folder; what is remembered never changes what is found.

use std::fs;
use std::path::PathBuf;

use crate::fixture::Fixture;
use crate::packs::{FOUND, publish, rule, url, with_rules};
use crate::team::{open, run};

/// A repository with a pack that is worth remembering, and a file that it finds something in, staged.
fn with_many_rules() -> Fixture {
    let fixture = with_rules();
    publish_many(&fixture, "quixotic");
    let (code, said) =
        run(&fixture, &["packs", "add", &url(&fixture), "--path", "packs/base", "--name", "acme"]);
    assert_eq!(code, 0, "{said}");
    fixture.git(&["add", ".portcullis"]);
    fixture.git(&["commit", "-qm", "use it"]);
    fixture.stage("text.py", "x = 'quixotic-42'\ny = 'sesquipedal-7'\n");
    fixture
}

fn publish_many(fixture: &Fixture, word: &str) {
    for number in 0..24 {
        let text = rule(&format!("other{number}"), "high");
        fs::write(fixture.root.join(format!("rules/packs/base/other{number}.toml")), text).unwrap();
    }
    publish(fixture, "packs/base/words.toml", &rule(word, "high"));
}

fn memory(fixture: &Fixture) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixture.work.join(".git/portcullis/rules"));
    entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[track_caller]
fn finds(fixture: &Fixture, expected: &[&str]) {
    assert_eq!(open(fixture, &["scan", "staged"]), expected);
}

#[test]
fn rules_are_found_again_and_damage_is_as_if_nothing_were_there() {
    let fixture = with_many_rules();
    assert_eq!(memory(&fixture), Vec::<PathBuf>::new());
    finds(&fixture, &[FOUND]);
    let [place] = memory(&fixture).try_into().unwrap();
    let whole = fs::read(&place).unwrap();
    finds(&fixture, &[FOUND]);
    // The rule as it is remembered, with another word to look for.
    let at = whole.windows(8).position(|part| part == b"quixotic").unwrap();
    let mut other = whole.clone();
    other[at] = b'Q';
    for damaged in [&other[..], &whole[..whole.len() / 2], b"", b"\xff\xff\xff\xff\xff\xff\xff\xff"] {
        fs::write(&place, damaged).unwrap();
        finds(&fixture, &[FOUND]);
        assert_eq!(fs::read(&place).unwrap(), whole);
    }
    // A folder where nothing can be kept.
    fs::remove_dir_all(fixture.work.join(".git/portcullis")).unwrap();
    fs::write(fixture.work.join(".git/portcullis"), "").unwrap();
    finds(&fixture, &[FOUND]);
}

#[test]
fn other_rules_are_not_taken_for_those_that_are_remembered() {
    let fixture = with_many_rules();
    finds(&fixture, &[FOUND]);
    publish_many(&fixture, "sesquipedal");
    let (code, said) = run(&fixture, &["packs", "update"]);
    assert_eq!(code, 0, "{said}");
    fixture.git(&["commit", "-qm", "newer", ".portcullis"]);
    finds(&fixture, &["text.py:2 acme-sesquipedal"]);
    assert_eq!(memory(&fixture).len(), 2);
    // A rule of the repository beside them.
    fixture.stage(".portcullis/rules/own.toml", rule("quixotic", "high"));
    fixture.git(&["commit", "-qm", "ours", ".portcullis"]);
    finds(&fixture, &[FOUND, "text.py:2 acme-sesquipedal"]);
    // What does not read is told, however often the rest was read.
    fixture.stage(".portcullis/rules/own.toml", "schema = 2\n");
    let (code, said) = run(&fixture, &["scan", "staged"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn what_judges_others_is_not_remembered() {
    let fixture = with_many_rules();
    for args in [&["scan", "tree"][..], &["ci", "HEAD..HEAD"], &["config", "validate"]] {
        run(&fixture, args);
        assert_eq!(memory(&fixture), Vec::<PathBuf>::new(), "{args:?}");
    }
    finds(&fixture, &[FOUND]);
    assert_eq!(memory(&fixture).len(), 1);
}
