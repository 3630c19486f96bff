//! GitLab's report of secret detection (`gl-secret-detection-report.json`, schema 15): secrets that are not suppressed.
//! The extract of the source is the redacted one.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::Shown;
use super::{Context, distinct, notes, wire};
use crate::model::{Category, CommitInfo, Finding, Report, Severity, Verdict};

const SCHEMA: &str = "15.0.0";
/// The commit of what is in none yet; the schema wants one.
const NO_COMMIT: &str = "0000000";

#[derive(Serialize)]
struct Document<'r> {
    version: &'static str,
    scan: Scan<'r>,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
struct Scan<'r> {
    analyzer: Scanner<'r>,
    scanner: Scanner<'r>,
    #[serde(rename = "type")]
    kind: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

#[derive(Serialize, Clone, Copy)]
struct Scanner<'r> {
    id: &'static str,
    name: &'static str,
    version: &'r str,
    vendor: Vendor,
}

#[derive(Serialize, Clone, Copy)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    solution: String,
    location: Location,
    identifiers: [Identifier; 1],
    raw_source_code_extract: String,
}

#[derive(Serialize)]
struct Location {
    file: String,
    start_line: usize,
    end_line: usize,
    commit: Commit,
}

#[derive(Serialize)]
struct Commit {
    sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
}

/// Writes `report`; the scan has failed when something could not be read.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let ids = distinct::ids(&report.findings);
    let is_told = |verdict: &Verdict| match verdict {
        Verdict::Blocking | Verdict::Advisory => true,
        Verdict::Suppressed { .. } => false,
    };
    let vulnerabilities = report
        .findings
        .iter()
        .zip(ids)
        .filter(|(judged, _)| is_told(&judged.verdict) && judged.finding.rule.category == Category::Secret)
        .map(|(judged, id)| vulnerability(&judged.finding, &id, &shown))
        .collect();
    let vendor = Vendor { name: "Portcullis" };
    let scanner = Scanner { id: "portcullis", name: "Portcullis", version: context.version, vendor };
    let unread = &report.receipt.unread;
    let message = |unread: &crate::model::Unread| Message {
        level: "fatal",
        value: format!("{}: could not be read: {}", shown.path(&unread.path), unread.why),
    };
    let scan = Scan {
        analyzer: scanner,
        scanner,
        kind: "secret_detection",
        start_time: time(context.now),
        end_time: time(context.now),
        status: if unread.is_empty() { "success" } else { "failure" },
        messages: unread.iter().map(message).collect(),
    };
    wire::document(&Document { version: SCHEMA, scan, vulnerabilities }, out)
}

fn vulnerability(finding: &Finding, id: &str, shown: &Shown) -> Vulnerability {
    let Finding { rule, start, end, .. } = finding;
    Vulnerability {
        id: distinct::uuid(id),
        name: rule.title.to_string(),
        description: format!("{}. {}", notes::sentence(finding, shown), rule.message),
        severity: severity(finding),
        solution: shown.prose(notes::fix(finding)),
        location: Location {
            file: shown.path(&finding.path),
            start_line: start.line,
            end_line: end.line,
            commit: commit(notes::commit(&finding.provenance), shown),
        },
        identifiers: [Identifier {
            kind: "portcullis_rule",
            name: format!("Portcullis rule {}", rule.id),
            value: rule.id.to_string(),
        }],
        raw_source_code_extract: shown.excerpt(&finding.excerpt).text,
    }
}

fn commit(info: Option<&CommitInfo>, shown: &Shown) -> Commit {
    Commit {
        sha: info.map_or_else(|| NO_COMMIT.to_owned(), |info| info.id.to_string()),
        author: info.map(|info| shown.text(&info.author)),
        message: info.map(|info| shown.text(&info.subject)),
        date: info.map(|info| time(u64::try_from(info.time).unwrap_or_default())),
    }
}

fn severity(finding: &Finding) -> &'static str {
    if finding.is_information() {
        return "Info";
    }
    match finding.severity {
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// `2026-11-21T20:38:21`, in UTC.
fn time(seconds: u64) -> String {
    let of_day = seconds % 86_400;
    let (hours, minutes) = (of_day / 3600, of_day / 60 % 60);
    format!("{}T{hours:02}:{minutes:02}:{:02}", crate::model::Date::from_unix(seconds), of_day % 60)
}
