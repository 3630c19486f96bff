//! Situations in which other tools have taken the wrong content for what is committed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use portcullis::model::{Locator, RepoPath};
use portcullis::source::SourceError;

use crate::fixture::{Fixture, diverged, one_commit};

/// Installs a hook that writes its environment to `root/env`, runs git, and lets the library see that environment.
/// Only what git sets for hooks is taken over.
#[track_caller]
fn as_hook_of(mut fixture: Fixture, hook: &str, args: &[&str]) -> Fixture {
    let env = fixture.root.join("env");
    let copy = fixture.root.join("index");
    let path = fixture.git(&["rev-parse", "--path-format=absolute", "--git-path", "hooks"]);
    fs::create_dir_all(&path).unwrap();
    let path = std::path::Path::new(&path).join(hook);
    // The index goes away with the commit, so the hook keeps a copy of what it was shown, and stops the commit.
    let script = format!(
        "#!/bin/sh\nenv -0 > '{}'\ncp \"${{GIT_INDEX_FILE:-$(git rev-parse --git-dir)/index}}\" '{}'\nexit 1\n",
        env.display(),
        copy.display()
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    assert!(!fixture.try_git_in(&fixture.work, args, b"").status.success());
    let env = fs::read_to_string(env).expect("the hook runs");
    for variable in env.split('\0') {
        if let Some((name, value)) = variable.split_once('=')
            && (name == "GIT_DIR" || name == "GIT_WORK_TREE" || name.starts_with("GITHEAD_"))
        {
            fixture.vars.push((name.into(), value.into()));
        }
    }
    fixture.with_var("GIT_INDEX_FILE", copy)
}

#[test]
fn an_initial_commit_is_compared_with_nothing() {
    let fixture = Fixture::new();
    fixture.check_staged(&[]);
    fixture.stage("a", "one\n").stage("b/c", "two\n");
    fixture.check_staged(&[("a", "one\n", 0), ("b/c", "two\n", 0)]);
}

#[test]
fn an_unborn_branch_beside_others_is_unborn() {
    let fixture = one_commit();
    fixture.git(&["checkout", "-q", "--orphan", "fresh"]);
    fixture.check_staged(&[("file", "old\n", 0)]);
    fixture.git(&["branch", "deep/er", "main"]);
    fixture.git(&["symbolic-ref", "HEAD", "refs/heads/deep"]);
    fixture.check_staged(&[("file", "old\n", 0)]);
}

#[test]
fn the_index_counts_and_the_work_tree_does_not() {
    let fixture = one_commit();
    fixture.stage("file", "staged\n").write("file", "edited later\n");
    fixture.write("untracked", "x").stage("deleted", "staged and gone\n");
    fs::remove_file(fixture.work.join("deleted")).unwrap();
    fixture.check_staged(&[("deleted", "staged and gone\n", 0), ("file", "staged\n", 1)]);
}

#[test]
fn commit_all_shows_its_own_index() {
    let fixture = one_commit();
    fixture.write("file", "new\n");
    as_hook_of(fixture, "pre-commit", &["commit", "-am", "m"]).check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn commit_path_leaves_out_what_else_is_staged() {
    let fixture = one_commit();
    fixture.stage("other", "staged\n").write("file", "new\n");
    as_hook_of(fixture, "pre-commit", &["commit", "-m", "m", "file"]).check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn amending_a_secret_away_brings_nothing_in() {
    let fixture = one_commit();
    fixture.commit("file", "secret\nmore\n");
    fixture.stage("file", "more\n");
    let fixture = as_hook_of(fixture, "pre-commit", &["commit", "--amend", "--no-edit"]);
    fixture.check_staged(&[("file", "more\n", 1)]);
}

#[test]
fn removals_and_modes_alone_bring_nothing_in() {
    let fixture = one_commit();
    fixture.commit("gone", "x\n");
    fixture.git(&["rm", "-q", "gone"]);
    fixture.git(&["update-index", "--chmod=+x", "file"]);
    fixture.check_staged(&[]);
    fixture.stage("file", "new\n");
    fixture.git(&["update-index", "--chmod=+x", "file"]);
    fixture.check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn a_moved_file_is_compared_with_what_it_was() {
    let lines: String = (0..50).map(|line| format!("line {line}\n")).collect();
    let fixture = Fixture::new();
    fixture.commit("from", &lines);
    fixture.git(&["mv", "from", "to"]);
    fixture.check_staged(&[("to", &lines, 1)]);
    let edited = format!("{lines}new\n");
    fixture.stage("to", &edited).stage("unrelated", "x\n");
    fixture.check_staged(&[("to", &edited, 1), ("unrelated", "x\n", 0)]);
}

#[test]
fn a_link_is_its_text() {
    let fixture = one_commit();
    fixture.write("../outside", "not ours\n");
    symlink("../outside", fixture.work.join("link")).unwrap();
    symlink("nowhere", fixture.work.join("dangling")).unwrap();
    fixture.git(&["add", "."]);
    fixture.check_staged(&[("dangling", "nowhere", 0), ("link", "../outside", 0)]);
}

#[test]
fn a_file_that_becomes_a_link_or_the_reverse_is_new_content() {
    let fixture = one_commit();
    fs::remove_file(fixture.work.join("file")).unwrap();
    symlink("target", fixture.work.join("file")).unwrap();
    fixture.git(&["add", "."]);
    fixture.check_staged(&[("file", "target", 1)]);
    fixture.git(&["commit", "-qm", "link"]);
    fs::remove_file(fixture.work.join("file")).unwrap();
    fixture.stage("file", "content\n");
    fixture.check_staged(&[("file", "content\n", 1)]);
}

#[test]
fn a_submodule_is_listed_as_one() {
    let fixture = one_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    fixture.git(&["config", "diff.ignoreSubmodules", "all"]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    fixture.stage(".gitmodules", "[submodule \"sub\"]\n\tpath = sub\n\turl = ./x\n\tignore = all\n");
    let listing = fixture.try_staged().unwrap();
    let submodules = listing.entries.iter().filter(|it| matches!(it.locator, Locator::Submodule(_)));
    assert_eq!(submodules.map(|it| &it.path).collect::<Vec<_>>(), [&"sub".into()]);
    assert_eq!(listing.entries.len(), 2);
    fixture.git(&["commit", "-qm", "sub"]);
    fixture.git(&["rm", "-q", "--cached", "sub"]);
    fixture.stage("sub", "now a file\n");
    fixture.check_staged(&[("sub", "now a file\n", 0)]);
}

#[test]
fn a_resolved_conflict_is_what_equals_no_parent() {
    let fixture = diverged();
    fixture.commit("file", "main\n");
    assert!(!fixture.try_git_in(&fixture.work, &["merge", "side"], b"").status.success());
    assert!(
        matches!(fixture.try_staged(), Err(SourceError::Unmerged(path)) if path == RepoPath::from("file"))
    );
    fixture.stage("file", "resolved\n");
    fixture.check_staged(&[("file", "resolved\n", 2)]);
    fixture.stage("file", "side\n").stage("evil", "new\n");
    fixture.check_staged(&[("evil", "new\n", 0)]);
}

#[test]
fn an_automatic_merge_brings_nothing_in() {
    let fixture = diverged();
    let fixture = as_hook_of(fixture, "pre-merge-commit", &["merge", "-q", "side", "-m", "m"]);
    // Without the variables there is nothing but HEAD to compare with.
    assert!(fixture.vars.iter().any(|(name, _)| name.to_str().unwrap().starts_with("GITHEAD_")));
    fs::remove_file(fixture.work.join(".git/MERGE_HEAD")).unwrap();
    fixture.check_staged(&[]);
}

#[test]
fn an_octopus_has_many_parents() {
    let fixture = diverged();
    fixture.git(&["checkout", "-qb", "third", "main~1"]);
    fixture.commit("third", "third\n");
    fixture.git(&["checkout", "-q", "main"]);
    let fixture = as_hook_of(fixture, "pre-merge-commit", &["merge", "-q", "side", "third", "-m", "m"]);
    fixture.check_staged(&[]);
    let (side, third) = (fixture.git(&["rev-parse", "side"]), fixture.git(&["rev-parse", "third"]));
    let fixture = diverged_with(&fixture, &side, &third);
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 3)]);
}

/// The same repository in the middle of a merge that waits for its commit, without variables.
fn diverged_with<'f>(fixture: &'f Fixture, side: &str, third: &str) -> &'f Fixture {
    fs::write(fixture.work.join(".git/MERGE_HEAD"), format!("{side}\n{third}\n")).unwrap();
    fs::copy(fixture.root.join("index"), fixture.work.join(".git/index")).unwrap();
    fixture
}

