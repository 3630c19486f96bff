//! What a scan remembers of the last one: it saves work, and changes nothing that is told.

use std::fs;
use std::path::PathBuf;

use super::drawn;
use super::run::{run, start};
use crate::fixture::{Fixture, fake_github_token};

/// Findings, exceptions and clean contents, on branches that cross.
fn mixed(seed: u64) -> Fixture {
    let token = fake_github_token();
    drawn::history(seed, 40, &|number| match number {
        0..10 => format!("{number}\nkey = \"{token}\"\n"),
        10..14 => format!("{number} = \"{token}\"  # portcullis: allow(github-pat) made up\n"),
        14..20 => format!("def f(x):\n    eval(x)  # {number}\n"),
        _ => format!("content {number}"),
    })
}

fn memory(fixture: &Fixture) -> Vec<PathBuf> {
    let files = fs::read_dir(fixture.work.join(".git/portcullis/history"));
    files.map_or_else(|_| Vec::new(), |files| files.map(|file| file.unwrap().path()).collect())
}

/// What a scan tells that remembers nothing.
#[track_caller]
fn check(fixture: &Fixture, what: &str) {
    // What was clean for secrets in an old version is not clean for code.
    for depth in [&[][..], &["--code"]] {
        let args = [&["scan", "history", "--all-occurrences", "--format", "json"], depth].concat();
        let known = run(fixture, &args);
        let full = run(fixture, &[&args[..], &["--no-cache"]].concat());
        assert_eq!((known.code, &known.stdout), (full.code, &full.stdout), "{what} {depth:?}");
        assert!(full.stdout.contains("github-pat"), "{what}: something is found");
    }
}

#[test]
fn what_is_remembered_changes_nothing() {
    let fixture = mixed(1);
    check(&fixture, "for the first time");
    assert_eq!(memory(&fixture).len(), 1);
    check(&fixture, "again");
    fixture.git(&["checkout", "-q", "branch-1"]);
    fixture.commit("new.py", format!("t = '{}'\n", fake_github_token()));
    check(&fixture, "after a commit");
    fixture.commit(".portcullis/rules/own.toml", OWN_RULE);
    check(&fixture, "after a rule more");
    assert_eq!(memory(&fixture).len(), 2, "other rules remember for themselves");
    let found = run(&fixture, &["scan", "history", "--code", "--format", "json"]).stdout;
    assert!(found.contains("own-content"), "a rule finds what was clean before it came: {found}");
}

const OWN_RULE: &str = r#"
schema = 1
pack = "own"

[[rule]]
id = "own-content"
title = "Content thirty"
category = "code"
topic = "own"
severity = "high"
confidence = "high"
scope = "any"
pattern = '''content 3[0-9]'''
message = "It is content."
remediation = "Write something else."
"#;

#[test]
fn a_run_that_is_killed_or_a_file_that_is_damaged_hides_nothing() {
    let fixture = mixed(2);
    for _ in 0..3 {
        let mut child = start(&fixture, &["scan", "history"]);
        child.kill().unwrap();
        child.wait().unwrap();
        check(&fixture, "after a kill");
    }
    let files = memory(&fixture);
    let whole = fs::read(&files[0]).unwrap();
    for damaged in [&whole[..whole.len() / 2], &whole[..whole.len() - 5], &[], &[7; 640]] {
        fs::write(&files[0], damaged).unwrap();
        check(&fixture, &format!("{} bytes", damaged.len()));
    }
}

/// What was noted is not noted once more, so it was not scanned again.
#[track_caller]
fn check_noted_once(fixture: &Fixture, least: usize) {
    run(fixture, &["scan", "history"]);
    // A memory that claims what is not so would be believed: it is only ever read, and written by ourselves.
    let files = memory(fixture);
    let before = fs::read(&files[0]).unwrap();
    assert!(before.len() >= 32 * least, "{} bytes", before.len());
    for args in [&["scan", "history"][..], &["scan", "history", "--no-cache"]] {
        run(fixture, args);
        assert_eq!(fs::read(&files[0]).unwrap(), before, "nothing new is noted: {args:?}");
    }
}

#[test]
fn what_is_remembered_is_not_scanned_again() {
    check_noted_once(&mixed(3), 8);
    // Here git is asked for every object.
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    for number in 0..4 {
        fixture.commit("a.py", format!("x = {number}\n"));
    }
    check_noted_once(&fixture, 4);
}
