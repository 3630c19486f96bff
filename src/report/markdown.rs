//! GitHub-flavoured Markdown: a headline, a table of findings and the receipt, for comments and summaries of CI services.

use std::io::{self, Write};

use super::shown::Shown;
use super::{Context, notes, prose, summary};
use crate::model::{Finding, Report, Verdict};

/// Rows of the table; services cut what is much longer.
const MOST_ROWS: usize = 500;

/// Writes `report`; suppressed findings are only counted.
pub fn write(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = Shown::new(report);
    let counts = summary::counts(report);
    let headline = summary::outcome(report, context.action);
    writeln!(out, "### Portcullis: {headline}\n")?;
    for line in summary::unread(&report.receipt, &shown) {
        writeln!(out, "* **could not tell:** {}", text(&line))?;
    }
    table(report, &shown, out)?;
    if counts.suppressed > 0 {
        writeln!(out, "\n{} suppressed by an exception.", counts.suppressed)?;
    }
    writeln!(out, "\n{}.", text(&summary::receipt(&report.receipt, &shown)))
}

fn table(report: &Report, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
    let told: Vec<_> = report
        .findings
        .iter()
        .filter(|judged| !matches!(judged.verdict, Verdict::Suppressed { .. }))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "| | where | what | fix |\n|---|---|---|---|")?;
    for judged in told.iter().take(MOST_ROWS) {
        let verdict = match judged.verdict {
            Verdict::Blocking => "**stops**",
            Verdict::Advisory if judged.finding.is_information() => "information",
            Verdict::Advisory | Verdict::Suppressed { .. } => "advice",
        };
        writeln!(out, "{}", row(verdict, &judged.finding, shown))?;
    }
    match told.len().saturating_sub(MOST_ROWS) {
        0 => Ok(()),
        more => writeln!(out, "\nand {more} more."),
    }
}

fn row(verdict: &str, finding: &Finding, shown: &Shown) -> String {
    let place = format!("{}:{}", shown.path(&finding.path), finding.start.line);
    let mut what = format!("{} {}", code(finding.rule.id.as_str()), text(&notes::sentence(finding, shown)));
    if let Some(info) = notes::commit(&finding.provenance) {
        what.push_str(&format!(" (commit {})", notes::short(&info.id)));
    }
    let fix = text(&prose::one_line(&shown.prose(notes::fix(finding))));
    format!("| {verdict} | {} | {what} | {fix} |", code(&place))
}

/// Text in which nothing is markup; what stands between two backticks is code.
fn text(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let shown = parts.iter().enumerate().map(|(idx, part)| match idx % 2 {
        0 => plain(part),
        _ if idx < last => code(part),
        _ => plain(&format!("`{part}")),
    });
    shown.collect()
}

/// Markup is read inside of `code`, too, and a bar ends a cell even there.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            '`' => out.push_str("&#96;"),
            // So that nobody is called and no issue is linked.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '*' | '_' | '[' | ']' | '~' | '!' | '$' => out.extend(['\\', char]),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn what_comes_from_a_repository_is_no_markup() {
        for (given, expected) in [
            ("a *b* <img> @you #1", "a \\*b\\* &lt;img&gt; &#64;you &#35;1"),
            ("set `a|b<c>_d_` here", "set <code>a&#124;b&lt;c&gt;\\_d\\_</code> here"),
            ("`a` and ` alone", "<code>a</code> and &#96; alone"),
            ("a|b", "a&#124;b"),
        ] {
            assert_eq!(text(given), expected);
        }
    }
}
