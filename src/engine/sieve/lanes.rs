//! Finds keywords in many short parts of a content, four parts at a time: each step of one walk waits for memory, so four
//! walks that do not depend on each other take little longer than one. Knows nothing of what the keywords are for.

use crate::engine::prefilter::{Hit, Table};
use crate::model::Span;
use crate::rules::Automaton;

const LANES: usize = 4;
/// A part is cut where it is longer, so that no lane walks alone for long.
const LONGEST: usize = 1024;

/// A part that is being walked.
#[derive(Clone, Copy)]
struct Lane<'c> {
    /// What is left of it.
    rest: &'c [u8],
    /// Where that begins.
    at: usize,
    /// A keyword that ends here or before is another part's.
    after: usize,
    state: u16,
}

/// Every hit whose keyword ends in one of `parts`, which are in order; the hits are in the order of their ends.
pub fn scan(automaton: &Automaton, content: &[u8], parts: &[Span]) -> Vec<Hit> {
    let mut waiting =
        parts.iter().flat_map(|part| cut(*part)).filter(|part| part.start < part.end).map(|part| {
            // So far before its part a lane begins that a keyword across the border is seen whole.
            let at = part.start.saturating_sub(automaton.max_len.saturating_sub(1));
            Lane { rest: &content[at..part.end], at, after: part.start, state: 0 }
        });
    let mut hits = Vec::new();
    let mut lanes = [Lane { rest: &[], at: 0, after: 0, state: 0 }; LANES];
    loop {
        for lane in lanes.iter_mut().filter(|lane| lane.rest.is_empty()) {
            if let Some(next) = waiting.next() {
                *lane = next;
            }
        }
        let steps = lanes.iter().map(|lane| lane.rest.len()).min().unwrap_or(0);
        if steps == 0 {
            break;
        }
        together(automaton, &mut lanes, steps, &mut hits);
    }
    for lane in &mut lanes {
        alone(automaton, lane, &mut hits);
    }
    hits.sort_unstable_by_key(|hit: &Hit| hit.end);
    hits
}

fn cut(part: Span) -> impl Iterator<Item = Span> {
    (part.start..part.end).step_by(LONGEST).map(move |start| Span::new(start, part.end.min(start + LONGEST)))
}

/// Walks so many bytes in each lane.
fn together(automaton: &Automaton, lanes: &mut [Lane<'_>; LANES], steps: usize, hits: &mut Vec<Hit>) {
    let table = Table::of(automaton);
    let [a, b, c, d] = lanes.map(|lane| lane.rest[..steps].iter());
    let mut state = lanes.map(|lane| lane.state);
    for (step, (((a, b), c), d)) in a.zip(b).zip(c).zip(d).enumerate() {
        state[0] = table.next(state[0], *a);
        state[1] = table.next(state[1], *b);
        state[2] = table.next(state[2], *c);
        state[3] = table.next(state[3], *d);
        if state.iter().any(|state| *state >= automaton.first_hit) {
            for (lane, state) in lanes.iter().zip(state) {
                note(automaton, lane, (step, state), hits);
            }
        }
    }
    for (lane, state) in lanes.iter_mut().zip(state) {
        *lane = Lane { rest: &lane.rest[steps..], at: lane.at + steps, state, ..*lane };
    }
}

/// Walks what is left of a lane when no others are.
fn alone(automaton: &Automaton, lane: &mut Lane<'_>, hits: &mut Vec<Hit>) {
    let table = Table::of(automaton);
    for (step, byte) in lane.rest.iter().enumerate() {
        lane.state = table.next(lane.state, *byte);
        note(automaton, lane, (step, lane.state), hits);
    }
}

#[inline(always)]
fn note(automaton: &Automaton, lane: &Lane<'_>, (step, state): (usize, u16), hits: &mut Vec<Hit>) {
    let end = lane.at + step + 1;
    if state >= automaton.first_hit && end > lane.after {
        hits.push(Hit { end, state });
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::scan;
    use crate::engine::prefilter;
    use crate::model::Span;
    use crate::rules::Automaton;

    proptest! {
        #[test]
        fn four_at_a_time_find_what_one_by_one_finds(
            content in prop::collection::vec(prop::sample::select(b"abcab\n".to_vec()), 0..6000),
            borders in prop::collection::btree_set(0usize..6000, 0..14),
        ) {
            let literals: [&[u8]; 4] = [b"ab", b"abca", b"bc", b"cabcabca"];
            let automaton = Automaton::build(&literals.map(Cow::Borrowed)).unwrap();
            let borders: Vec<usize> = borders.into_iter().map(|at| at.min(content.len())).collect();
            let parts: Vec<Span> = borders.chunks_exact(2).map(|two| Span::new(two[0], two[1])).collect();
            let one_by_one: Vec<_> =
                parts.iter().flat_map(|part| prefilter::scan(&automaton, &content, *part, |_| true)).collect();
            prop_assert_eq!(scan(&automaton, &content, &parts), one_by_one);
        }
    }
}
