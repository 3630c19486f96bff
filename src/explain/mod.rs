//! Tells why something is found at a place, or not: watches the pipeline scan one entry and puts what it saw into words.
//! Matches and judges nothing itself.

mod how_far;
mod watch;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::decode;
use crate::engine::trace::{Loss, Miss, Site, Step};
use crate::engine::{Match, Views};
use crate::model::{Category, Entry, Excerpt, Judged, Position, RuleInfo, SkipReason, Span, Verdict};
use crate::scan::{Outcome, ScanError, Scanner};
use crate::source::{Reader, SourceError};
use crate::text::{Lines, escape, excerpt};
use watch::{Seen, Watch};
use words::Words;

/// No explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The scan.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The content.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The place lies behind the end.
    #[error("line {asked}: there are only {lines}")]
    NoSuchLine {
        /// The line that was asked for.
        asked: usize,
        /// How many there are.
        lines: usize,
    },
}

/// A shorter token that no rule takes for a secret is shown.
const SHORTEST: usize = 12;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// All of the content.
    Everything,
    /// A line.
    Line(usize),
    /// The word around a character.
    Character(Position),
}

/// Why something is found at a place, or not.
#[derive(Debug)]
pub struct Explanation {
    /// First character that was asked about, and the one behind the last.
    pub place: (Position, Position),
    /// The line, redacted.
    pub excerpt: Excerpt,
    /// Why the file is not scanned, if so.
    pub unscanned: Option<String>,
    /// Rules that matched, in the order of their places.
    pub matched: Vec<Account>,
    /// Rules that did not, the closest first.
    pub missed: Vec<Account>,
    /// Rules that were not even asked whether they match: why, and which.
    pub not_asked: BTreeMap<&'static str, Vec<Arc<RuleInfo>>>,
}

/// What became of a rule at the place.
#[derive(Debug)]
pub struct Account {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// How it ended.
    pub end: End,
    /// The steps on the way there.
    pub steps: Vec<Told>,
}

/// How a rule ended at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A finding.
    Finding(Verdict),
    /// A match that is no finding.
    Lost,
    /// No match.
    Missed,
}

/// A step in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its name: `keyword`, `pattern`, `entropy`, `place`, ….
    pub step: &'static str,
    /// Whether the rule went on behind it.
    pub passed: bool,
    /// What happened, printable and without secrets.
    pub says: String,
}

/// Explains what `scanner` makes of `entry` at `place`.
pub fn explain(
    scanner: &Scanner,
    entry: &Entry,
    reader: &mut Reader,
    place: Place,
) -> Result<Explanation, ExplainError> {
    let raw = reader.read(&entry.locator)?;
    let content = decode::to_text(&raw);
    let lines = Lines::new(&content);
    let place = span_of(place, &content, &lines)?;
    let mut watch = Watch::new(place);
    let outcome = scanner.watch(entry, reader, &mut watch)?;
    let (judged, unscanned) = match outcome {
        Outcome::Scanned { judged, .. } => (judged, None),
        Outcome::Skipped(reason) => (Vec::new(), Some(skipped(&reason))),
        Outcome::Unread(why) => (Vec::new(), Some(format!("it could not be read: {why}"))),
    };
    let views = Views::new(&entry.path, &content);
    let words = Words { scanner, entry, views: &views, lines: &lines };
    let secrets = secrets(scanner, &watch, &judged, &words);
    let focus = watch.found().map(|found| found.span).find(|span| span.overlaps(place)).unwrap_or(place);
    let mut told = Explanation {
        place: (lines.position(place.start), lines.position(place.end)),
        excerpt: excerpt(&content, focus, &secrets),
        unscanned,
        matched: matched(&watch, &judged, &words),
        missed: Vec::new(),
        not_asked: BTreeMap::new(),
    };
    told.matched.extend(unwatched(&watch, &judged, place, &words));
    misses(&watch, &words, &mut told);
    Ok(told)
}

