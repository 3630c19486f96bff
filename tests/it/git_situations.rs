//! Situations in which other tools have read the wrong bytes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use portcullis::git::{GitError, Repo};
use portcullis::model::{RepoPath, SkipReason, Skipped};
use portcullis::source::{Reader, SourceError, index, staged};

use crate::fixture::{Fixture, blob, name};

/// A repository with one commit: `file` says `old`.
fn one_commit() -> Fixture {
    let fixture = Fixture::new();
    fixture.commit("file", "old\n");
    fixture
}

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
fn a_head_that_cannot_be_read_is_not_an_unborn_one() {
    for (file, content) in
        [("refs/heads/main", "garbage\n"), ("HEAD", "ref: refs/heads/../x\n"), ("HEAD", "x")]
    {
        let fixture = one_commit();
        fixture.stage("file", "new\n");
        fs::write(fixture.work.join(".git").join(file), content).unwrap();
        let error = fixture.try_staged().unwrap_err();
        assert!(matches!(error, SourceError::Git(GitError::Failed { .. })), "{file}: {error}");
    }
    let fixture = one_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    fs::remove_file(fixture.work.join(".git/objects").join(&head[..2]).join(&head[2..])).unwrap();
    assert!(fixture.try_staged().is_err());
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
    fixture.check_staged(&[]);
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
fn a_submodule_is_skipped_with_a_reason() {
    let fixture = one_commit();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    fixture.git(&["config", "diff.ignoreSubmodules", "all"]);
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},sub")]);
    fixture.stage(".gitmodules", "[submodule \"sub\"]\n\tpath = sub\n\turl = ./x\n\tignore = all\n");
    let listing = fixture.try_staged().unwrap();
    assert_eq!(listing.skipped, [Skipped { path: "sub".into(), reason: SkipReason::Submodule }]);
    assert_eq!(listing.entries.len(), 1);
    fixture.git(&["commit", "-qm", "sub"]);
    fixture.git(&["rm", "-q", "--cached", "sub"]);
    fixture.stage("sub", "now a file\n");
    fixture.check_staged(&[("sub", "now a file\n", 0)]);
}

