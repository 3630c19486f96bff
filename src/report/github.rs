//! Annotations for GitHub Actions: one workflow command for each finding, the gravest first.

use std::io::{self, Write};

use super::shown::Shown;
use super::{notes, prose, summary};
use crate::model::{Finding, Report};

/// Writes `report` without colours; suppressed findings are left to the other formats. GitHub shows ten errors and ten
/// warnings of a step.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    for line in summary::unread(&report.receipt, &shown) {
        writeln!(out, "::error title=could not tell::{}", text(&line))?;
    }
    for finding in gravest_first(report.blocking()) {
        writeln!(out, "{}", command("error", finding, &shown))?;
    }
    for finding in gravest_first(report.advisory()) {
        writeln!(out, "{}", command("warning", finding, &shown))?;
    }
    for finding in gravest_first(report.information()) {
        writeln!(out, "{}", command("notice", finding, &shown))?;
    }
    Ok(())
}

fn gravest_first<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<&'f Finding> {
    let mut findings: Vec<_> = findings.collect();
    findings.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.confidence)));
    findings
}

fn command(level: &str, finding: &Finding, shown: &Shown) -> String {
    let Finding { rule, start, end, .. } = finding;
    let mut line = format!("::{level} file={},line={}", property(&shown.path(&finding.path)), start.line);
    line.push_str(&format!(",endLine={},col={}", end.line, start.column));
    if start.line == end.line {
        line.push_str(&format!(",endColumn={}", end.column));
    }
    line.push_str(&format!(",title={}::", property(rule.id.as_str())));
    let mut words = notes::sentence(finding, shown);
    if let Some(info) = notes::commit(&finding.provenance) {
        words.push_str(&format!(" (commit {})", notes::short(&info.id)));
    }
    words.push_str(&format!("\nfix: {}", prose::one_line(&shown.prose(notes::fix(finding)))));
    line.push_str(&text(&words));
    line
}

/// Text behind the last `::`.
fn text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value in the list of properties.
fn property(value: &str) -> String {
    text(value).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{property, text};

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        assert_eq!(text("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%0A\n::"), "a%2Cb%3Ac%250A%0A%3A%3A");
    }
}