fn skipped(reason: &SkipReason) -> String {
    match reason {
        SkipReason::Excluded(why) => format!("the configuration excludes it: {}", escape(why.as_bytes())),
        SkipReason::TooLarge(size) => format!("{size} bytes are more than the configuration allows"),
        SkipReason::Submodule => "it is a submodule".to_owned(),
        SkipReason::NotAFile => "it is no regular file".to_owned(),
        SkipReason::NotInThisClone => "this partial clone does not hold it".to_owned(),
        SkipReason::SecretFileLarge(_) | SkipReason::SecretFileElsewhere | SkipReason::SecretFileUnread => {
            "its values are not looked for".to_owned()
        }
    }
}

/// The bytes that are asked about: never none, so that something can touch them.
fn span_of(place: Place, content: &[u8], lines: &Lines<'_>) -> Result<Span, ExplainError> {
    let line = |number: usize| match number.checked_sub(1).filter(|idx| *idx < lines.count()) {
        Some(idx) => Ok(lines.span(idx)),
        None => Err(ExplainError::NoSuchLine { asked: number, lines: lines.count() }),
    };
    match place {
        Place::Everything => Ok(Span::new(0, content.len())),
        Place::Line(number) => line(number),
        Place::Character(at) => {
            let line = line(at.line)?;
            let offset = (line.start..line.end).find(|offset| lines.position(*offset).column >= at.column);
            let is_space = |at: &usize| content[*at].is_ascii_whitespace();
            let Some(offset) = offset.filter(|offset| !is_space(offset)) else { return Ok(line) };
            let start = (line.start..offset).rfind(is_space).map_or(line.start, |space| space + 1);
            let end = (offset..line.end).find(is_space).unwrap_or(line.end);
            Ok(Span::new(start, end))
        }
    }
}

/// What no excerpt may show: every value that a rule for secrets took into account, what stands for a secret, and what a pattern went through
/// before it failed, for a mistyped secret may be one.
fn secrets(scanner: &Scanner, watch: &Watch, judged: &[Judged], words: &Words<'_>) -> Vec<Span> {
    let of_secrets = |seen: &&Seen| {
        let rule = scanner.engine.rule_at(seen.site.pack, seen.site.rule);
        rule.info.category == Category::Secret
    };
    let encoded = judged.iter().filter(|one| !one.finding.decoded.is_empty());
    let mut spans: Vec<Span> = encoded.map(|one| one.finding.span).collect();
    for seen in watch.seen.iter().filter(of_secrets) {
        spans.extend(seen.steps.iter().filter_map(watch::span_of_value));
        spans.extend(words.went_through(seen).and_then(|span| last_token(words.views.content(), span)));
    }
    spans.sort();
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            Some(_) | None => merged.push(span),
        }
    }
    merged
}

/// What the span ends with, if it is long enough to be a secret.
fn last_token(content: &[u8], span: Span) -> Option<Span> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.".contains(byte);
    let len = span.of(content).iter().rev().take_while(|byte| belongs(byte)).count();
    (len >= SHORTEST).then(|| Span::new(span.end - len, span.end))
}

/// An account of each match, once.
fn matched(watch: &Watch, judged: &[Judged], words: &Words<'_>) -> Vec<Account> {
    let mut accounts: Vec<(Match, Account)> = Vec::new();
    for seen in &watch.seen {
        for step in &seen.steps {
            let Step::Found(found) = step else { continue };
            let same =
                |known: &Match| (known.pack, known.rule, known.span) == (found.pack, found.rule, found.span);
            if accounts.iter().any(|(known, _)| same(known)) {
                continue;
            }
            let info = words.scanner.engine.info(found).clone();
            let mut steps = words.steps(seen);
            let judged =
                judged.iter().find(|one| one.finding.rule.id == info.id && one.finding.span == found.span);
            let end = match (judged, watch.loss_of(found)) {
                (Some(judged), _) => {
                    steps.extend(words.judged(judged, found.proof));
                    End::Finding(judged.verdict.clone())
                }
                // The longer match has an account of its own.
                (None, Some(Loss::Again)) => continue,
                (None, loss) => {
                    steps.extend(loss.map(|loss| words.lost(&loss)));
                    End::Lost
                }
            };
            accounts.push((found.clone(), Account { rule: info, end, steps }));
        }
    }
    accounts.sort_by_key(|(found, _)| (found.span, found.pack, found.rule));
    accounts.into_iter().map(|(_, account)| account).collect()
}

