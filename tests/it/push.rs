//! What a push and a range bring in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use portcullis::model::Locator;
use portcullis::source::push::{self, Part, RefUpdate};
use portcullis::source::{Listing, NewRemote, Remote, SourceError, range};

use crate::fixture::{Fixture, origin, text};

/// A work tree with one commit on `main`, and an empty bare repository `there` known as `origin`.
fn with_remote() -> Fixture {
    let fixture = Fixture::new();
    fixture.commit("file", "old\n");
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    record_pushes(&fixture);
    fixture
}

/// The same after a first push of `main`.
fn pushed() -> Fixture {
    let fixture = with_remote();
    fixture.git(&["push", "-q", "origin", "main"]);
    fixture
}

/// Installs a pre-push hook that keeps what git tells it.
fn record_pushes(fixture: &Fixture) {
    let hook = fixture.work.join(".git/hooks/pre-push");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let script = "#!/bin/sh\ncat > .git/pushed\nprintf '%s\\n%s' \"$1\" \"$2\" > .git/pushed-to\n";
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, PermissionsExt::from_mode(0o755)).unwrap();
}

/// What the listing of `git push args` is, by what git really tells the hook; nothing is pushed.
fn try_push(fixture: &Fixture, args: &[&str], new_remote: NewRemote) -> Result<Listing, SourceError> {
    let _ = fs::remove_file(fixture.work.join(".git/pushed"));
    fixture.try_git_in(&fixture.work, &[&["push", "--dry-run"], args].concat(), b"");
    let stdin = fs::read(fixture.work.join(".git/pushed")).expect("the hook runs");
    let to = fs::read_to_string(fixture.work.join(".git/pushed-to")).unwrap();
    let (name, url) = to.split_once('\n').unwrap();
    let remote = Remote { name: name.as_bytes(), url: url.as_bytes() };
    list(fixture, &push::parse_updates(&stdin)?, remote, new_remote)
}

/// All of a push.
fn list(
    fixture: &Fixture,
    updates: &[RefUpdate],
    remote: Remote<'_>,
    new_remote: NewRemote,
) -> Result<Listing, SourceError> {
    let part = Part { updates, tips: &push::tips(updates), seen: &[] };
    push::list(&fixture.repo(), &part, remote, new_remote)
}

/// A listing as sorted lines: origin, path, content, number of former contents. Messages of commits only by content.
pub fn lines(fixture: &Fixture, listing: &Listing) -> Vec<String> {
    let read = fixture.read(listing).into_iter().zip(&listing.entries);
    let mut lines: Vec<String> = read
        .map(|((path, content, before), entry)| {
            format!("{} | {path} | {} | {before}", origin(&entry.provenance), content.trim_end())
        })
        .filter(|line| !line.starts_with("message of write "))
        .collect();
    lines.sort();
    lines
}

#[track_caller]
fn check_push(fixture: &Fixture, args: &[&str], expected: &[&str]) {
    let listing = try_push(fixture, args, NewRemote::ByHost).unwrap();
    assert_eq!(lines(fixture, &listing), expected);
}

#[test]
fn a_first_push_brings_everything() {
    let fixture = with_remote();
    fixture.commit("file", "second\n");
    check_push(
        &fixture,
        &["origin", "main"],
        &["write file | file | old | 0", "write file | file | second | 1"],
    );
}

#[test]
fn what_came_and_went_inside_the_range_is_found() {
    let fixture = pushed();
    fixture.commit("file", "secret\n");
    fixture.commit("file", "old\n");
    check_push(
        &fixture,
        &["origin", "main"],
        &["write file | file | old | 1", "write file | file | secret | 1"],
    );
}

