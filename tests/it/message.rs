//! The message of a commit, as the commit-msg hook judges it in real commits.

use std::fs;

use crate::fixture::{Fixture, fake_github_token, one_commit};

/// One commit and the hook, and something staged.
fn guarded() -> Fixture {
    let fixture = one_commit();
    fixture.guard("work/.git", "commit-msg");
    fixture.stage("next", "next\n");
    fixture
}

/// Whether `git commit args` goes through; a commit that does not must have been stopped by a finding.
#[track_caller]
fn check(fixture: &Fixture, args: &[&str], passes: bool) {
    let (code, said) = fixture.said(&[&["commit", "-q"], args].concat());
    let expected = if passes { (0, false) } else { (1, true) };
    assert_eq!((code, said.contains("commit stopped: 1 secret in 1 file")), expected, "{args:?}: {said}");
    assert!(!said.contains(&fake_github_token()), "{said}");
}

#[test]
fn a_secret_in_a_message_stops_the_commit() {
    let token = fake_github_token();
    check(&guarded(), &["-m", &format!("use {token}")], false);
    check(&guarded(), &["-m", "subject", "-m", &format!("body\n\nKey: {token}")], false);
    // Git keeps it: `-m` does not strip comments.
    check(&guarded(), &["--cleanup=verbatim", "-m", &format!("subject\n\n# {token}")], false);
    check(&guarded(), &["-m", "a clean message"], true);
    check(&guarded(), &["--allow-empty-message", "-m", ""], true);
}

#[test]
fn code_in_a_message_is_only_talked_about() {
    for message in [
        "never call eval(input) or os.system(\"rm \" + name)",
        "portcullis: allow(python-eval) is how a waiver is written",
        "Access-Control-Allow-Origin: *",
    ] {
        assert_eq!(guarded().said(&["commit", "-q", "-m", message]), (0, String::new()));
    }
}

#[test]
fn the_diff_below_the_scissors_is_not_the_message() {
    let token = fake_github_token();
    let fixture = one_commit();
    fixture.commit("secret", format!("token = \"{token}\"\n"));
    fixture.guard("work/.git", "commit-msg");
    // What is taken away stands in the diff that the editor shows.
    fixture.git(&["rm", "-q", "secret"]);
    let fixture =
        fixture.with_var("GIT_EDITOR", "sh -c 'echo remove it | cat - \"$1\" > m && cp m \"$1\"' -");
    check(&fixture, &["-v"], true);
    assert_eq!(fixture.git(&["log", "-1", "--format=%B"]).trim_end(), "remove it");
}

#[test]
fn the_message_of_a_merge_and_of_an_amended_commit_are_judged_too() {
    let token = fake_github_token();
    check(&guarded(), &["--amend", "-m", &token], false);
    let fixture = crate::fixture::diverged();
    fixture.guard("work/.git", "commit-msg");
    let (code, said) = fixture.said(&["merge", "-q", "side~1", "-m", &format!("merge with {token}")]);
    assert_ne!(code, 0);
    assert!(said.contains("1 secret in 1 file"), "{said}");
}

#[test]
fn the_team_s_files_count_and_broken_ones_stop() {
    let token = fake_github_token();
    let fixture = guarded();
    let off = "schema = 1\n[rules.github-pat]\nenabled = false\nreason = 'none here'\n";
    fixture.stage(".portcullis/config.toml", off);
    check(&fixture, &["-m", &token], true);
    fixture.stage(".portcullis/config.toml", "schema = 2\n");
    let (code, said) = fixture.said(&["commit", "-m", "clean"]);
    assert_eq!((code, said.contains("could not tell")), (1, true), "{said}");
}

#[test]
fn a_message_in_any_encoding_is_bytes() {
    let fixture = guarded();
    let mut message = b"caf\xe9 ".to_vec();
    message.extend_from_slice(fake_github_token().as_bytes());
    fs::write(fixture.root.join("message"), message).unwrap();
    check(&fixture, &["-F", "../message"], false);
}
