//! Commits and folders as packs hold them, compared with what git says.

use std::collections::BTreeSet;

use portcullis::git::pack::{Packs, Skeleton};
use portcullis::model::Oid;

use super::{objects_of, versions};
use crate::fixture::Fixture;
use crate::history::drawn;

/// The ids of a repository's objects of a kind, by git.
fn ids(fixture: &Fixture, kind: &str) -> BTreeSet<Oid> {
    let listed = fixture.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let ids = listed.lines().filter_map(|line| line.split_once(&format!(" {kind} ")));
    ids.map(|(oid, _)| Oid::from_hex(oid.as_bytes()).unwrap()).collect()
}

/// A folder as `git ls-tree` prints it, without modes.
fn lines(skeleton: &Skeleton, id: Oid) -> Vec<String> {
    let mut folder = skeleton.folders.find(id).unwrap();
    let mut lines = Vec::new();
    while let Some(number) = skeleton.folders.next_line(&mut folder) {
        let entry = skeleton.folders.entry(&folder, number);
        let kind = if entry.is_folder { "tree" } else { "blob" };
        lines.push(format!("{kind} {}\t{}", entry.oid, String::from_utf8_lossy(entry.name)));
    }
    lines
}

/// Everything is read, and is what git says; returns how many lines were shared.
#[track_caller]
fn check(fixture: &Fixture) -> usize {
    fixture.git(&["prune", "--expire=now"]);
    let skeleton = Skeleton::read(&Packs::open(&[objects_of(fixture)], 20));
    assert_eq!(skeleton.commits.keys().copied().collect::<BTreeSet<_>>(), ids(fixture, "commit"));
    for (id, commit) in &skeleton.commits {
        let told = format!("{}\n{}", commit.tree, String::from_utf8_lossy(&commit.text.message));
        assert_eq!(told.trim_end(), fixture.git(&["log", "-1", "--format=%T%n%B", &id.to_string()]));
    }
    let mut all = 0;
    for tree in ids(fixture, "tree") {
        let said =
            fixture.git(&["ls-tree", "--format=%(objecttype) %(objectname)%x09%(path)", &tree.to_string()]);
        let lines = lines(&skeleton, tree);
        assert_eq!(lines, said.lines().collect::<Vec<_>>(), "{tree}");
        all += lines.len();
    }
    assert!(skeleton.folders.lines() <= all);
    all - skeleton.folders.lines()
}

#[test]
fn commits_and_folders_are_what_git_says_however_they_are_packed() {
    let fixture = drawn::history(1, 30, &|number| format!("content {number}"));
    fixture.git(&["repack", "-adq"]);
    check(&fixture);
    let fixture = Fixture::new();
    versions(&fixture, 25);
    for (depth, shared) in [("--depth=0", false), ("--depth=1", true), ("--depth=50", true)] {
        fixture.git(&["repack", "-adfq", depth, "--window=50"]);
        assert_eq!(check(&fixture) > 0, shared, "{depth}: deltas share lines");
    }
}
