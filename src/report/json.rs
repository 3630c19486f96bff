//! The report for programs, schema 1: one document, or one document a line. Keys never disappear; what is absent is
//! `null`. A change that could break a reader raises the number.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::Shown;
use super::{Context, history, notes, summary, wire};
use crate::model::{
    self, CommitInfo, Cut, Judged, Provenance, RepoPath, RuleInfo, Sighting, Sightings, SkipReason, Standing,
    Verdict,
};

/// Writes `report` as one document.
pub fn write(report: &model::Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let head = Head::new(context);
    let findings = report.findings.iter().map(|judged| Finding::new(judged, &shown)).collect();
    wire::document(&Document { head, findings, tail: Tail::new(report, &shown) }, out)
}

/// Writes `report` as a line that begins it, a line for each finding, and a line that sums it up.
pub fn write_lines(report: &model::Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    if !context.begun {
        begin(context, out)?;
    }
    for judged in &report.findings {
        wire::line(&Event::Finding(Box::new(Finding::new(judged, &shown))), out)?;
    }
    wire::line(&Event::Summary(Tail::new(report, &shown)), out)
}

/// Writes the line that begins.
pub fn begin(context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    wire::line(&Event::Begin(Head::new(context)), out)
}

/// Writes a line about something that was just seen.
pub fn seen(judged: &Judged, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    wire::line(&Event::Seen(Box::new(Finding::new(judged, shown))), out)
}

#[derive(Serialize)]
struct Document<'r> {
    #[serde(flatten)]
    head: Head<'r>,
    findings: Vec<Finding<'r>>,
    #[serde(flatten)]
    tail: Tail<'r>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event<'r> {
    Begin(Head<'r>),
    Seen(Box<Finding<'r>>),
    Finding(Box<Finding<'r>>),
    Summary(Tail<'r>),
}

#[derive(Serialize)]
struct Head<'r> {
    schema: u32,
    tool: Tool<'r>,
    action: &'static str,
}

#[derive(Serialize)]
struct Tool<'r> {
    name: &'static str,
    version: &'r str,
}

#[derive(Serialize)]
struct Finding<'r> {
    verdict: &'static str,
    /// Why it is suppressed.
    reason: Option<String>,
    rule: Rule<'r>,
    path: String,
    /// Hexadecimal, when the path is not UTF-8 and `path` only resembles it.
    path_bytes: Option<String>,
    start: Place,
    end: Place,
    /// Half-open, in bytes.
    span: [usize; 2],
    severity: String,
    confidence: String,
    detail: Option<String>,
    /// What was undone to find it, from the outside in.
    decoded: Vec<String>,
    fix: String,
    /// Always redacted.
    secret: Option<String>,
    excerpt: Excerpt,
    provenance: Origin,
    /// Where else in a history it stands; null for other scans.
    history: Option<History>,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct Rule<'r> {
    id: &'r str,
    title: &'r str,
    pack: &'r str,
    category: String,
    topic: &'r str,
    message: &'r str,
    references: &'r [std::borrow::Cow<'static, str>],
    cwe: &'r [u32],
    owasp: &'r [std::borrow::Cow<'static, str>],
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Excerpt {
    text: String,
    /// Half-open, in bytes of `text`.
    mark: [usize; 2],
}

/// Where the content comes from; `id` is the commit, the tag or the object.
#[derive(Serialize)]
struct Origin {
    kind: &'static str,
    id: Option<String>,
    author: Option<String>,
    time: Option<i64>,
    subject: Option<String>,
}

/// Where else in a history a finding stands.
#[derive(Serialize)]
struct History {
    /// `at-tip`, `history`, `staged`, `reflog` or `lost`.
    standing: &'static str,
    /// The refs that hold it at their tips.
    refs: Vec<String>,
    blob: Option<String>,
    occurrences: usize,
    paths: usize,
    /// Every place in every commit that brought it there, when asked for.
    places: Vec<Sighted>,
}

#[derive(Serialize)]
struct Sighted {
    path: String,
    path_bytes: Option<String>,
    line: usize,
    column: usize,
    commit: Origin,
}

