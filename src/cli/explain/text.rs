//! An explanation for people, in 80 columns. Knows nothing of how it came about.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::explain::{Account, End, Explanation};
use crate::model::{RepoPath, Verdict};
use crate::report::prose::wrap;
use crate::text::escape;

const WIDTH: usize = 80;
/// Columns of the names of the steps, and of what stands before them.
const NAME: usize = 13;
const INDENT: usize = 4;
/// How many rules that did not match are shown unless all are asked for.
const CLOSEST: usize = 5;
/// How many rules of a kind are named.
const NAMED: usize = 3;

/// Writes `told` about a place in `path`; `all` rules, or the closest.
pub fn write(path: &RepoPath, told: &Explanation, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "{bold}{}:{}{bold:#}", escape(path.as_bytes()), told.place.0.line)?;
    writeln!(out, "{}", indented(&shortened(&told.excerpt.text, told.excerpt.mark.start), 2))?;
    if let Some(why) = &told.unscanned {
        return writeln!(out, "\nNot scanned: {why}.");
    }
    for account in &told.matched {
        write_account(account, out)?;
    }
    if told.matched.is_empty() {
        writeln!(out, "\nNo rule matches here.")?;
    }
    let shown = if all { told.missed.len() } else { CLOSEST.min(told.missed.len()) };
    if shown > 0 {
        writeln!(out, "\n{bold}Rules that do not match, the closest first{bold:#}")?;
    }
    for account in &told.missed[..shown] {
        write_account(account, out)?;
    }
    write_rest(told, shown, all, out)
}

fn write_account(account: &Account, out: &mut dyn Write) -> io::Result<()> {
    let (word, colour) = match &account.end {
        End::Finding(Verdict::Blocking) => ("blocks", AnsiColor::Red),
        End::Finding(Verdict::Advisory) => ("advises", AnsiColor::Yellow),
        End::Finding(Verdict::Suppressed { .. }) => ("is excepted", AnsiColor::Green),
        End::Lost => ("is no finding", AnsiColor::Green),
        End::Missed => ("does not match", AnsiColor::Green),
    };
    let style = Style::new().fg_color(Some(colour.into())).bold();
    let head = format!("{} {word}: {}", account.rule.id, account.rule.title);
    let head = wrap(&head, WIDTH);
    let id = account.rule.id.as_str();
    let rest = head.strip_prefix(id).unwrap_or_default();
    writeln!(out, "\n{style}{id}{style:#}{rest}")?;
    for told in &account.steps {
        let says = wrap(&told.says, WIDTH - INDENT - NAME);
        let mark = if told.passed { ' ' } else { '✗' };
        let name = format!("  {mark} {:NAME$}", told.step);
        let mut lines = says.lines();
        writeln!(out, "{name}{}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(out, "{}", indented(line, INDENT + NAME))?;
        }
    }
    Ok(())
}

/// The rules that are only counted.
fn write_rest(told: &Explanation, shown: usize, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let more = told.missed.len() - shown;
    if more > 0 {
        writeln!(out, "\n{more} more came less close; --all shows them.")?;
    }
    for (why, rules) in &told.not_asked {
        let named = if all { rules.len() } else { NAMED.min(rules.len()) };
        let ids: Vec<&str> = rules[..named].iter().map(|rule| rule.id.as_str()).collect();
        let rest = match rules.len() - named {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        writeln!(out, "\n{}", wrap(&format!("Not asked, {why}: {}{rest}.", ids.join(", ")), WIDTH))?;
    }
    Ok(())
}

fn indented(text: &str, columns: usize) -> String {
    format!("{:columns$}{text}", "")
}

/// What of a line fits, around the byte that matters.
fn shortened(line: &str, at: usize) -> String {
    let most = WIDTH - 4;
    let chars: Vec<char> = line.chars().collect();
    if chars.len() <= most {
        return line.to_owned();
    }
    let at = line[..at.min(line.len())].chars().count();
    let start = at.saturating_sub(most / 3).min(chars.len() - most);
    let end = start + most;
    let head = if start > 0 { "…" } else { "" };
    let tail = if end < chars.len() { "…" } else { "" };
    format!("{head}{}{tail}", chars[start..end].iter().collect::<String>())
}
