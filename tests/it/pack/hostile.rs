//! What is wrong in a pack costs what is wrong and what is made of it, nothing else: no panic, no endless loop, no memory.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use portcullis::git::Kind;
use portcullis::git::pack::{Packs, Skeleton};
use portcullis::model::Oid;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::crafted::{Crafted, deflated, head, oid, size, write};
use super::{read, versions};
use crate::fixture::Fixture;

/// What is read of a crafted pack: the numbers of objects. The good blob must be among them.
#[track_caller]
fn check(crafted: &Crafted, expected: &[u32]) {
    let dir = tempfile::tempdir().unwrap();
    crafted.write(dir.path());
    let (found, _) = read(dir.path(), 20, 2);
    assert_eq!(found.get(&oid(0)).map(Vec::as_slice), Some(&b"good"[..]));
    let expected: Vec<Oid> = expected.iter().copied().map(oid).collect();
    assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
}

/// A delta of these instructions.
fn delta(base: u64, result: u64, instructions: &[&[u8]]) -> Vec<u8> {
    [size(base), size(result), instructions.concat()].concat()
}

/// The instruction to copy up to 255 bytes from one of the first 256.
fn copy(from: u8, len: u8) -> Vec<u8> {
    vec![0x91, from, len]
}

#[test]
fn good_packs_are_read() {
    let mut pack = Crafted::new();
    let base = pack.blob(1, b"0123456789");
    let child = pack.near(2, base, &delta(10, 6, &[&copy(8, 2), b"\x04wxyz"]));
    pack.near(3, child, &delta(6, 2, &[&copy(1, 2)]));
    pack.named(4, 5, &delta(3, 3, &[&copy(0, 3)]));
    pack.blob(5, b"abc");
    pack.raw(6, &[&head(3, 0), &deflated(b"")]);
    check(&pack, &[0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn deltas_that_do_not_fit_are_left_out_with_what_is_made_of_them() {
    for wrong in [
        delta(10, 3, &[&copy(8, 3)]),
        delta(10, 3, &[&copy(200, 3)]),
        delta(9, 2, &[&copy(0, 2)]),
        delta(10, 3, &[&copy(0, 2)]),
        delta(10, 1, &[&copy(0, 2)]),
        delta(10, 1 << 40, &[&copy(0, 2)]),
        delta(10, 0x10000, &[b"\x80"]),
        delta(10, 2, &[b"\0\0"]),
        delta(10, 9, &[b"\x09short"]),
        delta(10, 2, &[b"\x91\0"]),
        vec![0xff; 12],
        vec![],
    ] {
        let mut pack = Crafted::new();
        let base = pack.blob(1, b"0123456789");
        let child = pack.near(2, base, &wrong);
        pack.near(3, child, &delta(2, 2, &[&copy(0, 2)]));
        pack.near(4, base, &delta(10, 2, &[&copy(0, 2)]));
        check(&pack, &[0, 1, 4]);
    }
}

#[test]
fn bases_that_are_none_are_not_followed() {
    let mut pack = Crafted::new();
    let fine = delta(4, 4, &[&copy(0, 4)]);
    pack.named(1, 2, &fine);
    pack.named(2, 1, &fine);
    pack.named(3, 3, &fine);
    pack.named(4, 99, &fine);
    let base = pack.blob(5, b"base");
    // Into the middle of another entry, before the beginning, and to itself.
    pack.near(6, base + 1, &fine);
    pack.raw(7, &[&head(6, fine.len() as u64), &[0xff, 0xff, 0xff, 0x7f], &deflated(&fine)]);
    pack.raw(8, &[&head(6, fine.len() as u64), &[0xff; 12]]);
    pack.raw(9, &[&head(6, fine.len() as u64), &[0], &deflated(&fine)]);
    check(&pack, &[0, 5]);
}

#[test]
fn entries_that_are_none_are_left_out() {
    let mut pack = Crafted::new();
    for (number, entry) in [
        (1, head(0, 4)),
        (2, head(5, 4)),
        (3, [head(3, 5), deflated(b"four")].concat()),
        (4, [head(3, 3), deflated(b"four")].concat()),
        (5, [head(3, 1 << 40), deflated(b"four")].concat()),
        (6, [head(3, 4), b"not deflated".to_vec()].concat()),
        (7, [head(3, 4), deflated(b"four")[..7].to_vec()].concat()),
        (8, vec![0xb0 | 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
        (9, vec![0xbf]),
    ] {
        pack.raw(number, &[&entry]);
    }
    check(&pack, &[0]);
}

#[test]
fn an_index_that_lies_costs_the_objects_that_it_lies_about() {
    let mut pack = Crafted::new();
    let first = pack.blob(1, b"first");
    pack.blob(2, b"second");
    pack.objects[1].crc = Some(1);
    check(&pack, &[0, 2]);
    for offset in [first + 3, u64::from(u32::MAX >> 1), 1 << 31 | 5] {
        let mut pack = pack.clone();
        pack.objects[1].offset = offset;
        let dir = tempfile::tempdir().unwrap();
        pack.write(dir.path());
        assert!(!read(dir.path(), 20, 1).0.contains_key(&oid(1)), "{offset}");
    }
}

#[test]
fn files_that_are_cut_or_something_else_are_left_out() {
    let mut pack = Crafted::new();
    pack.blob(1, b"first");
    let (bytes, index) = ([&pack.pack[..], &[9; 20]].concat(), pack.index());
    for at in [0, 4, 8, 11, 12, 20, 31, 32, 40] {
        for (bytes, index) in
            [(&bytes[..at.min(bytes.len())], &index[..]), (&bytes[..], &index[..at * 27 % index.len()])]
        {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), bytes, index);
            assert!(read(dir.path(), 20, 1).0.is_empty(), "{at}");
        }
    }
}

#[test]
fn what_would_take_too_much_memory_is_left_out() {
    let mut pack = Crafted::new();
    let large = vec![0; 50 << 20];
    let base = pack.blob(1, &large);
    pack.near(2, base, &delta(large.len() as u64, 2, &[&copy(0, 2)]));
    let small = pack.blob(3, &[b'x'; 50]);
    // A million times fifty bytes, in a few bytes of delta that is deflated again.
    let copies = [0x91, 0, 50].repeat(1 << 20);
    pack.near(4, small, &[size(50), size(50 << 20), copies].concat());
    check(&pack, &[0, 3]);
}

#[test]
fn long_chains_and_wide_trees_need_no_stack() {
    let mut pack = Crafted::new();
    let mut base = pack.blob(1, b"0123456789");
    let wide = base;
    let same = delta(10, 10, &[&copy(0, 10)]);
    for number in 2..9_000 {
        base = pack.near(number, base, &same);
    }
    for number in 9_000..10_000 {
        pack.near(number, wide, &same);
    }
    check(&pack, &(0..10_000).collect::<Vec<_>>());
}

#[test]
fn a_pack_that_vanishes_is_read_to_its_end() {
    let fixture = Fixture::new();
    versions(&fixture, 3);
    fixture.git(&["repack", "-adq"]);
    let objects = fixture.work.join(".git/objects");
    let packs = Packs::open(std::slice::from_ref(&objects), 20);
    let before = read(&objects, 20, 1).0;
    fs::remove_dir_all(objects.join("pack")).unwrap();
    let collectors = vec![super::Collector::default()];
    let done = portcullis::git::pack::walk(&packs.forests(), Kind::Blob, collectors, None);
    assert_eq!(done.into_iter().flat_map(|one| one.blobs).collect::<BTreeMap<_, _>>(), before);
    assert!(read(&objects, 20, 1).0.is_empty());
}

/// A byte of one of the files becomes another one, or the file ends there.
#[derive(Debug, Clone)]
enum Harm {
    Pack(usize, u8),
    Index(usize, u8),
    PackEnds(usize),
    IndexEnds(usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        8 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Harm::Pack(at, byte)),
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Harm::Index(at, byte)),
        1 => any::<usize>().prop_map(Harm::PackEnds),
        1 => any::<usize>().prop_map(Harm::IndexEnds),
    ]
}

/// Damages a pack, whose index agrees with what was done to the pack, so that more than the checksum is tested.
fn damaged(crafted: &Crafted, harms: &[Harm]) -> (Vec<u8>, Vec<u8>) {
    let mut crafted = crafted.clone();
    for harm in harms {
        match *harm {
            Harm::Pack(at, byte) => {
                let at = at % crafted.pack.len();
                crafted.pack[at] = byte;
            }
            Harm::PackEnds(at) => crafted.pack.truncate(12 + at % crafted.pack.len()),
            Harm::Index(..) | Harm::IndexEnds(_) => {}
        }
    }
    let mut index = crafted.index();
    for harm in harms {
        match *harm {
            Harm::Index(at, byte) if !index.is_empty() => {
                let at = at % index.len();
                index[at] = byte;
            }
            Harm::IndexEnds(at) if !index.is_empty() => index.truncate(at % index.len()),
            Harm::Index(..) | Harm::IndexEnds(_) | Harm::Pack(..) | Harm::PackEnds(_) => {}
        }
    }
    ([&crafted.pack[..], &[9; 20]].concat(), index)
}

/// Packs of blobs and deltas, some against what comes later.
fn packs() -> impl Strategy<Value = Crafted> {
    let instruction = prop_oneof![
        (any::<u8>(), any::<u8>()).prop_map(|(from, len)| copy(from, len)),
        prop::collection::vec(any::<u8>(), 1..9)
            .prop_map(|bytes| [&[bytes.len() as u8], &bytes[..]].concat()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    let entry = (0usize..10, 0u64..70, prop::collection::vec(instruction, 0..5));
    prop::collection::vec(entry, 1..12).prop_map(|entries| {
        let mut pack = Crafted::new();
        let base = pack.blob(1, &[b'x'; 60]);
        let tree = [&b"100644 a\0"[..], &[b'1'; 20], b"40000 dirs\0", &[b'2'; 20]].concat();
        let folder = pack.raw(1000, &[&head(2, tree.len() as u64), &deflated(&tree)]);
        let mut last = base;
        for (number, (kind, result, instructions)) in (2u32..).zip(entries) {
            let instructions = instructions.concat();
            let delta = [size(60), size(result), instructions.clone()].concat();
            last = match kind {
                0 => pack.blob(number, &instructions),
                1 | 2 => pack.near(number, base, &delta),
                3 | 4 => pack.near(number, last, &delta),
                5 => pack.named(number, number + 1, &delta),
                6 => pack.named(number, result as u32 % 12, &delta),
                // Another line before, between, or behind the two, or something that is none.
                7 => pack.near(
                    number,
                    folder,
                    &[size(tree.len() as u64), size(tree.len() as u64), delta_of_folder(result, &tree)]
                        .concat(),
                ),
                8 => pack.near(number, folder, &delta),
                _ => pack.raw(number, &[&instructions]),
            };
        }
        pack
    })
}

/// Instructions that take over two parts of a folder, in one order or the other.
fn delta_of_folder(cut: u64, tree: &[u8]) -> Vec<u8> {
    let (cut, len) = (cut as u8 % tree.len() as u8, tree.len() as u8);
    let parts = [copy(0, cut), copy(cut, len - cut)];
    if cut.is_multiple_of(2) { parts.concat() } else { [&parts[1][..], &parts[0]].concat() }
}

/// Half a second of it in every test run; with `PORTCULLIS_FUZZ` as many seconds as that says.
#[test]
fn no_bytes_can_break_the_reader() {
    let seconds = std::env::var("PORTCULLIS_FUZZ").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + Duration::from_secs_f64(seconds.unwrap_or(0.5));
    let dir = tempfile::tempdir().unwrap();
    let mut rounds = 0;
    while Instant::now() < end {
        let mut runner =
            TestRunner::new(Config { cases: 50, failure_persistence: None, ..Config::default() });
        let ran = runner.run(&(packs(), prop::collection::vec(harm(), 0..5)), |(crafted, harms)| {
            let (pack, index) = damaged(&crafted, &harms);
            write(dir.path(), &pack, &index);
            let (found, _) = read(dir.path(), 20, 1);
            prop_assert!(found.values().all(|bytes| bytes.len() < 1 << 20));
            let skeleton = Skeleton::read(&Packs::open(&[dir.path().to_owned()], 20));
            for object in crafted.objects {
                let Some(mut folder) = skeleton.folders.find(object.oid) else { continue };
                while let Some(number) = skeleton.folders.next_line(&mut folder) {
                    prop_assert!(number < skeleton.folders.lines());
                    prop_assert!(!skeleton.folders.entry(&folder, number).name.is_empty());
                }
            }
            Ok(())
        });
        ran.unwrap();
        rounds += 50;
    }
    assert!(rounds > 0);
}
