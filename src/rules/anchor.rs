//! Which literals every match of a pattern contains, where they stand in it, and what must follow them.
//!
//! Source: the "required literal" analysis of multi-pattern matchers, done on regex-syntax's intermediate form. For a
//! concatenation, each run of parts that match a few fixed strings is a candidate set: every match contains one of
//! its strings. An alternation needs a set from every branch. Letters whose class is just both cases count as one
//! letter that folds.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::beside::{self, trimmed};
use super::opening;
use super::rule::{ByteSet, Link, Place, Step};
use super::tail::{MAX_TAIL, tail};

/// How many strings a set may hold.
const MAX_STRINGS: usize = 64;
/// A literal with more places in its pattern has any.
const MAX_PLACES: usize = 8;

/// One byte of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Letter {
    byte: u8,
    fold: bool,
}

/// A string that stands in a match, at most `back` bytes behind its beginning.
#[derive(Debug, Clone)]
struct Anchor {
    letters: Vec<Letter>,
    back: usize,
    tail: Vec<ByteSet>,
    before: Vec<Link>,
    behind: Vec<Link>,
}

/// What is around a part of the pattern.
#[derive(Clone, Copy)]
struct Around<'h> {
    /// How many bytes of a match can stand before it.
    back: usize,
    /// The parts in front of it.
    before: &'h [&'h Hir],
    /// The parts behind it.
    after: &'h [&'h Hir],
}

const NOTHING: Around<'static> = Around { back: 0, before: &[], after: &[] };

/// A literal to look for, with what is known around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Required {
    /// The bytes; lower case when `fold`.
    pub bytes: Vec<u8>,
    /// Whether letters match in any case.
    pub fold: bool,
    /// How many bytes of a match can stand before it.
    pub back: usize,
    /// What must follow it.
    pub tail: Vec<Step>,
    /// Its places in the pattern; none: any.
    pub places: Vec<Place>,
}

/// Literals of which every match of `hir` contains one: the best set, or what a match begins with if that is longer.
pub fn derive(hir: &Hir) -> Option<Vec<Required>> {
    let best = best(candidates(hir, NOTHING));
    if best.as_ref().is_none_or(|set| shortest(set) < 3)
        && let Some(found) = opening::strings(hir)
    {
        return Some(found);
    }
    Some(merge(best?.iter().map(|anchor| place(anchor, 0, anchor.letters.len()))))
}

/// Finds `keywords` in the pattern: for each what is known around it, or the literals that show that some match
/// contains none of them.
pub fn locate(hir: &Hir, keywords: &[&[u8]]) -> Result<Vec<Required>, Option<Vec<Required>>> {
    let locate_in = |set: &Vec<Anchor>| -> Option<Vec<Required>> {
        let found: Option<Vec<_>> = set.iter().map(|anchor| find(anchor, keywords)).collect();
        found.map(|found| merge(found.into_iter()))
    };
    let sets = candidates(hir, NOTHING);
    sets.iter().find_map(locate_in).ok_or_else(|| derive(hir))
}

/// The first of `keywords` (longest first) that stands in the anchor's string.
fn find(anchor: &Anchor, keywords: &[&[u8]]) -> Option<Required> {
    let mut sorted: Vec<&[u8]> = keywords.to_vec();
    sorted.sort_by_key(|keyword| std::cmp::Reverse(keyword.len()));
    let fits = |keyword: &[u8], at: usize| {
        keyword.iter().zip(&anchor.letters[at..]).all(|(byte, letter)| match letter.fold {
            true => byte.eq_ignore_ascii_case(&letter.byte),
            false => *byte == letter.byte,
        })
    };
    sorted.into_iter().filter(|keyword| !keyword.is_empty()).find_map(|keyword| {
        let last = anchor.letters.len().checked_sub(keyword.len())?;
        let at = (0..=last).find(|at| fits(keyword, *at))?;
        Some(place(anchor, at, keyword.len()))
    })
}

