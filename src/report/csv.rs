//! Comma-separated values (RFC 4180) with a heading, for spreadsheets: one line for each finding, suppressed ones too.

use std::io::{self, Write};

use super::shown::Shown;
use super::{notes, prose};
use crate::model::{Finding, Judged, Report, Verdict};

const HEADING: [&str; 13] = [
    "verdict",
    "rule",
    "category",
    "severity",
    "confidence",
    "path",
    "line",
    "column",
    "what",
    "fix",
    "commit",
    "author",
    "fingerprint",
];

/// Writes `report`; what could not be read is a line with the verdict `unread`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(HEADING)?;
    for judged in &report.findings {
        csv.write_record(line(judged, &shown).map(cell))?;
    }
    for unread in &report.receipt.unread {
        let mut line: [String; 13] = Default::default();
        line[0] = "unread".to_owned();
        line[5] = shown.path(&unread.path);
        line[8] = unread.why.clone();
        csv.write_record(line.map(cell))?;
    }
    csv.flush()
}

fn line(judged: &Judged, shown: &Shown) -> [String; 13] {
    let Judged { finding, verdict } = judged;
    let Finding { rule, start, .. } = finding;
    let verdict = match verdict {
        Verdict::Blocking => "blocking",
        Verdict::Advisory if finding.is_information() => "information",
        Verdict::Advisory => "advisory",
        Verdict::Suppressed { .. } => "suppressed",
    };
    let commit = notes::commit(&finding.provenance);
    [
        verdict.to_owned(),
        rule.id.to_string(),
        rule.category.to_string(),
        finding.severity.to_string(),
        finding.confidence.to_string(),
        shown.path(&finding.path),
        start.line.to_string(),
        start.column.to_string(),
        notes::sentence(finding, shown),
        prose::one_line(&shown.prose(notes::fix(finding))),
        commit.map(|info| info.id.to_string()).unwrap_or_default(),
        commit.map(|info| shown.text(&info.author)).unwrap_or_default(),
        finding.fingerprint.clone(),
    ]
}

/// A cell that a spreadsheet takes for text and not for a formula.
fn cell(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [("=1+1", "'=1+1"), ("@x", "'@x"), ("-rf", "'-rf"), ("a=b", "a=b"), ("", "")]
        {
            assert_eq!(cell(text.to_owned()), expected);
        }
    }
}