/// `main` and `side` both changed `file`, and each brought a file of its own.
fn diverged() -> Fixture {
    let fixture = one_commit();
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.commit("theirs", "theirs\n");
    fixture.commit("file", "side\n");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("ours", "ours\n");
    fixture
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
fn attributes_and_configuration_cannot_hide_a_file() {
    let fixture = one_commit();
    let ran = fixture.root.join("ran");
    let program = format!("touch {}; echo nothing", ran.display());
    for (key, value) in [
        ("diff.external", program.as_str()),
        ("diff.x.textconv", program.as_str()),
        ("diff.x.command", program.as_str()),
        ("diff.x.binary", "true"),
        ("color.ui", "always"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.relative", "true"),
        ("diff.orderFile", "no-such-file"),
        ("diff.renames", "copies"),
        ("diff.algorithm", "histogram"),
        ("core.quotePath", "true"),
        ("core.abbrev", "4"),
        ("core.attributesFile", "no-such-file"),
        ("core.pager", "false"),
        ("log.showSignature", "true"),
        ("i18n.logOutputEncoding", "UTF-16"),
    ] {
        fixture.git(&["config", key, value]);
    }
    fixture.stage(".gitattributes", "* binary -diff -text diff=x linguist-generated export-ignore\n");
    fixture.stage("file", "new\n");
    let mut fixture = fixture.with_var("GIT_EXTERNAL_DIFF", program.as_str());
    fixture.vars.push(("GIT_DIFF_OPTS".into(), "-u0".into()));
    let attributes = "* binary -diff -text diff=x linguist-generated export-ignore\n";
    fixture.check_staged(&[(".gitattributes", attributes, 0), ("file", "new\n", 1)]);
    assert!(!ran.exists());
}

#[test]
fn traces_and_pathspec_variables_do_not_mix_in() {
    let mut fixture = one_commit();
    fixture.stage("file", "new\n").stage(".portcullis/config.toml", "x");
    for (name, value) in [
        ("GIT_TRACE", "1"),
        ("GIT_TRACE2", "1"),
        ("GIT_TRACE_SETUP", "2"),
        ("GIT_ICASE_PATHSPECS", "1"),
        ("GIT_GLOB_PATHSPECS", "1"),
        ("GIT_PREFIX", "sub/"),
        ("GIT_PAGER", "false"),
        ("GIT_REF_PARANOIA", "0"),
    ] {
        fixture.vars.push((name.into(), value.into()));
    }
    let listing = fixture.try_staged().unwrap();
    assert_eq!(listing.entries.len(), 2);
    assert_eq!(index::policy_files(&fixture.repo()).unwrap().finish().unwrap().len(), 1);
}

#[test]
fn names_may_be_anything() {
    let names: [&[u8]; 12] = [
        b"-n",
        b"*.c",
        b":(top)x",
        b"HEAD",
        b"a\nb",
        b"a\tb",
        b"a\"b",
        b"a b ",
        b"a\\b",
        b"\x1b[31m",
        b"caf\xe9",
        b"~",
    ];
    let fixture = one_commit();
    for bytes in names {
        fixture.write(name(bytes), "x\n");
    }
    fixture.git(&["add", "."]);
    let mut expected = names.to_vec();
    expected.sort();
    let listing = fixture.try_staged().unwrap();
    let paths: Vec<&[u8]> = listing.entries.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, expected);
    assert_eq!(fixture.read(&listing).len(), names.len());
    let asked: Vec<RepoPath> = names.iter().map(|bytes| RepoPath::new(*bytes)).collect();
    let found = index::lookup(&fixture.repo(), &asked).unwrap();
    assert_eq!(found.iter().map(|entry| entry.path.as_bytes()).collect::<Vec<_>>(), expected);
}

#[test]
fn formats_of_the_index_do_not_matter() {
    let v4: &[&[&str]] = &[&["update-index", "--index-version", "4"]];
    let split: &[&[&str]] = &[&["config", "core.splitIndex", "true"], &["update-index", "--split-index"]];
    let untracked: &[&[&str]] =
        &[&["config", "core.untrackedCache", "true"], &["update-index", "--untracked-cache"]];
    let no_hash: &[&[&str]] = &[&["config", "index.skipHash", "true"]];
    let sparse: &[&[&str]] = &[&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]];
    for commands in [v4, split, untracked, no_hash, sparse] {
        let fixture = one_commit();
        fixture.commit("in/file", "in\n");
        fixture.commit("out/deep/file", "out\n");
        fixture.commit("stays/sparse/file", "sparse\n");
        for command in commands {
            fixture.git(command);
        }
        fixture.stage("in/file", "new\n");
        let id = fixture.git(&["rev-parse", "HEAD:file"]);
        fixture.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},out/deep/file")]);
        fixture.check_staged(&[("in/file", "new\n", 1), ("out/deep/file", "old\n", 1)]);
    }
}

#[test]
fn assumptions_about_the_work_tree_do_not_matter() {
    for flag in ["--skip-worktree", "--assume-unchanged"] {
        let fixture = one_commit();
        fixture.stage("file", "staged\n").git(&["update-index", flag, "file"]);
        fixture.write("file", "edited\n");
        fixture.check_staged(&[("file", "staged\n", 1)]);
    }
}

#[test]
fn long_ids_are_read_through_git() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    fixture.stage("file", "first\n");
    fixture.check_staged(&[("file", "first\n", 0)]);
    fixture.git(&["commit", "-qm", "first"]);
    fixture.stage("file", "second\n").stage("other", "");
    fixture.check_staged(&[("file", "second\n", 1), ("other", "", 0)]);
}

