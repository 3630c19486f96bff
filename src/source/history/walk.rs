//! Goes through commits and folders, each folder once, and lists each content under the first path that led to it.
//!
//! Commits come with parents before children, so a content that is met for the first time is in none of the commit's
//! ancestors: the commit brought it in. A folder that was seen before holds nothing new, and is not read again; nor does a
//! line of a folder, where several share it.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;

use crate::git::pack::{Commit, Folder, Folders};
use crate::git::{GitError, Mode, Objects, TreeEntry, next_tree_entry, tree_of};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath, SkipReason, Skipped, Unread};
use crate::source::{Listing, SourceError};

/// The listing while it grows, and what it is made from.
pub struct Walk<'o> {
    pub objects: &'o mut Objects,
    /// What packs hold; the rest is asked of `objects`.
    commits: HashMap<Oid, Commit>,
    folders: &'o Folders,
    met: Met,
}

/// What has been met.
pub struct Met {
    /// Of each folder, and of each line, in `folders` whether it has been met.
    seen_folders: Vec<bool>,
    seen_lines: Vec<bool>,
    /// Trees that are not in `folders`.
    seen_trees: HashSet<Oid>,
    /// Blobs, and tags with a message.
    seen: HashSet<Oid>,
    seen_submodules: HashSet<RepoPath>,
    listing: Listing,
    /// Whether nothing was there that could not be read.
    pub is_whole: bool,
}

/// A folder that is being read.
struct Level {
    rest: Rest,
    /// How much of the path is the folder's own.
    path_len: usize,
    id: Oid,
}

/// What is left to be read of a folder.
enum Rest {
    /// Of one that was in a pack.
    Known(Folder),
    /// Of one as git stores it, from some byte on.
    Bytes(Vec<u8>, usize),
}