#[test]
fn what_is_there_already_is_not_listed() {
    let fixture = pushed();
    check_push(&fixture, &["origin", "main:again"], &[]);
    fixture.git(&["checkout", "-qb", "topic"]);
    fixture.commit("topic", "new\n");
    check_push(&fixture, &["origin", "topic"], &["write topic | topic | new | 0"]);
    // Merging what the destination has brings in nothing of it.
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("upstream", "theirs\n");
    fixture.git(&["push", "-q", "origin", "main"]);
    fixture.git(&["checkout", "-q", "topic"]);
    fixture.git(&["merge", "-q", "main", "-m", "update"]);
    check_push(
        &fixture,
        &["origin", "topic"],
        &["message of update | .git/COMMIT_EDITMSG | update | 0", "write topic | topic | new | 0"],
    );
}

#[test]
fn the_remote_s_own_word_counts_more_than_tracking_refs() {
    let fixture = pushed();
    fixture.commit("file", "second\n");
    fixture.git(&["push", "-q", "origin", "main"]);
    fixture.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    fixture.commit("file", "third\n");
    check_push(&fixture, &["origin", "main"], &["write file | file | third | 1"]);
}

#[test]
fn a_forced_push_that_takes_a_secret_away_passes() {
    let fixture = pushed();
    fixture.commit("file", "secret\n");
    fixture.git(&["push", "-q", "--no-verify", "origin", "main"]);
    fixture.git(&["reset", "-q", "--hard", "HEAD~1"]);
    check_push(&fixture, &["--force", "origin", "main"], &[]);
    fixture.commit("file", "clean\n");
    check_push(&fixture, &["--force", "origin", "main"], &["write file | file | clean | 1"]);
}

#[test]
fn an_unknown_remote_id_neither_stops_nor_rescans() {
    let fixture = pushed();
    fixture.git_in(&fixture.root, &["clone", "-q", "-b", "main", "there", "other"]);
    let other = fixture.root.join("other");
    fixture.git_in(&other, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    fixture.git_in(&other, &["push", "-q", "origin", "HEAD:main"]);
    fixture.commit("file", "mine\n");
    check_push(&fixture, &["--force", "origin", "main"], &["write file | file | mine | 1"]);
}

#[test]
fn deletions_and_nothing_at_all_bring_nothing() {
    let fixture = pushed();
    check_push(&fixture, &["origin", "main"], &[]);
    fixture.commit("file", "new\n");
    check_push(&fixture, &["origin", ":main"], &[]);
    fixture.git(&["tag", "t"]);
    check_push(&fixture, &["origin", "t", ":main"], &["write file | file | new | 1"]);
}

#[test]
fn a_moved_file_is_compared_with_what_it_was() {
    let fixture = pushed();
    let long = "one\ntwo\nthree\nfour\nfive\n";
    fixture.commit("a", long);
    fixture.git(&["push", "-q", "origin", "main"]);
    fixture.git(&["mv", "a", "b"]);
    fixture.stage("b", format!("{long}six\n"));
    // An addition and a deletion that are no move, in the same push.
    fixture.git(&["commit", "-qm", "move"]);
    fixture.git(&["rm", "-q", "file"]);
    fixture.stage("new", "something else\n");
    fixture.git(&["commit", "-qm", "other"]);
    let listing = try_push(&fixture, &["origin", "main"], NewRemote::ByHost).unwrap();
    let moved = listing.entries.iter().filter_map(|entry| entry.moved_from.clone());
    assert_eq!(moved.collect::<Vec<_>>(), ["a".into()]);
    let moved = format!("move | b | {} | 1", format!("{long}six").as_str());
    let expected = [
        "message of move | .git/COMMIT_EDITMSG | move | 0",
        "message of other | .git/COMMIT_EDITMSG | other | 0",
    ];
    let expected: Vec<&str> =
        expected.into_iter().chain([&*moved, "other | new | something else | 0"]).collect();
    assert_eq!(lines(&fixture, &listing), expected);
}

#[test]
fn every_ref_counts() {
    let fixture = pushed();
    for branch in ["one", "two"] {
        fixture.git(&["checkout", "-qb", branch, "main"]);
        fixture.commit(branch, format!("{branch}\n"));
    }
    fixture.git(&["notes", "add", "-m", "a note", "HEAD"]);
    let listing = try_push(&fixture, &["origin", "one", "two", "refs/notes/*"], NewRemote::ByHost).unwrap();
    let lines = lines(&fixture, &listing);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].ends_with("| a note | 0"), "{lines:?}");
    assert_eq!(lines[2..], ["write one | one | one | 0", "write two | two | two | 0"]);
}

