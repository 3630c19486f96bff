//! Remembers which contents had nothing in them at which path, so that a push need not look again; knows neither rules
//! nor findings, and is only ever as good as the digest its owner gives it.
//!
//! A file of records of 32 bytes, named after the digest of everything that decides what is found. Whatever is wrong
//! with it, it is as if it were not there: then everything is scanned.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use crate::model::{Oid, RepoPath};

/// Bytes that stand for a blob at a path.
const KEY: usize = 24;
/// The same with the blob's size.
const NOTE: usize = 28;
/// A note and its checksum.
const RECORD: usize = 32;
/// 2 MiB: more takes longer to read than it saves in a usual push. Who scans more says so.
const MAX_RECORDS: usize = 1 << 16;
/// Digests of which records are kept: a few branches with their own rules, and an update of the program.
const MAX_FILES: usize = 4;

/// What decides what is found: rules, configuration, program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some parts; where one ends and the next begins counts.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Digest {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Digest(hash.finalize().into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Half of it, in hexadecimal digits.
    pub fn hex(self) -> String {
        self.0[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Contents known to be clean under one digest; shared by threads.
pub struct Clean {
    path: PathBuf,
    digest: Digest,
    /// Their sizes.
    known: HashMap<[u8; KEY], u32>,
    noted: Mutex<Vec<[u8; NOTE]>>,
    /// How many records may be kept.
    limit: usize,
    /// False when what is there has to be written anew.
    appendable: bool,
}

impl Clean {
    /// Reads what is known under `digest` in `folder`, which need not be there.
    pub fn open(folder: &Path, digest: Digest) -> Clean {
        let path = folder.join(digest.hex());
        let known = fs::read(&path).ok().and_then(|bytes| records(&bytes, digest));
        Clean {
            path,
            digest,
            appendable: known.is_some(),
            known: known.unwrap_or_default().iter().map(parts).collect(),
            noted: Mutex::default(),
            limit: MAX_RECORDS,
        }
    }

    /// The same, for that many contents.
    #[must_use]
    pub fn holding(self, limit: usize) -> Clean {
        Clean { limit, ..self }
    }

    /// How many bytes this blob has, if nothing was found in it at this path.
    pub fn knows(&self, blob: Oid, path: &RepoPath) -> Option<u64> {
        if self.known.is_empty() {
            return None;
        }
        self.known.get(&key(blob, path)).copied().map(u64::from)
    }

    /// Notes that nothing at all was found in this blob of so many bytes at this path.
    pub fn note(&self, blob: Oid, path: &RepoPath, bytes: u64) {
        let Ok(bytes) = u32::try_from(bytes) else { return };
        let mut note = [0; NOTE];
        note[..KEY].copy_from_slice(&key(blob, path));
        note[KEY..].copy_from_slice(&bytes.to_le_bytes());
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// Writes down what was noted. Several may do so at once: each adds all of its records by one call, or puts a new
    /// file in the place of the old one, which at worst forgets what another has just added.
    pub fn save(self) -> io::Result<()> {
        let noted = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        if noted.is_empty() {
            return Ok(());
        }
        let new: Vec<u8> = noted.iter().flat_map(|note| record(note, self.digest)).collect();
        if self.appendable && self.known.len() + noted.len() <= self.limit {
            return OpenOptions::new().append(true).open(&self.path)?.write_all(&new);
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // The newest stand at the end; half of the room stays free, so that this is rare.
        let old = fs::read(&self.path).ok().filter(|bytes| records(bytes, self.digest).is_some());
        let mut all = old.unwrap_or_default();
        all.extend_from_slice(&new);
        let kept = all.len().saturating_sub(self.limit / 2 * RECORD);
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&all[if all.len() > self.limit * RECORD { kept } else { 0 }..])?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|error| error.error)?;
        forget_old_files(folder)
    }
}

fn key(blob: Oid, path: &RepoPath) -> [u8; KEY] {
    let hash: [u8; 32] =
        Sha256::new().chain_update(blob.as_bytes()).chain_update(path.as_bytes()).finalize().into();
    let mut key = [0; KEY];
    key.copy_from_slice(&hash[..KEY]);
    key
}

/// What a note stands for: the key, and the size.
fn parts(note: &[u8; NOTE]) -> ([u8; KEY], u32) {
    let mut parts = ([0; KEY], [0; NOTE - KEY]);
    parts.0.copy_from_slice(&note[..KEY]);
    parts.1.copy_from_slice(&note[KEY..]);
    (parts.0, u32::from_le_bytes(parts.1))
}

fn record(note: &[u8; NOTE], digest: Digest) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..NOTE].copy_from_slice(note);
    record[NOTE..].copy_from_slice(&checksum(note, digest).to_le_bytes());
    record
}