#[test]
fn reftable_is_git_s_business() {
    let dir = Fixture::empty();
    if !dir.try_git_in(&dir.root, &["init", "-q", "--ref-format=reftable", "x"], b"").status.success() {
        return; // A git before 2.45 has no such thing.
    }
    let fixture = Fixture::with_init(&["--ref-format=reftable"]);
    fixture.check_staged(&[]);
    fixture.commit("file", "old\n");
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn linked_work_trees_have_their_own_index_and_merge() {
    let mut fixture = diverged();
    fixture.git(&["config", "extensions.worktreeConfig", "true"]);
    fixture.git(&["worktree", "add", "-q", "-b", "linked", "../linked", "main"]);
    fixture.stage("file", "in the first\n");
    let first = std::mem::replace(&mut fixture.work, fixture.root.join("linked"));
    fixture.git(&["merge", "-q", "--no-commit", "side"]);
    fixture.stage("mine", "in the linked\n");
    fixture.check_staged(&[("mine", "in the linked\n", 0)]);
    assert_eq!(fixture.repo().common_dir(), first.join(".git"));
    assert_eq!(fixture.repo().git_dir(), first.join(".git/worktrees/linked"));
}

#[test]
fn git_dir_and_work_tree_may_be_apart() {
    let mut fixture = one_commit();
    fixture.stage("file", "new\n");
    fs::rename(fixture.work.join(".git"), fixture.root.join("dotfiles")).unwrap();
    fixture = fixture.with_var("GIT_DIR", "../dotfiles").with_var("GIT_WORK_TREE", ".");
    fixture.check_staged(&[("file", "new\n", 1)]);
    // From a subdirectory the same relative words mean other places.
    fs::create_dir(fixture.work.join("sub")).unwrap();
    fixture.vars = vec![("GIT_DIR".into(), "../../dotfiles".into()), ("GIT_WORK_TREE".into(), "..".into())];
    let repo = Repo::open(&fixture.work.join("sub"), fixture.env()).unwrap();
    assert_eq!(repo.top(), Some(fixture.work.as_path()));
    let listing = staged::start(&repo).unwrap().finish().unwrap();
    assert_eq!(listing.entries.len(), 1);
}

#[test]
fn the_fast_way_and_git_agree_about_places() {
    let fixture = one_commit();
    let (fast, asked) = (fixture.repo(), Repo::open(&fixture.work, fixture.env()).unwrap());
    assert_eq!(format!("{fast:?}"), format!("{asked:?}"));
    fs::create_dir(fixture.work.join("sub")).unwrap();
    let sub = Repo::open_in_hook(&fixture.work.join("sub"), fixture.env()).unwrap();
    assert_eq!(format!("{sub:?}"), format!("{asked:?}"));
    let bare = Repo::open_in_hook(&fixture.work.join(".git"), fixture.env()).unwrap();
    assert_eq!((bare.top(), bare.git_dir()), (None, asked.git_dir()));
    assert!(Repo::open(&fixture.root, fixture.env()).is_err());
}

#[test]
fn an_empty_dot_git_directory_is_not_a_repository() {
    let fixture = one_commit();
    fs::create_dir_all(fixture.work.join("sub/.git")).unwrap();
    let repo = Repo::open_in_hook(&fixture.work.join("sub"), fixture.env()).unwrap();
    assert_eq!(repo.top(), Some(fixture.work.as_path()));
}

#[test]
fn a_partial_clone_lacks_old_content_and_says_so() {
    let mut fixture = one_commit();
    fixture.commit("other", "x\n");
    fixture.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", fixture.work.display());
    fixture.git_in(&fixture.root, &["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "partial"]);
    fixture.work = fixture.root.join("partial");
    fixture.git(&["read-tree", "HEAD"]);
    fixture.write("new", "new\n").git(&["update-index", "--add", "new"]);
    fixture.git(&["update-index", "--force-remove", "other"]);
    fixture.write("file", "edited\n").git(&["update-index", "file"]);
    fixture.check_staged(&[("file", "edited\n", 1), ("new", "new\n", 0)]);
    let listing = fixture.try_staged().unwrap();
    let mut reader = Reader::new(Some(&fixture.repo()));
    let error = reader.read(&listing.entries[0].before[0]).unwrap_err();
    assert!(error.is_not_in_this_clone(), "{error}");
    assert!(reader.size(&listing.entries[0].before[0]).unwrap_err().is_not_in_this_clone());
}

#[test]
fn objects_may_be_borrowed_from_elsewhere() {
    let mut fixture = one_commit();
    let origin = fixture.work.clone();
    fixture.git_in(&fixture.root, &["clone", "-q", "--shared", "work", "borrower"]);
    fixture.work = fixture.root.join("borrower");
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 1)]);
    // A chain of alternates, and content that is only at its end.
    fixture.git_in(&fixture.root, &["clone", "-q", "--shared", "borrower", "third"]);
    let only_there = fixture.root.join("only-there");
    fs::write(&only_there, "far\n").unwrap();
    let id = fixture.git_in(&origin, &["hash-object", "-w", only_there.to_str().unwrap()]);
    fixture.work = fixture.root.join("third");
    fixture.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},far")]);
    fixture.check_staged(&[("far", "far\n", 0)]);
}

#[test]
fn objects_may_be_in_quarantine() {
    let fixture = one_commit();
    let objects = fixture.work.join(".git/objects");
    fs::create_dir(fixture.root.join("quarantine")).unwrap();
    let fixture = fixture
        .with_var("GIT_OBJECT_DIRECTORY", "../quarantine")
        .with_var("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects);
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 1)]);
    assert!(fs::read_dir(fixture.root.join("quarantine")).unwrap().count() > 0);
}