/// Findings at the place that are not the engine's: dependencies, waivers, a loosened configuration.
fn unwatched(watch: &Watch, judged: &[Judged], place: Span, words: &Words<'_>) -> Vec<Account> {
    let watched = |one: &Judged| {
        watch.found().any(|found| {
            words.scanner.engine.info(found).id == one.finding.rule.id && found.span == one.finding.span
        })
    };
    let here = judged.iter().filter(|one| stands_in(one.finding.span, place) && !watched(one));
    here.map(|one| Account {
        rule: one.finding.rule.clone(),
        end: End::Finding(one.verdict.clone()),
        steps: words.unwatched(one),
    })
    .collect()
}

/// True also for a finding of no bytes, which is about the whole file.
fn stands_in(span: Span, place: Span) -> bool {
    span.overlaps(place) || span.is_empty() && place.start <= span.start && span.start <= place.end
}

/// Sorts the rules that did not match by how close they came.
fn misses(watch: &Watch, words: &Words<'_>, told: &mut Explanation) {
    let mut closest: BTreeMap<(usize, usize), (usize, &Seen)> = BTreeMap::new();
    for seen in watch.seen.iter().filter(|seen| !seen.matched()) {
        let Site { pack, rule, .. } = seen.site;
        let here = (closeness(seen), seen);
        let best = closest.entry((pack, rule)).or_insert(here);
        if here.0 > best.0 {
            *best = here;
        }
    }
    closest.retain(|(pack, rule), _| !watch.found().any(|found| (found.pack, found.rule) == (*pack, *rule)));
    let mut missed = Vec::new();
    for (closeness, seen) in closest.into_values() {
        let info = words.scanner.engine.info_at(seen.site.pack, seen.site.rule);
        match seen.miss().and_then(not_asked) {
            Some(why) => told.not_asked.entry(why).or_default().push(info.clone()),
            None => {
                let account = Account { rule: info.clone(), end: End::Missed, steps: words.steps(seen) };
                missed.push((closeness, seen.site.keyword, account));
            }
        }
    }
    let len = |keyword: &Span| keyword.len();
    missed.sort_by_key(|(closeness, keyword, _)| std::cmp::Reverse((*closeness, len(keyword))));
    told.missed.extend(missed.into_iter().map(|(_, _, account)| account));
}

/// How many questions were answered well: the higher, the closer.
fn closeness(seen: &Seen) -> usize {
    let reached = |step: &Step| match step {
        Step::Begin | Step::End => 0,
        Step::Missed(Miss::Off | Miss::Counted | Miss::Case | Miss::Piece) => 1,
        Step::Missed(Miss::Language | Miss::Path) => 2,
        Step::Missed(Miss::FileRequires(_)) => 3,
        Step::Missed(Miss::Tail | Miss::Scope) => 4,
        Step::Missed(Miss::Run | Miss::Block) => 5,
        Step::Missed(Miss::Beside | Miss::Pattern(_) | Miss::Detector) => 6,
        Step::Cut(_) => 7,
        Step::Boundary(_) | Step::Argument(_) | Step::Name(_) => 8,
        Step::Value(..) => 9,
        Step::Missed(
            Miss::NoneOf(_) | Miss::AllOf(_) | Miss::NearNoneOf(_) | Miss::NearAnyOf | Miss::Alone,
        )
        | Step::Found(_) => 10,
    };
    seen.steps.iter().map(reached).max().unwrap_or(0)
}

/// Why the rule was not asked whether it matches: nothing about it depends on the place.
fn not_asked(miss: Miss) -> Option<&'static str> {
    match miss {
        Miss::Off => Some("because they are switched off"),
        Miss::Language => Some("because they are for other languages"),
        Miss::Path => Some("because they are for other paths"),
        Miss::Piece => Some("because they do not look at decoded text"),
        Miss::Counted => Some("because they look at a file once, at their first keyword"),
        Miss::Case => Some("because they want the keyword in another case"),
        Miss::Tail
        | Miss::FileRequires(_)
        | Miss::Scope
        | Miss::Block
        | Miss::Beside
        | Miss::Run
        | Miss::Pattern(_)
        | Miss::Detector
        | Miss::NoneOf(_)
        | Miss::AllOf(_)
        | Miss::NearNoneOf(_)
        | Miss::NearAnyOf
        | Miss::Alone => None,
    }
}

#[cfg(test)]
mod tests;
