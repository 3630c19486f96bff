//! Finds certain blobs below trees, and reads each tree once, however many commits have it.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::git::{Objects, next_tree_entry};
use crate::model::{Oid, RepoPath};

/// A blob below a tree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    below: Vec<u8>,
    /// The blob.
    pub blob: Oid,
}

impl Place {
    /// Its path, from the tree that was asked for.
    pub fn path(&self) -> RepoPath {
        RepoPath::new(&self.below[..])
    }
}

/// What is wanted, and where it has been found.
pub struct Places {
    wanted: HashSet<Oid>,
    known: HashMap<Oid, Rc<[Place]>>,
}

/// A tree that is being read.
struct Level {
    id: Oid,
    name: Vec<u8>,
    content: Vec<u8>,
    read: usize,
    found: Vec<Place>,
}

impl Places {
    /// Nothing has been read.
    pub fn of(wanted: impl IntoIterator<Item = Oid>) -> Places {
        Places { wanted: wanted.into_iter().collect(), known: HashMap::new() }
    }

    /// Whether the blob is one of those.
    pub fn wants(&self, blob: Oid) -> bool {
        self.wanted.contains(&blob)
    }

    /// Where they stand below `tree`, in its order. What cannot be read holds nothing: the scan has told of it already.
    pub fn below(&mut self, tree: Oid, objects: &mut Objects) -> Rc<[Place]> {
        if let Some(found) = self.known.get(&tree) {
            return Rc::clone(found);
        }
        let mut levels = vec![enter(tree, Vec::new(), objects)];
        loop {
            let Some(mut level) = levels.pop() else { return Rc::from([]) };
            let mut rest = &level.content[level.read..];
            let entry =
                if rest.is_empty() { None } else { next_tree_entry(&mut rest, tree.as_bytes().len()) };
            let Some(entry) = entry else {
                let found: Rc<[Place]> = level.found.into();
                self.known.insert(level.id, Rc::clone(&found));
                match levels.last_mut() {
                    Some(above) => adopt(above, &level.name, &found),
                    None => return found,
                }
                continue;
            };
            let (name, oid, is_folder) = (entry.name.to_vec(), entry.oid, entry.is_folder);
            level.read = level.content.len() - rest.len();
            match self.known.get(&oid) {
                Some(found) if is_folder => adopt(&mut level, &name, found),
                None if is_folder => {
                    levels.push(level);
                    levels.push(enter(oid, name, objects));
                    continue;
                }
                Some(_) | None => {
                    if self.wants(oid) {
                        level.found.push(Place { below: name, blob: oid });
                    }
                }
            }
            levels.push(level);
        }
    }
}

fn enter(id: Oid, name: Vec<u8>, objects: &mut Objects) -> Level {
    Level { id, name, content: objects.tree(id).unwrap_or_default(), read: 0, found: Vec::new() }
}

/// What stands in a folder stands in the folder above.
fn adopt(level: &mut Level, name: &[u8], found: &[Place]) {
    let below = |place: &Place| [name, b"/", &place.below].concat();
    level.found.extend(found.iter().map(|place| Place { below: below(place), blob: place.blob }));
}
