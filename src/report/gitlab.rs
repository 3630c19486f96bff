//! GitLab Code Quality: one array of issues, for the widget in merge requests. Suppressed findings are left out; paths
//! are shown as text.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::Shown;
use super::{distinct, notes, wire};
use crate::model::{Finding, Report, Severity, Verdict};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// Writes `report`; what could not be read is an issue too, for an empty array means "clean".
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let ids = distinct::ids(&report.findings);
    let mut issues: Vec<Issue> = Vec::new();
    for (judged, fingerprint) in report.findings.iter().zip(ids) {
        match judged.verdict {
            Verdict::Blocking | Verdict::Advisory => issues.push(issue(&judged.finding, fingerprint, &shown)),
            Verdict::Suppressed { .. } => {}
        }
    }
    for unread in &report.receipt.unread {
        let path = shown.path(&unread.path);
        issues.push(Issue {
            description: format!("could not be read: {}", unread.why),
            check_name: "could-not-tell".to_owned(),
            fingerprint: distinct::digest(&format!("could-not-tell {path}")),
            severity: "blocker",
            location: Location { path, lines: Lines { begin: 1 } },
        });
    }
    wire::document(&issues, out)
}

fn issue(finding: &Finding, fingerprint: String, shown: &Shown) -> Issue {
    Issue {
        description: notes::sentence(finding, shown),
        check_name: finding.rule.id.to_string(),
        fingerprint,
        severity: severity(finding),
        location: Location { path: shown.path(&finding.path), lines: Lines { begin: finding.start.line } },
    }
}

fn severity(finding: &Finding) -> &'static str {
    if finding.is_information() {
        return "info";
    }
    match finding.severity {
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical => "blocker",
    }
}
