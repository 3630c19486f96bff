//! What a server is about to accept.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;

use portcullis::git::{GitEnv, Repo};
use portcullis::source::{Reader, receive};

use crate::fixture::{Fixture, one_commit, text};

/// A bare repository `there` whose pre-receive hook keeps what it is told, and its quarantine, and refuses.
fn with_server() -> Fixture {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["clone", "-q", "--bare", "work", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    let hook = fixture.root.join("there/hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let root = fixture.root.display();
    let script =
        format!("#!/bin/sh\nenv -0 > '{root}/env'\ncat > '{root}/stdin'\ncp -r . '{root}/copy'\nexit 1\n");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
    fixture
}

/// What `git push args` would bring in: path and content, in order.
fn received(fixture: &Fixture, args: &[&str]) -> Vec<(String, String)> {
    fixture.try_git_in(&fixture.work, &[&["push", "origin"], args].concat(), b"");
    let there = fixture.root.join("there").into_os_string().into_vec();
    let copy = fixture.root.join("copy").into_os_string().into_vec();
    let vars = fs::read(fixture.root.join("env")).unwrap();
    let vars = vars.split(|&byte| byte == 0).filter_map(|variable| {
        let equals = variable.iter().position(|&byte| byte == b'=')?;
        // The quarantine is gone by now; the copy of it is not.
        let value = variable[equals + 1..].to_vec();
        let value = match value.strip_prefix(&there[..]) {
            Some(rest) => [&copy, rest].concat(),
            None => value,
        };
        Some((OsString::from_vec(variable[..equals].to_vec()), OsString::from_vec(value)))
    });
    let env = GitEnv::from_vars(vars);
    let repo = Repo::open_in_hook(&fixture.root.join("copy"), env).unwrap();
    let changes = receive::parse_changes(&fs::read(fixture.root.join("stdin")).unwrap()).unwrap();
    let listing = receive::list(&repo, &changes).unwrap();
    let mut reader = Reader::new(Some(&repo));
    let read =
        listing.entries.iter().map(|it| (text(it.path.as_bytes()), text(&reader.read(&it.locator).unwrap())));
    let read = read.collect();
    fs::remove_dir_all(fixture.root.join("copy")).unwrap();
    read
}

#[test]
fn what_is_in_quarantine_is_read() {
    let fixture = with_server();
    fixture.commit("file", "new\n");
    fixture.git(&["tag", "-m", "tagged", "v1"]);
    let expected =
        [(".git/TAG_EDITMSG", "tagged\n"), (".git/COMMIT_EDITMSG", "write file\n"), ("file", "new\n")];
    let expected = expected.map(|(path, content)| (path.to_owned(), content.to_owned()));
    assert_eq!(received(&fixture, &["main", "v1"]), expected);
    assert_eq!(received(&fixture, &["main~1:refs/heads/again"]), []);
    assert_eq!(received(&fixture, &[":main"]), []);
}
