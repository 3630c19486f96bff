//! Real pushes through the pre-push hook: what the configuration says about them, and what is remembered of them.

use std::fs;
use std::path::PathBuf;

use crate::fixture::{Fixture, fake_github_token, one_commit};

/// One commit, an empty bare repository `there` known as `origin`, and the hook.
fn guarded() -> Fixture {
    let fixture = one_commit();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    fixture.guard("work/.git", "pre-push");
    fixture
}

fn secret() -> String {
    format!("token = \"{}\"\n", fake_github_token())
}

/// Whether `git push args` goes through; one that does not must have been stopped by a finding.
#[track_caller]
fn check(fixture: &Fixture, args: &[&str], passes: bool) -> String {
    let (code, said) = fixture.said(&[&["push", "-q"], args].concat());
    let expected = if passes { (0, false) } else { (1, true) };
    assert_eq!((code, said.contains("push stopped: 1 secret in 1 file")), expected, "{args:?}: {said}");
    said
}

/// The files that remember what was clean, with their sizes.
fn memory(fixture: &Fixture) -> Vec<(PathBuf, u64)> {
    let Ok(folder) = fs::read_dir(fixture.work.join(".git/portcullis/clean")) else { return Vec::new() };
    let mut files: Vec<_> =
        folder.map(|file| file.unwrap()).map(|file| (file.path(), file.metadata().unwrap().len())).collect();
    files.sort();
    files
}

#[test]
fn the_second_look_says_what_the_first_one_said() {
    let fixture = guarded().with_var("PORTCULLIS_FORMAT", "json");
    fixture
        .stage("src/a.py", "x = 1\n")
        .stage("src/b.py", "eval(x)\n")
        .stage("requirements.txt", "requests==2.32.3\n");
    fixture.git(&["commit", "-qm", "several"]);
    fixture.commit("app.py", secret());
    let push = || fixture.said(&["push", "-q", "--dry-run", "origin", "main"]);
    let fresh = push();
    assert!(fresh.1.contains("github-pat") && fresh.1.contains("DEP001"), "{}", fresh.1);
    // `file` and `src/a.py`: a manifest, and what has a finding, is never remembered.
    assert_eq!(memory(&fixture).iter().map(|(_, size)| *size).collect::<Vec<_>>(), [2 * 32]);
    assert_eq!(push(), fresh);
    assert_eq!(push(), fresh);
    assert_eq!(memory(&fixture).len(), 1);
}

#[test]
fn a_content_that_was_clean_is_scanned_again_when_anything_is_different() {
    let fixture = guarded();
    let rule = |word: &str| {
        format!(
            "schema = 1\npack = \"own\"\n[[rule]]\nid = \"own-word\"\ntitle = \"A word\"\ncategory = \"secret\"\n\
             severity = \"critical\"\nconfidence = \"high\"\nkeywords = [\"quixotic\"]\npattern = 'quixotic[-]{word}'\n\
             message = \"It is a word of ours.\"\nremediation = \"Take it out.\"\n"
        )
    };
    fixture.stage(".portcullis/rules/own.toml", rule("deed"));
    fixture.commit("app.txt", "quixotic-word\n");
    check(&fixture, &["--dry-run", "origin", "main"], true);
    // A new rule sees what the old ones did not.
    fixture.commit(".portcullis/rules/own.toml", rule("word"));
    check(&fixture, &["--dry-run", "origin", "main"], false);
    // The same content under another name.
    let fixture = guarded();
    let off = "schema = 1\n[[exclude]]\npath = 'out/**'\nreason = 'not ours'\n";
    fixture.stage(".portcullis/config.toml", off);
    fixture.commit("out/app.py", secret());
    check(&fixture, &["--dry-run", "origin", "main"], true);
    fixture.git(&["mv", "out/app.py", "app.py"]);
    fixture.git(&["commit", "-qm", "move"]);
    check(&fixture, &["--dry-run", "origin", "main"], false);
}

