//! The prefilter's table: an Aho-Corasick automaton as one flat array of 16-bit states, built once and constant in the
//! program for the built-in rules.
//!
//! Source: Aho and Corasick, "Efficient string matching: an aid to bibliographic search", CACM 18(6), 1975; here as a
//! complete transition table over byte classes. Letters are folded: both cases are one class, and whether the case is
//! right is tested at the hit.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

/// A complete automaton. States with a hit have the highest numbers.
///
/// Invariants: `table` has `states << shift` entries, each a state; `out_start` has one entry more than there are
/// states from `first_hit` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automaton {
    /// Byte to class.
    pub classes: Cow<'static, [u8; 256]>,
    /// A state's row begins at `state << shift`.
    pub shift: u8,
    /// The transitions.
    pub table: Cow<'static, [u16]>,
    /// The first state with a hit.
    pub first_hit: u16,
    /// For the states from `first_hit` on: where their literals begin in `out`.
    pub out_start: Cow<'static, [u32]>,
    /// Indices of the literals that end in a state.
    pub out: Cow<'static, [u16]>,
    /// Length of the longest literal.
    pub max_len: usize,
}

/// More literals than 16-bit states can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too many keywords: their automaton needs {0} states, more than 65535")]
pub struct TooManyStates(pub usize);

impl Automaton {
    /// Builds the automaton of `literals`, none of them empty. Letters match in any case.
    pub fn build(literals: &[Cow<'_, [u8]>]) -> Result<Automaton, TooManyStates> {
        let trie = Trie::new(literals);
        if trie.next.len() > usize::from(u16::MAX) {
            return Err(TooManyStates(trie.next.len()));
        }
        let (classes, class_count) = classes(literals);
        let shift = class_count.next_power_of_two().trailing_zeros() as u8;
        Ok(trie.into_automaton(classes, shift, literals))
    }

    /// The literals that end in `state`.
    pub fn literals_at(&self, state: u16) -> &[u16] {
        let idx = usize::from(state - self.first_hit);
        &self.out[self.out_start[idx] as usize..self.out_start[idx + 1] as usize]
    }

    /// The literals of each state with a hit, in the order of the states.
    pub fn hits(&self) -> impl Iterator<Item = &[u16]> {
        self.out_start.windows(2).map(|ends| &self.out[ends[0] as usize..ends[1] as usize])
    }
}

/// What sources are made of, the most frequent first: their classes stand together, so that less memory is touched.
const FREQUENT: &[u8] = b" etnrasiolcdupmf\n_.hg(,)\"-y0;=:'bv/1xw2{}k*";

/// Both cases of a letter and each other byte of the literals get a class; class 0 is everything else.
fn classes(literals: &[Cow<'_, [u8]>]) -> ([u8; 256], usize) {
    let mut used = [false; 256];
    literals.iter().flat_map(|literal| literal.iter()).for_each(|byte| used[usize::from(*byte)] = true);
    let is_used = |byte: &u8| used[usize::from(*byte)] || used[usize::from(byte.to_ascii_uppercase())];
    let mut classes = [0; 256];
    let mut count = 1;
    for byte in FREQUENT.iter().copied().chain(0..=u8::MAX).filter(is_used) {
        let lower = byte.to_ascii_lowercase();
        if classes[usize::from(lower)] == 0 {
            // There are at most 230 folded bytes, so a class fits a byte.
            classes[usize::from(lower)] = count as u8;
            classes[usize::from(lower.to_ascii_uppercase())] = count as u8;
            count += 1;
        }
    }
    (classes, count)
}

struct Trie {
    next: Vec<BTreeMap<u8, usize>>,
    ends: Vec<Vec<u16>>,
}

impl Trie {
    fn new(literals: &[Cow<'_, [u8]>]) -> Trie {
        let mut trie = Trie { next: vec![BTreeMap::new()], ends: vec![Vec::new()] };
        for (idx, literal) in literals.iter().enumerate() {
            let mut node = 0;
            for byte in literal.iter().map(u8::to_ascii_lowercase) {
                let fresh = trie.next.len();
                node = *trie.next[node].entry(byte).or_insert(fresh);
                if node == fresh {
                    trie.next.push(BTreeMap::new());
                    trie.ends.push(Vec::new());
                }
            }
            trie.ends[node].push(idx as u16);
        }
        trie
    }

    /// Breadth first: a node's failure link is known before its children need it.
    fn into_automaton(mut self, classes: [u8; 256], shift: u8, literals: &[Cow<'_, [u8]>]) -> Automaton {
        let count = self.next.len();
        let mut goto = vec![0usize; count << shift];
        let mut fail = vec![0usize; count];
        let mut queue = VecDeque::from([0]);
        let mut order = Vec::with_capacity(count);
        while let Some(node) = queue.pop_front() {
            order.push(node);
            if node != 0 {
                let inherited = self.ends[fail[node]].clone();
                self.ends[node].extend(inherited);
                let row = fail[node] << shift;
                goto.copy_within(row..row + (1 << shift), node << shift);
            }
            for (byte, child) in &self.next[node] {
                let class = usize::from(classes[usize::from(*byte)]);
                fail[*child] = if node == 0 { 0 } else { goto[(fail[node] << shift) + class] };
                goto[(node << shift) + class] = *child;
                queue.push_back(*child);
            }
        }
        self.renumber(classes, shift, (&goto, &order), literals)
    }

    /// Moves the states with a hit behind the others. Of either kind those of short texts, in which nearly all of the
    /// time is spent, stand together: less memory is touched.
    fn renumber(
        self,
        classes: [u8; 256],
        shift: u8,
        (goto, breadth_first): (&[usize], &[usize]),
        literals: &[Cow<'_, [u8]>],
    ) -> Automaton {
        let count = self.next.len();
        let (quiet, hits): (Vec<usize>, Vec<usize>) =
            breadth_first.iter().partition(|node| self.ends[**node].is_empty());
        let order: Vec<usize> = quiet.iter().chain(&hits).copied().collect();
        let mut number = vec![0u16; count];
        order.iter().enumerate().for_each(|(new, old)| number[*old] = new as u16);
        let row = |old: &usize| {
            goto[old << shift..(old + 1) << shift].iter().map(|target| number[*target]).collect::<Vec<_>>()
        };
        let table: Vec<u16> = order.iter().flat_map(row).collect();
        let mut out_start = vec![0u32];
        let mut out = Vec::new();
        for node in &hits {
            out.extend_from_slice(&self.ends[*node]);
            out_start.push(out.len() as u32);
        }
        Automaton {
            classes: Cow::Owned(classes),
            shift,
            table: Cow::Owned(table),
            first_hit: quiet.len() as u16,
            out_start: Cow::Owned(out_start),
            out: Cow::Owned(out),
            max_len: literals.iter().map(|literal| literal.len()).max().unwrap_or(0),
        }
    }
}
