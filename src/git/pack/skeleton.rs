//! Reads the commits and folders of packs, each once, into tables that are small enough to be held: where a folder was
//! made of another one, what both name is kept once. Knows no paths, and of files only their ids.

use std::collections::HashMap;
use std::num::NonZero;

use super::Packs;
use super::walk::{Inflated, Visitor, walk};
use crate::git::tree::TreeEntry;
use crate::git::{CommitText, GitError, Kind, Mode, commit, tree};
use crate::model::{Oid, Shared};

/// What packs hold beside contents. An object that makes no sense is left out, as in all of `git::pack`.
#[derive(Default)]
pub struct Skeleton {
    /// The commits.
    pub commits: HashMap<Oid, Commit>,
    /// The folders.
    pub folders: Folders,
}

/// A commit.
pub struct Commit {
    /// Its tree.
    pub tree: Oid,
    /// Its parents, as it names them.
    pub parents: Vec<Oid>,
    /// What people read.
    pub text: CommitText,
}

impl Commit {
    /// Takes a commit object apart.
    pub fn parse(id: Oid, object: &[u8]) -> Result<Commit, GitError> {
        let (tree, parents) = (commit::tree_of(id, object)?, commit::parents_of(object));
        Ok(Commit { tree, parents, text: CommitText::parse(id, object) })
    }
}

/// The folders of packs. What two of them name alike, because one was made of the other, is one line.
#[derive(Default)]
pub struct Folders {
    shelves: Vec<Shelf>,
}

/// A folder; knows where its lines are.
#[derive(Clone, Copy)]
pub struct Folder {
    /// Which of all folders it is, counted from zero.
    pub number: usize,
    shelf: usize,
    place: Place,
}

/// Lines of folders, as one thread has read them.
#[derive(Default)]
struct Shelf {
    folders: HashMap<Oid, Place>,
    /// The lines of each folder, one folder's after another's.
    lists: Vec<u32>,
    lines: Vec<Line>,
    names: Vec<u8>,
    /// How many lines and how many folders are on the shelves before.
    before: Before,
}

#[derive(Default, Clone, Copy)]
struct Before {
    lines: usize,
    folders: usize,
}

/// Which part of the lists is a folder's.
#[derive(Clone, Copy)]
struct Place {
    number: u32,
    start: u32,
    len: u32,
}

/// What a folder says of something in it.
struct Line {
    oid: Oid,
    is_folder: bool,
    mode: Mode,
    name: u32,
    name_len: u32,
}

impl Skeleton {
    /// Reads all of it.
    pub fn read(packs: &Packs) -> Skeleton {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let forests = packs.forests();
        let readers = std::iter::repeat_with(CommitReader::default).take(threads).collect();
        let readers = walk(&forests, Kind::Commit, readers, None);
        let shelves = std::iter::repeat_with(Shelf::default).take(threads).collect();
        let mut shelves = walk(&forests, Kind::Tree, shelves, None);
        let mut before = Before::default();
        for shelf in &mut shelves {
            shelf.before = before;
            before.lines += shelf.lines.len();
            before.folders += shelf.folders.len();
        }
        let commits = readers.into_iter().flat_map(|reader| reader.commits).collect();
        Skeleton { commits, folders: Folders { shelves } }
    }
}

impl Folders {
    /// The folder of this id.
    pub fn find(&self, id: Oid) -> Option<Folder> {
        let mut shelves = self.shelves.iter().enumerate();
        shelves.find_map(|(shelf, it)| {
            let place = *it.folders.get(&id)?;
            Some(Folder { number: it.before.folders + place.number as usize, shelf, place })
        })
    }

    /// How many lines there are in all.
    pub fn lines(&self) -> usize {
        self.shelves.last().map_or(0, |shelf| shelf.before.lines + shelf.lines.len())
    }

    /// How many folders there are.
    pub fn count(&self) -> usize {
        self.shelves.last().map_or(0, |shelf| shelf.before.folders + shelf.folders.len())
    }