#[test]
fn tags_bring_their_message_and_what_they_name() {
    let fixture = pushed();
    fixture.git(&["tag", "-m", "inner", "inner"]);
    fixture.git(&["tag", "-m", "outer", "outer", "inner"]);
    check_push(
        &fixture,
        &["origin", "outer"],
        &["tag | .git/TAG_EDITMSG | inner | 0", "tag | .git/TAG_EDITMSG | outer | 0"],
    );
    fixture.stage("dir/in-tree", "in a tree\n");
    let tree = fixture.git(&["write-tree"]);
    let blob = fixture.git(&["rev-parse", ":dir/in-tree"]);
    fixture.git(&["tag", "-m", "on a tree", "tree", &tree]);
    fixture.git(&["tag", "blob", &blob]);
    check_push(
        &fixture,
        &["origin", "blob", "tree"],
        &[
            "object | .git/refs/tags/blob | in a tree | 0",
            "object | dir/in-tree | in a tree | 0",
            "object | file | old | 0",
            "tag | .git/TAG_EDITMSG | on a tree | 0",
        ],
    );
    fixture.git(&["checkout", "-q", "--detach"]);
    fixture.git(&["commit", "-qm", "only a tag"]);
    fixture.git(&["tag", "alone"]);
    check_push(
        &fixture,
        &["origin", "alone"],
        &[
            "message of only a tag | .git/COMMIT_EDITMSG | only a tag | 0",
            "only a tag | dir/in-tree | in a tree | 0",
        ],
    );
}

#[test]
fn a_merge_brings_what_equals_no_parent() {
    let fixture = pushed();
    fixture.git(&["checkout", "-qb", "side"]);
    fixture.commit("file", "side\n");
    fixture.git(&["checkout", "-q", "main"]);
    fixture.commit("file", "main\n");
    fixture.try_git_in(&fixture.work, &["merge", "-q", "side"], b"");
    fixture.stage("file", "resolved\n").stage("evil", "in no parent\n");
    fixture.git(&["commit", "-qm", "merged"]);
    check_push(
        &fixture,
        &["origin", "main"],
        &[
            "merged | evil | in no parent | 0",
            "merged | file | resolved | 2",
            "message of merged | .git/COMMIT_EDITMSG | merged | 0",
            "write file | file | main | 1",
            "write file | file | side | 1",
        ],
    );
}

#[test]
fn remotes_are_told_apart_by_name_and_by_url() {
    let fixture = pushed();
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "elsewhere"]);
    // As `git remote add` wrote it before 2.55, which refuses a name inside of another one.
    fixture.git(&["config", "remote.origin/x.url", "../elsewhere"]);
    fixture.git(&["config", "remote.origin/x.fetch", "+refs/heads/*:refs/remotes/origin/x/*"]);
    // A name that begins like another one, and a host (none) that no other remote is on: all is new.
    check_push(&fixture, &["origin/x", "main"], &["write file | file | old | 0"]);
    check_push(&fixture, &["../elsewhere", "main"], &["write file | file | old | 0"]);
    check_push(&fixture, &["../there", "main:again"], &[]);
    let listing = try_push(&fixture, &["../elsewhere", "main"], NewRemote::Known).unwrap();
    assert_eq!(listing.entries, []);
    let listing = try_push(&fixture, &["../there", "main:again"], NewRemote::History).unwrap();
    assert_eq!(listing.entries, []);
}

