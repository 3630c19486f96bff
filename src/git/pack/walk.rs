//! Visits the objects of packs, bases before what is made of them, in several threads; knows nothing of what the visitors
//! want with them.
//!
//! A base is kept only while deltas against it are left, and the child with the most descendants comes last: so no more
//! bases are held than the logarithm of the tree's size.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use libdeflater::Decompressor;

use super::Damage;
use super::delta;
use super::forest::{Forest, Packed};
use crate::git::Kind;
use crate::model::{Oid, Shared};

/// Bytes that all threads together hold as bases; what needs more is left out.
const LIVE: usize = 96 << 20;
/// A byte of deflate stands for no more bytes than this.
const DENSEST: u64 = 1032;

/// An object with its bytes.
pub struct Inflated<'b> {
    /// Its name.
    pub oid: Oid,
    /// Its content.
    pub bytes: &'b [u8],
    /// Whether something that is visited is made of it.
    pub is_base: bool,
}

/// Who looks at objects; what it notes of one is at hand when that is the base of another one.
pub trait Visitor {
    /// What it remembers of an object.
    type Note;
    /// Looks at an object that is stored whole.
    fn whole(&mut self, object: &Inflated<'_>) -> Self::Note;
    /// Looks at an object that is made of `base`, of which `copies` stand in it, in the order of their places in it.
    fn made(&mut self, object: &Inflated<'_>, base: (&[u8], &Self::Note), copies: &[Shared]) -> Self::Note;
}

/// Whether somebody wants to see an object; none: everything is wanted.
pub type Wanted<'w> = Option<&'w (dyn Fn(Oid) -> bool + Sync)>;

/// Visits every object of a kind that is `wanted`, and those that such a one is made of. Each thread has a visitor of its
/// own.
pub fn walk<V: Visitor + Send>(
    forests: &[Forest<'_>],
    kind: Kind,
    visitors: Vec<V>,
    wanted: Wanted<'_>,
) -> Vec<V> {
    let mut visitors = visitors;
    for forest in forests {
        let grove = Grove::choose(forest, kind, wanted);
        let next = AtomicUsize::new(0);
        let live = LIVE / visitors.len().max(1);
        let done = Mutex::new(Vec::with_capacity(visitors.len()));
        std::thread::scope(|scope| {
            for visitor in visitors.drain(..) {
                scope.spawn(|| {
                    let mut walker = Walker::new(&grove, visitor, live);
                    while let Some(root) = grove.roots.get(next.fetch_add(1, Ordering::Relaxed)) {
                        walker.climb(*root);
                    }
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(walker.visitor);
                });
            }
        });
        visitors = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
    visitors
}

/// The part of a forest in which something is wanted.
struct Grove<'f> {
    forest: &'f Forest<'f>,
    /// The trees, those with most to do first.
    roots: Vec<u32>,
    /// For each node how many nodes have to be visited from it on; none: there is nothing to do.
    weights: Vec<u32>,
}

impl<'f> Grove<'f> {
    fn choose(forest: &'f Forest<'f>, kind: Kind, wanted: Wanted<'_>) -> Grove<'f> {
        let mut weights = vec![0u32; forest.count()];
        // Parents before children; a circle is in no tree, so this ends.
        let mut order: Vec<u32> = forest.roots(kind).collect();
        let mut at = 0;
        while at < order.len() {
            order.extend_from_slice(forest.children(order[at]));
            at += 1;
        }
        let is_wanted = |node| wanted.is_none_or(|wanted| forest.oid(node).is_ok_and(wanted));
        for node in order.iter().rev() {
            let below: u32 = forest.children(*node).iter().map(|child| weights[*child as usize]).sum();
            let counts = below > 0 || is_wanted(*node);
            weights[*node as usize] = if counts { below + 1 } else { 0 };
        }
        let mut roots: Vec<u32> = forest.roots(kind).filter(|root| weights[*root as usize] > 0).collect();
        let work = |root: &u32| u64::from(weights[*root as usize]).saturating_mul(forest.size(*root));
        roots.sort_by_key(|root| std::cmp::Reverse(work(root)));
        Grove { forest, roots, weights }
    }

    fn is_base(&self, node: u32) -> bool {
        self.forest.children(node).iter().any(|child| self.weights[*child as usize] > 0)
    }

    /// The children that have to be visited, the one with the most descendants last.
    fn children(&self, node: u32) -> Vec<u32> {
        let children = self.forest.children(node).iter().copied();
        let mut children: Vec<u32> = children.filter(|child| self.weights[*child as usize] > 0).collect();
        children.sort_by_key(|child| self.weights[*child as usize]);
        children
    }
}

/// A base with the children that are left.
struct Branch<N> {
    bytes: Vec<u8>,
    note: N,
    children: std::vec::IntoIter<u32>,
}

/// One thread's way through the trees.
struct Walker<'g, V: Visitor> {
    grove: &'g Grove<'g>,
    visitor: V,
    inflater: Decompressor,
    delta: Vec<u8>,
    copies: Vec<Shared>,
    /// Buffers for the next objects: fresh memory costs more than what is done with it.
    spare: Vec<Vec<u8>>,
    live: usize,
    limit: usize,
}

impl<'g, V: Visitor> Walker<'g, V> {
    fn new(grove: &'g Grove<'g>, visitor: V, limit: usize) -> Self {
        let (inflater, delta, copies, spare) = (Decompressor::new(), Vec::new(), Vec::new(), Vec::new());
        Walker { grove, visitor, inflater, delta, copies, spare, live: 0, limit }
    }

    /// Visits a tree. A node that cannot be read is left out, with all that is made of it.
    fn climb(&mut self, root: u32) {
        let (Ok(oid), Ok(bytes)) = (self.grove.forest.oid(root), self.whole(root)) else { return };
        let is_base = self.grove.is_base(root);
        let note = self.visitor.whole(&Inflated { oid, bytes: &bytes, is_base });
        let mut branches = Vec::new();
        self.grow(&mut branches, root, (bytes, note));
        while let Some(branch) = branches.last_mut() {
            let Some(child) = branch.children.next() else {
                self.drop_last(&mut branches);
                continue;
            };
            let made = self.made(&branch.bytes, child).and_then(|bytes| {
                let (oid, is_base) = (self.grove.forest.oid(child)?, self.grove.is_base(child));
                let object = Inflated { oid, bytes: &bytes, is_base };
                let note = self.visitor.made(&object, (&branch.bytes, &branch.note), &self.copies);
                Ok((bytes, note))
            });
            if branch.children.as_slice().is_empty() {
                self.drop_last(&mut branches);
            }
            if let Ok(made) = made {
                self.grow(&mut branches, child, made);
            }
        }
    }

    /// Keeps an object while there are deltas against it.
    fn grow(&mut self, branches: &mut Vec<Branch<V::Note>>, node: u32, (bytes, note): (Vec<u8>, V::Note)) {
        let children = self.grove.children(node);
        if children.is_empty() {
            self.recycle(bytes);
            return;
        }
        self.live += bytes.len();
        branches.push(Branch { bytes, note, children: children.into_iter() });
    }

    fn drop_last(&mut self, branches: &mut Vec<Branch<V::Note>>) {
        if let Some(branch) = branches.pop() {
            self.live -= branch.bytes.len();
            self.recycle(branch.bytes);
        }
    }

    fn recycle(&mut self, bytes: Vec<u8>) {
        const KEPT: usize = 8;
        const LARGEST: usize = 1 << 20;
        if self.spare.len() < KEPT && bytes.capacity() <= LARGEST {
            self.spare.push(bytes);
        }
    }

    /// A buffer for an object of so many bytes, if there may be one.
    fn buffer(&mut self, size: u64) -> Result<Vec<u8>, Damage> {
        let size = usize::try_from(size).map_err(|_| Damage::TooLarge)?;
        if self.live.checked_add(size).is_none_or(|all| all > self.limit) {
            return Err(Damage::TooLarge);
        }
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer.reserve(size);
        Ok(buffer)
    }

    fn whole(&mut self, node: u32) -> Result<Vec<u8>, Damage> {
        let packed = self.grove.forest.packed(node)?;
        let mut bytes = self.buffer(inflated_size(&packed)?)?;
        inflate(&mut self.inflater, &packed, &mut bytes)?;
        Ok(bytes)
    }

    fn made(&mut self, base: &[u8], node: u32) -> Result<Vec<u8>, Damage> {
        let packed = self.grove.forest.packed(node)?;
        let room = self.limit.saturating_sub(self.live) as u64;
        if inflated_size(&packed)? > room {
            return Err(Damage::TooLarge);
        }
        inflate(&mut self.inflater, &packed, &mut self.delta)?;
        let mut bytes = self.buffer(delta::sizes(&self.delta)?.result)?;
        self.copies.clear();
        delta::apply(base, &self.delta, &mut bytes, &mut self.copies)?;
        Ok(bytes)
    }
}

/// How many bytes an object or a delta has, unless it cannot be true.
fn inflated_size(packed: &Packed<'_>) -> Result<u64, Damage> {
    let possible = (packed.bytes.len() as u64).saturating_mul(DENSEST);
    if packed.size > possible { Err(Damage::Contradiction) } else { Ok(packed.size) }
}

fn inflate(inflater: &mut Decompressor, packed: &Packed<'_>, bytes: &mut Vec<u8>) -> Result<(), Damage> {
    // The size was judged before.
    bytes.resize(packed.size as usize, 0);
    if bytes.is_empty() {
        return Ok(());
    }
    match inflater.zlib_decompress(packed.bytes, bytes) {
        Ok(count) if count == bytes.len() => Ok(()),
        Ok(_) | Err(_) => Err(Damage::Inflate),
    }
}
