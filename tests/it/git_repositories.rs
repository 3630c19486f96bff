//! Kinds of repositories, and places in which they keep their things.

use std::fs;
use std::os::unix::fs::symlink;

use portcullis::git::Repo;
use portcullis::model::RepoPath;
use portcullis::source::index::{self, Snapshot};
use portcullis::source::{Reader, SourceError, staged};

use crate::fixture::{Fixture, diverged, one_commit};

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
    let listing = staged::start(&repo, &Snapshot::read(&repo)).unwrap().finish().unwrap();
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
fn configuration_outside_of_a_sparse_checkout_is_read() {
    let fixture = one_commit();
    fixture.commit("in/file", "in\n");
    fixture.commit("away/Cargo.toml", "x\n");
    fixture.commit(".portcullis/config.toml", "x\n");
    fixture.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    assert!(!fixture.work.join(".portcullis").exists());
    assert_eq!(fixture.policy_files().unwrap().finish().unwrap().len(), 1);
    assert_eq!(index::lookup(&fixture.repo(), &["away/Cargo.toml".into()]).unwrap().len(), 1);
}

#[test]
fn a_conflict_in_the_configuration_is_an_error() {
    let fixture = one_commit();
    let id = fixture.git(&["rev-parse", "HEAD:file"]);
    let info = format!("100644 {id} 1\t.portcullis/config.toml\n100644 {id} 2\t.portcullis/config.toml\n");
    fixture.try_git_in(&fixture.work, &["update-index", "--index-info"], info.as_bytes());
    let found = fixture.policy_files().unwrap().finish();
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
    let found = fixture.policy_files().unwrap().finish().unwrap();
    let paths: Vec<&[u8]> = found.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, [&b".portcullis/config.toml"[..], b".portcullis/rules/a.toml"]);
    let asked = ["file".into(), "x".into(), "missing".into(), "x/.portcullis/b".into()];
    let found = index::lookup(&fixture.repo(), &asked).unwrap();
    let paths: Vec<&[u8]> = found.iter().map(|entry| entry.path.as_bytes()).collect();
    assert_eq!(paths, [&b"file"[..], b"x/.portcullis/b"]);
}
