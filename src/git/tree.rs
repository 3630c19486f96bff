//! Reads a tree object; does not follow what it names.
//!
//! Source: gitformat-pack(5) and git's `tree-walk.c`: octal mode, space, name, NUL, id, without a separator. Entries are
//! sorted as if the name of a folder ended with a slash.

use super::Mode;
use crate::model::Oid;

/// A name in a tree.
pub struct TreeEntry<'t> {
    /// The name, without a slash.
    pub name: &'t [u8],
    /// Whether it is a folder, and its object a tree.
    pub is_folder: bool,
    /// What it is; of no meaning for a folder.
    pub mode: Mode,
    /// Its object.
    pub oid: Oid,
}

impl TreeEntry<'_> {
    /// The name as git sorts it.
    pub fn key(&self) -> Vec<u8> {
        [self.name, if self.is_folder { b"/" } else { b"" }].concat()
    }
}

/// The entries of a tree of 20-byte ids; none when it is malformed or not in order.
pub fn entries(tree: &[u8]) -> Option<Vec<TreeEntry<'_>>> {
    let mut rest = tree;
    let mut entries: Vec<TreeEntry<'_>> = Vec::new();
    while !rest.is_empty() {
        let entry = next(&mut rest, 20)?;
        if entries.last().is_some_and(|last| last.key() >= entry.key()) {
            return None;
        }
        entries.push(entry);
    }
    Some(entries)
}

/// Takes the next entry of a tree whose ids have `id_len` bytes, in whatever order they are; none when it is malformed.
pub fn next<'t>(rest: &mut &'t [u8], id_len: usize) -> Option<TreeEntry<'t>> {
    let space = memchr::memchr(b' ', rest)?;
    let end = memchr::memchr(0, rest)?;
    let mode = u32::from_str_radix(std::str::from_utf8(&rest[..space]).ok()?, 8).ok()?;
    let name = rest.get(space + 1..end).filter(|name| !name.is_empty() && !name.contains(&b'/'))?;
    let (oid, after) = rest[end + 1..].split_at_checked(id_len)?;
    let (is_folder, mode) = match mode & 0o170000 {
        0o040000 => (true, Mode::Absent),
        0o100000 => (false, Mode::File),
        0o120000 => (false, Mode::Link),
        0o160000 => (false, Mode::Submodule),
        _ => return None,
    };
    *rest = after;
    Some(TreeEntry { name, is_folder, mode, oid: Oid::from_bytes(oid).ok()? })
}
