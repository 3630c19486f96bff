//! Writes a report in the format that was asked for; knows nothing of scanning, streams or colour detection.

mod concise;
mod csv;
mod distinct;
mod frame;
mod github;
mod gitlab;
mod gitlab_secrets;
mod history;
mod html;
mod json;
mod junit;
mod markdown;
mod notes;
pub mod prose;
mod rdjson;
mod sarif;
mod shown;
pub mod summary;
mod text;
pub mod wire;

use std::io;
use std::sync::Arc;

use crate::model::{Judged, Oid, Report, RuleInfo};

pub use history::{date, short_ref};
pub use shown::Shown;

/// The shape of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Code frames with why and how, for people.
    Text,
    /// One line for each finding, for editors and agents.
    Concise,
    /// One document, schema 1.
    Json,
    /// One document a line: begin, findings, summary.
    Jsonl,
    /// SARIF 2.1.0, for code scanning services.
    Sarif,
    /// Annotations for GitHub Actions.
    Github,
    /// Code Quality issues for GitLab's merge requests.
    Gitlab,
    /// GitLab's report of secret detection: secrets alone.
    GitlabSecrets,
    /// JUnit XML: a test case for each rule in each file.
    Junit,
    /// Reviewdog's format.
    Rdjson,
    /// A table for spreadsheets.
    Csv,
    /// A table for comments and summaries.
    Markdown,
    /// A page for a browser, with everything inside.
    Html,
}

impl Format {
    /// Every format with its name on the command line.
    pub const NAMES: [(&'static str, Format); 13] = [
        ("text", Format::Text),
        ("concise", Format::Concise),
        ("json", Format::Json),
        ("jsonl", Format::Jsonl),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
        ("gitlab", Format::Gitlab),
        ("gitlab-secrets", Format::GitlabSecrets),
        ("junit", Format::Junit),
        ("rdjson", Format::Rdjson),
        ("csv", Format::Csv),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
    ];
}

/// What the person was doing when the scan ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Committing: the staged content was scanned.
    Commit,
    /// Committing: the message was scanned.
    Message,
    /// Concluding a merge.
    Merge,
    /// Pushing, seen from either side.
    Push,
    /// Looking; nothing waits for the result.
    Scan,
}

impl Action {
    /// What is stopped; `scan` when nothing is.
    pub fn name(self) -> &'static str {
        match self {
            Action::Commit | Action::Message => "commit",
            Action::Merge => "merge",
            Action::Push => "push",
            Action::Scan => "scan",
        }
    }
}

/// What a reporter must know and the report does not say.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// What the person was doing.
    pub action: Action,
    /// The command that shows every finding, for when some are left out.
    pub more: &'a str,
    /// Columns of the terminal.
    pub width: usize,
    /// How many errors, and how many warnings, `text` shows before it only counts.
    pub max_findings: usize,
    /// What git needs before a path from the repository's top: nothing there, `:/` in a folder below.
    pub pathspec: &'a str,
    /// In hooks: `text` and `concise` say nothing when there is nothing to tell.
    pub quiet_when_clean: bool,
    /// Commits that a branch or tag points at, so that amending repairs them.
    pub tips: &'a [Oid],
    /// Every active rule, for SARIF.
    pub rules: &'a [Arc<RuleInfo>],
    /// The beginning of `jsonl` was written while the scan ran.
    pub begun: bool,
    /// Our own version.
    pub version: &'a str,
    /// Seconds since 1970, for formats that say when.
    pub now: u64,
}

/// Writes the line that begins `jsonl`, for a scan that is going to tell what it sees.
pub fn begin_lines(context: &Context<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    json::begin(context, out)
}

/// Writes a line of `jsonl` for something that was just seen. The report has the last word: only that knows what else
/// there is.
pub fn seen_line(judged: &Judged, shown: &Shown, out: &mut dyn io::Write) -> io::Result<()> {
    json::seen(judged, shown, out)
}

/// Writes `report` to `out`. `text` is coloured with ANSI sequences, which the caller's stream strips where nobody
/// wants them; every other format is plain.
pub fn write(
    format: Format,
    report: &Report,
    context: &Context<'_>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, context, out),
        Format::Concise => concise::write(report, context, out),
        Format::Json => json::write(report, context, out),
        Format::Jsonl => json::write_lines(report, context, out),
        Format::Sarif => sarif::write(report, context, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::GitlabSecrets => gitlab_secrets::write(report, context, out),
        Format::Junit => junit::write(report, context, out),
        Format::Rdjson => rdjson::write(report, out),
        Format::Csv => csv::write(report, out),
        Format::Markdown => markdown::write(report, context, out),
        Format::Html => html::write(report, context, out),
    }
}