#[test]
fn a_damaged_memory_is_no_memory() {
    let fixture = guarded();
    fixture.commit("app.py", secret());
    check(&fixture, &["origin", "main"], false);
    for (path, _) in memory(&fixture) {
        fs::write(path, "not what it was\n").unwrap();
    }
    check(&fixture, &["origin", "main"], false);
    let sizes: Vec<_> = memory(&fixture).into_iter().map(|(_, size)| size).collect();
    assert_eq!(sizes, [32]);
    fs::remove_dir_all(fixture.work.join(".git/portcullis")).unwrap();
    fs::write(fixture.work.join(".git/portcullis"), "in the way").unwrap();
    check(&fixture, &["origin", "main"], false);
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    check(&fixture, &["origin", "main"], true);
}

#[test]
fn a_new_remote_is_asked_for_as_configured() {
    for (new_remote, passes) in [("history", false), ("known", true), ("auto", false)] {
        let fixture = guarded();
        fixture.commit("app.py", secret());
        fixture.git(&["push", "-q", "--no-verify", "origin", "main"]);
        fixture.git_in(&fixture.root, &["init", "-q", "--bare", "public"]);
        let config = format!("schema = 1\n[push]\nnew_remote = '{new_remote}'\n");
        fixture.commit(".portcullis/config.toml", config);
        check(&fixture, &["../public", "main"], passes);
    }
}

#[test]
fn both_urls_of_a_remote_are_guarded() {
    let fixture = guarded();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "second"]);
    fixture.git(&["config", "remote.origin.pushurl", "../there"]);
    fixture.git(&["config", "--add", "remote.origin.pushurl", "../second"]);
    check(&fixture, &["origin", "main"], true);
    fixture.commit("app.py", secret());
    check(&fixture, &["origin", "main"], false);
    let refs = |there: &str| fixture.git_in(&fixture.root.join(there), &["rev-list", "--count", "main"]);
    assert_eq!((refs("there"), refs("second")), ("1".to_owned(), "1".to_owned()));
}

#[test]
fn a_push_that_may_not_take_longer_is_stopped() {
    let fixture = guarded();
    fixture.commit(".portcullis/config.toml", "schema = 1\n[push]\nmax_seconds = 1\n");
    fixture.commit("app.py", "x = 1\n");
    fixture.put_slow_git("work/.git", "pre-push");
    let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
    let words = "push stopped: it could not be looked at to the end in 1 seconds";
    assert_eq!((code, said.contains(words)), (1, true), "{said}");
}

#[test]
fn garbage_and_a_broken_configuration_are_no_answer() {
    let fixture = guarded();
    let program = crate::fixture::PROGRAM;
    fixture.git(&["config", "alias.hook-by-hand", &format!("!{program} hook pre-push origin ../there")]);
    for (stdin, expected) in [("", 0), ("garbage\n", 2), ("a b c d", 2)] {
        let output = fixture.try_git_in(&fixture.work, &["hook-by-hand"], stdin.as_bytes());
        assert_eq!(output.status.code(), Some(expected), "{stdin:?}");
    }
    fixture.commit(".portcullis/config.toml", "schema = 1\n[push]\nmax_second = 1\n");
    let (code, said) = fixture.said(&["push", "-q", "origin", "main"]);
    assert_eq!((code, said.contains("did you mean `max_seconds`?")), (1, true), "{said}");
}

const APPROVED: &str = "schema = 1\n[[approve]]\necosystem = 'pypi'\nname = 'requests'\n\
                        reason = 'the team talks http with it'\napproved_by = 'Ada'\ndate = 2024-01-01\n";

/// Whether `git push args` goes through; one that does not must have been stopped by the dependency.
#[track_caller]
fn check_dependency(fixture: &Fixture, args: &[&str], passes: bool) {
    let (code, said) = fixture.said(&[&["push", "-q", "--dry-run", "origin"], args].concat());
    let expected = if passes { (0, false) } else { (1, true) };
    assert_eq!((code, said.contains("requests")), expected, "{args:?}: {said}");
}

