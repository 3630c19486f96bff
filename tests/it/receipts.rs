//! Receipts: what `post-commit` leaves, what `portcullis ci --require-receipts` makes of it, and how they travel.

use std::fs;

use crate::fixture::{Fixture, diverged, fake_github_token, one_commit};

/// A repository in which commits get receipts, with one that has none.
fn receipted(fixture: Fixture) -> Fixture {
    fixture.guard("work/.git", "post-commit");
    fixture
}

/// The exit code, and which commits have which faults.
fn ci(fixture: &Fixture, range: &str) -> (i32, Vec<String>) {
    let alias = format!("alias.run=!'{}' ci {range} --require-receipts", crate::fixture::PROGRAM);
    let (code, said) = fixture.said(&["-c", &alias, "run"]);
    let faults = said.lines().filter_map(|line| line.strip_prefix("portcullis: commit "));
    (code, faults.map(|line| line.split_once(' ').unwrap().1.to_owned()).collect())
}

fn note(fixture: &Fixture, commit: &str) -> Option<String> {
    let output = fixture.try_git_in(&fixture.work, &["notes", "--ref=portcullis", "show", commit], b"");
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

const NO_HOOKS: [&str; 4] = ["-c", "core.hooksPath=/dev/null", "commit", "-qm"];

#[test]
fn a_commit_that_was_looked_at_has_a_receipt_and_one_that_was_not_is_named() {
    let fixture = receipted(one_commit());
    fixture.commit(".portcullis/config.toml", "schema = 1\n");
    let tree = fixture.git(&["rev-parse", "HEAD^{tree}"]);
    let policy = fixture.git(&["rev-parse", "HEAD:.portcullis"]);
    let rules = note(&fixture, "HEAD").unwrap();
    let rules = rules.split_once("with ").unwrap().1.split_once(' ').unwrap().0.to_owned();
    let expected = format!(
        "portcullis receipt 1\ntree {tree}\npolicy {policy}\nversion {}\n\nlooked at 2 with {rules} rules, left out 0\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(note(&fixture, "HEAD").unwrap(), expected);
    assert_eq!(ci(&fixture, "HEAD~1..HEAD"), (0, vec![]));
    fixture.stage("b", "skipped\n");
    fixture.git(&[&NO_HOOKS[..], &["skipped \x1b[31m"]].concat());
    fixture.commit("c", "looked at\n");
    let skipped = "(skipped \\u{1b}[31m) has no receipt: no hook has looked at it".to_owned();
    assert_eq!(ci(&fixture, "HEAD~3..HEAD"), (1, vec![skipped]));
}

#[test]
fn what_blocks_gets_no_receipt_however_it_came() {
    let fixture = receipted(one_commit());
    fixture.guard("work/.git", "pre-commit");
    fixture.stage("a.py", format!("token = \"{}\"\n", fake_github_token()));
    let (code, said) = fixture.said(&["commit", "-q", "--no-verify", "-m", "bad"]);
    let words = "portcullis: warning: this commit has no receipt, because something in it blocks: \
                 `portcullis scan range HEAD^!` shows it\n";
    assert_eq!((code, said.as_str(), note(&fixture, "HEAD")), (0, words, None));
}

#[test]
fn rebased_picked_and_amended_commits_get_receipts_of_their_own() {
    let fixture = receipted(diverged());
    fixture.git(&["checkout", "-qb", "topic", "side"]);
    fixture.commit("a", "a\n");
    fixture.commit("b", "b\n");
    fixture.git(&["rebase", "-q", "--onto", "main", "side"]);
    assert_eq!(ci(&fixture, "main..topic"), (0, vec![]));
    fixture.stage("b", "more\n");
    fixture.git(&["commit", "-q", "--amend", "--no-edit"]);
    fixture.git(&["cherry-pick", "side"]);
    assert_eq!(ci(&fixture, "main..topic"), (0, vec![]));
    // A merge that brings nothing of its own needs none: the service makes those.
    fixture.git(&["checkout", "-q", "main"]);
    fixture.git(&["-c", "core.hooksPath=/dev/null", "merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    assert_eq!((ci(&fixture, "main~1..main"), note(&fixture, "main")), ((0, vec![]), None));
}

#[test]
fn a_receipt_holds_for_its_commit_its_policy_and_no_older_program() {
    let fixture = receipted(one_commit());
    fixture.commit("a", "a\n");
    let good = note(&fixture, "HEAD").unwrap();
    let tree = fixture.git(&["rev-parse", "HEAD^{tree}"]);
    let other = fixture.git(&["rev-parse", "HEAD~1^{tree}"]);
    let version = env!("CARGO_PKG_VERSION");
    for (text, expected) in [
        (good.replace(&tree, &other), Some("has a receipt for other content")),
        (
            good.replace("policy none", &format!("policy {tree}")),
            Some("has a receipt for other files in .portcullis"),
        ),
        (good.replace(version, "0.0.9"), Some("has a receipt of version 0.0.9, which is older")),
        (good.replace(version, "99.0.0"), None),
        (good.replace("receipt 1", "receipt 2"), Some("has a receipt that does not read")),
        ("seen by me".to_owned(), Some("has a receipt that does not read")),
    ] {
        fixture.git(&["notes", "--ref=portcullis", "add", "-f", "-m", &text, "HEAD"]);
        let faults: Vec<String> = expected.iter().map(|fault| format!("(write a) {fault}")).collect();
        assert_eq!(ci(&fixture, "HEAD~1..HEAD"), (faults.len() as i32, faults), "{text}");
    }
}

#[test]
fn receipts_are_pushed_and_fetched_as_documented() {
    let mut fixture = receipted(one_commit());
    fixture.guard("work/.git", "pre-push");
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    for name in ["a", "b", "c"] {
        fixture.commit(name, "text\n");
    }
    let (code, said) = fixture.said(&["push", "-q", "origin", "main", "refs/notes/portcullis"]);
    assert_eq!((code, said.as_str()), (0, ""));
    fixture.git_in(&fixture.root, &["clone", "-q", "-b", "main", "there", "ci"]);
    fixture.work = fixture.root.join("ci");
    let missing = |name: &str| format!("(write {name}) has no receipt: no hook has looked at it");
    assert_eq!(ci(&fixture, "HEAD~3..HEAD"), (1, ["a", "b", "c"].map(missing).to_vec()));
    fixture.git(&["fetch", "-q", "origin", "refs/notes/portcullis:refs/notes/portcullis"]);
    assert_eq!(ci(&fixture, "HEAD~3..HEAD"), (0, vec![]));
}

#[test]
fn the_hook_that_leaves_receipts_is_installed_when_asked_for() {
    let fixture = Fixture::new();
    let run = |args: &str| {
        let alias =
            format!("alias.run=!HOME='{}' '{}' {args}", fixture.root.display(), crate::fixture::PROGRAM);
        let (code, said) = fixture.said(&["-c", &alias, "run"]);
        assert_eq!(code, 0, "{args}: {said}");
    };
    fixture.git(&["config", "user.name", "Ada"]);
    fixture.git(&["config", "user.email", "ada@example.org"]);
    run("install");
    let hook = fixture.work.join(".git/hooks/post-commit");
    assert!(!hook.exists());
    fixture.put_hook("work/.git", "post-commit", "#!/bin/sh\necho ran > .git/ran\n");
    run("install --hooks post-commit");
    fixture.commit("a", "a\n");
    assert!(note(&fixture, "HEAD").is_some());
    assert_eq!(
        fs::read_to_string(fixture.work.join(".git/ran")).unwrap(),
        "ran\n",
        "the hook that was there runs, too"
    );
    run("uninstall");
    fixture.commit("b", "b\n");
    assert_eq!(note(&fixture, "HEAD"), None);
}
