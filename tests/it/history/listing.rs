//! Which contents a part of the history has, and which commit and path they are listed under.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use portcullis::git::Repo;
use portcullis::model::{Locator, Provenance};
use portcullis::source::Listing;
use portcullis::source::history::{self, Query, Reach, Scope, moment};

use super::drawn;
use crate::fixture::{Fixture, one_commit};
use crate::push::lines;

fn everything() -> Query {
    Query { scope: Scope::Everything, since: None }
}

fn range(text: &str) -> Query {
    Query { scope: Scope::Range(text.to_owned()), since: None }
}

fn branch(name: &str) -> Query {
    Query { scope: Scope::Branch(name.to_owned()), since: None }
}

fn list(fixture: &Fixture, query: &Query) -> Listing {
    history::list(&fixture.repo(), query).unwrap().listing
}

/// What is listed beside the messages of usual commits.
#[track_caller]
fn check(fixture: &Fixture, query: &Query, expected: &[&str]) {
    assert_eq!(lines(fixture, &list(fixture, query)), expected, "{query:?}");
}

#[test]
fn each_content_is_listed_once_where_it_came_first() {
    let fixture = one_commit();
    fixture.commit("copy", "old\n");
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.commit("side", "side\n");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("main", "main\n");
    fixture.git(&["merge", "-q", "side", "-m", "merged"]);
    fixture.git(&["rm", "-q", "file", "side"]);
    fixture.git(&["commit", "-qm", "write nothing"]);
    let blob = fixture.git(&["rev-parse", "HEAD:main"]);
    fixture.git(&["tag", "-m", "on a blob", "tag", &blob]);
    fixture.write("alone", "in no commit\n");
    fixture.git(&["tag", "alone", &fixture.git(&["hash-object", "-w", "alone"])]);
    fixture.git(&["checkout", "-q", "--detach"]);
    fixture.commit("detached", "on no branch\n");
    check(
        &fixture,
        &Query::default(),
        &[
            "message of merged | .git/COMMIT_EDITMSG | merged | 0",
            "object | .git/refs/tags/alone | in no commit | 0",
            "tag | .git/TAG_EDITMSG | on a blob | 0",
            "write detached | detached | on no branch | 0",
            "write file | file | old | 0",
            "write main | main | main | 0",
            "write side | side | side | 0",
        ],
    );
}

#[test]
fn a_part_of_the_history_has_what_came_in_there() {
    let fixture = one_commit();
    fixture.commit("file", "second\n");
    fixture.commit("late/again", "old\n");
    fixture.git(&["checkout", "-qb", "topic/a", "main~1"]);
    fixture.commit("a", "on a\n");
    fixture.git(&["checkout", "-qb", "topic/b", "main~1"]);
    fixture.commit("b", "on b\n");
    let (old, second) = ("write file | file | old | 0", "write file | file | second | 0");
    let (a, b) = ("write a | a | on a | 0", "write b | b | on b | 0");
    check(&fixture, &branch("main"), &[old, second]);
    check(&fixture, &branch("topic/a"), &[a, old, second]);
    check(&fixture, &branch("topic/*"), &[a, b, old, second]);
    check(&fixture, &range("main~1..topic/b"), &[b]);
    check(&fixture, &range("main~2..topic/b"), &[b, second]);
    // It stood in the commit before, but not in the one before that.
    check(&fixture, &range("main~1..main"), &["write late/again | late/again | old | 0"]);
    for query in [branch("none"), branch(""), range("main"), range("--all")] {
        let listed = history::list(&fixture.repo(), &query);
        assert_eq!(listed.is_err(), query != range("main"), "{query:?}");
    }
}

#[test]
fn since_a_day_counts_when_it_was_committed_and_not_what_stood_there_before() {
    let mut fixture = one_commit();
    let at = |time: &str| {
        let vars = [("GIT_COMMITTER_DATE", time.into())];
        vars.map(|(name, value): (&str, std::ffi::OsString)| (name.into(), value)).to_vec()
    };
    fixture.vars = at("1710000000 +0000");
    fixture.commit("march", "march\n");
    // A clock that goes wrong hides nothing behind it.
    fixture.vars = at("1600000000 +0000");
    fixture.commit("early", "early\n");
    fixture.vars = at("1720000000 +0000");
    fixture.commit("july", "july\n");
    let since = |since| Query { scope: Scope::Refs, since: Some(since) };
    let (march, july) = ("write march | march | march | 0", "write july | july | july | 0");
    check(&fixture, &since(1_705_000_000), &[july, march]);
    check(&fixture, &since(1_715_000_000), &[july]);
    check(&fixture, &since(1_720_000_001), &[]);
    assert_eq!(moment(&fixture.repo(), "2024-03-01 00:00:00 +0000").unwrap(), 1_709_251_200);
}