impl<'o> Walk<'o> {
    /// Nothing has been seen.
    pub fn new(objects: &'o mut Objects, commits: HashMap<Oid, Commit>, folders: &'o Folders) -> Walk<'o> {
        let met = Met {
            seen_folders: vec![false; folders.count()],
            seen_lines: vec![false; folders.lines()],
            seen_trees: HashSet::new(),
            seen: HashSet::new(),
            seen_submodules: HashSet::new(),
            listing: Listing::default(),
            is_whole: true,
        };
        Walk { objects, commits, folders, met }
    }

    /// The folders of packs, and some of the commits, for who walks those; none where packs were not read.
    pub fn part(&mut self, ids: impl Iterator<Item = Oid>) -> Option<(&'o Folders, HashMap<Oid, Commit>)> {
        let commits = &mut self.commits;
        let part = || ids.filter_map(|id| commits.remove_entry(&id)).collect();
        (self.folders.count() > 0).then(|| (self.folders, part()))
    }

    /// Lists a commit's message and what is new in its tree.
    pub fn commit(&mut self, id: Oid) -> Result<(), SourceError> {
        let Commit { tree, text, .. } = match self.commits.remove(&id) {
            Some(commit) => commit,
            None => Commit::parse(id, &self.objects.commit(id)?)?,
        };
        let info = Arc::new(text.info);
        self.met.listing.push_message(text.message, &info);
        self.tree(tree, Some(&Provenance::Commit(info)));
        Ok(())
    }

    /// Takes what is in a commit's tree for known.
    pub fn skip(&mut self, id: Oid) -> Result<(), SourceError> {
        let tree = match self.commits.get(&id) {
            Some(commit) => commit.tree,
            None => tree_of(id, &self.objects.commit(id)?)?,
        };
        self.tree(tree, None);
        Ok(())
    }

    /// Adds what was listed elsewhere, but for contents that are listed already.
    pub fn add(&mut self, more: Listing) {
        self.met.add(more);
    }

    /// Adds what was met in later commits, by who did not know of these.
    pub fn append(&mut self, later: Met) {
        self.met.append(later);
    }

    /// Whether a blob, a tree or a tag has been met.
    pub fn has_seen(&self, id: Oid) -> bool {
        let is_met_folder =
            || self.folders.find(id).is_some_and(|folder| self.met.seen_folders[folder.number]);
        self.met.seen.contains(&id) || self.met.seen_trees.contains(&id) || is_met_folder()
    }

    /// Everything that was listed.
    pub fn finish(self) -> Listing {
        self.met.listing
    }

    /// Everything that was met.
    pub fn into_met(self) -> Met {
        self.met
    }

    /// Lists what is new below a tree as coming from `origin`; without one it is only taken for known. Keeps the way in
    /// memory, not on the stack: folders may be as deep as they like.
    pub fn tree(&mut self, tree: Oid, origin: Option<&Provenance>) {
        let folders = self.folders;
        let mut path = Vec::new();
        let mut levels = Vec::new();
        levels.extend(self.enter(tree, &path));
        while let Some(level) = levels.last_mut() {
            path.truncate(level.path_len);
            let entry = match &mut level.rest {
                Rest::Known(folder) => {
                    self.next_unseen(folder).map(|number| Ok(folders.entry(folder, number)))
                }
                Rest::Bytes(content, read) => next_in(content, read, level.id),
            };
            let (name, oid, mode, is_folder) = match entry {
                Some(Ok(entry)) => (entry.name, entry.oid, entry.mode, entry.is_folder),
                Some(Err(why)) => {
                    self.unread(&path, &why);
                    levels.pop();
                    continue;
                }
                None => {
                    levels.pop();
                    continue;
                }
            };
            path.extend_from_slice(name);
            if is_folder {
                path.push(b'/');
                levels.extend(self.enter(oid, &path));
            } else {
                self.leaf(oid, mode, &path, origin);
            }
        }
    }

    /// The next line that has not been met. A submodule is told for each path it has.
    fn next_unseen(&mut self, folder: &mut Folder) -> Option<usize> {
        while let Some(number) = self.folders.next_line(folder) {
            if !self.met.seen_lines[number] {
                self.met.seen_lines[number] = self.folders.entry(folder, number).mode != Mode::Submodule;
                return Some(number);
            }
        }
        None
    }

    /// Reads a tree that has not been seen.
    fn enter(&mut self, id: Oid, path: &[u8]) -> Option<Level> {
        let path_len = path.len();
        if let Some(folder) = self.folders.find(id) {
            let is_met = mem::replace(&mut self.met.seen_folders[folder.number], true);
            return (!is_met).then_some(Level { rest: Rest::Known(folder), path_len, id });
        }
        if !self.met.seen_trees.insert(id) {
            return None;
        }
        match self.objects.tree(id) {
            Ok(content) => Some(Level { rest: Rest::Bytes(content, 0), path_len, id }),
            Err(GitError::NotInThisClone(_)) => {
                let (path, reason) = (RepoPath::new(path), SkipReason::NotInThisClone);
                self.met.listing.skipped.push(Skipped { path, reason });
                self.met.is_whole = false;
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
                if let (true, Some(origin)) = (self.met.seen.insert(oid), origin) {
                    self.met.listing.entries.push(Entry {
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
                if origin.is_some() && self.met.seen_submodules.insert(path.clone()) {
                    self.met.listing.skip_submodule(path, mode);
                }
            }
        }
    }

    fn unread(&mut self, path: &[u8], why: &GitError) {
        self.met.listing.unread.push(Unread { path: RepoPath::new(path), why: why.to_string() });
        self.met.is_whole = false;
    }
}

impl Met {
    fn add(&mut self, more: Listing) {
        let Listing { entries, skipped, unread } = more;
        for entry in entries {
            let id = match (&entry.locator, &entry.provenance) {
                (Locator::Blob(oid), _) | (_, Provenance::TagMessage(oid)) => Some(*oid),
                (Locator::File(_) | Locator::Inline(_) | Locator::Submodule(_), _) => None,
            };
            if id.is_none_or(|id| self.seen.insert(id)) {
                self.listing.entries.push(entry);
            }
        }
        self.listing.skipped.extend(skipped);
        self.listing.unread.extend(unread);
    }

    /// What was met here is not listed again. Whatever led to a content there and was met here has led to it here as well,
    /// so its path is the same.
    fn append(&mut self, later: Met) {
        let Met { seen_folders, seen_lines, seen_trees, seen, seen_submodules, mut listing, is_whole } =
            later;
        listing.skipped.retain(|skipped| !self.seen_submodules.contains(&skipped.path));
        self.add(listing);
        let both = |here: &mut Vec<bool>, there: Vec<bool>| {
            here.iter_mut().zip(there).for_each(|(here, there)| *here |= there);
        };
        both(&mut self.seen_folders, seen_folders);
        both(&mut self.seen_lines, seen_lines);
        self.seen_trees.extend(seen_trees);
        self.seen.extend(seen);
        self.seen_submodules.extend(seen_submodules);
        self.is_whole &= is_whole;
    }
}

/// The next entry of a tree as git stores it, from `read` on.
fn next_in<'c>(content: &'c [u8], read: &mut usize, id: Oid) -> Option<Result<TreeEntry<'c>, GitError>> {
    let mut rest = content.get(*read..).filter(|rest| !rest.is_empty())?;
    let not_a_tree = || GitError::ObjectUnreadable { oid: id, reason: "not a tree".to_owned() };
    let entry = next_tree_entry(&mut rest, id.as_bytes().len()).ok_or_else(not_a_tree);
    *read = content.len() - rest.len();
    Some(entry)
}
