//! Random values in every form and place are found, and what only resembles them is not.

use std::fs;
use std::path::Path;

use data_encoding::{BASE64, BASE64URL};
use proptest::prelude::*;

use super::{Candidate, Known, Usual, candidates};
use crate::model::{RepoPath, SkipReason};

/// The value of `PASSWORD` in a `.env`; none when it is not worth looking for.
fn known(value: &str) -> Option<Known> {
    Known::of_text(".env", format!("A=1\nPASSWORD='{value}' # why\n").as_bytes())
}

fn percent(value: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    value.bytes().map(byte).collect()
}

/// `value` in one of ten forms, with what a program would put around it.
fn written(value: &str, form: usize, cut: usize) -> String {
    let at = 1 + cut % (value.len() - 1);
    match form {
        0 => value.to_owned(),
        1 => serde_json::to_string(value).unwrap(),
        2 => format!("'{value}'"),
        3 => percent(value),
        4..=6 => BASE64.encode(format!("{}{value} and more", &"user:"[..form - 3]).as_bytes()),
        7 => BASE64URL.encode(value.as_bytes()),
        8 => value.bytes().map(|byte| format!("{byte:02x}")).collect(),
        _ => format!("\"{}\" + \"{}\"", &value[..at], &value[at..]),
    }
}

/// What people choose and what machines draw, of everything that can stand in single quotes. A word of letters only
/// counts in fewer places, and has a test of its own.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{3,8}[0-9]{2,5}[!#$%&/<=>?@^][A-Z]{1,5}",
        "[0-9A-Za-z]{8,20}[0-9][0-9A-Za-z]{8,20}",
        "[!-&(-\\[\\]-_a-~]{10,30}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_value_is_found_in_every_form_and_place(
        value in value(),
        form in 0usize..10,
        cut in any::<usize>(),
        (before, after) in prop::sample::select(&[("", ""), ("x = ", ";\n"), ("(", ")"), ("see\n", ", or"), ("k: ", "\r\n"), ("a\\n", "\\n")][..]),
    ) {
        let Some(known) = known(&value) else { return Err(TestCaseError::reject("not worth it")) };
        // Quotes in the value end the literal, and a split there is no split.
        prop_assume!(form < 9 || !value.contains(['"', '`']));
        let content = format!("{before}{}{after}", written(&value, form, cut));
        let hits = known.find(content.as_bytes());
        prop_assert_eq!(hits.len(), 1, "{} in {}", value, content);
        let told = known.describe(&hits[0]);
        prop_assert!(told.starts_with("the value of `PASSWORD` from .env"), "{}", told);
        prop_assert!(!told.contains(&value));
    }

    #[test]
    fn what_resembles_a_value_is_not_found(
        value in value(),
        form in 0usize..10,
        at in any::<prop::sample::Index>(),
        other in "[0-9A-Za-z]",
    ) {
        let Some(known) = known(&value) else { return Err(TestCaseError::reject("not worth it")) };
        let mut near: Vec<u8> = value.clone().into_bytes();
        let at = at.index(near.len());
        prop_assume!(near[at] != other.as_bytes()[0] && (form < 9 || !value.contains(['"', '`'])));
        // In base64 some bits of the first and last byte share a digit with the neighbours.
        prop_assume!(!(4..8).contains(&form) || at > 0 && at + 1 < near.len());
        near[at] = other.as_bytes()[0];
        let near = String::from_utf8(near).unwrap();
        prop_assert_eq!(known.find(written(&near, form, at).as_bytes()).len(), 0, "{}", near);
    }

    #[test]
    fn no_bytes_make_it_panic(
        file in prop::collection::vec(any::<u8>(), 0..400),
        name in prop::sample::select(&[".env", ".npmrc", ".netrc", ".pgpass", "a.tfvars", "secrets.json", "master.key"][..]),
        content in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let both = [&file[..], &content].concat();
        let hits = Known::of_text(name, &file).map_or_else(Vec::new, |known| known.find(&both));
        prop_assert!(hits.iter().all(|hit| hit.span.start < hit.span.end && hit.span.end <= both.len()));
    }
}

/// How many hits `content` has when `.env` holds these lines.
#[track_caller]
fn check(env: &str, content: &str, expected: usize) {
    let hits =
        Known::of_text(".env", env.as_bytes()).map_or_else(Vec::new, |known| known.find(content.as_bytes()));
    assert_eq!(hits.len(), expected, "{env} in {content}");
}

#[test]
fn a_value_that_a_person_chose_counts_where_nothing_continues_it() {
    let env = "DB_PASSWORD=hunter2";
    for there in
        ["hunter2", "it is hunter2.", "u:hunter2@h", "mysql -uroot -phunter2", "x\\nhunter2\\n", "=hunter2;"]
    {
        check(env, there, 1);
    }
    for not_there in ["hunter22", "xhunter2", "hunter2-x", "my_hunter2", "Hunter2"] {
        check(env, not_there, 0);
    }
}

