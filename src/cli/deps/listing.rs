//! `portcullis deps list`: what given files declare, in or out of a repository.

use std::io::{self, Write};
use std::path::Path;

use super::args::{ListArgs, ListFormat};
use super::{DepsCliError, Outcome};
use crate::deps::list;
use crate::text::escape;

/// Lists what files declare.
pub fn run(args: &ListArgs, dir: &Path, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let read = |path: &Path| std::fs::read(dir.join(path));
    let reports: Vec<_> = args.files.iter().map(|file| list::list(file, &read)).collect();
    match args.format {
        ListFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?,
        ListFormat::Jsonl => {
            for report in &reports {
                writeln!(out, "{}", serde_json::to_string(report)?)?;
            }
        }
        ListFormat::Text => {
            for report in &reports {
                print(report, out)?;
            }
        }
    }
    let unread = reports.iter().any(|report| report.error.is_some());
    Ok(if unread { Outcome::NoAnswer } else { Outcome::Clean })
}

fn print(report: &list::FileReport, out: &mut dyn Write) -> io::Result<()> {
    let plain = |text: &str| escape(text.as_bytes());
    for one in &report.dependencies {
        let file = plain(one.included_from.as_ref().unwrap_or(&report.file));
        let key = one.key.as_ref().map(|key| format!(" (as {})", plain(key))).unwrap_or_default();
        let (name, requirement) = (plain(&one.name), plain(&one.requirement));
        writeln!(
            out,
            "{file}:{}: {name}{key} {requirement} [{}, {}]",
            one.line,
            one.scope,
            plain(&one.source)
        )?;
    }
    for note in &report.notes {
        writeln!(out, "{}: {}", plain(&report.file), plain(note))?;
    }
    match &report.error {
        Some(error) => writeln!(out, "{}: no answer: {}", plain(&report.file), plain(error)),
        None => Ok(()),
    }
}
