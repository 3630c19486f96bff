//! Packs as git writes them, and as nobody should write them, read here and compared with what git says.

mod crafted;
mod hostile;
mod skeleton;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use portcullis::git::Kind;
use portcullis::git::pack::{Inflated, Packs, Visitor, walk};
use portcullis::model::{Oid, Shared};
use sha2::{Digest, Sha256};

use crate::fixture::Fixture;

/// Remembers every blob, and checks what it is told of copies.
#[derive(Default)]
struct Collector {
    blobs: BTreeMap<Oid, Vec<u8>>,
    made: usize,
}

impl Visitor for Collector {
    type Note = Oid;

    fn whole(&mut self, blob: &Inflated<'_>) -> Oid {
        self.blobs.insert(blob.oid, blob.bytes.to_vec());
        blob.oid
    }

    fn made(&mut self, blob: &Inflated<'_>, (base, note): (&[u8], &Oid), copies: &[Shared]) -> Oid {
        assert_eq!(self.blobs[note], base);
        for copy in copies {
            assert_eq!(base[copy.from..copy.from + copy.len], blob.bytes[copy.to..copy.to + copy.len]);
        }
        let gap = |two: &[Shared]| {
            let end = two[0].to + two[0].len;
            end < two[1].to || end == two[1].to && two[0].from + two[0].len != two[1].from
        };
        assert!(copies.windows(2).all(gap), "in order, and merged: {copies:?}");
        self.made += 1;
        self.whole(blob)
    }
}

/// What is read of the packs in `objects`, in so many threads, and how many objects were deltas.
fn read(objects: &Path, hash_len: usize, threads: usize) -> (BTreeMap<Oid, Vec<u8>>, usize) {
    let packs = Packs::open(&[objects.to_owned()], hash_len);
    let collectors = std::iter::repeat_with(Collector::default).take(threads).collect();
    let done = walk(&packs.forests(), Kind::Blob, collectors, None);
    let made = done.iter().map(|collector| collector.made).sum();
    (done.into_iter().flat_map(|collector| collector.blobs).collect(), made)
}

/// The blobs of a repository, by git.
fn blobs(fixture: &Fixture) -> Vec<Oid> {
    let listed = fixture.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    let blobs = listed.lines().filter_map(|line| line.split_once(" blob "));
    blobs.map(|(oid, _)| Oid::from_hex(oid.as_bytes()).unwrap()).collect()
}

fn name(hash_len: usize, bytes: &[u8]) -> Oid {
    let head = format!("blob {}\0", bytes.len());
    match hash_len {
        20 => {
            let id = git2::Oid::hash_object(git2::ObjectType::Blob, bytes).unwrap();
            Oid::from_bytes(id.as_bytes()).unwrap()
        }
        _ => Oid::from_bytes(&Sha256::new().chain_update(head).chain_update(bytes).finalize()).unwrap(),
    }
}

fn objects_of(fixture: &Fixture) -> PathBuf {
    fixture.work.join(".git/objects")
}

/// Every blob is read, with the bytes that its name stands for.
#[track_caller]
fn check(fixture: &Fixture, hash_len: usize) -> usize {
    let (one, made) = read(&objects_of(fixture), hash_len, 1);
    assert_eq!(one.keys().copied().collect::<Vec<_>>(), blobs(fixture));
    assert!(one.iter().all(|(oid, bytes)| *oid == name(hash_len, bytes)));
    assert_eq!(read(&objects_of(fixture), hash_len, 3).0, one);
    made
}

/// Versions of a long file, and some short ones, not packed yet.
pub fn versions(fixture: &Fixture, count: usize) {
    let mut lines: Vec<String> =
        (0..6000).map(|line| format!("line {line} of {}", line * 7919 % 4001)).collect();
    for version in 0..count {
        lines[version * 997 % 6000] = format!("changed in {version}");
        lines.insert(version * 13, "inserted".to_owned());
        fixture.stage("long.txt", lines.join("\n"));
        fixture.stage(&format!("short/{version}"), format!("{version}"));
        fixture.git(&["commit", "-qm", "version"]);
    }
    fixture.stage("empty", "");
}

#[test]
fn blobs_are_read_from_packs_of_every_shape() {
    let fixture = Fixture::new();
    versions(&fixture, 12);
    let near: &[&str] = &["repack", "-adfq", "--depth=50", "--window=10"];
    let flat: &[&str] = &["repack", "-adfq", "--depth=1", "--window=50"];
    let whole: &[&str] = &["repack", "-adfq", "--depth=0"];
    let named: &[&str] = &["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"];
    for (command, deltas) in [(near, true), (flat, true), (whole, false), (named, true)] {
        fixture.git(command);
        assert_eq!(check(&fixture, 20) > 0, deltas, "{command:?}");
    }
}

#[test]
fn several_packs_and_long_names_are_read() {
    let fixture = Fixture::with_init(&["--object-format=sha256"]);
    versions(&fixture, 3);
    fixture.git(&["repack", "-dq"]);
    fixture.commit("long.txt", "something else");
    fixture.git(&["repack", "-dq"]);
    // Again, so that there are duplicates.
    fixture.git(&["repack", "-aq"]);
    assert!(check(&fixture, 32) > 0);
}

#[test]
fn an_index_of_several_packs_stands_in_for_their_own() {
    let fixture = Fixture::new();
    versions(&fixture, 3);
    fixture.git(&["repack", "-dq"]);
    fixture.commit("other.txt", "something else");
    fixture.git(&["repack", "-dq"]);
    let all = blobs(&fixture);
    fixture.git(&["multi-pack-index", "write"]);
    let packs: Vec<PathBuf> =
        fs::read_dir(objects_of(&fixture).join("pack")).unwrap().map(|file| file.unwrap().path()).collect();
    for index in packs.iter().filter(|path| path.extension().is_some_and(|extension| extension == "idx")) {
        fs::remove_file(index).unwrap();
    }
    let read = read(&objects_of(&fixture), 20, 2).0;
    assert_eq!(read.into_keys().collect::<Vec<_>>(), all);
}

#[test]
fn packs_that_are_shared_are_read() {
    let fixture = Fixture::new();
    versions(&fixture, 3);
    fixture.git(&["repack", "-adq"]);
    fixture.git_in(&fixture.root, &["clone", "-q", "--shared", "--bare", "work", "one.git"]);
    fixture.git_in(&fixture.root, &["clone", "-q", "--shared", "--bare", "one.git", "two.git"]);
    let shared = read(&fixture.root.join("two.git/objects"), 20, 1).0;
    assert!(shared.len() > 5 && shared == read(&objects_of(&fixture), 20, 1).0);
}

#[test]
fn only_what_is_wanted_is_visited_and_what_it_is_made_of() {
    let fixture = Fixture::new();
    versions(&fixture, 8);
    fixture.git(&["repack", "-adfq"]);
    let short = Oid::from_hex(fixture.git(&["rev-parse", ":short/3"]).as_bytes()).unwrap();
    let packs = Packs::open(&[objects_of(&fixture)], 20);
    let done = walk(&packs.forests(), Kind::Blob, vec![Collector::default()], Some(&|oid| oid == short));
    assert_eq!(done[0].blobs, BTreeMap::from([(short, b"3".to_vec())]));
}

#[test]
fn the_packs_of_this_repository_are_read() {
    let objects = Path::new(env!("CARGO_MANIFEST_DIR")).join(".git/objects");
    let blobs = read(&objects, 20, 2).0;
    assert!(blobs.iter().all(|(oid, bytes)| *oid == name(20, bytes)));
}
