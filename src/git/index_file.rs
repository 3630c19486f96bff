//! Finds the entries under one folder in the bytes of an index file, without a process; gives up on every form of the
//! index that it does not know to the last byte, and git is asked then.
//!
//! Source: gitformat-index(5), versions 2 and 3. Paths are stored whole there, sorted, each entry with its length, so
//! a wrong idea of the length of an id does not survive the first entries.

use super::{IndexEntry, Mode, Side};
use crate::model::{Oid, RepoPath, Span};

/// Stat data before an entry's id; the mode is its seventh word.
const STAT: usize = 40;
/// Where the mode's two lower bytes are.
const MODE: usize = 26;
/// The flag of a second pair of flag bytes.
const EXTENDED: u16 = 0x4000;
/// The part of the flags that holds the path's length, or this very value when it is longer.
const NAME_LEN: u16 = 0x0fff;

/// The entries that are `folder` or lie below it; `None` when the index has to be read by git.
pub fn entries_below(index: &[u8], folder: &[u8]) -> Option<Vec<IndexEntry>> {
    [20, 32].into_iter().find_map(|id_len| walk(index, folder, id_len))
}

fn walk(index: &[u8], folder: &[u8], id_len: usize) -> Option<Vec<IndexEntry>> {
    let (header, _) = index.split_first_chunk::<12>()?;
    let version = word(header, 4)?;
    if !header.starts_with(b"DIRC") || !(2..=3).contains(&version) {
        return None;
    }
    let mut found = Vec::new();
    let mut at = header.len();
    let mut last: &[u8] = b"";
    for _ in 0..word(header, 8)? {
        let entry = Entry::read(&index[at..], id_len)?;
        let (path, len) = (entry.path.of(&index[at..]), entry.len);
        if path < last {
            return None;
        }
        if path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/")) {
            found.push(entry.into_model(&index[at..], path, id_len)?);
        }
        last = path;
        at += len;
    }
    extensions_are_known(index.get(at..index.len().checked_sub(id_len)?)?).then_some(found)
}

/// An entry's parts, as offsets from its beginning.
struct Entry {
    path: Span,
    len: usize,
    flags: u16,
}

impl Entry {
    fn read(bytes: &[u8], id_len: usize) -> Option<Entry> {
        let flags_at = STAT + id_len;
        let flags = half(bytes, flags_at)?;
        let start = flags_at + if flags & EXTENDED == 0 { 2 } else { 4 };
        let end = start + memchr::memchr(0, bytes.get(start..)?)?;
        let told = usize::from(flags & NAME_LEN);
        let name_fits =
            end > start && (end - start == told || told == usize::from(NAME_LEN) && end - start > told);
        // One to eight zeros, so that the next entry begins at a multiple of eight.
        let len = (end + 8) & !7;
        let padded = bytes.get(end..len)?.iter().all(|byte| *byte == 0);
        (name_fits && padded).then_some(Entry { path: Span::new(start, end), len, flags })
    }

    fn into_model(self, bytes: &[u8], path: &[u8], id_len: usize) -> Option<IndexEntry> {
        let mode = match half(bytes, MODE)? {
            0o100644 | 0o100755 => Mode::File,
            0o120000 => Mode::Link,
            0o160000 => Mode::Submodule,
            // A folder of a sparse index: its files are not listed.
            _ => return None,
        };
        let oid = Oid::from_bytes(&bytes[STAT..STAT + id_len]).ok()?;
        let stage = (self.flags >> 12 & 3) as u8;
        Some(IndexEntry { path: RepoPath::new(path), side: Side { mode, oid }, stage })
    }
}

/// True when the rest is whole extensions that may be ignored (their names begin with a capital). A split index, whose
/// entries are in another file, has one that may not.
fn extensions_are_known(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        let Some(size) = word(rest, 4) else { return false };
        if !rest[0].is_ascii_uppercase() && !rest.starts_with(b"sdir") {
            return false;
        }
        let Some(next) = rest.get(8 + size as usize..) else { return false };
        rest = next;
    }
    true
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::entries_below;

    /// An index of version 2 with these paths, all of them files.
    fn index(id_len: usize, paths: &[&str], extension: &[u8]) -> Vec<u8> {
        let mut bytes =
            [b"DIRC".as_slice(), &2u32.to_be_bytes(), &(paths.len() as u32).to_be_bytes()].concat();
        for path in paths {
            let mut entry = vec![7; 40];
            entry[24..28].copy_from_slice(&0o100644u32.to_be_bytes());
            entry.extend(vec![path.len() as u8; id_len]);
            entry.extend((path.len() as u16).to_be_bytes());
            entry.extend(path.as_bytes());
            entry.extend(vec![0; 8 - entry.len() % 8]);
            bytes.extend(entry);
        }
        bytes.extend(extension);
        bytes.extend(vec![9; id_len]);
        bytes
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&[&str]>) {
        let found = entries_below(bytes, b".team");
        let shown = found.map(|all| {
            all.iter()
                .map(|entry| String::from_utf8(entry.path.as_bytes().to_vec()).unwrap())
                .collect::<Vec<_>>()
        });
        let expected = expected.map(|all| all.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_folder_s_entries_are_found_with_either_hash() {
        let paths = [".a", ".team/config.toml", ".team/rules/x.toml", ".teamwork", "src/lib.rs"];
        for id_len in [20, 32] {
            check(&index(id_len, &paths, b""), Some(&[".team/config.toml", ".team/rules/x.toml"]));
            check(
                &index(id_len, &paths, b"TREE\0\0\0\x03abc"),
                Some(&[".team/config.toml", ".team/rules/x.toml"]),
            );
            check(&index(id_len, &["a"], b""), Some(&[]));
            check(&index(id_len, &[".team"], b""), Some(&[".team"]));
        }
        check(&index(20, &[], b""), Some(&[]));
    }

    #[test]
    fn what_is_not_understood_is_left_to_git() {
        let good = index(20, &["a", "b"], b"");
        check(&index(20, &["a"], b"link\0\0\0\x01x"), None);
        check(&index(20, &["a"], b"TREE\0\0\0\x04abc"), None);
        check(&index(20, &["b", "a"], b""), None);
        check(&good[..good.len() - 21], None);
        check(b"DIRC", None);
        check(b"", None);
        let mut version_4 = good.clone();
        version_4[7] = 4;
        check(&version_4, None);
        let mut folder = index(20, &[".team/"], b"");
        folder[12 + 26] = 0x40;
        folder[12 + 27] = 0;
        check(&folder, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0usize..400, byte in any::<u8>(), cut in 0usize..400) {
            let mut bytes = index(20, &[".team/config.toml", "b"], b"TREE\0\0\0\x03abc");
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = entries_below(&bytes, b".team");
            let _ = entries_below(&bytes[..cut.min(bytes.len())], b".team");
        }
    }
}