#[test]
fn all_objects_are_those_that_nothing_leads_to_as_well() {
    let fixture = one_commit();
    fixture.stage("stashed", "in an older stash\n");
    fixture.git(&["stash", "-q"]);
    fixture.stage("later", "in the stash\n");
    fixture.git(&["stash", "-q"]);
    fixture.commit("folder/amended", "before\n");
    fixture.stage("folder/amended", "after\n");
    fixture.git(&["commit", "-q", "--amend", "-m", "write again"]);
    let tree = fixture.git(&["rev-parse", "HEAD@{1}^{tree}"]);
    let lost = fixture.git(&["commit-tree", "-p", "HEAD", "-m", "write lost", &tree]);
    let child = fixture.git(&["commit-tree", "-p", &lost, "-m", "write child", &tree]);
    fixture.stage("staged", "only staged\n");
    fixture.write("alone", "hashed\n");
    let alone = fixture.git(&["hash-object", "-w", "alone"]);
    let of_refs = list(&fixture, &Query::default());
    assert!(!lines(&fixture, &of_refs).join("\n").contains("older stash"), "{of_refs:?}");
    let query = everything();
    let listed = history::list(&fixture.repo(), &query).unwrap();
    let shown: Vec<String> = lines(&fixture, &listed.listing)
        .into_iter()
        .filter(|line| !line.contains("COMMIT_EDITMSG"))
        .collect();
    let on = format!("index on main: {} write file", fixture.git(&["rev-parse", "--short", "main~1"]));
    assert_eq!(
        shown,
        [
            format!("{on} | later | in the stash | 0"),
            format!("{on} | stashed | in an older stash | 0"),
            "index | staged | only staged | 0".to_owned(),
            format!("object | .git/objects/{alone} | hashed | 0"),
            "write again | folder/amended | after | 0".to_owned(),
            "write file | file | old | 0".to_owned(),
            "write folder/amended | folder/amended | before | 0".to_owned(),
        ]
    );
    let reach = |id: &str| {
        let place = listed.graph.nodes().iter().position(|node| node.id.to_string() == id).unwrap();
        (place, listed.graph.nodes()[place].reach)
    };
    let first = fixture.git(&["rev-parse", "main~1"]);
    let amended = fixture.git(&["rev-parse", "main@{1}"]);
    assert_eq!(
        [first.as_str(), &amended, &lost, &child].map(|id| reach(id).1),
        [Reach::Ref, Reach::Reflog, Reach::Nothing, Reach::Nothing]
    );
    assert!(reach(&lost).0 < reach(&child).0);
}

#[test]
fn the_head_of_another_work_tree_counts() {
    let fixture = one_commit();
    fixture.git(&["worktree", "add", "-q", "--detach", "../other"]);
    fs::write(fixture.root.join("other/file"), "elsewhere\n").unwrap();
    fixture.git_in(&fixture.root.join("other"), &["commit", "-qam", "write elsewhere"]);
    check(
        &fixture,
        &Query::default(),
        &["write elsewhere | file | elsewhere | 0", "write file | file | old | 0"],
    );
}

#[test]
fn a_damaged_folder_is_told_and_the_rest_is_listed() {
    let fixture = one_commit();
    fixture.commit("folder/inner/lost", "not to be seen\n");
    fixture.commit("other", "seen\n");
    let tree = fixture.git(&["rev-parse", "HEAD:folder/inner"]);
    let file = fixture.work.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, "garbage").unwrap();
    let listing = list(&fixture, &Query::default());
    assert_eq!(lines(&fixture, &listing), ["write file | file | old | 0", "write other | other | seen | 0"]);
    let [unread] = &listing.unread[..] else { panic!("{:?}", listing.unread) };
    assert_eq!(unread.path.as_bytes(), b"folder/inner/");
    assert!(unread.why.contains(&tree), "{}", unread.why);
}

#[test]
fn an_empty_history_is_empty_and_a_broken_one_is_an_error() {
    let fixture = Fixture::new();
    for query in [Query::default(), everything()] {
        assert_eq!(list(&fixture, &query), Listing::default(), "{query:?}");
    }
    let fixture = one_commit();
    fs::write(fixture.work.join(".git/refs/heads/broken"), "garbage\n").unwrap();
    history::list(&fixture.repo(), &Query::default()).unwrap_err();
}

