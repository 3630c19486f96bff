//! From a keyword to matches: the pattern on what the rule may see around it, the conditions, the validators.

use regex::bytes::Regex;

use super::beside;
use super::boundary::{self, MARGIN};
use super::detect::{self, Detected};
use super::hits::{self, Occurrence};
use super::pattern::LazyPattern;
use super::trace::{Miss, Observer, Site, Step, Unobserved};
use super::validate::{self, Opinion, StopWords};
use super::{ActivePack, Basis, EngineError, Match, Views, work};
use crate::model::{Category, Span};
use crate::rules::{self, Rule, Unit};

/// A keyword of a rule, as an engine counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeywordAt {
    /// Which of the engine's packs.
    pub pack: usize,
    /// Which of its rules.
    pub rule: usize,
    /// Which of the rule's keywords.
    pub keyword: usize,
}

/// Whether a rule matches at a keyword that ends at `end`, and the bytes that it has looked at, not counting `EDGE` bytes
/// at either side. Languages, paths and what the file must hold are not asked about.
pub fn look(
    pack: &ActivePack,
    at: KeywordAt,
    end: usize,
    views: &Views<'_>,
) -> Result<(bool, Option<Span>), EngineError> {
    let rule = &pack.pack.rules[at.rule];
    let keyword = &rule.keywords[at.keyword];
    let place = Span::new(end - keyword.bytes.len(), end);
    let occurrence =
        Occurrence { site: Site { keyword: place, pack: at.pack, rule: at.rule }, rule, keyword };
    match hits::at_hit(pack, &occurrence, views.content()) {
        None => {}
        Some(Miss::Beside) => return Ok((false, seen(&occurrence, views))),
        Some(_) => {
            let tail: usize = keyword.tail.iter().map(|step| usize::from(step.count)).sum();
            return Ok((false, Some(Span::new(place.start, end + tail))));
        }
    }
    let mut found = Vec::new();
    if in_view(&occurrence, views).is_none() {
        match_at(pack, &occurrence, views, &mut Unobserved, &mut found)?;
    }
    Ok((!found.is_empty(), seen(&occurrence, views)))
}

/// Why there can be no match at a keyword in the rule's view, as far as its neighbours tell.
pub fn in_view(occurrence: &Occurrence<'_>, views: &Views<'_>) -> Option<Miss> {
    let Occurrence { site, rule, keyword } = occurrence;
    if rule.detector.is_some() {
        None
    } else if !views.holds(rule.scope, site.keyword) {
        Some(Miss::Scope)
    } else if !beside::fits(rule, keyword, views.of(rule.scope), site.keyword) {
        Some(Miss::Beside)
    } else {
        None
    }
}

/// How far beyond what a pattern sees the boundary test looks, and whether the content goes on.
pub const EDGE: usize = MARGIN + 1;

/// Appends the matches at a keyword that is in the rule's view; says why there is none unless that was noted already.
pub fn match_at<O: Observer>(
    pack: &ActivePack,
    occurrence: &Occurrence<'_>,
    views: &Views<'_>,
    observer: &mut O,
    acc: &mut Vec<Match>,
) -> Result<Option<Miss>, EngineError> {
    let Occurrence { site, rule, keyword } = occurrence;
    if let Some(detector) = rule.detector {
        let Some(Detected { span, extent }) = detect::run(detector, views, site.keyword) else {
            return Ok(Some(Miss::Detector));
        };
        let stop_words = &pack.compiled(site.rule)?.stop_words;
        let candidate = Candidate { site: *site, rule, stop_words, content: views.content() };
        candidate.note_checks(span, observer);
        if let Some(found) = candidate.judge(span, extent) {
            observer.note(*site, || Step::Found(found.clone()));
            acc.push(found);
        }
        return Ok(None);
    }
    let view = views.of(rule.scope);
    let Some(seen) = seen(occurrence, views) else { return Ok(Some(Miss::Block)) };
    let text = seen.of(view);
    if rule.pattern.as_ref().and_then(|pattern| pattern.run).is_some_and(|run| !has_run(text, run)) {
        return Ok(Some(Miss::Run));
    }
    let compiled = pack.compiled(site.rule)?;
    let Some(pattern) = &compiled.pattern else { return Ok(None) };
    let from = if rule.unit == Unit::File {
        0
    } else {
        site.keyword.start.saturating_sub(keyword.back as usize).max(seen.start) - seen.start
    };
    let search = Search {
        pattern,
        longest: rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize),
        candidate: Candidate {
            site: *site,
            rule,
            stop_words: &compiled.stop_words,
            content: views.content(),
        },
        text,
        offset: seen.start,
        window: rule.unit == Unit::Window,
        views,
        named_by: if rule.named_by.is_empty() { &[] } else { &pack.conditions(site.rule)?.named_by },
    };
    let mut found = Vec::new();
    let mut matched = false;
    if rule.unit == Unit::File {
        let mut at = from;
        while let Some((one, whole)) = search.first(at, None, observer) {
            found.extend(one);
            matched = true;
            at = whole.end - seen.start;
        }
    } else if let Some((one, _)) = search.first(from, Some(site.keyword), observer) {
        found.extend(one);
        matched = true;
    }
    if !matched {
        return Ok(Some(Miss::Pattern(seen)));
    }
    // Asked last: most patterns match nothing, and compiling costs more than looking.
    if found.is_empty() {
        return Ok(None);
    }
    if let Some(missed) = surroundings(pack, site.rule, text)? {
        return Ok(Some(missed));
    }
    let mut missed = None;
    for one in found {
        missed = neighbours(pack, &one, views)?;
        if missed.is_none() {
            observer.note(*site, || Step::Found(one.clone()));
            acc.push(one);
        }
    }
    Ok(missed)
}

