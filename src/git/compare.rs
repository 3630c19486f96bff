//! Compares an index with a tree, folder by folder, and skips the folders that the index knows to be equal; reads no work
//! tree and finds no renames.
//!
//! It is what `git diff-index --cached --raw --ita-invisible-in-index` tells, for an index that was read here.

use super::cached_tree::CachedTree;
use super::index_file::IndexFile;
use super::tree::{self, TreeEntry};
use super::{Change, GitError, Mode, Objects, Side, tree_of};
use crate::model::{Oid, RepoPath};

/// The paths in which `index` differs from `commit`. None when only git can tell.
pub fn compare(
    index: &IndexFile,
    commit: Oid,
    objects: &mut Objects,
) -> Result<Option<Vec<Change>>, GitError> {
    if index.has_conflicts() || index.has_long_ids() {
        return Ok(None);
    }
    let tree = tree_of(commit, &objects.commit(commit)?)?;
    let cached = index.cached_tree();
    let mut walk = Walk { index, next: 0, objects, changes: Vec::new() };
    let understood = walk.folder(b"", Some(tree), cached.as_ref())?.is_some();
    Ok((understood && walk.next == index.count()).then_some(walk.changes))
}

struct Walk<'i> {
    index: &'i IndexFile,
    /// The number of the index entry that comes next.
    next: usize,
    objects: &'i mut Objects,
    changes: Vec<Change>,
}

/// What comes next in a folder: its name, with a slash at the end if it is a folder itself. That is how git sorts.
type Key = Vec<u8>;

impl Walk<'_> {
    /// Compares the folder `prefix` (empty, or with a slash at its end) with `tree`, if that is there. None when the
    /// index or the tree is not in order.
    fn folder(
        &mut self,
        prefix: &[u8],
        tree: Option<Oid>,
        cached: Option<&CachedTree>,
    ) -> Result<Option<()>, GitError> {
        if let (Some(tree), Some(cached)) = (tree, cached)
            && let Some(entries) = cached.entries_if(tree)
        {
            self.next += entries;
            // The folder has to end there, or what the index says of it is wrong.
            return Ok(self.key(prefix).is_none().then_some(()));
        }
        let content = tree.map(|tree| self.objects.tree(tree)).transpose()?.unwrap_or_default();
        let Some(old) = tree::entries(&content) else { return Ok(None) };
        let mut old = old.iter().map(|entry| (entry.key(), entry)).peekable();
        loop {
            let here = self.key(prefix);
            let was = old.next_if(|(key, _)| here.as_ref().is_none_or(|here| key <= here));
            let key = match (&was, here) {
                (Some((key, _)), _) => key.clone(),
                (None, Some(here)) => here,
                (None, None) => return Ok(Some(())),
            };
            let path = [prefix, &key].concat();
            let was = was.map(|(_, entry)| entry);
            if key.ends_with(b"/") {
                let cached = cached.and_then(|cached| cached.folder(&key[..key.len() - 1]));
                if self.folder(&path, was.map(|entry| entry.oid), cached)?.is_none() {
                    return Ok(None);
                }
            } else {
                self.file(path, was)?;
            }
        }
    }

    /// Compares one path that is no folder.
    fn file(&mut self, path: Vec<u8>, was: Option<&TreeEntry<'_>>) -> Result<(), GitError> {
        let absent = |like: Oid| Side { mode: Mode::Absent, oid: like.zero() };
        let was = was.map(|entry| Side { mode: entry.mode, oid: entry.oid });
        let now = if self.index.path(self.next) == Some(&path) {
            self.next += 1;
            self.index.side(self.next - 1)
        } else {
            None
        };
        let (before, now) = match (was, now) {
            (Some(was), Some(now)) if was == now => return Ok(()),
            (Some(was), Some(now)) => (was, now),
            (Some(was), None) => (was, absent(was.oid)),
            (None, Some(now)) => (absent(now.oid), now),
            (None, None) => return Ok(()),
        };
        let path = RepoPath::new(path);
        self.changes.push(Change { before: vec![before], now, path, source: None, unmerged: false });
        Ok(())
    }

    /// What the index has next in the folder `prefix`.
    fn key(&self, prefix: &[u8]) -> Option<Key> {
        let rest = self.index.path(self.next)?.strip_prefix(prefix)?;
        let end = memchr::memchr(b'/', rest).map_or(rest.len(), |slash| slash + 1);
        Some(rest[..end].to_vec())
    }
}
