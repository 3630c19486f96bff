//! Chooses among matches that overlap, so that one mistake is one finding.

use std::collections::BTreeMap;

use super::trace::{Loss, Observer};
use super::{Engine, Match, Proof};
use crate::model::Span;

/// Sorts the matches by place and rule. Of matches that say the same twice one stays: of one rule's, where one lies
/// inside another, the longer; of several rules' secrets, the best account of the bytes. Matches that only share an
/// edge are two.
pub fn select<O: Observer>(engine: &Engine, mut found: Vec<Match>, observer: &mut O) -> Vec<Match> {
    found.sort_by_key(|found| (found.pack, found.rule, found.span.start, std::cmp::Reverse(found.span.end)));
    let mut last: Option<(usize, usize, Span)> = None;
    found.retain(|found| {
        let (pack, rule, span) = (found.pack, found.rule, found.span);
        let again = last.is_some_and(|last| (last.0, last.1) == (pack, rule) && last.2.contains(span));
        if again {
            observer.lose(found, || Loss::Again);
        } else {
            last = Some((pack, rule, span));
        }
        !again
    });
    // What stands for a secret may be longer than any pattern matches.
    let longest = found.iter().map(|found| found.span.len()).max().unwrap_or(0);
    // A shorter format that fits a part of a token whose checksum is wrong does not make it right.
    let doubted: Accounts = found
        .iter()
        .filter(|one| one.secret && one.proof == Proof::Doubtful && !engine.rule(one).generic)
        .map(|one| ((one.span.start, one.span.end), (one.pack, one.rule)))
        .collect();
    found.retain(|found| {
        let whole = |other: Span| other != found.span && other.contains(found.span);
        match near(&doubted, longest, found.span, whole) {
            Some((pack, rule)) if found.secret && found.proof == Proof::Plain => {
                observer.lose(found, || Loss::Told { pack, rule });
                false
            }
            Some(_) | None => true,
        }
    });
    // The best account of each secret first; a worse one of the same bytes is not wanted any more.
    found.sort_by(|a, b| rank(engine, b).cmp(&rank(engine, a)));
    let mut taken = Accounts::new();
    found.retain(|found| {
        let span = found.span;
        if !found.secret {
            return true;
        }
        let same = |other: Span| other.contains(span) || span.contains(other);
        match near(&taken, longest, span, same) {
            Some((pack, rule)) => {
                observer.lose(found, || Loss::Told { pack, rule });
                false
            }
            None => {
                taken.insert((span.start, span.end), (found.pack, found.rule));
                true
            }
        }
    });
    found.sort_by_key(|found| (found.span.start, found.span.end, found.pack, found.rule));
    found
}

/// Pack and rule that account for a span.
type Accounts = BTreeMap<(usize, usize), (usize, usize)>;

/// Who accounts for the first span around `span` that fits; none is longer than `longest`.
fn near(
    accounts: &Accounts,
    longest: usize,
    span: Span,
    fits: impl Fn(Span) -> bool,
) -> Option<(usize, usize)> {
    let mut near = accounts.range((span.start.saturating_sub(longest), 0)..(span.end, 0));
    near.find(|((start, end), _)| fits(Span::new(*start, *end))).map(|(_, who)| *who)
}

/// Provider rules before generic ones, which know less than a checksum that is wrong; proof, certainty, harm, length;
/// a pair, which tells
/// why; the place and the rule decide what is equal.
fn rank(engine: &Engine, found: &Match) -> impl Ord {
    let rule = engine.rule(found);
    let proof = match found.proof {
        Proof::Proven => 2,
        // A value that is known to be public; the rule's opinion of its whole format weighs no more than another's.
        Proof::Public if rule.public.is_none() => 2,
        Proof::Plain | Proof::Sample | Proof::Commonplace | Proof::Public => 1,
        Proof::Doubtful => 0,
    };
    let Span { start, end } = found.span;
    let pair = !found.partners.is_empty();
    let place = std::cmp::Reverse((start, found.pack, found.rule));
    (!rule.generic, proof, rule.info.confidence, rule.info.severity, pair, end - start, place)
}
