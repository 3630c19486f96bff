//! The prepare-commit-msg backstop in real commits, and what it costs when pre-commit has seen them.

use std::fs;

use crate::fixture::{Fixture, diverged, fake_github_token, one_commit};

fn secret() -> String {
    format!("token = \"{}\"\n", fake_github_token())
}

fn guard(fixture: Fixture, backstop: &str) -> Fixture {
    fixture.stage(".portcullis/config.toml", format!("schema = 1\nbackstop = '{backstop}'\n"));
    fixture.git(&["commit", "-qm", "configure"]);
    for hook in ["pre-commit", "pre-merge-commit", "prepare-commit-msg"] {
        fixture.guard("work/.git", hook);
    }
    fixture
}

/// Runs `git args` and returns: it went through, and the secret was told.
fn outcome(fixture: &Fixture, args: &[&str]) -> (bool, bool) {
    let (code, said) = fixture.said(args);
    assert!(!said.contains("could not tell"), "{said}");
    (code == 0, said.contains("1 secret in 1 file"))
}

#[test]
fn no_verify_meets_the_backstop() {
    for (backstop, expected) in [("off", (true, false)), ("warn", (true, true)), ("block", (false, true))] {
        let fixture = guard(one_commit(), backstop);
        fixture.stage("app.py", secret());
        assert_eq!(outcome(&fixture, &["commit", "-n", "-m", "x"]), expected, "{backstop}");
    }
}

#[test]
fn a_cherry_pick_and_the_steps_of_a_rebase_meet_the_backstop() {
    let fixture = guard(one_commit(), "block");
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.stage("app.py", secret());
    fixture.git(&["-c", "core.hooksPath=/dev/null", "commit", "-qm", "bad"]);
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("other", "clean\n");
    assert_eq!(outcome(&fixture, &["cherry-pick", "side"]), (false, true));
    fixture.git(&["cherry-pick", "--abort"]);
    fixture.git(&["checkout", "-q", "side"]);
    assert_eq!(outcome(&fixture, &["rebase", "-q", "main"]), (false, true));
    fixture.git(&["rebase", "--abort"]);
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    fixture.commit("clean", "clean\n");
    assert_eq!(outcome(&fixture, &["rebase", "-q", "main"]), (true, false));
}

/// Replaces `git` for the hook by one that counts its calls.
fn count_git(fixture: &Fixture, hook: &str) {
    let bin = fixture.root.join("bin");
    let calls = fixture.root.join("calls");
    let git =
        format!("#!/bin/sh\necho \"$*\" >> '{}'\nPATH=${{PATH#*:}}\nexec git \"$@\"\n", calls.display());
    fixture.put_script(&bin.join("git"), &git);
    let program = crate::fixture::PROGRAM;
    let script = format!("#!/bin/sh\nPATH='{}':$PATH\nexec '{program}' hook {hook} \"$@\"\n", bin.display());
    fixture.put_hook("work/.git", hook, &script);
}

/// How many git processes the counted hook has started since the last question.
fn calls(fixture: &Fixture) -> usize {
    let path = fixture.root.join("calls");
    let calls = fs::read_to_string(&path).unwrap_or_default().lines().count();
    let _ = fs::remove_file(path);
    calls
}

#[test]
fn what_pre_commit_has_seen_is_not_looked_at_again() {
    let fixture = guard(one_commit(), "block");
    // What HEAD is has to be asked of git there, so that a look can be counted.
    fixture.git(&["update-ref", "refs/elsewhere/main", "HEAD"]);
    fixture.git(&["symbolic-ref", "HEAD", "refs/elsewhere/main"]);
    count_git(&fixture, "prepare-commit-msg");
    // The first one asks for proofs.
    fixture.commit("file", "1\n");
    assert_ne!(calls(&fixture), 0);
    fixture.commit("file", "2\n");
    assert_eq!(calls(&fixture), 0, "commit");
    fixture.write("file", "3\n");
    fixture.git(&["commit", "-qam", "all"]);
    assert_eq!(calls(&fixture), 0, "commit -a");
    fixture.write("file", "4\n");
    fixture.git(&["commit", "-qm", "only", "file"]);
    assert_eq!(calls(&fixture), 0, "commit PATH");
    fixture.git(&["commit", "-q", "--amend", "-m", "amend"]);
    assert_eq!(calls(&fixture), 0, "commit --amend");
    // A proof counts once, for the same content on the same parent.
    fixture.stage("file", "5\n");
    fixture.git(&["commit", "-q", "-n", "-m", "unseen"]);
    assert_ne!(calls(&fixture), 0, "commit -n");
    fixture.git(&["commit", "-q", "--allow-empty", "-m", "seen"]);
    assert_eq!(calls(&fixture), 0);
    fixture.put_hook("work/.git", "commit-msg", "#!/bin/sh\nexit 1\n");
    assert_eq!(outcome(&fixture, &["commit", "-q", "--allow-empty", "-m", "seen"]), (false, false));
    assert_eq!(calls(&fixture), 0);
    fixture.git(&["commit", "-q", "-n", "--allow-empty", "-m", "used up"]);
    assert_ne!(calls(&fixture), 0);
}

#[test]
fn a_merge_that_was_seen_is_not_looked_at_again() {
    let fixture = guard(diverged(), "block");
    count_git(&fixture, "prepare-commit-msg");
    fixture.commit("more", "more\n");
    calls(&fixture);
    fixture.git(&["merge", "-q", "side~1", "-m", "merge"]);
    assert_eq!(calls(&fixture), 0);
    // What the merge itself adds is new, although each parent is known.
    fixture.git(&["checkout", "-q", "side"]);
    fixture.git(&["merge", "-q", "--no-commit", "main"]);
    fixture.stage("evil.py", secret());
    assert_eq!(outcome(&fixture, &["commit", "-m", "evil"]), (false, true));
    assert_eq!(outcome(&fixture, &["commit", "-n", "-m", "evil"]), (false, true));
}

#[test]
fn without_the_hook_nothing_is_written_for_it() {
    let fixture = one_commit();
    fixture.guard("work/.git", "pre-commit");
    fixture.commit("file", "new\n");
    assert!(!fixture.work.join(".git/portcullis").exists());
}

#[test]
fn uninstall_takes_away_what_was_remembered() {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["worktree", "add", "-q", "../linked"]);
    let run = |args: &str| {
        let alias = format!("alias.run=!'{}' {args}", crate::fixture::PROGRAM);
        fixture.git(&["-c", &alias, "run"]);
    };
    run("install --hooks prepare-commit-msg,pre-push");
    fixture.commit("file", "new\n");
    fixture.git_in(&fixture.root.join("linked"), &["commit", "-q", "--allow-empty", "-m", "linked"]);
    fixture.git(&["push", "-q", "../there", "main"]);
    let git_dir = fixture.work.join(".git");
    let remembered = ["portcullis/attest", "portcullis/clean", "worktrees/linked/portcullis/attest"];
    assert!(remembered.iter().all(|path| git_dir.join(path).exists()));
    fixture.commit(
        ".portcullis/waivers.toml",
        "schema = 1\n[[waiver]]\nrule = 'python-eval'\npath = 'a.py'\nreason = 'our own table'\nowner = 'team'\n",
    );
    run("scan staged");
    run("scan history");
    for folder in ["exceptions", "history"] {
        assert!(git_dir.join("portcullis").join(folder).exists(), "{folder}");
    }
    run("uninstall");
    assert!(!git_dir.join("portcullis").exists() && !git_dir.join("worktrees/linked/portcullis").exists());
}