/// True when so many bytes of a set stand together in `text`.
fn has_run(text: &[u8], run: rules::Step) -> bool {
    let mut length = 0;
    text.iter().any(|byte| {
        length = if run.set.has(*byte) { length + 1 } else { 0 };
        length >= run.count
    })
}

/// Which of a rule's further patterns is not as it must be in what the rule sees.
fn surroundings(pack: &ActivePack, rule_idx: usize, text: &[u8]) -> Result<Option<Miss>, EngineError> {
    let rule = &pack.pack.rules[rule_idx];
    if rule.all_of.is_empty() && rule.none_of.is_empty() {
        return Ok(None);
    }
    let conditions = pack.conditions(rule_idx)?;
    work::count(text.len() * (conditions.none_of.len() + conditions.all_of.len()));
    let unwanted = conditions.none_of.iter().position(|regex| regex.is_match(text)).map(Miss::NoneOf);
    let absent = || conditions.all_of.iter().position(|regex| !regex.is_match(text)).map(Miss::AllOf);
    Ok(unwanted.or_else(absent))
}

/// Which of a rule's conditions on the lines around a match does not hold.
fn neighbours(pack: &ActivePack, found: &Match, views: &Views<'_>) -> Result<Option<Miss>, EngineError> {
    let rule = &pack.pack.rules[found.rule];
    let Some(near) = &rule.near else { return Ok(None) };
    let conditions = pack.conditions(found.rule)?;
    let (near_any_of, near_none_of) = (&conditions.near_any_of, &conditions.near_none_of);
    let text = views.lines_around(found.span.start, near.lines as usize).of(views.of(rule.scope));
    work::count(text.len() * (near_none_of.len() + near_any_of.len()));
    let unwanted = near_none_of.iter().position(|regex| regex.is_match(text)).map(Miss::NearNoneOf);
    let absent = !near_any_of.is_empty() && !near_any_of.iter().any(|regex| regex.is_match(text));
    Ok(unwanted.or_else(|| absent.then_some(Miss::NearAnyOf)))
}

/// The bytes that the pattern may look at: never more than the window, so that a line without end costs no more.
fn seen(occurrence: &Occurrence<'_>, views: &Views<'_>) -> Option<Span> {
    let Occurrence { site, rule, keyword } = occurrence;
    let at = site.keyword.start;
    let reach = rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len as usize);
    let start = at.saturating_sub(keyword.back as usize + MARGIN);
    let window = Span::new(start, (at + reach + MARGIN).min(views.content().len()));
    Some(match rule.unit {
        Unit::Window => window,
        Unit::Line => views.line_within(at, window),
        Unit::Statement => {
            let statement = views.statement(at);
            // No person writes a statement in which a keyword stands far from both ends; a generated one must not
            // be looked at as a whole for each of its thousand keywords.
            let near = Span::new(at.saturating_sub(NEAR), at + NEAR);
            Span::new(
                statement.start.max(near.start.min(window.start)),
                statement.end.min(near.end.max(window.end)),
            )
        }
        Unit::Block => views.block(at)?,
        Unit::File => Span::new(0, views.content().len()),
    })
}

/// How far from its keyword a statement is looked at, if the pattern does not reach farther.
const NEAR: usize = 1024;