#[test]
fn variables_of_a_merge_elsewhere_do_not_disturb() {
    let fixture = one_commit().with_var(&format!("GITHEAD_{}", "12".repeat(20)), "main");
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn a_squashed_merge_is_an_ordinary_commit() {
    let fixture = diverged();
    fixture.git(&["merge", "-q", "--squash", "side"]);
    fixture.check_staged(&[("file", "side\n", 1), ("theirs", "theirs\n", 0)]);
}

#[test]
fn intent_to_add_is_not_in_the_commit() {
    let fixture = one_commit();
    fixture.write("later", "not yet\n").git(&["add", "-N", "later"]);
    fixture.check_staged(&[]);
    let fixture = Fixture::new();
    fixture.write("later", "not yet\n").git(&["add", "-N", "later"]);
    fixture.check_staged(&[]);
}

#[test]
fn bytes_are_those_of_the_index() {
    let fixture = one_commit();
    fixture.stage("crlf", "a\r\nb\r\n").stage("no-end", "x").stage("empty", "").stage("nul", "a\0b");
    fixture.check_staged(&[
        ("crlf", "a\r\nb\r\n", 0),
        ("empty", "", 0),
        ("no-end", "x", 0),
        ("nul", "a\0b", 0),
    ]);
    let fixture = one_commit();
    fixture.git(&["config", "core.autocrlf", "true"]);
    fixture.git(&["config", "core.safecrlf", "warn"]);
    fixture.stage("crlf", "a\r\nb\r\n");
    fixture.check_staged(&[("crlf", "a\nb\n", 0)]);
}

#[test]
fn nothing_staged_is_nothing() {
    one_commit().check_staged(&[]);
}
