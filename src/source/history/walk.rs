//! Goes through commits and folders, each folder once, and lists each content under the first path that led to it.
//!
//! Commits come with parents before children, so a content that is met for the first time is in none of the commit's
//! ancestors: the commit brought it in. A folder that was seen before holds nothing new, and is not read again.

use std::collections::HashSet;
use std::sync::Arc;

use crate::git::{CommitText, GitError, Mode, Objects, next_tree_entry, tree_of};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath, SkipReason, Skipped, Unread};
use crate::source::{Listing, SourceError};

/// The listing while it grows, and what is in it already.
pub struct Walk<'o> {
    pub objects: &'o mut Objects,
    seen_trees: HashSet<Oid>,
    /// Blobs, and tags with a message.
    seen: HashSet<Oid>,
    seen_submodules: HashSet<RepoPath>,
    listing: Listing,
}

/// A folder that is being read.
struct Level {
    content: Vec<u8>,
    /// How much of it has been read.
    read: usize,
    /// How much of the path is the folder's own.
    path_len: usize,
    id: Oid,
}

impl<'o> Walk<'o> {
    /// Nothing has been seen.
    pub fn new(objects: &'o mut Objects) -> Walk<'o> {
        Walk {
            objects,
            seen_trees: HashSet::new(),
            seen: HashSet::new(),
            seen_submodules: HashSet::new(),
            listing: Listing::default(),
        }
    }

    /// Lists a commit's message and what is new in its tree.
    pub fn commit(&mut self, id: Oid) -> Result<(), SourceError> {
        let object = self.objects.commit(id)?;
        let commit = CommitText::parse(id, &object);
        let info = Arc::new(commit.info);
        self.listing.push_message(commit.message, &info);
        self.tree(tree_of(id, &object)?, Some(&Provenance::Commit(info)));
        Ok(())
    }

    /// Takes what is in a commit's tree for known.
    pub fn skip(&mut self, id: Oid) -> Result<(), SourceError> {
        let tree = tree_of(id, &self.objects.commit(id)?)?;
        self.tree(tree, None);
        Ok(())
    }

    /// Adds what was listed elsewhere, but for contents that are listed already.
    pub fn add(&mut self, more: Listing) {
        let Listing { entries, skipped, unread } = more;
        for entry in entries {
            let id = match (&entry.locator, &entry.provenance) {
                (Locator::Blob(oid), _) | (_, Provenance::TagMessage(oid)) => Some(*oid),
                (Locator::File(_) | Locator::Inline(_), _) => None,
            };
            if id.is_none_or(|id| self.seen.insert(id)) {
                self.listing.entries.push(entry);
            }
        }
        self.listing.skipped.extend(skipped);
        self.listing.unread.extend(unread);
    }

    /// Whether a blob, a tree or a tag has been met.
    pub fn has_seen(&self, id: Oid) -> bool {
        self.seen.contains(&id) || self.seen_trees.contains(&id)
    }

    /// Everything that was listed.
    pub fn finish(self) -> Listing {
        self.listing
    }

    /// Lists what is new below a tree as coming from `origin`; without one it is only taken for known. Keeps the way in
    /// memory, not on the stack: folders may be as deep as they like.
    pub fn tree(&mut self, tree: Oid, origin: Option<&Provenance>) {
        let id_len = tree.as_bytes().len();
        let mut path = Vec::new();
        let mut levels = Vec::new();
        levels.extend(self.enter(tree, &path));
        while let Some(level) = levels.last_mut() {
            let mut rest = &level.content[level.read..];
            path.truncate(level.path_len);
            if rest.is_empty() {
                levels.pop();
                continue;
            }
            let Some(entry) = next_tree_entry(&mut rest, id_len) else {
                let why = GitError::ObjectUnreadable { oid: level.id, reason: "not a tree".to_owned() };
                self.unread(&path, &why);
                levels.pop();
                continue;
            };
            path.extend_from_slice(entry.name);
            let (oid, mode, is_folder) = (entry.oid, entry.mode, entry.is_folder);
            level.read = level.content.len() - rest.len();
            if is_folder {
                path.push(b'/');
                levels.extend(self.enter(oid, &path));
            } else {
                self.leaf(oid, mode, &path, origin);
            }
        }
    }

    /// Reads a tree that has not been seen.
    fn enter(&mut self, id: Oid, path: &[u8]) -> Option<Level> {
        if !self.seen_trees.insert(id) {
            return None;
        }
        match self.objects.tree(id) {
            Ok(content) => Some(Level { content, read: 0, path_len: path.len(), id }),
            Err(GitError::NotInThisClone(_)) => {
                let (path, reason) = (RepoPath::new(path), SkipReason::NotInThisClone);
                self.listing.skipped.push(Skipped { path, reason });
                None
            }
            Err(error) => {
                self.unread(path, &error);
                None
            }
        }
    }

    fn leaf(&mut self, oid: Oid, mode: Mode, path: &[u8], origin: Option<&Provenance>) {
        match mode {
            Mode::File | Mode::Link => {
                if let (true, Some(origin)) = (self.seen.insert(oid), origin) {
                    self.listing.entries.push(Entry {
                        path: RepoPath::new(path),
                        locator: Locator::Blob(oid),
                        before: Vec::new(),
                        moved_from: None,
                        provenance: origin.clone(),
                    });
                }
            }
            Mode::Submodule | Mode::Absent => {
                let path = RepoPath::new(path);
                if origin.is_some() && self.seen_submodules.insert(path.clone()) {
                    self.listing.skip_submodule(path, mode);
                }
            }
        }
    }

    fn unread(&mut self, path: &[u8], why: &GitError) {
        self.listing.unread.push(Unread { path: RepoPath::new(path), why: why.to_string() });
    }
}