struct Search<'s> {
    pattern: &'s LazyPattern,
    /// No match of it is longer.
    longest: usize,
    candidate: Candidate<'s>,
    text: &'s [u8],
    /// Where `text` begins in the content.
    offset: usize,
    /// Whether `text` ends where the window does, not where the content does.
    window: bool,
    views: &'s Views<'s>,
    /// Find the names that the group `name` may be.
    named_by: &'s [Regex],
}

impl Search<'_> {
    /// The match with the smallest start from `from` that covers `keyword` and passes the boundary test, and its whole
    /// extent; the match is none when the validators refuse it.
    fn first<O: Observer>(
        &self,
        from: usize,
        keyword: Option<Span>,
        observer: &mut O,
    ) -> Option<(Option<Match>, Span)> {
        let content = self.views.content();
        // A match that covers the keyword ends there or before.
        let until = keyword.map_or(usize::MAX, |keyword| keyword.start + self.longest - self.offset);
        let until = until.min(self.text.len());
        let mut at = from;
        while at <= until {
            let whole = self.pattern.find_in(self.text, Span::new(at, until))?;
            let span = Span::new(whole.start() + self.offset, whole.end() + self.offset);
            if keyword.is_some_and(|keyword| span.start > keyword.start) {
                return None;
            }
            at = whole.start() + 1;
            // A match that runs into the window's edge is longer than the rule allows.
            let cut = self.window && whole.end() == self.text.len() && span.end < content.len();
            if cut || keyword.is_some_and(|keyword| span.end < keyword.end) {
                if cut {
                    observer.note(self.candidate.site, || Step::Cut(span));
                }
                continue;
            }
            let groups = self.pattern.captures_of(self.text, whole)?;
            let group = |name| {
                groups
                    .get_group_by_name(name)
                    .map(|group| Span::new(group.start + self.offset, group.end + self.offset))
            };
            let reported = group("secret").or_else(|| group("at")).unwrap_or(span);
            if !boundary::holds(self.candidate.rule.boundary, content, reported, span) {
                observer.note(self.candidate.site, || Step::Boundary(reported));
                continue;
            }
            if !self.argument_fits(group("arg")) {
                observer.note(self.candidate.site, || Step::Argument(reported));
                continue;
            }
            if !self.name_fits(group("name")) {
                observer.note(self.candidate.site, || Step::Name(reported));
                continue;
            }
            self.candidate.note_checks(reported, observer);
            return Some((self.judge(reported, span), span));
        }
        None
    }

    /// Whether the expression that begins behind the group `arg` is what the rule asks for.
    fn argument_fits(&self, arg: Option<Span>) -> bool {
        let Some(expected) = self.candidate.rule.argument else { return true };
        arg.is_some_and(|arg| detect::argument_is(expected, self.views, arg.end))
    }

    /// Whether the group `name` is a name that the rule is about.
    fn name_fits(&self, name: Option<Span>) -> bool {
        let Site { pack, rule, .. } = self.candidate.site;
        let known = |name: Span| {
            let name = name.of(self.views.content());
            self.views.names((pack, rule), self.named_by, |names| names.contains(name))
        };
        // An alternative of the pattern without the group needs no name.
        self.named_by.is_empty() || name.is_none_or(known)
    }

    fn judge(&self, reported: Span, whole: Span) -> Option<Match> {
        let extent = match self.candidate.rule.unit {
            Unit::Statement => self.views.statement(reported.start),
            Unit::Window | Unit::Line | Unit::Block | Unit::File => whole,
        };
        self.candidate.judge(reported, extent)
    }
}

/// What the validators of a rule are asked about at a keyword.
struct Candidate<'s> {
    site: Site,
    rule: &'s Rule,
    stop_words: &'s StopWords,
    content: &'s [u8],
}

impl Candidate<'_> {
    fn note_checks<O: Observer>(&self, reported: Span, observer: &mut O) {
        observer.note(self.site, || {
            let value = reported.of(self.content);
            Step::Value(reported, validate::account(self.rule, self.stop_words, value))
        });
    }

    fn judge(&self, span: Span, extent: Span) -> Option<Match> {
        let Site { pack, rule, .. } = self.site;
        let secret = self.rule.info.category == Category::Secret;
        match validate::judge(self.rule, self.stop_words, span.of(self.content)) {
            Opinion::Refused => None,
            Opinion::Accepted(proof, remark) => Some(Match {
                pack,
                rule,
                span,
                secret,
                extent,
                proof,
                remark,
                basis: Basis::Text,
                partners: Vec::new(),
            }),
        }
    }
}