#[test]
fn a_word_counts_where_values_stand() {
    let env = "DB_PASSWORD=dragonfly";
    for there in [
        "p('dragonfly')",
        "`dragonfly`",
        "p=dragonfly",
        "p: dragonfly\n",
        "u:dragonfly@h",
        "<p>dragonfly</p>",
    ] {
        check(env, there, 1);
    }
    for not_there in
        ["a dragonfly flies", "dragonfly()", "import dragonfly\n", "'a dragonfly'", "x.dragonfly = 1"]
    {
        check(env, not_there, 0);
    }
}

#[test]
fn one_place_is_one_hit() {
    check("A_TOKEN=h0rse!staple\nB_TOKEN=h0rse!staple", "h0rse!staple", 1);
    check("A_TOKEN=h0rse!staple\nB_TOKEN=staple!battery9", "h0rse!staple!battery9", 1);
    check("A_TOKEN=h0rse!staple", "h0rse!staple h0rse!staple", 2);
}

#[test]
fn a_template_s_values_are_nobody_s() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(".env"), "A_TOKEN=h0rse!staple\nB_TOKEN=st4ple!horse\n").unwrap();
    fs::write(dir.path().join(".env.example"), "A_TOKEN=h0rse!staple\n").unwrap();
    let files = candidates(dir.path(), Usual::read(dir.path()), std::iter::empty());
    let (known, skipped) = Known::read(dir.path(), &files);
    let known = known.unwrap();
    assert_eq!((known.len(), skipped), (1, Vec::new()));
    assert_eq!(known.find(b"h0rse!staple st4ple!horse").len(), 1);
}

/// The secret files that are found when `files` lie in the top folder and `staged` is staged.
#[track_caller]
fn check_places(files: &[&str], staged: &[&str], expected: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let staged: Vec<RepoPath> = staged.iter().map(|path| RepoPath::from(*path)).collect();
    let found: Vec<String> = candidates(dir.path(), Usual::read(dir.path()), staged.iter())
        .into_iter()
        .map(|candidate| candidate.shown)
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn secret_files_are_found_by_name_in_the_folders_of_the_change_and_in_usual_ones() {
    check_places(
        &[
            ".env",
            ".env.local",
            "prod.env",
            ".envrc",
            "env.py",
            ".npmrc",
            "x.tfvars",
            "appsettings.json",
            "README",
        ],
        &[],
        &[".env", ".env.local", ".envrc", ".npmrc", "prod.env", "x.tfvars"],
    );
    check_places(&["a/.env", "a/b/.env", "c/.env"], &["a/b/x.py"], &["a/.env", "a/b/.env"]);
    check_places(
        &["apps/web/.env", "backend/.env", "apps/web/deep/.env"],
        &[],
        &["backend/.env", "apps/web/.env"],
    );
    check_places(&["node_modules/x/.env", "packages/node_modules/.env"], &["node_modules/x/a.js"], &[]);
    check_places(
        &["src/appsettings.Development.json", "config/master.key"],
        &[],
        &["config/master.key", "src/appsettings.Development.json"],
    );
}

#[cfg(unix)]
#[test]
fn only_small_regular_files_of_the_repository_are_read() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("other"), "A_TOKEN=h0rse!staple\n").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let top = dir.path();
    symlink(outside.path().join("other"), top.join(".env.elsewhere")).unwrap();
    symlink(top.join("gone"), top.join(".env.gone")).unwrap();
    fs::write(top.join("inside"), "B_TOKEN=st4ple!horse\n").unwrap();
    symlink(top.join("inside"), top.join(".env.inside")).unwrap();
    fs::write(top.join(".env.large"), vec![b'x'; (1 << 20) + 1]).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(top.join(".env.socket")).unwrap();
    fs::create_dir(top.join(".env.folder")).unwrap();
    let (known, skipped) = Known::read(top, &candidates(top, Usual::read(top), std::iter::empty()));
    let skipped: Vec<_> = skipped
        .into_iter()
        .map(|skipped| (String::from_utf8(skipped.path.as_bytes().to_vec()).unwrap(), skipped.reason))
        .collect();
    assert_eq!(
        skipped,
        [
            (".env.elsewhere".to_owned(), SkipReason::SecretFileElsewhere),
            (".env.folder".to_owned(), SkipReason::NotAFile),
            (".env.gone".to_owned(), SkipReason::SecretFileUnread),
            (".env.large".to_owned(), SkipReason::SecretFileLarge((1 << 20) + 1)),
            (".env.socket".to_owned(), SkipReason::NotAFile),
        ]
    );
    assert_eq!(known.unwrap().find(b"st4ple!horse h0rse!staple").len(), 1);
}

#[test]
fn files_of_the_home_folder_are_known_by_their_paths() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".aws")).unwrap();
    fs::write(home.path().join(".aws/credentials"), "[default]\nsecret_key = h0rse!staple\n").unwrap();
    let files = super::in_home(home.path());
    let shown: Vec<&str> = files.iter().map(|file| file.shown.as_str()).collect();
    assert_eq!(shown, ["~/.aws/credentials"]);
    let (known, _) = Known::read(Path::new("/nowhere"), &files);
    let known = known.unwrap();
    let hits = known.find(b"h0rse!staple");
    assert_eq!(known.describe(&hits[0]), "the value of `secret_key` from ~/.aws/credentials");
    assert_eq!(Candidate::at(Path::new("a/README.md")), None);
}
