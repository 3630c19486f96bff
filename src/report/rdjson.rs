//! Reviewdog's Diagnostic Format (rdjson): one document, for comments in reviews. Columns count bytes of UTF-8, so a
//! line whose columns are only known in characters is reported as a whole.

use std::io::{self, Write};

use serde::Serialize;

use super::shown::Shown;
use super::{notes, wire};
use crate::model::{Finding, Report, Verdict};

#[derive(Serialize)]
struct Document {
    source: Source,
    severity: &'static str,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
}

#[derive(Serialize)]
struct Code {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Writes `report`; suppressed findings are left out.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for judged in &report.findings {
        match judged.verdict {
            Verdict::Blocking => diagnostics.push(diagnostic("ERROR", &judged.finding, &shown)),
            Verdict::Advisory if judged.finding.is_information() => {
                diagnostics.push(diagnostic("INFO", &judged.finding, &shown))
            }
            Verdict::Advisory => diagnostics.push(diagnostic("WARNING", &judged.finding, &shown)),
            Verdict::Suppressed { .. } => {}
        }
    }
    for unread in &report.receipt.unread {
        diagnostics.push(Diagnostic {
            message: format!("could not be read: {}", unread.why),
            location: Location { path: shown.path(&unread.path), range: None },
            severity: "ERROR",
            code: None,
        });
    }
    let severity = if report.blocks() { "ERROR" } else { "WARNING" };
    wire::document(&Document { source: Source { name: "portcullis" }, severity, diagnostics }, out)
}

fn diagnostic(severity: &'static str, finding: &Finding, shown: &Shown) -> Diagnostic {
    let Finding { rule, start, end, .. } = finding;
    let range = Range { start: Place { line: start.line }, end: Place { line: end.line } };
    Diagnostic {
        message: format!("{}; fix: {}", notes::sentence(finding, shown), shown.prose(notes::fix(finding))),
        location: Location { path: shown.path(&finding.path), range: Some(range) },
        severity,
        code: Some(Code {
            value: rule.id.to_string(),
            url: rule.references.first().map(|url| url.to_string()),
        }),
    }
}
