//! Finds what is a secret only beside something else: looks for the pattern of a rule that requires another one in the
//! lines around the other one's matches. Knows no keywords.
//!
//! Which halves belong together is decided on the whole content, in both directions: first those with the fewest lines
//! between them, what stands behind the other half before what stands as near in front of it, then those with the fewest
//! bytes between them. Each half is in one pair of a rule at most.

use super::trace::{Loss, Miss, Observer, Site, Step};
use super::validate::{self, Opinion};
use super::{ActivePack, Basis, Engine, EngineError, Match, Proof, Views, boundary, hits};
use crate::model::{Category, Span};
use crate::rules::{MAX_MATCH, Requirement, Rule};

/// However long the lines are, no more bytes stand between two halves.
const REACH: usize = 1024;

/// Adds every pair to what rules have found alone, and takes away the helpers, whose purpose is to be half of one.
pub fn complete<O: Observer>(
    engine: &Engine,
    views: &Views<'_>,
    observer: &mut O,
    found: &mut Vec<Match>,
) -> Result<(), EngineError> {
    if found.is_empty() {
        return Ok(());
    }
    let mut pairs = Vec::new();
    for &(pack_idx, rule_idx) in &engine.pairs {
        let pack = &engine.packs[pack_idx];
        let rule = &pack.pack.rules[rule_idx];
        let others: Vec<Vec<Span>> = rule.requires.iter().map(|other| places(engine, found, other)).collect();
        if !pack.on[rule_idx]
            || others.iter().any(Vec::is_empty)
            || hits::shut(pack, rule_idx, views)?.is_some()
        {
            continue;
        }
        let seeker = Seeker { pack, rule, content: views.content(), pack_idx, rule_idx };
        seeker.seek(&others, observer, &mut pairs)?;
    }
    found.append(&mut pairs);
    found.retain(|one| {
        let helper = engine.rule(one).helper;
        if helper {
            observer.lose(one, || Loss::Helper);
        }
        !helper
    });
    Ok(())
}

/// Where what `requirement` names has been found, in order; what is known not to be real is no half of anything.
fn places(engine: &Engine, found: &[Match], requirement: &Requirement) -> Vec<Span> {
    let meets = |one: &&Match| match one.proof {
        Proof::Proven | Proof::Plain | Proof::Sample | Proof::Commonplace => {
            engine.rule(one).info.id.as_str() == requirement.rule
        }
        Proof::Doubtful | Proof::Public => false,
    };
    let mut places: Vec<Span> = found.iter().filter(meets).map(|one| one.span).collect();
    places.sort();
    places.dedup();
    places
}

/// A rule that requires others, in a content.
struct Seeker<'s> {
    pack: &'s ActivePack,
    rule: &'s Rule,
    content: &'s [u8],
    pack_idx: usize,
    rule_idx: usize,
}

/// A match of the pattern, near what the rule requires.
struct Half {
    span: Span,
    extent: Span,
    /// The nearest place of what the rule requires first.
    near: Span,
    opinion: Opinion,
    /// What it belongs to, as far as it is known.
    partners: Vec<Span>,
}