#[derive(Serialize)]
struct Tail<'r> {
    outcome: &'static str,
    counts: Counts,
    receipt: Receipt<'r>,
}

#[derive(Serialize)]
struct Counts {
    blocking: usize,
    advisory: usize,
    information: usize,
    suppressed: usize,
}

#[derive(Serialize)]
struct Receipt<'r> {
    entries: usize,
    scanned: usize,
    bytes: u64,
    /// Old versions, in which nobody looked for dangerous code.
    secrets_only: usize,
    rules: usize,
    packs: &'r [String],
    skipped: Vec<Skipped>,
    /// Scanned, but not all that is packed inside.
    partial: Vec<Skipped>,
    unread: Vec<Unread>,
}

#[derive(Serialize)]
struct Unread {
    path: String,
    path_bytes: Option<String>,
    why: String,
}

#[derive(Serialize)]
struct Skipped {
    path: String,
    path_bytes: Option<String>,
    kind: &'static str,
    reason: String,
}

impl<'r> Head<'r> {
    fn new(context: &Context<'r>) -> Self {
        let tool = Tool { name: "portcullis", version: context.version };
        Head { schema: 1, tool, action: context.action.name() }
    }
}

impl<'r> Finding<'r> {
    fn new(judged: &'r Judged, shown: &Shown) -> Self {
        let Judged { finding, verdict } = judged;
        let (verdict, reason) = match verdict {
            Verdict::Blocking => ("blocking", None),
            Verdict::Advisory if finding.is_information() => ("information", None),
            Verdict::Advisory => ("advisory", None),
            Verdict::Suppressed { reason } => ("suppressed", Some(shown.prose(reason))),
        };
        let (path, path_bytes) = path(&finding.path, shown);
        let excerpt = shown.excerpt(&finding.excerpt);
        Finding {
            verdict,
            reason,
            rule: Rule::new(&finding.rule),
            path,
            path_bytes,
            start: Place { line: finding.start.line, column: finding.start.column },
            end: Place { line: finding.end.line, column: finding.end.column },
            span: [finding.span.start, finding.span.end],
            severity: finding.severity.to_string(),
            confidence: finding.confidence.to_string(),
            detail: finding.detail.as_deref().map(|detail| shown.prose(detail)),
            decoded: finding.decoded.iter().map(|step| shown.prose(step)).collect(),
            fix: shown.prose(notes::fix(finding)),
            secret: finding.secret.as_ref().map(model::Secret::redacted),
            excerpt: Excerpt { mark: [excerpt.mark.start, excerpt.mark.end], text: excerpt.text },
            provenance: Origin::new(&finding.provenance, shown),
            history: finding.sightings.as_ref().map(|sightings| History::new(sightings, shown)),
            fingerprint: &finding.fingerprint,
        }
    }
}

impl<'r> Rule<'r> {
    fn new(rule: &'r RuleInfo) -> Self {
        Rule {
            id: rule.id.as_str(),
            title: &rule.title,
            pack: &rule.pack,
            category: rule.category.to_string(),
            topic: &rule.topic,
            message: &rule.message,
            references: &rule.references,
            cwe: &rule.cwe,
            owasp: &rule.owasp,
        }
    }
}

impl Origin {
    fn new(provenance: &Provenance, shown: &Shown) -> Self {
        match provenance {
            Provenance::Index => Origin::bare("index", None),
            Provenance::WorkTree => Origin::bare("worktree", None),
            Provenance::Stdin => Origin::bare("stdin", None),
            Provenance::Commit(info) => Origin::of("commit", info, shown),
            Provenance::CommitMessage(info) => Origin::of("commit-message", info, shown),
            Provenance::TagMessage(id) => Origin::bare("tag-message", Some(id)),
            Provenance::Object(id) => Origin::bare("object", Some(id)),
        }
    }

    fn bare(kind: &'static str, id: Option<&model::Oid>) -> Self {
        Origin { kind, id: id.map(model::Oid::to_string), author: None, time: None, subject: None }
    }

