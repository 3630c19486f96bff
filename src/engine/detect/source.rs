//! A file as detectors see it: lexed, with the names that are given values. Follows such a name to its values, and knows
//! nothing of calls, branches or other files.

mod assignments;

use once_cell::unsync::OnceCell;

use super::argument::{self, Made};
use crate::lang::Lexed;
use crate::model::Span;

pub use assignments::Assignments;

/// A file as detectors see it.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) lexed: &'s Lexed,
    pub(super) content: &'s [u8],
    assignments: &'s OnceCell<Assignments>,
    /// How many names may still be followed.
    depth: usize,
}

/// A statement of so many bytes on one line was written by a program.
const ENDLESS: usize = 4 << 10;
/// How much of it is looked at, before and behind a place.
const NEAR: usize = 1 << 10;

/// How many names are followed from one value to the next.
const MAX_DEPTH: usize = 3;

impl<'s> Source<'s> {
    pub(super) fn new(lexed: &'s Lexed, content: &'s [u8], assignments: &'s OnceCell<Assignments>) -> Self {
        Source { lexed, content, assignments, depth: MAX_DEPTH }
    }

    /// The same without the values of names: each of them may be anything.
    pub(super) fn without_names(self) -> Self {
        Source { depth: 0, ..self }
    }

    /// The statement around a place, or the part of it in the same hole of a string. On a line that no person has
    /// written only what is near, for every literal of such a line asks.
    pub(super) fn region_of(&self, place: usize) -> Span {
        let region = self.lexed.statement_at(place);
        let is_endless = region.len() > ENDLESS && memchr::memchr(b'\n', region.of(self.content)).is_none();
        let region = if is_endless {
            Span::new(region.start.max(place.saturating_sub(NEAR)), region.end.min(place + NEAR))
        } else {
            region
        };
        match self.lexed.hole_around(place) {
            Some(hole) => Span::new(region.start.max(hole.start), region.end.min(hole.end)),
            None => region,
        }
    }

    /// What the one value is made of that the file gives to `name`; of several values, only that all are constants.
    pub(super) fn value_of(&self, name: &[u8]) -> Option<Made> {
        let depth = self.depth.checked_sub(1)?;
        let assignments = self.assignments.get_or_init(|| Assignments::new(self.lexed));
        let made = |at: &usize| argument::value_at(Source { depth, ..*self }, *at);
        match assignments.values_of(name, self.lexed) {
            [] => None,
            [only] => made(only),
            several => several.iter().all(|at| made(at) == Some(Made::Constant)).then_some(Made::Constant),
        }
    }

    /// True for a name that is given a constant and nothing else.
    pub(super) fn is_constant_name(&self, name: &[u8]) -> bool {
        self.value_of(name) == Some(Made::Constant)
    }
}
