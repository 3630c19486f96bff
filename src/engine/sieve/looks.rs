//! Finds keywords, and asks their rules where what they see is not known from an older content.

use super::{Ground, Sieve, lanes};
use crate::engine::detect;
use crate::engine::hits::{self, Gates, Occurrence};
use crate::engine::matcher::{self, KeywordAt};
use crate::engine::prefilter::Hit;
use crate::engine::trace::{Site, Unobserved};
use crate::engine::{ActivePack, EngineError, Match, Views};
use crate::model::{Shared, Span};
use crate::rules::{Keyword, Rule, ScopeKind, Unit};

/// How far before and behind a keyword one looks to tell whether it counts at all.
const SCREEN: usize = detect::NAME;

/// How a rule looks at one of its keywords.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    at: KeywordAt,
    reach: Reach,
}

/// How much a rule sees around a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// So many bytes before and behind it.
    Around(usize, usize),
    /// What its pattern is shown.
    Shown,
    /// More than a neighbourhood: that the keyword stands there is a match, as far as a sieve can tell.
    Everything,
}

/// A keyword in a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Where it begins.
    start: u32,
    /// What its rules have seen.
    low: u32,
    high: u32,
    literal: u16,
    matches: bool,
    /// Whether its rules have seen where the content begins, or ends.
    begins: bool,
    ends: bool,
}

impl Look {
    /// How `rule` looks at a keyword of it.
    pub fn of(rule: &Rule, (pack, rule_idx, keyword): (usize, usize, usize)) -> Look {
        let at = KeywordAt { pack, rule: rule_idx, keyword };
        Look { at, reach: reach(rule) }
    }
}

fn reach(rule: &Rule) -> Reach {
    let farther = rule.near.is_some() || rule.argument.is_some() || rule.scope != ScopeKind::Raw;
    match (rule.detector.map(detect::reach), rule.unit) {
        _ if farther => Reach::Everything,
        (Some(None), _) => Reach::Everything,
        (Some(Some((before, behind))), _) => Reach::Around(before, behind),
        (None, Unit::Window | Unit::Line) => Reach::Shown,
        (None, Unit::Statement | Unit::Block | Unit::File) => Reach::Everything,
    }
}

impl Spot {
    /// Whether some rule matches here.
    pub fn is_match(&self) -> bool {
        self.matches
    }

    /// The keyword in a content that shares `shared`, if all that its rules have seen is in there.
    fn moved(&self, shared: Shared) -> Spot {
        let to = |at: u32| (at as usize + shared.to).saturating_sub(shared.from) as u32;
        Spot { start: to(self.start), low: to(self.low), high: to(self.high), ..*self }
    }

    /// Whether all that its rules have seen is shared.
    fn is_known(&self, shared: Shared, ground: &Ground<'_>) -> bool {
        let old = shared.there();
        let low = if self.begins { ground.begins_both(shared) } else { old.start <= self.low as usize };
        let high = if self.ends { ground.ends_both(shared) } else { self.high as usize <= old.end };
        low && high
    }
}