    fn of(kind: &'static str, info: &CommitInfo, shown: &Shown) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(&shown.masked(bytes)).into_owned();
        Origin {
            author: Some(text(&info.author)),
            time: Some(info.time),
            subject: Some(text(&info.subject)),
            ..Origin::bare(kind, Some(&info.id))
        }
    }
}

impl History {
    fn new(sightings: &Sightings, shown: &Shown) -> Self {
        let Sightings { blob, count, paths, standing, all } = sightings;
        let refs: &[Vec<u8>] = match standing {
            Standing::AtTips(names) => names,
            Standing::InHistory | Standing::Staged | Standing::InReflog | Standing::Lost => &[],
        };
        let sighted = |one: &Sighting| {
            let (path, path_bytes) = path(&one.path, shown);
            let (line, column) = (one.start.line, one.start.column);
            Sighted { path, path_bytes, line, column, commit: Origin::of("commit", &one.commit, shown) }
        };
        History {
            standing: history::word(standing),
            refs: refs.iter().map(|name| shown.text(name)).collect(),
            blob: blob.map(|blob| blob.to_string()),
            occurrences: *count,
            paths: *paths,
            places: all.iter().map(sighted).collect(),
        }
    }
}

impl<'r> Tail<'r> {
    fn new(report: &'r model::Report, shown: &Shown) -> Self {
        let summary::Counts { blocking, advisory, information, suppressed } = summary::counts(report);
        let model::Receipt { entries, scanned, bytes, secrets_only, skipped, partial, unread, rules, packs } =
            &report.receipt;
        let unread = unread.iter().map(|unread| Unread::new(unread, shown)).collect();
        let skipped = skipped.iter().map(|skipped| Skipped::new(skipped, shown)).collect();
        let partial = partial.iter().map(|partial| Skipped::in_part(partial, shown)).collect();
        Tail {
            outcome: if blocking > 0 {
                "blocked"
            } else if report.receipt.unread.is_empty() {
                "passed"
            } else {
                "could-not-tell"
            },
            counts: Counts { blocking, advisory, information, suppressed },
            receipt: Receipt {
                entries: *entries,
                scanned: *scanned,
                bytes: *bytes,
                secrets_only: *secrets_only,
                rules: *rules,
                packs,
                skipped,
                partial,
                unread,
            },
        }
    }
}

impl Unread {
    fn new(unread: &model::Unread, shown: &Shown) -> Self {
        let (path, path_bytes) = path(&unread.path, shown);
        Unread { path, path_bytes, why: unread.why.clone() }
    }
}

impl Skipped {
    fn new(skipped: &model::Skipped, shown: &Shown) -> Self {
        let (path, path_bytes) = path(&skipped.path, shown);
        let kind = match skipped.reason {
            SkipReason::TooLarge(_) => "too-large",
            SkipReason::Excluded(_) => "excluded",
            SkipReason::Submodule => "submodule",
            SkipReason::NotAFile => "not-a-file",
            SkipReason::NotInThisClone => "not-in-this-clone",
            SkipReason::SecretFileLarge(_)
            | SkipReason::SecretFileElsewhere
            | SkipReason::SecretFileUnread => "secret-file",
        };
        Skipped { path, path_bytes, kind, reason: summary::reason(&skipped.reason) }
    }

    fn in_part(partial: &model::Partial, shown: &Shown) -> Self {
        let (path, path_bytes) = path(&partial.path, shown);
        let kind = match partial.cut {
            Cut::TooDeep => "too-deep",
            Cut::TooMuch => "too-much",
            Cut::TooMany => "too-many",
            Cut::Damaged => "damaged",
            Cut::Locked => "locked",
            Cut::UnknownFormat => "unknown-format",
            Cut::Unparsed => "unparsed",
        };
        Skipped { path, path_bytes, kind, reason: summary::cut(partial.cut).to_owned() }
    }
}

/// The path as it is when it is UTF-8; otherwise something readable, and its bytes in hexadecimal digits.
fn path(path: &RepoPath, shown: &Shown) -> (String, Option<String>) {
    match String::from_utf8(shown.masked_path(path)) {
        Ok(text) => (text, None),
        Err(error) => {
            let hex = error.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            (shown.path(path), Some(hex))
        }
    }
}