#[test]
fn a_new_remote_on_a_known_host_is_given_what_no_other_has() {
    let fixture = pushed();
    fixture.git(&["config", "remote.origin.url", "git@example.org:a/b"]);
    let update = format!(
        "refs/heads/main {0} refs/heads/main {1}\n",
        fixture.git(&["rev-parse", "main"]),
        "0".repeat(40)
    );
    let updates = push::parse_updates(update.as_bytes()).unwrap();
    for (url, new_remote, expected) in [
        ("https://example.org/c/d", NewRemote::ByHost, 0),
        ("https://example.com/c/d", NewRemote::ByHost, 2),
        ("https://example.org/c/d", NewRemote::History, 2),
        ("https://example.com/c/d", NewRemote::Known, 0),
    ] {
        let remote = Remote { name: url.as_bytes(), url: url.as_bytes() };
        let listing = list(&fixture, &updates, remote, new_remote).unwrap();
        assert_eq!(listing.entries.len(), expected, "{url} {new_remote:?}");
    }
}

#[test]
fn a_mirror_s_refspec_does_not_make_everything_known() {
    for refspec in ["+refs/*:refs/*", "+refs/heads/*:refs/heads/*", "refs/heads/main:refs/heads/main"] {
        let fixture = with_remote();
        fixture.git(&["config", "remote.origin.fetch", refspec]);
        fixture.git(&["branch", "copy"]);
        check_push(&fixture, &["origin", "main", "copy"], &["write file | file | old | 0"]);
        check_push(&fixture, &["origin", "HEAD~0:refs/heads/main"], &["write file | file | old | 0"]);
    }
    let fixture = with_remote();
    fixture.git(&["config", "remote.origin.fetch", "+refs/changes/*:refs/changes/*"]);
    fixture.git(&["update-ref", "refs/changes/1", "main"]);
    check_push(&fixture, &["origin", "refs/changes/1"], &["write file | file | old | 0"]);
}

#[test]
fn other_refspecs_are_obeyed() {
    let fixture = pushed();
    fixture.git(&["config", "remote.origin.fetch", "+refs/heads/*:refs/seen/there/*"]);
    fixture.git(&["update-ref", "refs/seen/there/main", "refs/remotes/origin/main"]);
    fixture.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    check_push(&fixture, &["origin", "main:again"], &[]);
}

#[test]
fn neither_grafts_nor_replacements_hide_commits() {
    for hide in ["graft", "replace"] {
        let fixture = pushed();
        fixture.commit("file", "secret\n");
        let last = fixture.commit("file", "clean\n");
        let base = fixture.git(&["rev-parse", "main~2"]);
        if hide == "graft" {
            fs::create_dir_all(fixture.work.join(".git/info")).unwrap();
            fs::write(fixture.work.join(".git/info/grafts"), format!("{last} {base}\n")).unwrap();
        } else {
            fixture.git(&["replace", "--graft", &last, &base]);
        }
        let update = format!("refs/heads/main {last} refs/heads/main {base}\n");
        let updates = push::parse_updates(update.as_bytes()).unwrap();
        let remote = Remote { name: b"origin", url: b"../there" };
        let listing = list(&fixture, &updates, remote, NewRemote::ByHost).unwrap();
        let expected = ["write file | file | clean | 1", "write file | file | secret | 1"];
        assert_eq!(lines(&fixture, &listing), expected, "{hide}");
    }
}

#[test]
fn the_boundary_of_a_shallow_clone_is_not_new() {
    let mut fixture = pushed();
    fixture.commit("file", "second\n");
    fixture.git(&["push", "-q", "origin", "main"]);
    let url = format!("file://{}/there", fixture.root.display());
    fixture.git_in(&fixture.root, &["clone", "-q", "--depth=1", "-b", "main", &url, "shallow"]);
    fixture.work = fixture.root.join("shallow");
    record_pushes(&fixture);
    fixture.commit("file", "third\n");
    check_push(&fixture, &["origin", "main"], &["write file | file | third | 1"]);
}

