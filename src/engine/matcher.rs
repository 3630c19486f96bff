//! From keyword hits to matches: the check at the hit, the pattern on what the rule may see, the validators.

use super::boundary::{self, MARGIN};
use super::pattern::LazyPattern;
use super::prefilter::{self, Hit};
use super::validate::{self, Opinion, StopWords};
use super::{ActivePack, EngineError, Match, Proof, Views, detect};
use crate::model::Span;
use crate::rules::{Keyword, Rule, ScopeKind, Step, Unit};

/// Whether a rule applies to the unit at all, found out at its first keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Unknown,
    Open,
    Shut,
}

/// A keyword of a rule at a place.
struct Occurrence<'p> {
    rule_idx: usize,
    keyword: &'p Keyword,
    at: usize,
}

/// Appends every match of `pack`'s rules, in the order of their keywords.
pub fn scan(
    pack_idx: usize,
    pack: &ActivePack,
    views: &Views<'_>,
    acc: &mut Vec<Match>,
) -> Result<(), EngineError> {
    let mut gates = vec![Gate::Unknown; pack.pack.rules.len()];
    for hit in hits(pack, views.content()) {
        for occurrence in occurrences(pack, hit, views.content()) {
            let rule_idx = occurrence.rule_idx;
            if gates[rule_idx] == Gate::Unknown {
                gates[rule_idx] = gate(pack, rule_idx, views)?;
            }
            if gates[rule_idx] == Gate::Shut {
                continue;
            }
            match_at(pack, &occurrence, views, pack_idx, acc)?;
            if pack.pack.rules[rule_idx].unit == Unit::File {
                gates[rule_idx] = Gate::Shut;
            }
        }
    }
    Ok(())
}

/// How much of the content is searched for keywords at once.
const BLOCK: usize = 1 << 20;

/// Every hit of the prefilter, block by block.
fn hits<'c>(pack: &'c ActivePack, content: &'c [u8]) -> impl Iterator<Item = Hit> + 'c {
    let blocks = (0..content.len()).step_by(BLOCK);
    blocks.flat_map(move |start| {
        prefilter::scan(&pack.pack.automaton, content, Span::new(start, content.len().min(start + BLOCK)))
    })
}

/// The keywords that end at a hit, in the right case and followed by what must follow them.
fn occurrences<'p>(pack: &'p ActivePack, hit: Hit, content: &[u8]) -> impl Iterator<Item = Occurrence<'p>> {
    let literals = pack.pack.automaton.literals_at(hit.state).iter();
    let users = literals.flat_map(|literal| pack.pack.users_of(*literal));
    users.filter_map(move |(rule_idx, keyword_idx)| {
        let rule_idx = usize::from(*rule_idx);
        let keyword = &pack.pack.rules[rule_idx].keywords[usize::from(*keyword_idx)];
        let at = hit.end - keyword.bytes.len();
        let fits = pack.on[rule_idx]
            && (keyword.fold || content[at..hit.end] == *keyword.bytes)
            && tail_fits(keyword, &content[hit.end..], pack.pack.rules[rule_idx].scope);
        fits.then_some(Occurrence { rule_idx, keyword, at })
    })
}

/// The check at the hit: what must follow the keyword, byte by byte. In a view any byte may be blank instead.
fn tail_fits(keyword: &Keyword, mut rest: &[u8], scope: ScopeKind) -> bool {
    keyword.tail.iter().all(|step| {
        let Some((run, behind)) = rest.split_at_checked(usize::from(step.count)) else { return false };
        rest = behind;
        let may_be_blank = scope != ScopeKind::Raw && step.set.has(b' ');
        may_be_blank || run.iter().all(|byte| step.set.has(*byte))
    })
}

fn gate(pack: &ActivePack, rule_idx: usize, views: &Views<'_>) -> Result<Gate, EngineError> {
    let rule = &pack.pack.rules[rule_idx];
    if !rule.languages.is_empty()
        && !views.language().is_some_and(|language| rule.languages.contains(&language))
    {
        return Ok(Gate::Shut);
    }
    if rule.paths.is_empty() && rule.file_requires.is_empty() {
        return Ok(Gate::Open);
    }
    let compiled = pack.compiled(rule_idx)?;
    let path = String::from_utf8_lossy(views.path().as_bytes());
    let path_fits = compiled.paths.as_ref().is_none_or(|globs| globs.is_match(path.as_ref()));
    let open = path_fits && compiled.file_requires.iter().all(|regex| regex.is_match(views.content()));
    Ok(if open { Gate::Open } else { Gate::Shut })
}

