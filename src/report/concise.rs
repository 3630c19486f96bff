//! One line for each finding, `path:line:column: error[rule]: what; fix: how`, and a last line that counts.

use std::io::{self, Write};

use super::shown::Shown;
use super::{Action, Context, history, notes, prose, summary};
use crate::model::{Finding, Report, Verdict};

/// Writes `report` without colours; suppressed findings are only counted.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    if context.quiet_when_clean && summary::is_silent(report) {
        return Ok(());
    }
    let shown = Shown::new(report);
    for judged in &report.findings {
        match judged.verdict {
            Verdict::Blocking => writeln!(out, "{}", line("error", &judged.finding, &shown))?,
            Verdict::Advisory if judged.finding.is_information() => {
                writeln!(out, "{}", line("note", &judged.finding, &shown))?
            }
            Verdict::Advisory => writeln!(out, "{}", line("warning", &judged.finding, &shown))?,
            Verdict::Suppressed { .. } => {}
        }
    }
    for line in summary::unread(&report.receipt, &shown) {
        writeln!(out, "error: {line}")?;
    }
    writeln!(out, "{}", last_line(report, context.action, &shown))
}

fn line(level: &str, finding: &Finding, shown: &Shown) -> String {
    let Finding { rule, start, .. } = finding;
    let mut line = format!(
        "{}:{}:{}: {level}[{}]: {}",
        shown.path(&finding.path),
        start.line,
        start.column,
        rule.id,
        notes::sentence(finding, shown)
    );
    if let Some(info) = notes::commit(&finding.provenance) {
        line.push_str(&format!(" (commit {}{})", notes::short(&info.id), history::suffix(finding)));
    }
    line.push_str("; fix: ");
    line.push_str(&prose::first_sentence(&shown.prose(notes::fix(finding))));
    line
}

fn last_line(report: &Report, action: Action, shown: &Shown) -> String {
    let counts = summary::counts(report);
    let stopped = match action {
        Action::Scan => String::new(),
        Action::Commit | Action::Message | Action::Merge | Action::Push if counts.blocking > 0 => {
            format!("{} stopped: ", action.name())
        }
        Action::Commit | Action::Message | Action::Merge | Action::Push => String::new(),
    };
    format!(
        "{stopped}{}, {}, {}, {} suppressed; {}",
        summary::plural(counts.blocking, "error", "errors"),
        summary::plural(counts.advisory, "warning", "warnings"),
        summary::plural(counts.information, "note", "notes"),
        counts.suppressed,
        summary::receipt(&report.receipt, shown),
    )
}
