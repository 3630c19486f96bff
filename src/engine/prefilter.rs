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

/// How many parts of a content are walked at once: each step of one walk waits for memory, so several that do not depend on
/// each other take little longer than one.
pub const LANES: usize = 6;

/// So many bytes of each lane are walked before its hits are read.
const STRIDE: usize = 64;

/// About so many bytes of a source hold one hit.
const DENSITY: usize = 24;

/// Content shorter than this is walked in one lane.
const SHORT: usize = 256;

/// Every hit in a state that is `wanted` whose keyword ends in `block`, in the order of their ends; `block` is a part of
/// `content`, which may be looked at in several calls so that a text full of keywords does not fill the memory with hits.
pub fn scan(automaton: &Automaton, content: &[u8], block: Span, wanted: impl Fn(u16) -> bool) -> Vec<Hit> {
    let table = Table::of(automaton);
    // A lane begins so far before its part that a keyword across the border is seen whole.
    let overlap = automaton.max_len.saturating_sub(1);
    let part = block.len() / LANES;
    if block.len() < SHORT || part <= overlap {
        let from = block.start.saturating_sub(overlap);
        let mut hits = Vec::new();
        walk(table, &content[..block.end], (from, block.start), 0, |hit| {
            if wanted(hit.state) {
                hits.push(hit);
            }
        });
        return hits;
    }
    let border = |lane: usize| block.start + lane * part;
    let steps = overlap + part;
    let begin: [usize; LANES] = std::array::from_fn(|lane| border(lane).saturating_sub(overlap));
    let mut lanes = begin.map(|begin| Lane { rest: &content[begin..begin + steps], state: 0 });
    let mut found: [Vec<Hit>; LANES] = std::array::from_fn(|_| Vec::with_capacity(part / DENSITY));
    together(table, &mut lanes, steps, |lane, step, state| {
        let end = begin[lane] + step + 1;
        if end > border(lane) && end <= border(lane + 1) && wanted(state) {
            found[lane].push(Hit { end, state });
        }
    });
    let mut hits: Vec<Hit> = found.into_iter().flatten().collect();
    // A few bytes that the lanes do not share.
    let from = border(LANES);
    walk(table, &content[..block.end], (from, from), lanes[LANES - 1].state, |hit| {
        if wanted(hit.state) {
            hits.push(hit);
        }
    });
    hits
}

/// A part of a content that is being walked.
#[derive(Clone, Copy)]
pub struct Lane<'c> {
    /// What is left of it.
    pub rest: &'c [u8],
    /// Where the automaton is.
    pub state: u16,
}

/// Walks so many bytes of all lanes; tells of each hit the lane, how many steps came before it, and the state, in the order
/// of the steps for each lane.
///
/// One byte of thirty ends a keyword, which no processor foresees: so every state is written down, and only the next one
/// overwrites it unless it is a hit.
#[inline]
pub fn together(
    table: Table<'_>,
    lanes: &mut [Lane<'_>; LANES],
    steps: usize,
    mut hit: impl FnMut(usize, usize, u16),
) {
    let mut noted = [[(0u16, 0u16); STRIDE]; LANES];
    let mut state = lanes.map(|lane| lane.state);
    for start in (0..steps).step_by(STRIDE) {
        let stride = STRIDE.min(steps - start);
        let bytes = lanes.map(|lane| &lane.rest[start..start + stride]);
        let mut count = [0; LANES];
        (0..stride).for_each(|step| {
            for lane in 0..LANES {
                state[lane] = table.next(state[lane], bytes[lane][step]);
                noted[lane][count[lane] % STRIDE] = (step as u16, state[lane]);
                count[lane] += usize::from(state[lane] >= table.first_hit);
            }
        });
        for (lane, count) in count.into_iter().enumerate() {
            noted[lane][..count]
                .iter()
                .for_each(|(step, state)| hit(lane, start + usize::from(*step), *state));
        }
    }
    for (lane, state) in lanes.iter_mut().zip(state) {
        *lane = Lane { rest: &lane.rest[steps..], state };
    }
}

/// Walks `content` from the first offset in `state`, and tells of the hits that end behind the second.
fn walk(
    table: Table<'_>,
    content: &[u8],
    (from, after): (usize, usize),
    state: u16,
    mut hit: impl FnMut(Hit),
) {
    let mut state = state;
    for (at, byte) in content.iter().enumerate().skip(from) {
        state = table.next(state, *byte);
        if state >= table.first_hit && at + 1 > after {
            hit(Hit { end: at + 1, state });
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
            let hits: Vec<_> = blocks.into_iter().flat_map(|block| scan(&automaton, &content, block, |_| true)).collect();
            let of = |hit: &super::Hit| automaton.literals_at(hit.state).iter().map(|l| (hit.end, usize::from(*l))).collect::<Vec<_>>();
            let ends: Vec<_> = hits.iter().map(|hit| hit.end).collect();
            prop_assert!(ends.is_sorted());
            let mut found: Vec<_> = hits.iter().flat_map(of).collect();
            found.sort_unstable();
            prop_assert_eq!(found, everywhere(&literals, &content));
        }
    }
}