impl Seeker<'_> {
    /// Appends the pairs with `others`: for each requirement the places where it is met, in order.
    fn seek<O: Observer>(
        &self,
        others: &[Vec<Span>],
        observer: &mut O,
        acc: &mut Vec<Match>,
    ) -> Result<(), EngineError> {
        let mut halves = self.halves(&others[0], usize::from(self.rule.requires[0].within_lines))?;
        for (nth, (requirement, others)) in self.rule.requires.iter().zip(others).enumerate() {
            let complete = |half: &&mut Half| half.opinion != Opinion::Refused && half.partners.len() == nth;
            let mut open: Vec<&mut Half> = halves.iter_mut().filter(complete).collect();
            let spans: Vec<Span> = open.iter().map(|half| half.span).collect();
            let pairs = pair_up(self.content, &spans, others, usize::from(requirement.within_lines));
            for (half, other) in pairs {
                open[half].partners.push(others[other]);
            }
        }
        acc.extend(halves.into_iter().filter_map(|half| self.tell(half, observer)));
        Ok(())
    }

    /// Every match of the pattern with a place of `others` near, judged.
    fn halves(&self, others: &[Span], lines: usize) -> Result<Vec<Half>, EngineError> {
        let compiled = self.pack.compiled(self.rule_idx)?;
        let Some(pattern) = &compiled.pattern else { return Ok(Vec::new()) };
        let longest = self.rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize);
        let mut found = Vec::new();
        for region in regions(self.content, others, lines, longest) {
            let mut at = region.start;
            while let Some(groups) = pattern.captures_in(self.content, Span::new(at, region.end)) {
                let Some(whole) = groups.get_group(0) else { break };
                at = whole.start + 1;
                let reported = groups.get_group_by_name("secret").or_else(|| groups.get_group_by_name("at"));
                let reported = reported.unwrap_or(whole);
                let (span, extent) =
                    (Span::new(reported.start, reported.end), Span::new(whole.start, whole.end));
                if extent.len() <= longest && boundary::holds(self.rule.boundary, self.content, span, extent)
                {
                    found.push((span, extent));
                }
            }
        }
        found.sort();
        found.dedup_by_key(|(span, _)| *span);
        let judged = |(span, extent): (Span, Span)| {
            let (_, near) = near(self.content, span, others, lines).min()?;
            let opinion = validate::judge(self.rule, &compiled.stop_words, span.of(self.content));
            Some(Half { span, extent, near: others[near], opinion, partners: Vec::new() })
        };
        Ok(found.into_iter().filter_map(judged).collect())
    }

    /// The match that a half is when nothing is missing, for the observer in any case.
    fn tell<O: Observer>(&self, half: Half, observer: &mut O) -> Option<Match> {
        let site = Site { keyword: half.near, pack: self.pack_idx, rule: self.rule_idx };
        let checks = || match self.pack.compiled(self.rule_idx) {
            Ok(compiled) => validate::account(self.rule, &compiled.stop_words, half.span.of(self.content)),
            Err(_) => Vec::new(),
        };
        observer.note(site, || Step::Begin);
        observer.note(site, || Step::Value(half.span, checks()));
        let found = match half.opinion {
            Opinion::Refused => None,
            Opinion::Accepted(..) if half.partners.len() < self.rule.requires.len() => {
                observer.note(site, || Step::Missed(Miss::Alone));
                None
            }
            Opinion::Accepted(proof, remark) => {
                let secret = self.rule.info.category == Category::Secret;
                let (pack, rule, partners) = (self.pack_idx, self.rule_idx, half.partners);
                Some(Match {
                    pack,
                    rule,
                    span: half.span,
                    secret,
                    extent: half.extent,
                    proof,
                    remark,
                    basis: Basis::Text,
                    partners,
                })
            }
        };
        if let Some(found) = &found {
            observer.note(site, || Step::Found(found.clone()));
        }
        observer.note(site, || Step::End);
        found
    }
}

/// How near two halves are: the smaller, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Nearness {
    lines: usize,
    in_front: bool,
    bytes: usize,
}

/// How near `half` is to `other`; none when they share bytes or are too far apart.
fn nearness(content: &[u8], half: Span, other: Span, lines: usize) -> Option<Nearness> {
    let in_front = half.start < other.start;
    let (start, end) = if in_front { (half.end, other.start) } else { (other.end, half.start) };
    let bytes = end.checked_sub(start).filter(|bytes| *bytes <= REACH)?;
    let apart = memchr::memchr_iter(b'\n', &content[start..end]).count();
    (apart <= lines).then_some(Nearness { lines: apart, in_front, bytes })
}

/// Which of `others`, which are in order, are near `half`, and how near.
fn near(
    content: &[u8],
    half: Span,
    others: &[Span],
    lines: usize,
) -> impl Iterator<Item = (Nearness, usize)> {
    let first = others.partition_point(|other| other.start + REACH + MAX_MATCH < half.start);
    let last = others.partition_point(|other| other.start <= half.end + REACH);
    (first..last).filter_map(move |idx| Some((nearness(content, half, others[idx], lines)?, idx)))
}

/// Which of `halves` and of `others` belong together.
fn pair_up(content: &[u8], halves: &[Span], others: &[Span], lines: usize) -> Vec<(usize, usize)> {
    let mut links: Vec<(Nearness, usize, usize)> = Vec::new();
    for (idx, half) in halves.iter().enumerate() {
        links.extend(near(content, *half, others, lines).map(|(nearness, other)| (nearness, idx, other)));
    }
    links.sort();
    let (mut paired, mut taken) = (vec![false; halves.len()], vec![false; others.len()]);
    let mut pairs = Vec::new();
    for (_, half, other) in links {
        if !paired[half] && !taken[other] {
            (paired[half], taken[other]) = (true, true);
            pairs.push((half, other));
        }
    }
    pairs
}

/// What a match near one of `others` cannot reach beyond, merged where it meets.
fn regions(content: &[u8], others: &[Span], lines: usize, longest: usize) -> Vec<Span> {
    let mut regions: Vec<Span> = Vec::new();
    for other in others {
        let low = other.start.saturating_sub(REACH);
        let high = content.len().min(other.end + REACH);
        let before = memchr::memrchr_iter(b'\n', &content[low..other.start]).nth(lines);
        let behind = memchr::memchr_iter(b'\n', &content[other.end..high]).nth(lines);
        let start = before.map_or(low, |at| low + at).saturating_sub(longest);
        let end = content.len().min(behind.map_or(high, |at| other.end + at) + longest + 1);
        match regions.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            Some(_) | None => regions.push(Span::new(start, end)),
        }
    }
    regions
}