#[test]
fn repositories_with_long_ids_are_pushed_like_others() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    fixture.git_in(&fixture.root, &["init", "-q", "--bare", "--object-format=sha256", "there"]);
    fixture.git(&["remote", "add", "origin", "../there"]);
    record_pushes(&fixture);
    fixture.commit("file", "old\n");
    fixture.git(&["tag", "-m", "tagged", "v1"]);
    check_push(
        &fixture,
        &["origin", "main", "v1"],
        &["tag | .git/TAG_EDITMSG | tagged | 0", "write file | file | old | 0"],
    );
    fixture.git(&["push", "-q", "origin", "main"]);
    check_push(&fixture, &["origin", ":main"], &[]);
    check_push(&fixture, &["origin", "main"], &[]);
}

#[test]
fn submodules_are_listed_once() {
    let fixture = pushed();
    let (first, second) = (fixture.git(&["rev-parse", "HEAD"]), fixture.commit("file", "x\n"));
    for id in [first, second] {
        fixture.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},sub")]);
        fixture.git(&["commit", "-qm", "sub"]);
    }
    let listing = try_push(&fixture, &["origin", "main"], NewRemote::ByHost).unwrap();
    let submodules = listing.entries.iter().filter(|it| matches!(it.locator, Locator::Submodule(_)));
    assert_eq!(submodules.map(|it| &it.path).collect::<Vec<_>>(), [&"sub".into()]);
}

#[test]
fn the_same_change_is_listed_once() {
    let fixture = pushed();
    for content in ["a\n", "old\n", "a\n", "old\n"] {
        fixture.commit("file", content);
    }
    check_push(&fixture, &["origin", "main"], &["write file | file | a | 1", "write file | file | old | 1"]);
}

#[test]
fn commits_are_described_in_their_own_bytes() {
    let fixture = pushed();
    fixture.git(&["config", "i18n.commitEncoding", "ISO-8859-1"]);
    fs::write(fixture.work.join("message"), b"caf\xe9\n\nbody: \xe9\n").unwrap();
    fixture.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-F",
        "message",
        "--author",
        "Bob B <b@x>",
        "--date",
        "@1600000000",
    ]);
    let listing = try_push(&fixture, &["origin", "main"], NewRemote::ByHost).unwrap();
    let [entry] = &listing.entries[..] else { panic!("{listing:?}") };
    assert_eq!(entry.locator, Locator::Inline(b"caf\xe9\n\nbody: \xe9\n"[..].into()));
    let portcullis::model::Provenance::CommitMessage(info) = &entry.provenance else { panic!("{entry:?}") };
    assert_eq!((text(&info.author), info.time), ("Bob B <b@x>".to_owned(), 1_600_000_000));
    assert_eq!(
        (info.subject.as_slice(), info.id.to_string()),
        (&b"caf\xe9"[..], fixture.git(&["rev-parse", "HEAD"]))
    );
}

#[test]
fn a_commit_that_is_not_here_is_an_error() {
    let fixture = pushed();
    let missing = "12".repeat(20);
    let update = format!("refs/heads/main {missing} refs/heads/main {}\n", "0".repeat(40));
    let updates = push::parse_updates(update.as_bytes()).unwrap();
    let remote = Remote { name: b"origin", url: b"../there" };
    let error = list(&fixture, &updates, remote, NewRemote::ByHost).unwrap_err();
    assert_eq!(error.to_string(), format!("object {missing}: missing"));
    // One in the middle: git lists the others and says nothing.
    fixture.commit("file", "a\n");
    let middle = fixture.commit("file", "b\n");
    fixture.commit("file", "c\n");
    fs::remove_file(fixture.work.join(".git/objects").join(&middle[..2]).join(&middle[2..])).unwrap();
    let head = fixture.git(&["rev-parse", "HEAD"]);
    let updates = push::parse_updates(update.replace(&missing, &head).as_bytes()).unwrap();
    let list = || list(&fixture, &updates, remote, NewRemote::ByHost).unwrap_err();
    assert!(matches!(list(), SourceError::Git(_)));
}

