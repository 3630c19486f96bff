//! Finds out which objects of a pack are deltas of which, without inflating any: every whole object is the root of a tree.
//! Objects whose base is not in the pack, or that are their own base after some steps, are in no tree.

use std::cell::OnceCell;

use super::Damage;
use super::entry::{self, Held};
use super::index::{Names, Object};
use crate::git::Kind;
use crate::model::Oid;

const SIGNATURE: &[u8] = b"PACK\0\0\0";
/// Versions 2 and 3 do not differ in what is read here.
const VERSIONS: [u8; 2] = [2, 3];
const NONE: u32 = u32::MAX;

/// The objects of a pack, in the order of their places.
pub struct Forest<'b> {
    /// The pack without its checksum.
    pack: &'b [u8],
    names: Names<'b>,
    growth: &'b Growth,
}

/// What is made of what in a pack.
#[derive(Debug)]
pub struct Growth {
    offsets: Vec<u64>,
    nodes: Vec<Node>,
    /// Children of every node, one node's after another's.
    children: Vec<u32>,
}

/// What is known of an object without inflating it.
#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Option<Kind>,
    /// Its number in the index.
    number: u32,
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

impl Growth {
    /// Reads the head of every object.
    pub fn read(pack: &[u8], mut objects: Vec<Object>, names: Names<'_>) -> Result<Growth, Damage> {
        let known = pack.strip_prefix(SIGNATURE).and_then(|rest| rest.first());
        if !known.is_some_and(|version| VERSIONS.contains(version)) {
            return Err(Damage::Format);
        }
        let pack = entries(pack, names)?;
        objects.sort_unstable_by_key(|object| object.offset);
        if objects.len() >= NONE as usize || objects.windows(2).any(|two| two[0].offset == two[1].offset) {
            return Err(Damage::Contradiction);
        }
        let offsets: Vec<u64> = objects.iter().map(|object| object.offset).collect();
        let by_number = OnceCell::new();
        let named = |name: &[u8]| {
            let by_number = by_number.get_or_init(|| by_number_of(&objects, names.len()));
            names.find(name).map(|number| by_number[number as usize])
        };
        let node = |(idx, object): (usize, &Object)| {
            let number = object.number;
            let unknown = Node { kind: None, number, base: NONE, size: 0, head: 0, first_child: 0 };
            let entry = usize::try_from(object.offset).ok().and_then(|start| pack.get(start..));
            let Some(Ok(head)) = entry.map(|entry| entry::head(entry, names.hash_len)) else {
                return unknown;
            };
            let at_offset = |offset: u64| place_before(&offsets[..idx], offset);
            let (kind, base) = match head.held {
                Held::Whole(kind) => (Some(kind), None),
                Held::Near(back) => (None, object.offset.checked_sub(back).and_then(at_offset)),
                Held::Named(name) => (None, named(name)),
            };
            let base = base.unwrap_or(NONE);
            Node { kind, number, base, size: head.size, head: head.len as u32, first_child: 0 }
        };
        let nodes: Vec<Node> = objects.iter().enumerate().map(node).collect();
        let mut growth = Growth { offsets, nodes, children: Vec::new() };
        growth.link();
        Ok(growth)
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
}

impl<'b> Forest<'b> {
    /// A pack and what was read of it.
    pub fn new(pack: &'b [u8], names: Names<'b>, growth: &'b Growth) -> Result<Forest<'b>, Damage> {
        Ok(Forest { pack: entries(pack, names)?, names, growth })
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        self.growth.nodes.len()
    }

    /// Every object of a kind that is stored whole.
    pub fn roots(&self, kind: Kind) -> impl Iterator<Item = u32> {
        (0..self.growth.nodes.len() as u32)
            .filter(move |idx| self.growth.nodes[*idx as usize].kind == Some(kind))
    }

    /// The deltas against an object.
    pub fn children(&self, node: u32) -> &[u32] {
        let (Growth { nodes, children, .. }, idx) = (self.growth, node as usize);
        let end = nodes.get(idx + 1).map_or(children.len(), |next| next.first_child as usize);
        &children[nodes[idx].first_child as usize..end]
    }

    /// The name of an object.
    pub fn oid(&self, node: u32) -> Result<Oid, Damage> {
        self.names.oid(self.growth.nodes[node as usize].number)
    }

    /// How many bytes an object, or its delta, has.
    pub fn size(&self, node: u32) -> u64 {
        self.growth.nodes[node as usize].size
    }

    /// The compressed bytes of an object, if they are those that the index was made of.
    pub fn packed(&self, node: u32) -> Result<Packed<'b>, Damage> {
        let Growth { offsets, nodes, .. } = self.growth;
        let (offset, Node { size, head, number, .. }) = (offsets[node as usize], nodes[node as usize]);
        let end = self.pack.len() as u64;
        let next = offsets.get(node as usize + 1).map_or(end, |next| end.min(*next));
        let entry = &self.pack[offset as usize..next as usize];
        if self.names.crc(number)?.is_some_and(|crc| crc != crc32fast::hash(entry)) {
            return Err(Damage::Checksum);
        }
        Ok(Packed { bytes: entry.get(head as usize..).ok_or(Damage::Truncated)?, size })
    }
}

/// Where an offset stands in those before it. Git writes what is made of an object soon behind it, so one looks there first.
fn place_before(before: &[u64], offset: u64) -> Option<u32> {
    let mut reach = 1;
    while reach < before.len() && before[before.len() - reach] > offset {
        reach *= 2;
    }
    let start = before.len().saturating_sub(reach);
    before[start..].binary_search(&offset).ok().map(|at| (start + at) as u32)
}

/// A pack without its checksum.
fn entries<'b>(pack: &'b [u8], names: Names<'_>) -> Result<&'b [u8], Damage> {
    let end = pack.len().checked_sub(names.hash_len).ok_or(Damage::Truncated)?;
    Ok(&pack[..end])
}

/// Of each number in the index which node it is.
fn by_number_of(objects: &[Object], count: usize) -> Vec<u32> {
    let mut by_number = vec![NONE; count];
    for (idx, object) in objects.iter().enumerate() {
        by_number[object.number as usize] = idx as u32;
    }
    by_number
}
