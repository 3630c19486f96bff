//! Finds keywords in many short parts of a content, four parts at a time: each step of one walk waits for memory, so four
//! walks that do not depend on each other take little longer than one. Knows nothing of what the keywords are for.

use crate::engine::prefilter::{Hit, LANES, Notes, Table, together};
use crate::model::Span;
use crate::rules::Automaton;

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
    let (table, mut notes) = (Table::of(automaton), Notes::new());
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
        let (parts, mut state) = (lanes.map(|lane| &lane.rest[..steps]), lanes.map(|lane| lane.state));
        together(table, parts, &mut state, &mut notes, |lane, step, state| {
            note(&lanes[lane], (step, state), &mut hits);
        });
        for (lane, state) in lanes.iter_mut().zip(state) {
            *lane = Lane { rest: &lane.rest[steps..], at: lane.at + steps, state, ..*lane };
        }
    }
    for lane in &mut lanes {
        alone(table, lane, &mut hits);
    }
    hits.sort_unstable_by_key(|hit: &Hit| hit.end);
    hits
}

fn cut(part: Span) -> impl Iterator<Item = Span> {
    (part.start..part.end).step_by(LONGEST).map(move |start| Span::new(start, part.end.min(start + LONGEST)))
}

/// Walks what is left of a lane when no others are.
fn alone(table: Table<'_>, lane: &mut Lane<'_>, hits: &mut Vec<Hit>) {
    for (step, byte) in lane.rest.iter().enumerate() {
        lane.state = table.next(lane.state, *byte);
        if table.is_hit(lane.state) {
            note(lane, (step, lane.state), hits);
        }
    }
}

fn note(lane: &Lane<'_>, (step, state): (usize, u16), hits: &mut Vec<Hit>) {
    let end = lane.at + step + 1;
    if end > lane.after {
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
                parts.iter().flat_map(|part| prefilter::scan(&automaton, &content, *part)).collect();
            prop_assert_eq!(scan(&automaton, &content, &parts), one_by_one);
        }
    }
}
