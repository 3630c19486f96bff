//! Remembers what the engine does near a place, and forgets the rest. Knows no words for it.

use crate::engine::Match;
use crate::engine::trace::{Loss, Miss, Observer, Site, Step};
use crate::model::Span;

/// What happened at one keyword.
#[derive(Debug)]
pub struct Seen {
    /// The keyword.
    pub site: Site,
    /// Everything between its beginning and its end.
    pub steps: Vec<Step>,
}

impl Seen {
    /// True when it led to a match.
    pub fn matched(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Found(_)))
    }

    /// Why it led to none, when the engine said so at the end.
    pub fn miss(&self) -> Option<Miss> {
        self.steps.iter().find_map(|step| match step {
            Step::Missed(miss) => Some(*miss),
            Step::Begin
            | Step::Cut(_)
            | Step::Boundary(_)
            | Step::Argument(_)
            | Step::Name(_)
            | Step::Value(..)
            | Step::Found(_)
            | Step::End => None,
        })
    }
}

/// Watches a scan, with an eye on one place.
pub struct Watch {
    place: Span,
    /// What touched the place, in the order of the scan.
    pub seen: Vec<Seen>,
    lost: Vec<(Match, Loss)>,
    now: Vec<Step>,
}

impl Watch {
    /// Has seen nothing yet.
    pub fn new(place: Span) -> Self {
        Watch { place, seen: Vec::new(), lost: Vec::new(), now: Vec::new() }
    }

    /// The matches that touch the place; the same one may come from several keywords.
    pub fn found(&self) -> impl Iterator<Item = &Match> {
        let steps = self.seen.iter().flat_map(|seen| &seen.steps);
        steps.filter_map(|step| match step {
            Step::Found(found) => Some(found),
            Step::Begin
            | Step::Cut(_)
            | Step::Boundary(_)
            | Step::Argument(_)
            | Step::Name(_)
            | Step::Value(..)
            | Step::Missed(_)
            | Step::End => None,
        })
    }

    /// Why a match is no finding.
    pub fn loss_of(&self, found: &Match) -> Option<Loss> {
        self.lost.iter().find(|(lost, _)| lost == found).map(|(_, why)| *why)
    }

    fn touches(&self, step: &Step) -> bool {
        match step {
            Step::Found(found) => self.place.overlaps(found.extent) || self.place.overlaps(found.span),
            Step::Cut(span) => self.place.overlaps(*span),
            step => span_of_value(step).is_some_and(|span| self.place.overlaps(span)),
        }
    }
}

/// The bytes that a step is about, where they could be a secret.
pub fn span_of_value(step: &Step) -> Option<Span> {
    match step {
        Step::Boundary(span) | Step::Argument(span) | Step::Name(span) | Step::Value(span, _) => Some(*span),
        Step::Found(found) => Some(found.span),
        Step::Begin | Step::Cut(_) | Step::Missed(_) | Step::End => None,
    }
}

impl Observer for Watch {
    fn note(&mut self, site: Site, step: impl FnOnce() -> Step) {
        match step() {
            Step::Begin => self.now.clear(),
            Step::End => {
                let steps = std::mem::take(&mut self.now);
                if self.place.overlaps(site.keyword) || steps.iter().any(|step| self.touches(step)) {
                    self.seen.push(Seen { site, steps });
                }
            }
            step => self.now.push(step),
        }
    }

    fn lose(&mut self, found: &Match, why: impl FnOnce() -> Loss) {
        self.lost.push((found.clone(), why()));
    }
}
