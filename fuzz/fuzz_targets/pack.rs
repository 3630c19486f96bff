//! Reads commits, folders and contents of a pack and an index that are any bytes at all: `cargo +nightly fuzz run pack`.
//! Zlib is linked twice, which the sanitizer reports, and threads leave a few bytes when they end:
//! `ASAN_OPTIONS=detect_odr_violation=0`, and `-- -detect_leaks=0`. Packs of small repositories are good seeds.
//! The first two bytes say how long the index is. Whatever it is, it is left out, and nothing panics or never ends.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use portcullis::git::Kind;
use portcullis::git::pack::{Inflated, Packs, Skeleton, Visitor, walk};
use portcullis::model::Shared;

/// Holds every reader to what it promises.
struct Witness;

impl Visitor for Witness {
    type Note = Vec<u8>;

    fn whole(&mut self, object: &Inflated<'_>) -> Vec<u8> {
        object.bytes.to_vec()
    }

    fn made(&mut self, object: &Inflated<'_>, (base, note): (&[u8], &Vec<u8>), copies: &[Shared]) -> Vec<u8> {
        assert_eq!(base, note.as_slice());
        for copy in copies {
            assert_eq!(base[copy.from..copy.from + copy.len], object.bytes[copy.to..copy.to + copy.len]);
        }
        self.whole(object)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((len, rest)) = bytes.split_first_chunk::<2>() else { return };
    let Some((index, pack)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len))) else { return };
    let dir = std::env::temp_dir().join(format!("portcullis-fuzz-{}", std::process::id()));
    let packs = dir.join("pack");
    if fs::create_dir_all(&packs).is_err() {
        return;
    }
    fs::write(packs.join("pack-1.pack"), pack).expect("a temporary folder takes files");
    fs::write(packs.join("pack-1.idx"), index).expect("a temporary folder takes files");
    let packs = Packs::open(&[dir], 20);
    walk(&packs.forests(), Kind::Blob, vec![Witness], None);
    let mut skeleton = Skeleton::read(&packs);
    skeleton.commits.retain(|id, commit| *id == commit.text.info.id);
});