/// The part `[at, at + len)` of an anchor as a literal of its own.
fn place(anchor: &Anchor, at: usize, len: usize) -> Required {
    let part = &anchor.letters[at..at + len];
    let fold = part.iter().any(|letter| letter.fold);
    let byte = |letter: &Letter| if fold { letter.byte.to_ascii_lowercase() } else { letter.byte };
    let rest = anchor.letters[at + len..].iter().map(letter_set);
    let tail: Vec<ByteSet> = rest.chain(anchor.tail.iter().copied()).take(MAX_TAIL).collect();
    let link = |letter: &Letter| Link { set: letter_set(letter), must: true, many: false };
    let before = anchor.letters[..at].iter().rev().map(link).chain(anchor.before.iter().copied());
    let behind = anchor.letters[at + len..].iter().map(link).chain(anchor.behind.iter().copied());
    let place = Place { before: trimmed(before.collect()).into(), behind: trimmed(behind.collect()).into() };
    Required {
        bytes: part.iter().map(byte).collect(),
        fold,
        back: anchor.back + at,
        tail: steps(&tail),
        places: vec![place],
    }
}

fn letter_set(letter: &Letter) -> ByteSet {
    let mut set = ByteSet::default();
    set.insert(letter.byte, letter.byte);
    if letter.fold {
        let upper = letter.byte.to_ascii_uppercase();
        set.insert(upper, upper);
    }
    set
}

/// Joins literals with the same bytes: the widest reach back, and only what must follow in every place.
fn merge(found: impl Iterator<Item = Required>) -> Vec<Required> {
    let mut merged: Vec<Required> = Vec::new();
    for required in found {
        let same = |known: &&mut Required| known.bytes == required.bytes && known.fold == required.fold;
        match merged.iter_mut().find(same) {
            None => merged.push(required),
            Some(known) => {
                known.back = known.back.max(required.back);
                let (ours, theirs) = (expand(&known.tail), expand(&required.tail));
                let union: Vec<_> = ours.iter().zip(&theirs).map(|(a, b)| a.union(b)).collect();
                known.tail = steps(&union);
                known.places.extend(required.places);
            }
        }
    }
    let anywhere = |place: &Place| place.before.is_empty() && place.behind.is_empty();
    for known in &mut merged {
        if known.places.len() > MAX_PLACES || known.places.iter().any(anywhere) {
            known.places.clear();
        }
    }
    merged.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    merged
}

fn expand(tail: &[Step]) -> Vec<ByteSet> {
    tail.iter().flat_map(|step| std::iter::repeat_n(step.set, usize::from(step.count))).collect()
}

/// Run-length form; trailing steps that say nothing are dropped.
fn steps(sets: &[ByteSet]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for set in sets {
        match steps.last_mut() {
            Some(last) if last.set == *set => last.count += 1,
            _ => steps.push(Step { set: *set, count: 1 }),
        }
    }
    while steps.last().is_some_and(|step| step.set.is_full()) {
        steps.pop();
    }
    steps
}

/// The best set: the longest shortest string, then the fewest strings.
fn best(sets: Vec<Vec<Anchor>>) -> Option<Vec<Anchor>> {
    sets.into_iter()
        .filter(|set| shortest(set) >= 2)
        .max_by_key(|set| (shortest(set).min(6), usize::MAX - set.len(), shortest(set)))
}

fn shortest(set: &[Anchor]) -> usize {
    set.iter().map(|anchor| anchor.letters.len()).min().unwrap_or(0)
}

/// Every candidate set of `hir`.
fn candidates(hir: &Hir, around: Around<'_>) -> Vec<Vec<Anchor>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Vec::new(),
        HirKind::Literal(_) | HirKind::Class(_) => concat(&[hir], around),
        HirKind::Capture(capture) => candidates(&capture.sub, around),
        HirKind::Repetition(repetition) if repetition.min == 0 => Vec::new(),
        // The first round is always there; what follows it may be another round.
        HirKind::Repetition(repetition) => {
            let mut sets = candidates(&repetition.sub, Around { after: &[], ..around });
            sets.iter_mut().flatten().for_each(|anchor| {
                anchor.tail.clear();
                anchor.behind.clear();
            });
            sets
        }
        HirKind::Concat(parts) => concat(&parts.iter().collect::<Vec<_>>(), around),
        HirKind::Alternation(parts) => {
            let branches: Option<Vec<_>> = parts.iter().map(|part| best(candidates(part, around))).collect();
            let joined: Vec<Anchor> = branches.unwrap_or_default().into_iter().flatten().collect();
            if joined.is_empty() || joined.len() > 4 * MAX_STRINGS { Vec::new() } else { vec![joined] }
        }
    }
}