fn match_at(
    pack: &ActivePack,
    occurrence: &Occurrence<'_>,
    views: &Views<'_>,
    pack_idx: usize,
    acc: &mut Vec<Match>,
) -> Result<(), EngineError> {
    let rule = &pack.pack.rules[occurrence.rule_idx];
    let keyword_span = Span::new(occurrence.at, occurrence.at + occurrence.keyword.bytes.len());
    if let Some(detector) = rule.detector {
        for span in detect::run(detector, views, keyword_span) {
            acc.push(Match {
                pack: pack_idx,
                rule: occurrence.rule_idx,
                span,
                secret: false,
                extent: span,
                proof: Proof::Plain,
            });
        }
        return Ok(());
    }
    let view = views.of(rule.scope);
    if rule.scope != ScopeKind::Raw && keyword_span.of(view) != keyword_span.of(views.content()) {
        return Ok(());
    }
    let seen = seen(rule, occurrence, views);
    let text = seen.of(view);
    if rule.pattern.as_ref().and_then(|pattern| pattern.run).is_some_and(|run| !has_run(text, run)) {
        return Ok(());
    }
    let compiled = pack.compiled(occurrence.rule_idx)?;
    let Some(pattern) = &compiled.pattern else { return Ok(()) };
    let reach = occurrence.keyword.back as usize;
    let from = if rule.unit == Unit::File {
        0
    } else {
        keyword_span.start.saturating_sub(reach).max(seen.start) - seen.start
    };
    let search = Search {
        pattern,
        rule,
        stop_words: &compiled.stop_words,
        text,
        offset: seen.start,
        window: rule.unit == Unit::Window,
        views,
    };
    let mut found = Vec::new();
    if rule.unit == Unit::File {
        let mut at = from;
        while let Some((one, whole)) = search.first(at, None, pack_idx, occurrence.rule_idx) {
            found.extend(one);
            at = whole.end - seen.start;
        }
    } else if let Some((one, _)) = search.first(from, Some(keyword_span), pack_idx, occurrence.rule_idx) {
        found.extend(one);
    }
    // Asked last: most patterns match nothing, and compiling costs more than looking.
    if !found.is_empty() && surroundings_fit(pack, occurrence.rule_idx, text)? {
        acc.append(&mut found);
    }
    Ok(())
}

/// True when so many bytes of a set stand together in `text`.
fn has_run(text: &[u8], run: Step) -> bool {
    let mut length = 0;
    text.iter().any(|byte| {
        length = if run.set.has(*byte) { length + 1 } else { 0 };
        length >= run.count
    })
}

/// Whether a rule's further patterns match, or do not match, in what it sees.
fn surroundings_fit(pack: &ActivePack, rule_idx: usize, text: &[u8]) -> Result<bool, EngineError> {
    let rule = &pack.pack.rules[rule_idx];
    if rule.all_of.is_empty() && rule.none_of.is_empty() {
        return Ok(true);
    }
    let conditions = pack.conditions(rule_idx)?;
    Ok(!conditions.none_of.iter().any(|regex| regex.is_match(text))
        && conditions.all_of.iter().all(|regex| regex.is_match(text)))
}

/// The bytes that the pattern may look at: never more than the window, so that a line without end costs no more.
fn seen(rule: &Rule, occurrence: &Occurrence<'_>, views: &Views<'_>) -> Span {
    let reach = rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize);
    let start = occurrence.at.saturating_sub(occurrence.keyword.back as usize + MARGIN);
    let window = Span::new(start, (occurrence.at + reach + MARGIN).min(views.content().len()));
    match rule.unit {
        Unit::Window => window,
        Unit::Line => views.line_within(occurrence.at, window),
        Unit::Statement => {
            let statement = views.statement(occurrence.at);
            // No person writes a statement in which a keyword stands far from both ends; a generated one must not
            // be looked at as a whole for each of its thousand keywords.
            let near = Span::new(occurrence.at.saturating_sub(NEAR), occurrence.at + NEAR);
            Span::new(
                statement.start.max(near.start.min(window.start)),
                statement.end.min(near.end.max(window.end)),
            )
        }
        Unit::File => Span::new(0, views.content().len()),
    }
}

/// How far from its keyword a statement is looked at, if the pattern does not reach farther.
const NEAR: usize = 1024;

struct Search<'s> {
    pattern: &'s LazyPattern,
    rule: &'s Rule,
    stop_words: &'s StopWords,
    text: &'s [u8],
    /// Where `text` begins in the content.
    offset: usize,
    /// Whether `text` ends where the window does, not where the content does.
    window: bool,
    views: &'s Views<'s>,
}

impl Search<'_> {
    /// The match with the smallest start from `from` that covers `keyword` and passes the boundary test, and its whole
    /// extent; the match is none when the validators refuse it.
    fn first(
        &self,
        from: usize,
        keyword: Option<Span>,
        pack: usize,
        rule: usize,
    ) -> Option<(Option<Match>, Span)> {
        let content = self.views.content();
        let mut at = from;
        loop {
            let whole = self.pattern.find_at(self.text, at)?;
            let span = Span::new(whole.start() + self.offset, whole.end() + self.offset);
            if keyword.is_some_and(|keyword| span.start > keyword.start) {
                return None;
            }
            at = whole.start() + 1;
            // A match that runs into the window's edge is longer than the rule allows.
            let cut = self.window && whole.end() == self.text.len() && span.end < content.len();
            if cut || keyword.is_some_and(|keyword| span.end < keyword.end) {
                continue;
            }
            let groups = self.pattern.captures_at(self.text, whole.start())?;
            let group = |name| {
                groups
                    .get_group_by_name(name)
                    .map(|group| Span::new(group.start + self.offset, group.end + self.offset))
            };
            let reported = group("secret").or_else(|| group("at")).unwrap_or(span);
            if !boundary::holds(self.rule.boundary, content, reported, span) {
                continue;
            }
            return Some((self.judge(reported, span, pack, rule), span));
        }
    }

    fn judge(&self, reported: Span, whole: Span, pack: usize, rule: usize) -> Option<Match> {
        let secret = self.rule.info.category == crate::model::Category::Secret;
        let proof = match validate::judge(self.rule, self.stop_words, reported.of(self.views.content())) {
            Opinion::Refused => return None,
            Opinion::Accepted(proof) => proof,
        };
        let extent = match self.rule.unit {
            Unit::Statement => self.views.statement(reported.start),
            Unit::Window | Unit::Line | Unit::File => whole,
        };
        Some(Match { pack, rule, span: reported, secret, extent, proof })
    }
}