/// Blob, commit and path of everything that commits brought in.
fn first_places(listing: &Listing) -> BTreeMap<String, (String, String)> {
    let place = |provenance: &Provenance, path: &[u8]| match provenance {
        Provenance::Commit(info) => (info.id.to_string(), String::from_utf8_lossy(path).into_owned()),
        other => panic!("{other:?}"),
    };
    let entries = listing.entries.iter().filter_map(|entry| match &entry.locator {
        Locator::Blob(oid) => Some((oid.to_string(), place(&entry.provenance, entry.path.as_bytes()))),
        Locator::File(_) | Locator::Inline(_) | Locator::Submodule(_) => None,
    });
    entries.collect()
}

/// The same as git tells it: every commit is looked at in full, oldest first, and the first one that has a blob
/// counts, and there the first path.
fn by_looking_everywhere(git: impl Fn(&[&str]) -> String) -> BTreeMap<String, (String, String)> {
    let mut first = BTreeMap::new();
    for commit in git(&["rev-list", "--all", "--topo-order", "--reverse"]).lines() {
        for line in git(&["ls-tree", "-r", "--full-tree", "-z", commit]).split_terminator('\0') {
            let (head, path) = line.split_once('\t').unwrap();
            let [_, kind, blob] = head.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            if kind == "blob" {
                first.entry(blob.to_owned()).or_insert_with(|| (commit.to_owned(), path.to_owned()));
            }
        }
    }
    first
}

#[test]
fn the_commit_is_the_one_that_git_names_whatever_crosses() {
    for seed in 0..6 {
        let fixture = drawn::history(seed, 60, &|number| format!("content {number}"));
        let found = first_places(&list(&fixture, &Query::default()));
        assert_eq!(found, by_looking_everywhere(|args| fixture.git(args)), "seed {seed}");
        for (blob, (commit, _)) in found.iter().take(12) {
            let object = format!("--find-object={blob}");
            let log = ["log", "--all", "--topo-order", "--reverse", "-m", "--format=%H", &object];
            assert_eq!(fixture.git(&log).lines().next(), Some(commit.as_str()), "seed {seed}, {blob}");
        }
    }
}

#[test]
fn the_commit_is_the_one_that_git_names_in_this_very_repository() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Who builds from an archive has no history here.
    if !top.join(".git").exists() {
        return;
    }
    let fixture = Fixture::empty();
    let repo = Repo::open(top, fixture.env()).unwrap();
    let found = first_places(&history::list(&repo, &Query::default()).unwrap().listing);
    let log = ["log", "--all", "--topo-order", "--reverse", "-m", "--root", "--raw", "--no-abbrev"];
    let log = [&log[..], &["--no-renames", "--ignore-submodules=all", "--format=commit %H"]].concat();
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut commit = "";
    let output = fixture.git_in(top, &log);
    for line in output.lines().filter(|line| !line.is_empty()) {
        if let Some(id) = line.strip_prefix("commit ") {
            commit = id;
        } else {
            let blob = line.split(' ').nth(3).unwrap();
            named.entry(blob.to_owned()).or_insert_with(|| commit.to_owned());
        }
    }
    named.retain(|blob, _| !blob.bytes().all(|digit| digit == b'0'));
    let found: BTreeMap<String, String> =
        found.into_iter().map(|(blob, (commit, _))| (blob, commit)).collect();
    assert_eq!(found, named);
}

/// The commits as the listing orders them, and as git does.
fn orders(fixture: &Fixture) -> (Vec<String>, Vec<String>) {
    let graph = history::list(&fixture.repo(), &Query::default()).unwrap().graph;
    let told = fixture.git(&["rev-list", "--all", "--topo-order", "--reverse"]);
    (
        graph.nodes().iter().map(|node| node.id.to_string()).collect(),
        told.lines().map(str::to_owned).collect(),
    )
}

#[test]
fn commits_are_in_the_order_of_git_also_where_a_clone_is_shallow() {
    let mut cut_off = 0;
    for seed in 10..16 {
        let fixture = drawn::history(seed, 40, &|number| format!("content {number}"));
        let (ours, all) = orders(&fixture);
        assert_eq!(ours, all, "seed {seed}");
        fs::write(fixture.work.join(".git/shallow"), format!("{}\n", all[all.len() / 2])).unwrap();
        let (ours, some) = orders(&fixture);
        assert_eq!(ours, some, "seed {seed}, shallow");
        cut_off += all.len() - some.len();
    }
    assert!(cut_off > 0, "no clone was shallow");
}

#[test]
fn a_submodule_is_told_once_however_often_it_changes() {
    let fixture = one_commit();
    for number in 1..6 {
        let link = format!("160000,{number:040x},lib");
        fixture.git(&["update-index", "--add", "--cacheinfo", &link]);
        fixture.git(&["commit", "-qm", "lib"]);
        fixture.git(&["gc", "-q"]);
    }
    let skipped = list(&fixture, &Query::default()).skipped;
    assert_eq!(skipped.len(), 1, "{skipped:?}");
}