fn concat(parts: &[&Hir], around: Around<'_>) -> Vec<Vec<Anchor>> {
    let mut sets = Vec::new();
    let mut back = around.back;
    let mut idx = 0;
    while idx < parts.len() {
        let before: Vec<&Hir> = around.before.iter().chain(&parts[..idx]).copied().collect();
        let (strings, taken) = run(&parts[idx..]);
        let after: Vec<&Hir> = parts[idx + taken.max(1)..].iter().chain(around.after).copied().collect();
        if taken > 0 {
            let (tail, links) = (tail(&after), (beside::before(&before), beside::behind(&after)));
            let anchor = |letters: &Vec<Letter>| Anchor {
                letters: letters.clone(),
                back,
                tail: tail.clone(),
                before: links.0.clone(),
                behind: links.1.clone(),
            };
            sets.push(strings.iter().map(anchor).collect());
            back += strings.iter().map(Vec::len).max().unwrap_or(0);
            idx += taken;
            // A run may have been cut for size; going on finds the next one.
            continue;
        }
        sets.extend(candidates_of_part(parts[idx], Around { back, before: &before, after: &after }));
        back += parts[idx].properties().maximum_len().unwrap_or(0);
        idx += 1;
    }
    sets
}

fn candidates_of_part(part: &Hir, around: Around<'_>) -> Vec<Vec<Anchor>> {
    match part.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => Vec::new(),
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Capture(_)
        | HirKind::Repetition(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => candidates(part, around),
    }
}

/// The strings of the longest prefix of `parts` that matches only a few, and how many parts it takes.
fn run(parts: &[&Hir]) -> (Vec<Vec<Letter>>, usize) {
    let mut strings: Vec<Vec<Letter>> = vec![Vec::new()];
    let mut taken = 0;
    for part in parts {
        let Some(next) = exact(part) else { break };
        if strings.len() * next.len() > MAX_STRINGS {
            break;
        }
        strings = strings
            .iter()
            .flat_map(|head| next.iter().map(move |tail| [head.as_slice(), tail].concat()))
            .collect();
        taken += 1;
    }
    if strings.iter().all(Vec::is_empty) {
        return (Vec::new(), 0);
    }
    (strings, taken)
}

/// All strings that `hir` matches, if they are few.
fn exact(hir: &Hir) -> Option<Vec<Vec<Letter>>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => {
            Some(vec![literal.0.iter().map(|&byte| Letter { byte, fold: false }).collect()])
        }
        HirKind::Class(_) => exact_class(&byte_class(hir)?),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Repetition(repetition) => {
            let times = Some(repetition.min).filter(|min| repetition.max == Some(*min) && *min <= 8)?;
            let parts: Vec<&Hir> = std::iter::repeat_n(&*repetition.sub, times as usize).collect();
            product(&parts)
        }
        HirKind::Concat(parts) => product(&parts.iter().collect::<Vec<_>>()),
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(exact).collect();
            Some(all?.into_iter().flatten().collect::<Vec<_>>()).filter(|all| all.len() <= MAX_STRINGS)
        }
    }
}

fn product(parts: &[&Hir]) -> Option<Vec<Vec<Letter>>> {
    let (strings, taken) = run(parts);
    (taken == parts.len()).then_some(strings)
}

/// The strings of a class: one letter that folds, or up to four bytes.
fn exact_class(set: &ByteSet) -> Option<Vec<Vec<Letter>>> {
    let bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| set.has(*byte)).collect();
    match bytes.as_slice() {
        [upper, lower] if upper.is_ascii_uppercase() && upper.to_ascii_lowercase() == *lower => {
            Some(vec![vec![Letter { byte: *lower, fold: true }]])
        }
        bytes if bytes.len() <= 4 => {
            Some(bytes.iter().map(|&byte| vec![Letter { byte, fold: false }]).collect())
        }
        _ => None,
    }
}

/// Shorter runs rule out too little.
const SHORTEST_RUN: u16 = 8;

