//! Reads the bytes of an index file without a process; gives up on every form of the index that it does not know to the
//! last byte, and git is asked then.
//!
//! Source: gitformat-index(5), versions 2 and 3. Paths are stored whole there, sorted, each entry with its length, so
//! a wrong idea of the length of an id does not survive the first entries.

use super::cached_tree::CachedTree;
use super::{IndexEntry, Mode, Side};
use crate::model::{Oid, RepoPath, Span};

/// Stat data before an entry's id; the mode is its seventh word.
const STAT: usize = 40;
/// Where the mode's two lower bytes are.
const MODE: usize = 26;
/// The flag of a second pair of flag bytes.
const EXTENDED: u16 = 0x4000;
/// In the second pair: added by name only (`git add --intent-to-add`), not part of the next commit.
const INTENT_TO_ADD: u16 = 0x2000;
/// The part of the flags that holds the path's length, or this very value when it is longer.
const NAME_LEN: u16 = 0x0fff;

/// An index whose every entry has been understood.
pub struct IndexFile {
    bytes: Vec<u8>,
    id_len: usize,
    entries: Vec<Entry>,
    extensions: Span,
}

/// An entry's parts, as offsets from the beginning of the file.
struct Entry {
    at: usize,
    path: Span,
    flags: u16,
    intent_to_add: bool,
}

impl IndexFile {
    /// None when the index has to be read by git.
    pub fn parse(bytes: Vec<u8>) -> Option<IndexFile> {
        let (id_len, entries, end) = [20, 32].into_iter().find_map(|id_len| {
            let (entries, end) = entries(&bytes, id_len)?;
            Some((id_len, entries, end))
        })?;
        let extensions = Span::new(end, bytes.len() - id_len);
        Some(IndexFile { bytes, id_len, entries, extensions })
    }

    /// The entries that are `folder` or lie below it.
    pub fn below<'i>(&'i self, folder: &'i [u8]) -> impl Iterator<Item = IndexEntry> + 'i {
        let is_below = move |entry: &&Entry| {
            let rest = entry.path.of(&self.bytes).strip_prefix(folder);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        self.entries.iter().filter(is_below).filter_map(|entry| entry.to_model(self))
    }

    /// True when there is an entry at `path`, whatever it is.
    pub fn has(&self, path: &[u8]) -> bool {
        self.find(path).is_some()
    }

    /// The entry at `path`.
    pub fn entry(&self, path: &[u8]) -> Option<IndexEntry> {
        self.find(path)?.to_model(self)
    }

    fn find(&self, path: &[u8]) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| entry.path.of(&self.bytes).cmp(path)).ok()?;
        self.entries.get(found)
    }

    /// The number of entries.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// The path of the entry with this number, counted from 0.
    pub fn path(&self, number: usize) -> Option<&[u8]> {
        Some(self.entries.get(number)?.path.of(&self.bytes))
    }

    /// What the entry with this number brings into the next commit; none for a name without content.
    pub fn side(&self, number: usize) -> Option<Side> {
        let entry = self.entries.get(number).filter(|entry| !entry.intent_to_add)?;
        Some(Side { mode: entry.mode(&self.bytes)?, oid: entry.oid(self)? })
    }

    /// True when a conflict waits to be resolved.
    pub fn has_conflicts(&self) -> bool {
        self.entries.iter().any(|entry| entry.stage() != 0)
    }

    /// True for an index of a repository with SHA-256 ids.
    pub fn has_long_ids(&self) -> bool {
        self.id_len == 32
    }

    /// The ids of the folders' trees as far as git has kept them; none when it kept nothing.
    pub fn cached_tree(&self) -> Option<CachedTree> {
        let extension =
            extensions(self.extensions.of(&self.bytes)).flatten().find(|(name, _)| name == b"TREE");
        CachedTree::parse(extension?.1, self.id_len)
    }
}

