//! Finds every keyword in one pass over the content. Knows nothing of what the keywords are for.

use crate::model::Span;
use crate::rules::Automaton;

/// A keyword, or several with the same end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Behind the last byte of the keyword.
    pub end: usize,
    /// The automaton's state, which knows the keywords.
    pub state: u16,
}

/// How many parts of the content are walked at once: each step of one walk waits for memory, so four that do not
/// depend on each other take little longer than one. Six are slower again.
const LANES: usize = 4;

/// About so many bytes of a source hold one hit.
const DENSITY: usize = 32;

/// Content shorter than this is walked in one lane.
const SHORT: usize = 256;

/// Every hit whose keyword ends in `block`, in the order of their ends; `block` is a part of `content`, which may be
/// looked at in several calls so that a text full of keywords does not fill the memory with hits.
pub fn scan(automaton: &Automaton, content: &[u8], block: Span) -> Vec<Hit> {
    let mut hits = Vec::new();
    let table = Table::of(automaton);
    // A lane begins so far before its part that a keyword across the border is seen whole.
    let overlap = automaton.max_len.saturating_sub(1);
    let part = block.len() / LANES;
    if block.len() < SHORT || part <= overlap {
        let from = block.start.saturating_sub(overlap);
        walk(table, &content[..block.end], (from, block.start), 0, &mut hits);
        return hits;
    }
    let begin: [usize; LANES] =
        std::array::from_fn(|lane| (block.start + lane * part).saturating_sub(overlap));
    let [first, second, third, fourth] = begin.map(|begin| content[begin..begin + part].iter());
    let mut found: [Vec<Hit>; LANES] = std::array::from_fn(|_| Vec::with_capacity(part / DENSITY));
    let mut state = [0u16; LANES];
    // All lanes take as many steps; what is left of each part is walked one by one.
    for (step, (((a, b), c), d)) in first.zip(second).zip(third).zip(fourth).enumerate() {
        state[0] = table.next(state[0], *a);
        state[1] = table.next(state[1], *b);
        state[2] = table.next(state[2], *c);
        state[3] = table.next(state[3], *d);
        // One question for all: nearly always the answer is no.
        if state[0].max(state[1]).max(state[2].max(state[3])) >= table.first_hit {
            for lane in 0..LANES {
                let end = begin[lane] + step + 1;
                if state[lane] >= table.first_hit && end > block.start + lane * part {
                    found[lane].push(Hit { end, state: state[lane] });
                }
            }
        }
    }
    for lane in 0..LANES {
        let from = begin[lane] + part;
        let to = if lane + 1 == LANES { block.end } else { block.start + (lane + 1) * part };
        hits.append(&mut found[lane]);
        walk(table, &content[..to], (from, from), state[lane], &mut hits);
    }
    hits
}

/// Walks `content` from the first offset in `state`, and takes the hits that end behind the second.
fn walk(table: Table<'_>, content: &[u8], (from, after): (usize, usize), state: u16, hits: &mut Vec<Hit>) {
    let mut state = state;
    for (at, byte) in content.iter().enumerate().skip(from) {
        state = table.next(state, *byte);
        if state >= table.first_hit && at + 1 > after {
            hits.push(Hit { end: at + 1, state });
        }
    }
}

/// What a step needs of an automaton, so that none asks anew where it is.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    classes: &'a [u8; 256],
    shift: u8,
    next: &'a [u16],
    first_hit: u16,
}

impl<'a> Table<'a> {
    /// The table of an automaton.
    pub fn of(automaton: &'a Automaton) -> Self {
        let Automaton { classes, shift, table, first_hit, .. } = automaton;
        Table { classes, shift: *shift, next: table, first_hit: *first_hit }
    }

    /// The state behind a byte.
    #[inline(always)]
    pub fn next(self, state: u16, byte: u8) -> u16 {
        let row = usize::from(state) << self.shift;
        self.next[row + usize::from(self.classes[usize::from(byte)])]
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::scan;
    use crate::model::Span;
    use crate::rules::Automaton;

    /// The stupid twin: every keyword at every place.
    fn everywhere(literals: &[Vec<u8>], content: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for at in 0..content.len() {
            for (idx, literal) in literals.iter().enumerate() {
                let there = content.get(at..at + literal.len());
                if there.is_some_and(|there| there.eq_ignore_ascii_case(literal)) {
                    found.push((at + literal.len(), idx));
                }
            }
        }
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn all_keywords_are_found_wherever_they_stand(
            literals in prop::collection::btree_set("[ab_c]{2,6}", 1..8),
            content in prop::collection::vec(prop::sample::select(b"abcABC_\n\xff".to_vec()), 0..2000),
            cut in 0usize..2000,
        ) {
            let literals: Vec<Vec<u8>> = literals.into_iter().map(String::into_bytes).collect();
            let borrowed: Vec<Cow<'_, [u8]>> = literals.iter().map(|l| Cow::Borrowed(l.as_slice())).collect();
            let automaton = Automaton::build(&borrowed).unwrap();
            let cut = cut.min(content.len());
            let blocks = [Span::new(0, cut), Span::new(cut, content.len())];
            let hits: Vec<_> = blocks.into_iter().flat_map(|block| scan(&automaton, &content, block)).collect();
            let of = |hit: &super::Hit| automaton.literals_at(hit.state).iter().map(|l| (hit.end, usize::from(*l))).collect::<Vec<_>>();
            let ends: Vec<_> = hits.iter().map(|hit| hit.end).collect();
            prop_assert!(ends.is_sorted());
            let mut found: Vec<_> = hits.iter().flat_map(of).collect();
            found.sort_unstable();
            prop_assert_eq!(found, everywhere(&literals, &content));
        }
    }
}
