//! Chooses among matches that overlap, so that one mistake is one finding.

use super::{Engine, Match, Proof};
use crate::model::Span;

/// Sorts the matches by place and rule; of one rule's overlapping matches the first stays, of several rules' secrets
/// on the same bytes the surest.
pub fn select(engine: &Engine, mut found: Vec<Match>) -> Vec<Match> {
    found.sort_by_key(|found| (found.pack, found.rule, found.span.start, std::cmp::Reverse(found.span.end)));
    let mut last: Option<Match> = None;
    found.retain(|found| {
        let same = last.as_ref().is_some_and(|last| {
            (last.pack, last.rule) == (found.pack, found.rule)
                && (last.span.overlaps(found.span) || last.span == found.span)
        });
        if !same {
            last = Some(found.clone());
        }
        !same
    });
    found.sort_by_key(|found| (found.span.start, found.span.end, found.pack, found.rule));
    let better: Vec<bool> =
        found.iter().map(|one| !found.iter().any(|other| beats(engine, other, one))).collect();
    let mut keep = better.iter();
    found.retain(|_| keep.next().copied().unwrap_or(true));
    found
}

/// True when `one` is a better account of the secret that `other` reports too.
fn beats(engine: &Engine, one: &Match, other: &Match) -> bool {
    if !(one.secret && other.secret && one.span.overlaps(other.span)) || one == other {
        return false;
    }
    rank(engine, one) > rank(engine, other)
}

/// Proof, provider rules before generic ones, certainty, harm, length; the place and the rule decide what is equal.
fn rank(engine: &Engine, found: &Match) -> impl Ord {
    let rule = engine.rule(found);
    let proof = match found.proof {
        Proof::Proven => 2,
        Proof::Plain => 1,
        Proof::Doubtful => 0,
    };
    let Span { start, end } = found.span;
    let place = std::cmp::Reverse((start, found.pack, found.rule));
    (proof, !rule.generic, rule.info.confidence, rule.info.severity, end - start, place)
}
