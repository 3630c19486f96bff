//! Finds out which objects of a pack are deltas of which, without inflating any: every whole object is the root of a tree.
//! Objects whose base is not in the pack, or that are their own base after some steps, are in no tree.

use super::Damage;
use super::entry::{self, Held};
use super::index::Object;
use crate::git::Kind;
use crate::model::Oid;

const SIGNATURE: &[u8] = b"PACK\0\0\0";
/// Versions 2 and 3 do not differ in what is read here.
const VERSIONS: [u8; 2] = [2, 3];
const NONE: u32 = u32::MAX;

/// The objects of a pack, in the order of their places.
pub struct Forest<'b> {
    pack: &'b [u8],
    /// Where the checksum of the pack begins.
    end: u64,
    objects: Vec<Object>,
    nodes: Vec<Node>,
    /// Children of every node, one node's after another's.
    children: Vec<u32>,
}

/// What is known of an object without inflating it.
#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Option<Kind>,
    base: u32,
    size: u64,
    head: u32,
    first_child: u32,
}

/// Where the compressed bytes of an object are.
pub struct Packed<'b> {
    /// The compressed bytes, and perhaps some more.
    pub bytes: &'b [u8],
    /// How many there are when they are inflated.
    pub size: u64,
}

impl<'b> Forest<'b> {
    /// Reads the head of every object.
    pub fn grow(pack: &'b [u8], mut objects: Vec<Object>, hash_len: usize) -> Result<Forest<'b>, Damage> {
        let known = pack.strip_prefix(SIGNATURE).and_then(|rest| rest.first());
        if !known.is_some_and(|version| VERSIONS.contains(version)) {
            return Err(Damage::Format);
        }
        let end = pack.len().checked_sub(hash_len).ok_or(Damage::Truncated)? as u64;
        objects.sort_unstable_by_key(|object| object.offset);
        if objects.len() >= NONE as usize || objects.windows(2).any(|two| two[0].offset == two[1].offset) {
            return Err(Damage::Contradiction);
        }
        let mut by_name: Vec<u32> = (0..objects.len() as u32).collect();
        by_name.sort_unstable_by_key(|idx| objects[*idx as usize].oid);
        let node = |object: &Object| {
            let unknown = Node { kind: None, base: NONE, size: 0, head: 0, first_child: 0 };
            let start = usize::try_from(object.offset).ok().filter(|_| object.offset < end);
            let Some(start) = start else { return unknown };
            let Ok(head) = entry::head(&pack[start..end as usize], hash_len) else { return unknown };
            let at_offset = |offset| objects.binary_search_by_key(&offset, |object| object.offset).ok();
            let named = |name: &[u8]| {
                let found = by_name.binary_search_by(|idx| objects[*idx as usize].oid.as_bytes().cmp(name));
                found.ok().map(|at| by_name[at] as usize)
            };
            let (kind, base) = match head.held {
                Held::Whole(kind) => (Some(kind), None),
                Held::Near(back) => (None, object.offset.checked_sub(back).and_then(at_offset)),
                Held::Named(name) => (None, named(name)),
            };
            let base = base.map_or(NONE, |base| base as u32);
            Node { kind, base, size: head.size, head: head.len as u32, first_child: 0 }
        };
        let nodes: Vec<Node> = objects.iter().map(node).collect();
        let mut forest = Forest { pack, end, objects, nodes, children: Vec::new() };
        forest.link();
        Ok(forest)
    }

    /// Lists the children of every node, by counting.
    fn link(&mut self) {
        let mut first = vec![0u32; self.nodes.len() + 1];
        for node in self.nodes.iter().filter(|node| node.base != NONE) {
            first[node.base as usize + 1] += 1;
        }
        for idx in 1..first.len() {
            first[idx] += first[idx - 1];
        }
        self.children = vec![0; first[self.nodes.len()] as usize];
        let mut next = first.clone();
        for (idx, node) in self.nodes.iter().enumerate().filter(|(_, node)| node.base != NONE) {
            let slot = &mut next[node.base as usize];
            self.children[*slot as usize] = idx as u32;
            *slot += 1;
        }
        for (node, first) in self.nodes.iter_mut().zip(&first) {
            node.first_child = *first;
        }
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every blob that is stored whole.
    pub fn roots(&self) -> impl Iterator<Item = u32> {
        (0..self.nodes.len() as u32).filter(|idx| self.nodes[*idx as usize].kind == Some(Kind::Blob))
    }

    /// The deltas against an object.
    pub fn children(&self, node: u32) -> &[u32] {
        let idx = node as usize;
        let end = self.nodes.get(idx + 1).map_or(self.children.len(), |next| next.first_child as usize);
        &self.children[self.nodes[idx].first_child as usize..end]
    }

    /// The name of an object.
    pub fn oid(&self, node: u32) -> Oid {
        self.objects[node as usize].oid
    }

    /// How many bytes an object, or its delta, has.
    pub fn size(&self, node: u32) -> u64 {
        self.nodes[node as usize].size
    }

    /// The compressed bytes of an object, if they are those that the index was made of.
    pub fn packed(&self, node: u32) -> Result<Packed<'b>, Damage> {
        let (object, Node { size, head, .. }) = (self.objects[node as usize], self.nodes[node as usize]);
        let next = self.objects.get(node as usize + 1).map_or(self.end, |next| next.offset.min(self.end));
        let entry = &self.pack[object.offset as usize..next as usize];
        if object.crc.is_some_and(|crc| crc != crc32fast::hash(entry)) {
            return Err(Damage::Checksum);
        }
        Ok(Packed { bytes: entry.get(head as usize..).ok_or(Damage::Truncated)?, size })
    }
}