impl Sieve<'_> {
    /// The keywords in a content.
    pub(super) fn spots(&self, views: &Views<'_>, ground: &Ground<'_>) -> Result<Vec<Spot>, EngineError> {
        let content = ground.content;
        let cores = ground
            .shared()
            .iter()
            .filter_map(|shared| core(*shared, ground, self.automaton.max_len).map(|core| (*shared, core)));
        let cores: Vec<(Shared, Span)> = cores.collect();
        // Before, between and behind them keywords begin that are looked for.
        let starts = std::iter::once(0).chain(cores.iter().map(|(_, core)| core.end));
        let ends = cores.iter().map(|(_, core)| core.start).chain([content.len()]);
        let gaps: Vec<(usize, usize)> = starts.zip(ends).collect();
        let reach = |(start, end): &(usize, usize)| {
            Span::new(*start, content.len().min(end + self.automaton.max_len))
        };
        let parts: Vec<Span> = gaps.iter().map(reach).collect();
        let hits = lanes::scan(&self.automaton, content, &parts);
        let (mut spots, mut hits) = (Vec::new(), &hits[..]);
        for (idx, (gap, part)) in gaps.iter().zip(&parts).enumerate() {
            let (here, rest) = hits.split_at(hits.partition_point(|hit| hit.end <= part.end));
            hits = rest;
            for hit in here {
                self.hit(views, (*hit, gap.1), &mut spots)?;
            }
            if let Some((shared, core)) = cores.get(idx) {
                self.inherit(views, ground, (*shared, *core), &mut spots)?;
            }
        }
        if !spots.is_sorted_by_key(|spot| spot.start) {
            spots.sort_unstable_by_key(|spot| (spot.start, spot.literal));
        }
        Ok(spots)
    }

    /// Adds the keywords of the older content that stand in `core`, which is shared.
    fn inherit(
        &self,
        views: &Views<'_>,
        ground: &Ground<'_>,
        (shared, core): (Shared, Span),
        acc: &mut Vec<Spot>,
    ) -> Result<(), EngineError> {
        let Some(older) = ground.older else { return Ok(()) };
        let (low, high) = (core.start + shared.from - shared.to, core.end + shared.from - shared.to);
        let first = older.note.spots.partition_point(|spot| (spot.start as usize) < low);
        let near = older.note.spots[first..].iter().take_while(|spot| (spot.start as usize) < high);
        for spot in near.filter(|spot| spot.start as usize + self.len_of(spot.literal) <= high) {
            let mut spot_here = spot.moved(shared);
            if !spot.is_known(shared, ground) {
                spot_here = self.look(views, spot_here.start as usize, spot.literal)?;
            }
            acc.push(spot_here);
        }
        Ok(())
    }

    /// Adds the keywords that end at a hit and begin before a place.
    fn hit(
        &self,
        views: &Views<'_>,
        (hit, before): (Hit, usize),
        acc: &mut Vec<Spot>,
    ) -> Result<(), EngineError> {
        for &literal in self.automaton.literals_at(hit.state) {
            let start = hit.end - self.len_of(literal);
            if start < before && self.counts(views.content(), (start, hit.end), literal) {
                acc.push(self.look(views, start, literal)?);
            }
        }
        Ok(())
    }

    fn len_of(&self, literal: u16) -> usize {
        let look = &self.looks[usize::from(literal)][0];
        let (_, keyword) = self.rule_of(look);
        keyword.bytes.len()
    }

    fn rule_of(&self, look: &Look) -> (&Rule, &Keyword) {
        let rule = &self.pack_of(look).pack.rules[look.at.rule];
        (rule, &rule.keywords[look.at.keyword])
    }

    fn pack_of(&self, look: &Look) -> &ActivePack {
        &self.engine.packs[look.at.pack]
    }

    /// Whether what stands next to a keyword lets some rule look further.
    fn counts(&self, content: &[u8], (start, end): (usize, usize), literal: u16) -> bool {
        let place = Span::new(start, end);
        self.looks[usize::from(literal)].iter().any(|look| {
            let (rule, keyword) = self.rule_of(look);
            let cased = keyword.fold || *place.of(content) == *keyword.bytes;
            cased
                && hits::tail_begins(keyword, &content[end..], rule.scope, SCREEN)
                && rule.detector.is_none_or(|detector| detect::may_report(detector, content, place))
        })
    }

    /// Appends what the rules find at keywords where some rule matches, as far as they may look there.
    pub(super) fn matches(
        &self,
        views: &Views<'_>,
        spots: &[Spot],
        acc: &mut Vec<Match>,
    ) -> Result<(), EngineError> {
        let mut gates: Vec<Gates> = self.engine.packs.iter().map(|_| Gates::default()).collect();
        for spot in spots.iter().filter(|spot| spot.is_match()) {
            let start = spot.start as usize;
            let place = Span::new(start, start + self.len_of(spot.literal));
            for look in &self.looks[usize::from(spot.literal)] {
                let (rule, keyword) = self.rule_of(look);
                let KeywordAt { pack, rule: rule_idx, .. } = look.at;
                let site = Site { keyword: place, pack, rule: rule_idx };
                let occurrence = Occurrence { site, rule, keyword };
                let asked = (&mut gates[pack], &mut Unobserved);
                hits::at(self.pack_of(look), &occurrence, views, asked, acc)?;
            }
        }
        Ok(())
    }

    /// Asks the rules of a keyword.
    fn look(&self, views: &Views<'_>, start: usize, literal: u16) -> Result<Spot, EngineError> {
        let (len, end) = (views.content().len(), start + self.len_of(literal));
        let (mut low, mut high) = (start.checked_sub(SCREEN), end + SCREEN);
        let mut matches = false;
        for look in &self.looks[usize::from(literal)] {
            let (before, behind) = match look.reach {
                Reach::Everything => {
                    matches = true;
                    continue;
                }
                Reach::Around(before, behind) => {
                    matches |= matcher::look(self.pack_of(look), look.at, end, views)?.0;
                    (start.checked_sub(before), end + behind)
                }
                Reach::Shown => {
                    let (found, seen) = matcher::look(self.pack_of(look), look.at, end, views)?;
                    matches |= found;
                    let seen = seen.unwrap_or(Span::new(start, end));
                    (seen.start.checked_sub(matcher::EDGE), seen.end + matcher::EDGE)
                }
            };
            (low, high) = (low.min(before), high.max(behind));
        }
        Ok(Spot {
            start: start as u32,
            low: low.unwrap_or(0) as u32,
            high: high.min(len) as u32,
            literal,
            matches,
            begins: low.is_none(),
            ends: high > len,
        })
    }
}

/// The part of what is shared in which a keyword counts if and only if it does in the older content; longer than any
/// keyword.
fn core(shared: Shared, ground: &Ground<'_>, longest: usize) -> Option<Span> {
    let new = shared.here();
    let start = if ground.begins_both(shared) { new.start } else { new.start + SCREEN };
    let end = if ground.ends_both(shared) { new.end } else { new.end.saturating_sub(SCREEN) };
    (start + longest < end).then(|| Span::new(start, end))
}
