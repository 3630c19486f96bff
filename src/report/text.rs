//! The report for people: what is stopped, each finding with its line and its fix, what to do next, what was scanned.
//! Knows the order of things; each of them is drawn elsewhere.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::Style;

use super::frame::{ERROR, NOTICE, WARNING};
use super::notes::Told;
use super::shown::Shown;
use super::{Action, Context, frame, history, notes, prose, summary};
use crate::model::{Category, Finding, Provenance, Report};

/// Writes `report` with code frames, coloured.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    if context.quiet_when_clean && summary::is_silent(report) {
        return Ok(());
    }
    let shown = Shown::new(report);
    let counts = summary::counts(report);
    if counts.blocking > 0 {
        title(ERROR, "error", &summary::headline(report, context.action), context, out)?;
    } else if counts.advisory > 0 {
        title(WARNING, "warning", &summary::advisory_headline(report, context.action), context, out)?;
    } else if !report.receipt.unread.is_empty() {
        title(ERROR, "error", "not everything could be read", context, out)?;
    } else if counts.information > 0 {
        title(NOTICE, "note", &summary::information_headline(report), context, out)?;
    } else if report.receipt.entries == 0 {
        return title(NOTICE, "notice", "nothing to scan", context, out);
    } else {
        title(NOTICE, "notice", "nothing found", context, out)?;
    }
    for line in summary::unread(&report.receipt, &shown) {
        title(ERROR, "error", &line, context, out)?;
    }
    findings(report, context, &shown, out)?;
    if counts.blocking + counts.advisory + counts.information > 0 {
        writeln!(out)?;
    }
    history::write_sums(report, context, &shown, out)?;
    next(report, context, &shown, out)?;
    if counts.suppressed > 0 {
        writeln!(out, "{} suppressed by an exception", counts.suppressed)?;
    }
    writeln!(out, "{}", prose::wrap(&summary::receipt(&report.receipt, &shown), context.width))
}

fn title(style: Style, name: &str, text: &str, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let line = prose::wrap(&format!("{name}: {text}"), context.width);
    let rest = line.strip_prefix(name).unwrap_or(&line);
    let bold = Style::new().bold();
    writeln!(out, "{style}{name}{style:#}{bold}{rest}{bold:#}")
}

fn findings(report: &Report, context: &Context<'_>, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let mut told = Told::default();
    for finding in report.blocking().take(context.max_findings) {
        let notes = told.news(finding, notes::all(finding, context, shown));
        writeln!(out, "\n{}", frame::error(finding, &notes, shown, context.width))?;
    }
    and_more(report.blocking().count(), "error", context, out)?;
    for finding in report.advisory().take(context.max_findings) {
        let notes = told.news(finding, notes::brief(finding, shown));
        writeln!(out, "\n{}", frame::warning(finding, &notes, shown, context.width))?;
    }
    and_more(report.advisory().count(), "warning", context, out)?;
    for finding in report.information().take(context.max_findings) {
        let notes = told.news(finding, notes::brief(finding, shown));
        writeln!(out, "\n{}", frame::note(finding, &notes, shown, context.width))?;
    }
    and_more(report.information().count(), "note", context, out)
}

fn and_more(count: usize, what: &str, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(context.max_findings) {
        0 => Ok(()),
        1 => writeln!(out, "\nand 1 more {what}; to see it:\n  {}", context.more),
        more => writeln!(out, "\nand {more} more {what}s; to see all of them:\n  {}", context.more),
    }
}

/// The way on, when something waits for it.
fn next(report: &Report, context: &Context<'_>, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    if !report.blocks() {
        return Ok(());
    }
    let step = match context.action {
        Action::Commit | Action::Merge => {
            let record = record_note(report, context);
            match staged_files(report, context, shown) {
                Some(files) => format!("fix the lines above{record}, then\n  git add {files} && git commit"),
                None => format!("fix the lines above{record}, `git add` the files, and `git commit` again"),
            }
        }
        Action::Message => "commit again with a message that does not hold it".to_owned(),
        Action::Push => "repair the commits as shown above, then push again".to_owned(),
        Action::Scan => return Ok(()),
    };
    title(NOTICE, "next", &step, context, out)
}

/// An approval counts as staged, and it is in another file than the finding.
fn record_note(report: &Report, context: &Context<'_>) -> String {
    if !report.blocking().any(|finding| finding.rule.category == Category::Dependency) {
        return String::new();
    }
    format!(" (after an approval, `git add {}.portcullis/approved.toml` too)", context.pathspec)
}

/// The files with errors as arguments for a shell, when there are few enough of them to read.
fn staged_files(report: &Report, context: &Context<'_>, shown: &Shown) -> Option<String> {
    let is_staged = |finding: &Finding| finding.provenance == Provenance::Index;
    let paths: BTreeSet<_> =
        report.blocking().filter(|finding| is_staged(finding)).map(|finding| &finding.path).collect();
    if paths.is_empty() || paths.len() > 3 {
        return None;
    }
    let words: Option<Vec<String>> = paths
        .into_iter()
        .map(|path| Some(format!("{}{}", context.pathspec, shown.shell_word(path)?)))
        .collect();
    words.map(|words| words.join(" "))
}