#[test]
fn a_shallow_clone_has_a_head_like_any_other() {
    let mut fixture = one_commit();
    fixture.commit("file", "second\n");
    let url = format!("file://{}", fixture.work.display());
    fixture.git_in(&fixture.root, &["clone", "-q", "--depth=1", &url, "shallow"]);
    fixture.work = fixture.root.join("shallow");
    fixture.stage("file", "new\n");
    fixture.check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn replacements_do_not_count() {
    let fixture = one_commit();
    let old = fixture.git(&["rev-parse", "HEAD"]);
    let second = fixture.commit("file", "second\n");
    fixture.git(&["replace", &second, &old]);
    fixture.stage("file", "third\n");
    let blob = fixture.git(&["rev-parse", ":file"]);
    let old_blob = fixture.git(&["--no-replace-objects", "rev-parse", &format!("{old}:file")]);
    fixture.git(&["replace", "-f", &blob, &old_blob]);
    fixture.check_staged(&[("file", "third\n", 1)]);
}

#[test]
fn many_files_need_no_long_command_line() {
    let fixture = one_commit();
    for idx in 0..3000 {
        fixture.write(format!("{}/{idx}", "d".repeat(60)), format!("{idx}\n"));
    }
    fixture.git(&["add", "."]);
    let listing = fixture.try_staged().unwrap();
    assert_eq!(listing.entries.len(), 3000);
    let paths: Vec<RepoPath> = listing.entries.iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(index::lookup(&fixture.repo(), &paths).unwrap().len(), 3000);
}

#[test]
fn nothing_staged_is_nothing() {
    one_commit().check_staged(&[]);
}

#[test]
fn the_index_and_the_object_store_are_not_written() {
    let fixture = one_commit();
    fixture.stage("file", "new\n");
    let state = || fixture.git_in(&fixture.root, &["hash-object", "--no-filters", "work/.git/index"]);
    let before = (state(), fixture.git(&["count-objects"]));
    fixture.write("file", "new\n").check_staged(&[("file", "new\n", 1)]);
    assert_eq!((state(), fixture.git(&["count-objects"])), before);
}

#[test]
fn damaged_content_is_an_error_that_names_it() {
    for format in ["--object-format=sha1", "--object-format=sha256"] {
        let fixture = Fixture::with_init(&[format]);
        fixture.commit("file", "old\n");
        fixture.stage("file", "new\n");
        let listing = fixture.try_staged().unwrap();
        let locator = &listing.entries[0].locator;
        let hex = blob(locator).to_string();
        let loose = |hex: &str| fixture.work.join(".git/objects").join(&hex[..2]).join(&hex[2..]);
        let other = fs::read(loose(&fixture.git(&["rev-parse", "HEAD:file"]))).unwrap();
        fs::set_permissions(loose(&hex), PermissionsExt::from_mode(0o644)).unwrap();
        let read = || Reader::new(Some(&fixture.repo())).read(locator).unwrap_err().to_string();
        fs::write(loose(&hex), other).unwrap();
        assert_eq!(read(), format!("object {hex}: content does not match the id"));
        for content in ["garbage", ""] {
            fs::write(loose(&hex), content).unwrap();
            // Which of the two git says depends on its version.
            let expected = ["its file is damaged", "git cat-file gave up on it"];
            let expected = expected.map(|reason| format!("object {hex}: {reason}"));
            assert!(expected.contains(&read()), "{}", read());
        }
        fs::remove_file(loose(&hex)).unwrap();
        assert_eq!(read(), format!("object {hex}: missing"));
    }
}

#[test]
fn a_reader_that_has_failed_still_reads_the_rest() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    fixture.stage("a", "a\n").stage("b", "b\n");
    let listing = fixture.try_staged().unwrap();
    let [a, b] = &listing.entries[..] else { panic!("{listing:?}") };
    let hex = blob(&a.locator).to_string();
    let path = fixture.work.join(".git/objects").join(&hex[..2]).join(&hex[2..]);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(path, "garbage").unwrap();
    let mut reader = Reader::new(Some(&fixture.repo()));
    reader.read(&a.locator).unwrap_err();
    reader.size(&a.locator).unwrap_err();
    assert_eq!((reader.size(&b.locator).unwrap(), reader.read(&b.locator).unwrap()), (2, b"b\n".to_vec()));
}

