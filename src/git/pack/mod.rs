//! Reads every object of a repository's packs, each from the delta it is stored as, and each pack just once; knows no refs,
//! no paths and no loose objects.
//!
//! What it cannot read it leaves out, whatever the reason: a damaged entry, a base in another pack, an object that is
//! larger than can be held. Who wants that object asks `Objects`, which finds it elsewhere or says what is wrong with it
//! (docs/decisions/0026).

mod delta;
mod entry;
mod error;
mod forest;
mod index;
mod multi;
mod skeleton;
mod walk;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use memmap2::Mmap;

pub use error::Damage;
pub use forest::Forest;
use forest::Growth;
use index::{Index, Names};
use multi::MultiIndex;
pub use skeleton::{Commit, Folder, Folders, Skeleton};
pub use walk::{Inflated, Visitor, Wanted, walk};

/// The packs of a repository, mapped.
#[derive(Debug)]
pub struct Packs {
    hash_len: usize,
    packs: Vec<Files>,
}

/// A pack and what tells where its objects are.
#[derive(Debug)]
struct Files {
    pack: Mmap,
    index: Mmap,
    /// The pack's number in the index when that is of several packs.
    number: Option<u32>,
    /// What is made of what, once somebody has asked; none when that cannot be told.
    growth: OnceLock<Option<Growth>>,
}

impl Packs {
    /// Opens the packs in `dirs`, object directories of a repository whose ids have `hash_len` bytes. A pack that is
    /// gone or makes no sense is left out.
    pub fn open(dirs: &[PathBuf], hash_len: usize) -> Packs {
        let mut packs = Vec::new();
        for dir in with_alternates(dirs) {
            packs.extend(paths(&dir.join("pack")).iter().filter_map(|path| Files::open(path, hash_len)));
        }
        // The largest first: its trees are what the threads share.
        packs.sort_by_key(|files| std::cmp::Reverse(files.pack.len()));
        Packs { hash_len, packs }
    }

    /// How many bytes they have together.
    pub fn bytes(&self) -> u64 {
        self.packs.iter().map(|files| files.pack.len() as u64).sum()
    }

    /// How many objects they have together, as far as their indices say so.
    pub fn objects(&self) -> usize {
        self.packs.iter().filter_map(|files| files.names(self.hash_len).ok()).map(|names| names.len()).sum()
    }

    /// What is made of what in each of them.
    pub fn forests(&self) -> Vec<Forest<'_>> {
        self.packs.iter().filter_map(|files| files.forest(self.hash_len)).collect()
    }
}

impl Files {
    fn open(path: &Path, hash_len: usize) -> Option<Files> {
        let (pack, growth) = (map(path).ok()?, OnceLock::new());
        if let Ok(index) = map(&path.with_extension("idx")) {
            return Some(Files { pack, index, number: None, growth });
        }
        let index = map(&path.with_file_name("multi-pack-index")).ok()?;
        let name = path.with_extension("idx");
        let number =
            MultiIndex::parse(&index, hash_len).ok()?.number_of(name.file_name()?.as_encoded_bytes())?;
        Some(Files { pack, index, number: Some(number), growth })
    }

    fn names(&self, hash_len: usize) -> Result<Names<'_>, Damage> {
        match self.number {
            None => Ok(Index::parse(&self.index, hash_len)?.names()),
            Some(_) => Ok(MultiIndex::parse(&self.index, hash_len)?.names()),
        }
    }

    fn forest(&self, hash_len: usize) -> Option<Forest<'_>> {
        let growth = self.growth.get_or_init(|| self.grow(hash_len).ok()).as_ref()?;
        Forest::new(&self.pack, self.names(hash_len).ok()?, growth).ok()
    }

    fn grow(&self, hash_len: usize) -> Result<Growth, Damage> {
        match self.number {
            None => {
                let index = Index::parse(&self.index, hash_len)?;
                index.belongs_to(&self.pack)?;
                Growth::read(&self.pack, index.objects()?, index.names())
            }
            Some(number) => {
                let index = MultiIndex::parse(&self.index, hash_len)?;
                Growth::read(&self.pack, index.objects_of(number)?, index.names())
            }
        }
    }
}

/// Object directories, and those that they name as holding more, in git's notation: one in a line, relative to the first.
fn with_alternates(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let mut all = dirs.to_vec();
    let mut at = 0;
    while let Some(dir) = all.get(at).cloned() {
        let text = fs::read(dir.join("info/alternates")).unwrap_or_default();
        // One that is written in quotes is left to the object reader, as is everything that is not found.
        let lines = text.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok());
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let more = dir.join(line);
            if !all.contains(&more) {
                all.push(more);
            }
        }
        at += 1;
        if at == MOST_DIRS {
            break;
        }
    }
    all
}

/// More object directories are not looked at.
const MOST_DIRS: usize = 100;

/// The packs in a folder, in the order of their names.
fn paths(dir: &Path) -> BTreeSet<PathBuf> {
    let files = fs::read_dir(dir).into_iter().flatten().flatten().map(|file| file.path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "pack")).collect()
}

/// Maps a file. Git never changes a pack or an index in its place: it writes a new file under a new name, and removes
/// the old one, which stays readable as long as it is mapped.
#[expect(unsafe_code, reason = "a pack may be larger than memory; see docs/decisions/0026")]
fn map(path: &Path) -> std::io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: nobody writes to the file while it is mapped. Somebody who truncates it all the same ends this process
    // with a signal, which no hook takes for "clean".
    unsafe { Mmap::map(&file) }
}
