//! Which commits brought certain blobs to which paths: what stands in none of a commit's parents came in with it.

use std::collections::HashMap;
use std::rc::Rc;

use super::places::{Place, Places};
use crate::git::{Objects, tree_of};
use crate::model::Oid;
use crate::source::SourceError;
use crate::source::history::Graph;

/// A blob that a commit has at a path where none of its parents has it.
pub struct Brought {
    /// The commit, as a place in the graph.
    pub commit: usize,
    /// Path and blob.
    pub place: Place,
}

/// All of it, in topological order.
pub fn list(graph: &Graph, objects: &mut Objects, places: &mut Places) -> Result<Vec<Brought>, SourceError> {
    let mut held: Vec<Rc<[Place]>> = Vec::with_capacity(graph.nodes().len());
    let mut outside: HashMap<Oid, Rc<[Place]>> = HashMap::new();
    let mut brought = Vec::new();
    for (commit, node) in graph.nodes().iter().enumerate() {
        let here = in_commit(node.id, objects, places)?;
        for parent in &node.outside {
            if !outside.contains_key(parent) && objects.has(*parent)? {
                outside.insert(*parent, in_commit(*parent, objects, places)?);
            }
        }
        let inside = node.parents.iter().map(|parent| &held[*parent]);
        let parents: Vec<_> = inside.chain(node.outside.iter().filter_map(|id| outside.get(id))).collect();
        let unchanged = parents.iter().any(|parent| Rc::ptr_eq(parent, &here));
        for place in here.iter().filter(|_| !unchanged) {
            if !parents.iter().any(|parent| parent.contains(place)) {
                brought.push(Brought { commit, place: place.clone() });
            }
        }
        held.push(here);
    }
    Ok(brought)
}

fn in_commit(id: Oid, objects: &mut Objects, places: &mut Places) -> Result<Rc<[Place]>, SourceError> {
    let tree = tree_of(id, &objects.commit(id)?)?;
    Ok(places.below(tree, objects))
}