#[test]
fn a_commit_that_git_passes_over_is_an_error() {
    // Git walks by its commit-graph and does not see that the object itself is gone.
    let fixture = pushed();
    let middle = fixture.commit("file", "b\n");
    fixture.commit("file", "c\n");
    fixture.git(&["commit-graph", "write", "--reachable"]);
    fs::remove_file(fixture.work.join(".git/objects").join(&middle[..2]).join(&middle[2..])).unwrap();
    let error = range::list(&fixture.repo(), "main~2..main").unwrap_err().to_string();
    assert_eq!(error, format!("commit {middle}: git did not list its changes"));
}

#[test]
fn a_new_mode_alone_brings_nothing_in() {
    let fixture = pushed();
    fixture.git(&["update-index", "--chmod=+x", "file"]);
    fixture.git(&["commit", "-qm", "write a mode"]);
    check_push(&fixture, &["origin", "main"], &[]);
}

#[test]
fn a_message_is_not_cut_at_a_nul() {
    let fixture = pushed();
    let tree = fixture.git(&["rev-parse", "main^{tree}"]);
    let person = "Ada <ada@example.org> 1700000000 +0000";
    let object = format!("tree {tree}\nauthor {person}\ncommitter {person}\n\nshort\0and the rest\n");
    let output = fixture.try_git_in(
        &fixture.work,
        &["hash-object", "-wt", "commit", "--literally", "--stdin"],
        object.as_bytes(),
    );
    fixture.git(&["branch", "odd", text(&output.stdout).trim()]);
    let listing = try_push(&fixture, &["origin", "odd"], NewRemote::ByHost).unwrap();
    assert_eq!(listing.entries[0].locator, Locator::Inline(b"short\0and the rest\n"[..].into()));
}

#[test]
fn a_partial_clone_pushes_without_old_content() {
    let mut fixture = pushed();
    fixture.git_in(&fixture.root.join("there"), &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}/there", fixture.root.display());
    let args = ["clone", "-q", "--no-checkout", "--filter=blob:none", "-b", "main", &url, "partial"];
    fixture.git_in(&fixture.root, &args);
    fixture.work = fixture.root.join("partial");
    record_pushes(&fixture);
    fixture.git(&["read-tree", "HEAD"]);
    fixture.commit("file", "new\n");
    fixture.git(&["remote", "set-url", "origin", "../there"]);
    check_push(&fixture, &["origin", "main"], &["write file | file | new | 1"]);
}

#[test]
fn a_range_is_what_git_takes_it_for() {
    let fixture = with_remote();
    fixture.commit("file", "second\n");
    fixture.commit("file", "third\n");
    fixture.git(&["checkout", "-qb", "side", "main~1"]);
    fixture.commit("side", "side\n");
    fixture.git(&["tag", "-m", "tagged", "v1"]);
    for (range, expected) in [
        ("main~1..main", &["write file | file | third | 1"][..]),
        ("main..side", &["write side | side | side | 0"]),
        ("main...side", &["write file | file | third | 1", "write side | side | side | 0"]),
        ("main..v1", &["tag | .git/TAG_EDITMSG | tagged | 0", "write side | side | side | 0"]),
        ("HEAD^!", &["write side | side | side | 0"]),
        ("main..main", &[]),
    ] {
        assert_eq!(lines(&fixture, &range::list(&fixture.repo(), range).unwrap()), expected, "{range}");
    }
    for range in ["", "--all", "-1", "main:file", "main^{tree}", "file", "nothing..main", "main.."] {
        let listed = range::list(&fixture.repo(), range);
        assert_eq!(listed.is_err(), range != "main..", "{range}: {listed:?}");
    }
}