/// The longest run of bytes out of one class that every match contains, such as the value of a key.
pub fn longest_run(hir: &Hir) -> Option<Step> {
    let run = match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
        HirKind::Capture(capture) => longest_run(&capture.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(longest_run).max_by_key(|step| step.count),
        HirKind::Repetition(repetition) if repetition.min == 0 => None,
        HirKind::Repetition(repetition) => match byte_class(&repetition.sub) {
            Some(set) => Some(Step { set, count: u16::try_from(repetition.min).unwrap_or(u16::MAX) }),
            None => longest_run(&repetition.sub),
        },
        HirKind::Alternation(parts) => {
            let runs: Option<Vec<Step>> = parts.iter().map(longest_run).collect();
            let both = |a: Step, b: Step| Step { set: a.set.union(&b.set), count: a.count.min(b.count) };
            runs.and_then(|runs| runs.into_iter().reduce(both))
        }
    };
    run.filter(|step| step.count >= SHORTEST_RUN && !step.set.is_full())
}

/// The bytes of a class of single bytes (all of it ASCII, for a Unicode class).
pub fn byte_class(hir: &Hir) -> Option<ByteSet> {
    let mut set = ByteSet::default();
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().for_each(|range| set.insert(range.start(), range.end()))
        }
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.iter() {
                let end = Some(u32::from(range.end())).filter(|end| *end < 0x80)?;
                set.insert(range.start() as u8, end as u8);
            }
        }
        HirKind::Literal(literal) if literal.0.len() == 1 => set.insert(literal.0[0], literal.0[0]),
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Look(_)
        | HirKind::Capture(_)
        | HirKind::Repetition(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => return None,
    }
    Some(set)
}

#[cfg(test)]
mod tests {
    use super::{Required, derive, locate};
    use crate::rules::pattern::bound;

    fn words(found: &[Required]) -> Vec<String> {
        let mark = |required: &Required| if required.fold { "~" } else { "" };
        let tail =
            |required: &Required| required.tail.iter().map(|step| usize::from(step.count)).sum::<usize>();
        found
            .iter()
            .map(|r| format!("{}{} -{} +{}", mark(r), String::from_utf8_lossy(&r.bytes), r.back, tail(r)))
            .collect()
    }

    #[track_caller]
    fn check(pattern: &str, expected: &[&str]) {
        let bounded = bound(pattern, false).unwrap();
        assert_eq!(words(&derive(&bounded.hir).unwrap_or_default()), expected);
    }

    #[test]
    fn literals_are_derived_with_their_reach_back_and_what_must_follow() {
        check("ghp_[0-9A-Za-z]{36,255}", &["ghp_ -0 +36"]);
        check("(?:AKIA|ASIA)[A-Z2-7]{16}", &["AKIA -0 +16", "ASIA -0 +16"]);
        check("[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,70}", &[".atlasv1. -14 +60"]);
        check("(?i)pass(?:word|wd)\\s*[:=]", &["~passwd -0 +1", "~password -0 +1"]);
        check("(?:abc|def)+x", &["abc -0 +0", "def -0 +0"]);
        check("[a-z]{3,9}", &[]);
        check("(?:foo[0-9]|[0-9]x)", &[]);
    }

    #[test]
    fn the_longest_run_that_every_match_contains_is_found() {
        for (pattern, expected) in [
            ("key=[a-z]{12,}", Some(12)),
            ("key=(?:[a-z]{12,}|[0-9]{9})", Some(9)),
            ("key=(?:[a-z]{12,}|x)", None),
            ("key=[a-z]{0,12}", None),
            ("(?:[a-z]{3}){9}", None),
            ("a(?<secret>[0-9]{8})b[a-f]{10}", Some(10)),
        ] {
            let run = super::longest_run(&bound(pattern, false).unwrap().hir);
            assert_eq!(run.map(|step| step.count), expected, "{pattern}");
        }
    }

    #[test]
    fn a_keyword_that_some_match_lacks_is_refused() {
        let bounded = bound("(?:ghp|gho)_[0-9A-Za-z]{36}", false).unwrap();
        assert_eq!(
            words(&locate(&bounded.hir, &[b"gho_", b"ghp_"]).unwrap()),
            ["gho_ -0 +36", "ghp_ -0 +36"]
        );
        assert_eq!(words(&locate(&bounded.hir, &[b"gh"]).unwrap()), ["gh -0 +38"]);
        assert!(locate(&bounded.hir, &[b"ghp_"]).is_err());
    }
}