#[test]
fn a_push_is_judged_by_what_was_committed_and_not_by_what_is_staged() {
    let fixture = guarded();
    fixture.commit(".portcullis/config.toml", "schema = 1\n");
    fixture.commit("requirements.txt", "requests==2.32.3\n");
    fixture.stage(".portcullis/approved.toml", APPROVED);
    check_dependency(&fixture, &["main"], false);
    fixture.git(&["commit", "-qm", "approve"]);
    check_dependency(&fixture, &["main"], true);
    // Nor does it count that somebody is about to take it away.
    fixture.git(&["rm", "-q", ".portcullis/approved.toml"]);
    check_dependency(&fixture, &["main"], true);
}

#[test]
fn a_policy_that_only_lies_there_counts_until_one_is_staged() {
    let fixture = guarded();
    fixture.commit("requirements.txt", "requests==2.32.3\n");
    check_dependency(&fixture, &["main"], false);
    fixture.write(".portcullis/approved.toml", APPROVED);
    check_dependency(&fixture, &["main"], true);
    fixture.git(&["add", ".portcullis"]);
    check_dependency(&fixture, &["main"], false);
}

#[test]
fn what_a_branch_approves_counts_for_that_branch() {
    let fixture = guarded();
    fixture.commit(".portcullis/config.toml", "schema = 1\n");
    fixture.git(&["checkout", "-qb", "topic"]);
    fixture.stage(".portcullis/approved.toml", APPROVED);
    fixture.commit("requirements.txt", "requests==2.32.3\n");
    fixture.git(&["checkout", "-qb", "bad", "main"]);
    fixture.commit("requirements.txt", "requests==2.32.3\n");
    fixture.git(&["checkout", "-q", "main"]);
    check_dependency(&fixture, &["topic"], true);
    check_dependency(&fixture, &["main", "topic"], true);
    check_dependency(&fixture, &["bad"], false);
    check_dependency(&fixture, &["main", "topic", "bad"], false);
    // A branch from before there was a policy is judged by that of the commit at hand.
    fixture.git(&["checkout", "-qb", "old", "main~1"]);
    fixture.commit("requirements.txt", "requests==2.32.3\n");
    fixture.git(&["checkout", "-q", "topic"]);
    check_dependency(&fixture, &["old"], true);
    fixture.git(&["checkout", "-q", "main"]);
    check_dependency(&fixture, &["old"], false);
    // A tag on a file has no policy of its own.
    let blob = fixture.git(&["rev-parse", "main:file"]);
    fixture.git(&["tag", "file", &blob]);
    check_dependency(&fixture, &["file"], true);
}

#[test]
fn a_moved_file_with_old_findings_goes_where_it_may() {
    let fixture = guarded();
    let exclude = "schema = 1\n[[exclude]]\npath = 'out/**'\nreason = 'written by a program'\n";
    fixture.commit(".portcullis/config.toml", exclude);
    fixture.commit("app.py", secret());
    fixture.commit("out/other.py", secret().replace("token", "other"));
    fixture.git(&["push", "-q", "--no-verify", "origin", "main"]);
    fixture.git(&["mv", "app.py", "moved.py"]);
    fixture.git(&["commit", "-qm", "move"]);
    check(&fixture, &["--dry-run", "origin", "main"], true);
    fixture.stage("moved.py", format!("{}more = 1\n", secret()));
    fixture.git(&["commit", "-qm", "edit"]);
    check(&fixture, &["--dry-run", "origin", "main"], true);
    fixture.git(&["mv", "out/other.py", "other.py"]);
    fixture.git(&["commit", "-qm", "move out of the excluded folder"]);
    check(&fixture, &["--dry-run", "origin", "main"], false);
}