    /// What the folder of this id says.
    pub fn entries(&self, id: Oid) -> Option<impl Iterator<Item = TreeEntry<'_>>> {
        let mut folder = self.find(id)?;
        Some(std::iter::from_fn(move || {
            self.next_line(&mut folder).map(|number| self.entry(&folder, number))
        }))
    }

    /// The number of a folder's line that comes next, which is one of `len`; takes it out of the folder.
    pub fn next_line(&self, folder: &mut Folder) -> Option<usize> {
        let shelf = &self.shelves[folder.shelf];
        let place = &mut folder.place;
        place.len = place.len.checked_sub(1)?;
        let line = shelf.lists[place.start as usize] as usize;
        place.start += 1;
        Some(shelf.before.lines + line)
    }

    /// What a line of a folder says.
    pub fn entry(&self, folder: &Folder, number: usize) -> TreeEntry<'_> {
        let shelf = &self.shelves[folder.shelf];
        let Line { oid, is_folder, mode, name, name_len } = shelf.lines[number - shelf.before.lines];
        let name = &shelf.names[name as usize..][..name_len as usize];
        TreeEntry { name, is_folder, mode, oid }
    }
}

/// Reads commits.
#[derive(Default)]
struct CommitReader {
    commits: Vec<(Oid, Commit)>,
}

impl Visitor for CommitReader {
    type Note = ();

    fn whole(&mut self, object: &Inflated<'_>) {
        self.commits.extend(Commit::parse(object.oid, object.bytes).ok().map(|commit| (object.oid, commit)));
    }

    fn made(&mut self, object: &Inflated<'_>, _: (&[u8], &()), _: &[Shared]) {
        self.whole(object);
    }
}

/// What is known of a folder while others are made of it.
struct Read {
    place: Place,
    /// Where each of its lines ends in its bytes.
    ends: Vec<u32>,
}

impl Visitor for Shelf {
    /// None where it makes no sense.
    type Note = Option<Read>;

    fn whole(&mut self, object: &Inflated<'_>) -> Option<Read> {
        self.read(object, None, &[])
    }

    fn made(
        &mut self,
        object: &Inflated<'_>,
        (_, base): (&[u8], &Option<Read>),
        copies: &[Shared],
    ) -> Option<Read> {
        self.read(object, base.as_ref(), copies)
    }
}

impl Shelf {
    fn read(&mut self, object: &Inflated<'_>, base: Option<&Read>, copies: &[Shared]) -> Option<Read> {
        let start = u32::try_from(self.lists.len()).ok()?;
        let mut ends = Vec::new();
        let mut copies = copies.iter().copied().peekable();
        let (mut at, len) = (0, object.bytes.len());
        while at < len {
            while copies.next_if(|copy| copy.here().end <= at).is_some() {}
            if let (Some(base), Some(copy)) = (base, copies.peek().filter(|copy| copy.to <= at)) {
                let taken = self.take(base, at, *copy, &mut ends);
                at = ends.last().filter(|_| taken).map_or(at, |end| *end as usize);
                if taken {
                    continue;
                }
            }
            let Some(end) = self.parse(object, at) else {
                self.lists.truncate(start as usize);
                return None;
            };
            ends.push(end as u32);
            at = end;
        }
        let number = u32::try_from(self.folders.len()).ok()?;
        let place = Place { number, start, len: ends.len() as u32 };
        // A pack may hold one twice; the first is as good.
        let place = *self.folders.entry(object.oid).or_insert(place);
        Some(Read { place, ends })
    }

    /// Takes over the lines that both have, from `at` on, when a line begins there in both.
    fn take(&mut self, base: &Read, at: usize, copy: Shared, ends: &mut Vec<u32>) -> bool {
        let (from, until) = (at - copy.to + copy.from, copy.there().end);
        let first = match from {
            0 => 0,
            from => match base.ends.binary_search(&(from as u32)) {
                Ok(line) => line + 1,
                Err(_) => return false,
            },
        };
        let count = base.ends[first..].partition_point(|end| *end as usize <= until);
        ends.extend(base.ends[first..first + count].iter().map(|end| end - from as u32 + at as u32));
        let list = base.place.start as usize + first;
        self.lists.extend_from_within(list..list + count);
        count > 0
    }

    /// Reads the line that begins at `at`; returns where it ends.
    fn parse(&mut self, object: &Inflated<'_>, at: usize) -> Option<usize> {
        let mut rest = &object.bytes[at..];
        let TreeEntry { name, is_folder, mode, oid } = tree::next(&mut rest, object.oid.as_bytes().len())?;
        let line = u32::try_from(self.lines.len()).ok()?;
        let (start, name_len) = (u32::try_from(self.names.len()).ok()?, u32::try_from(name.len()).ok()?);
        self.names.extend_from_slice(name);
        self.lines.push(Line { oid, is_folder, mode, name: start, name_len });
        self.lists.push(line);
        Some(object.bytes.len() - rest.len())
    }
}