fn checksum(note: &[u8], digest: Digest) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&digest.0);
    hasher.update(note);
    hasher.finalize()
}

/// The notes of a file; none when a single byte of it is not as it should be.
fn records(bytes: &[u8], digest: Digest) -> Option<Vec<[u8; NOTE]>> {
    let records = bytes.chunks(RECORD).map(|chunk| {
        let note: [u8; NOTE] = chunk.get(..NOTE)?.try_into().ok()?;
        (record(&note, digest) == chunk).then_some(note)
    });
    records.collect()
}

/// Leaves the newest files of a folder.
pub fn forget_old_files(folder: &Path) -> io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.modified()?, entry.path()));
    }
    files.sort();
    let old = files.len().saturating_sub(MAX_FILES);
    files.drain(..old).try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(number: usize) -> Oid {
        Oid::from_hex(format!("{number:040x}").as_bytes()).unwrap()
    }

    fn digest(name: &str) -> Digest {
        Digest::of([name.as_bytes()])
    }

    /// Notes the blobs `numbers` at `a`.
    fn note(folder: &Path, digest: Digest, numbers: std::ops::Range<usize>) {
        let clean = Clean::open(folder, digest);
        numbers.for_each(|number| clean.note(blob(number), &"a".into(), number as u64));
        clean.save().unwrap();
    }

    /// Which of the blobs below `below` are known at `a`.
    fn known(folder: &Path, digest: Digest, below: usize) -> Vec<usize> {
        let clean = Clean::open(folder, digest);
        (0..below).filter(|number| clean.knows(blob(*number), &"a".into()) == Some(*number as u64)).collect()
    }

    #[test]
    fn only_the_same_blob_at_the_same_path_under_the_same_digest_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("portcullis/clean");
        assert_eq!(known(&folder, digest("rules"), 3), [0; 0]);
        note(&folder, digest("rules"), 1..2);
        note(&folder, digest("rules"), 2..3);
        assert_eq!(known(&folder, digest("rules"), 3), [1, 2]);
        assert_eq!(known(&folder, digest("other"), 3), [0; 0]);
        assert_eq!(Clean::open(&folder, digest("rules")).knows(blob(1), &"b".into()), None);
        assert_ne!(Digest::of([&b"a"[..], b"b"]), Digest::of([&b"ab"[..], b""]));
    }

    #[test]
    fn a_damaged_file_is_no_file_and_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        let damage: [fn(&mut Vec<u8>); 5] = [
            |bytes| bytes[3] ^= 1,
            |bytes| bytes[RECORD - 1] ^= 1,
            |bytes| bytes.truncate(RECORD + 7),
            |bytes| bytes.insert(0, 0),
            |bytes| bytes.extend_from_slice(b"half a record"),
        ];
        for damage in damage {
            note(dir.path(), digest("rules"), 0..2);
            let path = dir.path().join(digest("rules").hex());
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, bytes).unwrap();
            assert_eq!(known(dir.path(), digest("rules"), 5), [0; 0]);
            note(dir.path(), digest("rules"), 4..5);
            assert_eq!(known(dir.path(), digest("rules"), 5), [4]);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn it_does_not_grow_without_end_and_forgets_the_oldest() {
        let dir = tempfile::tempdir().unwrap();
        note(dir.path(), digest("rules"), 0..MAX_RECORDS);
        note(dir.path(), digest("rules"), MAX_RECORDS..MAX_RECORDS + 10);
        let known = known(dir.path(), digest("rules"), MAX_RECORDS + 10);
        assert_eq!((known.len(), known.last()), (MAX_RECORDS / 2, Some(&(MAX_RECORDS + 9))));
        for name in ["a", "b", "c", "d", "e"] {
            note(dir.path(), digest(name), 0..1);
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), MAX_FILES);
        assert_eq!(self::known(dir.path(), digest("e"), 1), [0]);
    }

    #[test]
    fn several_may_add_at_once() {
        let dir = tempfile::tempdir().unwrap();
        note(dir.path(), digest("rules"), 0..1);
        std::thread::scope(|scope| {
            for start in 1..9 {
                let folder = dir.path();
                scope.spawn(move || note(folder, digest("rules"), start * 100..start * 100 + 100));
            }
        });
        assert_eq!(known(dir.path(), digest("rules"), 1000).len(), 801);
    }
}