/// The entries and where they end.
fn entries(index: &[u8], id_len: usize) -> Option<(Vec<Entry>, usize)> {
    let (header, _) = index.split_first_chunk::<12>()?;
    let version = word(header, 4)?;
    if !header.starts_with(b"DIRC") || !(2..=3).contains(&version) {
        return None;
    }
    let count = word(header, 8)? as usize;
    // An entry has at least 64 bytes.
    let mut found = Vec::with_capacity(count.min(index.len() / 64));
    let mut at = header.len();
    let mut last: &[u8] = b"";
    for _ in 0..count {
        let (entry, len) = Entry::read(index, at, id_len)?;
        let path = entry.path.of(index);
        // A folder of a sparse index is no file: its files are not listed.
        if path < last || entry.mode(index).is_none() {
            return None;
        }
        last = path;
        at += len;
        found.push(entry);
    }
    let rest = index.get(at..index.len().checked_sub(id_len)?)?;
    extensions(rest).all(|extension| extension.is_some()).then_some((found, at))
}

impl Entry {
    /// The entry that begins at `at`, and its length.
    fn read(index: &[u8], at: usize, id_len: usize) -> Option<(Entry, usize)> {
        let bytes = index.get(at..)?;
        let flags_at = STAT + id_len;
        let flags = half(bytes, flags_at)?;
        let is_extended = flags & EXTENDED != 0;
        let intent_to_add = is_extended && half(bytes, flags_at + 2)? & INTENT_TO_ADD != 0;
        let start = flags_at + if is_extended { 4 } else { 2 };
        let end = start + memchr::memchr(0, bytes.get(start..)?)?;
        let told = usize::from(flags & NAME_LEN);
        let name_fits =
            end > start && (end - start == told || told == usize::from(NAME_LEN) && end - start > told);
        // One to eight zeros, so that the next entry begins at a multiple of eight.
        let len = (end + 8) & !7;
        let padded = bytes.get(end..len)?.iter().all(|byte| *byte == 0);
        let entry = Entry { at, path: Span::new(at + start, at + end), flags, intent_to_add };
        (name_fits && padded).then_some((entry, len))
    }

    fn mode(&self, index: &[u8]) -> Option<Mode> {
        match half(index, self.at + MODE)? {
            0o100644 | 0o100755 => Some(Mode::File),
            0o120000 => Some(Mode::Link),
            0o160000 => Some(Mode::Submodule),
            _ => None,
        }
    }

    fn oid(&self, index: &IndexFile) -> Option<Oid> {
        let at = self.at + STAT;
        Oid::from_bytes(index.bytes.get(at..at + index.id_len)?).ok()
    }

    fn stage(&self) -> u8 {
        (self.flags >> 12 & 3) as u8
    }

    fn to_model(&self, index: &IndexFile) -> Option<IndexEntry> {
        let side = Side { mode: self.mode(&index.bytes)?, oid: self.oid(index)? };
        Some(IndexEntry { path: RepoPath::new(self.path.of(&index.bytes)), side, stage: self.stage() })
    }
}

/// Name and content of each extension. One ends with `None` that does not end where it should, or that may not be
/// ignored, for its name does not begin with a capital: a split index, whose entries are in another file.
fn extensions(mut rest: &[u8]) -> impl Iterator<Item = Option<([u8; 4], &[u8])>> {
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let may_be_ignored = name[0].is_ascii_uppercase() || name == b"sdir";
        let parts = word(after, 0).and_then(|size| after[4..].split_at_checked(size as usize));
        let Some((content, next)) = parts.filter(|_| may_be_ignored) else {
            rest = b"";
            return Some(None);
        };
        rest = next;
        Some(Some((*name, content)))
    })
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

    use super::{IndexEntry, IndexFile};

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

    fn below(bytes: &[u8]) -> Option<Vec<IndexEntry>> {
        Some(IndexFile::parse(bytes.to_vec())?.below(b".team").collect())
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&[&str]>) {
        let found = below(bytes);
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
            let _ = below(&bytes);
            let _ = below(&bytes[..cut.min(bytes.len())]);
        }
    }
}
