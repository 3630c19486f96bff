//! One page for a browser, with everything inside: it fetches nothing and holds no secret. The data is a table of
//! numbers into lists of texts, so that ten thousand findings fit into a few megabytes; the script draws it.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::shown::Shown;
use super::{Context, history, notes, prose, summary, wire};
use crate::model::{CommitInfo, Date, Finding, Judged, Oid, Report, Verdict};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// What the script reads; a finding is a row of numbers and its own texts.
#[derive(Serialize)]
struct Page<'r> {
    version: &'r str,
    action: &'static str,
    day: String,
    headline: String,
    receipt: String,
    unread: Vec<String>,
    rules: Texts<Rule>,
    paths: Texts<String>,
    commits: Texts<Commit>,
    standings: Texts<Standing>,
    findings: Vec<Row>,
}

#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
struct Rule {
    id: String,
    title: String,
    category: String,
    why: String,
    fix: String,
}

#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
struct Commit {
    id: String,
    author: String,
    day: String,
    subject: String,
}

/// Whether a history still holds something: in a word, and in words.
#[derive(Serialize, Clone, PartialEq, Eq, Hash)]
struct Standing {
    word: &'static str,
    says: String,
}

#[derive(Serialize)]
struct Row {
    verdict: usize,
    severity: usize,
    rule: usize,
    path: usize,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<usize>,
    /// Whether a history still holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Only when it is not the rule's.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Before the mark, the mark, behind it.
    excerpt: [String; 3],
}

/// Distinct values in the order in which they came.
#[derive(Serialize)]
#[serde(transparent)]
struct Texts<T> {
    values: Vec<T>,
    #[serde(skip)]
    places: HashMap<T, usize>,
}

impl<T: Clone + Eq + std::hash::Hash> Texts<T> {
    fn new() -> Self {
        Texts { values: Vec::new(), places: HashMap::new() }
    }

    fn place(&mut self, value: T) -> usize {
        let next = self.values.len();
        let place = *self.places.entry(value.clone()).or_insert(next);
        if place == next {
            self.values.push(value);
        }
        place
    }
}

/// Writes `report` as one document that is complete without the script but for the table.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let page = page(report, context, &shown);
    let mut data = Vec::new();
    wire::line(&page, &mut data)?;
    // In a script element only `<` can end it, and in JSON it stands in strings alone.
    let data = String::from_utf8_lossy(&data).trim_end().replace('<', "\\u003c");
    let (headline, receipt) = (html(&page.headline), html(&page.receipt));
    let unread: String = page.unread.iter().map(|line| format!("<li>{}</li>\n", html(line))).collect();
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>Portcullis: {headline}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>Portcullis</h1><p id=\"headline\">{headline}</p>\n<p class=\"quiet\">{receipt}</p>\n\
         <ul class=\"unread\">\n{unread}</ul></header>\n<main id=\"main\"></main>\n\
         <noscript><p>The table needs JavaScript; <code>--format markdown</code> does without.</p></noscript>\n\
         <script type=\"application/json\" id=\"data\">{data}</script>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n"
    )
}

fn page<'r>(report: &Report, context: &Context<'r>, shown: &Shown) -> Page<'r> {
    let headline = summary::outcome(report, context.action);
    let mut page = Page {
        version: context.version,
        action: context.action.name(),
        day: Date::from_unix(context.now).to_string(),
        headline,
        receipt: summary::receipt(&report.receipt, shown),
        unread: summary::unread(&report.receipt, shown),
        rules: Texts::new(),
        paths: Texts::new(),
        commits: Texts::new(),
        standings: Texts::new(),
        findings: Vec::new(),
    };
    for judged in &report.findings {
        let row = row(judged, &mut page, shown);
        page.findings.push(row);
    }
    page
}

fn row(judged: &Judged, page: &mut Page<'_>, shown: &Shown) -> Row {
    let Judged { finding, verdict } = judged;
    let (verdict, reason) = match verdict {
        Verdict::Blocking => (0, None),
        Verdict::Advisory if finding.is_information() => (2, None),
        Verdict::Advisory => (1, None),
        Verdict::Suppressed { reason } => (3, Some(prose::one_line(&shown.prose(reason)))),
    };
    let excerpt = shown.excerpt(&finding.excerpt);
    let (text, mark) = (excerpt.text, excerpt.mark);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
    Row {
        verdict,
        severity: finding.severity as usize,
        rule: page.rules.place(rule(finding)),
        path: page.paths.place(shown.path(&finding.path)),
        line: finding.start.line,
        commit: notes::commit(&finding.provenance).map(|info| page.commits.place(commit(info, shown))),
        now: finding.sightings.as_ref().map(|it| page.standings.place(standing(&it.standing, shown))),
        detail: finding.detail.as_ref().map(|detail| prose::one_line(&shown.prose(detail))),
        fix: finding.fix.as_ref().map(|fix| prose::one_line(&shown.prose(fix))),
        reason,
        excerpt: [part(0, mark.start), part(mark.start, mark.end), part(mark.end, text.len())],
    }
}

fn rule(finding: &Finding) -> Rule {
    let rule = &finding.rule;
    Rule {
        id: rule.id.to_string(),
        title: prose::one_line(&rule.title),
        category: rule.category.to_string(),
        why: rule.message.to_string(),
        fix: prose::one_line(&rule.remediation),
    }
}

fn commit(info: &CommitInfo, shown: &Shown) -> Commit {
    let id: &Oid = &info.id;
    Commit {
        id: notes::short(id),
        author: shown.text(&info.author),
        day: Date::from_unix(u64::try_from(info.time).unwrap_or_default()).to_string(),
        subject: shown.text(&info.subject),
    }
}

fn standing(standing: &crate::model::Standing, shown: &Shown) -> Standing {
    let word = match history::word(standing) {
        "at-tip" => "still there",
        "history" => "only in the past",
        "staged" => "only in the index",
        other => other,
    };
    Standing { word, says: history::now(standing, shown) }
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