#[test]
fn repacking_between_listing_and_reading_does_not_matter() {
    let fixture = one_commit();
    fixture.stage("file", "new\n").stage("other", "other\n");
    let listing = fixture.try_staged().unwrap();
    let mut reader = Reader::new(Some(&fixture.repo()));
    reader.read(&listing.entries[0].locator).unwrap();
    fixture.git(&["repack", "-adq", "--write-midx", "--write-bitmap-index"]);
    fixture.git(&["gc", "-q", "--prune=now"]);
    for entry in listing.entries.iter() {
        reader.read(&entry.locator).unwrap();
    }
    reader.read(&listing.entries[0].before[0]).unwrap();
}

#[test]
fn no_program_of_the_user_s_is_started() {
    let fixture = one_commit();
    let ran = fixture.root.join("ran");
    let program = fixture.root.join("program");
    fs::write(&program, format!("#!/bin/sh\ntouch '{}'\n", ran.display())).unwrap();
    fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    fixture.stage("file", "new\n").stage("filtered", "x\n").stage(".gitattributes", "* filter=x merge=x\n");
    let program = program.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.editor",
        "filter.x.clean",
        "filter.x.smudge",
        "core.askPass",
    ] {
        fixture.git(&["config", key, program]);
    }
    fixture.git(&["config", "filter.x.required", "true"]);
    assert_eq!(fixture.try_staged().unwrap().entries.len(), 3);
    index::policy_files(&fixture.repo()).unwrap().finish().unwrap();
    assert!(!ran.exists());
}

#[test]
fn configuration_outside_of_a_sparse_checkout_is_read() {
    let fixture = one_commit();
    fixture.commit("in/file", "in\n");
    fixture.commit("away/Cargo.toml", "x\n");
    fixture.commit(".portcullis/config.toml", "x\n");
    fixture.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(!fixture.work.join(".portcullis").exists());
    assert_eq!(index::policy_files(&fixture.repo()).unwrap().finish().unwrap().len(), 1);
    assert_eq!(index::lookup(&fixture.repo(), &["away/Cargo.toml".into()]).unwrap().len(), 1);
}

#[test]
fn a_broken_index_is_an_error_also_before_the_first_commit() {
    for fixture in [Fixture::new(), one_commit()] {
        fs::write(fixture.work.join(".git/index"), "garbage").unwrap();
        assert!(matches!(fixture.try_staged(), Err(SourceError::Git(GitError::Failed { .. }))));
    }
}

#[test]
fn a_merge_head_that_is_none_is_an_error() {
    let fixture = one_commit();
    for content in ["garbage\n".to_owned(), format!("{}\n", "12".repeat(20))] {
        fs::write(fixture.work.join(".git/MERGE_HEAD"), content).unwrap();
        assert!(matches!(fixture.try_staged(), Err(SourceError::Git(_))));
    }
}

#[test]
fn a_conflict_in_the_configuration_is_an_error() {
    let fixture = one_commit();
    let id = fixture.git(&["rev-parse", "HEAD:file"]);
    let info = format!("100644 {id} 1\t.portcullis/config.toml\n100644 {id} 2\t.portcullis/config.toml\n");
    fixture.try_git_in(&fixture.work, &["update-index", "--index-info"], info.as_bytes());
    let found = index::policy_files(&fixture.repo()).unwrap().finish();
    assert!(matches!(found, Err(SourceError::Unmerged(_))), "{found:?}");
}

#[test]
fn a_dot_git_that_is_a_link_is_git_s_business() {
    let fixture = one_commit();
    fixture.stage("file", "new\n");
    fs::rename(fixture.work.join(".git"), fixture.root.join("real")).unwrap();
    symlink("../real", fixture.work.join(".git")).unwrap();
    fixture.check_staged(&[("file", "new\n", 1)]);
}

#[test]
fn configuration_is_read_from_the_index() {
    let fixture = one_commit();
    fixture
        .stage(".portcullis/config.toml", "staged")
        .stage(".portcullis/rules/a.toml", "a")
        .stage("x/.portcullis/b", "");
    fixture.write(".portcullis/config.toml", "edited").stage(".portcullisx", "");
    let found = index::policy_files(&fixture.repo()).unwrap().finish().unwrap();
    let paths: Vec<&[u8]> = found.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, [&b".portcullis/config.toml"[..], b".portcullis/rules/a.toml"]);
    let asked = ["file".into(), "x".into(), "missing".into(), "x/.portcullis/b".into()];
    let found = index::lookup(&fixture.repo(), &asked).unwrap();
    let paths: Vec<&[u8]> = found.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, [&b"file"[..], b"x/.portcullis/b"]);
}
