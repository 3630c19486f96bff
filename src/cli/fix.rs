//! `portcullis fix`: shows what the fixes of rules change, and changes the work tree when asked to. No hook calls it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::scan::{self, Staged};
use super::{CliError, Output, setup, whole};
use crate::model::{Finding, RepoPath, RuleId, Verdict};
use crate::report::Shown;
use crate::scan::Scanner;
use crate::source::{Reader, tree};
use crate::text::patch::{self, Edit};
use crate::text::toml_doc::nearest;
use crate::verify::fix;

/// What to fix.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Only what this rule finds.
    rule: Option<String>,
    /// Only what is staged; the files of the work tree are changed.
    #[arg(long)]
    staged: bool,
    /// Changes the files; without it the patch is shown.
    #[arg(long)]
    apply: bool,
}

/// A file that stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// It is not what was scanned.
    #[error("{0}: has changed since it was scanned, so that nothing was fixed in it")]
    Changed(String),
    /// The system does not let it be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

/// Runs `portcullis fix`: 1 when there is something to fix that was not asked to be.
pub fn run(args: &FixArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    let (scanner, report) = if args.staged {
        let repo = scan::open(dir)?;
        Staged::read(&repo)?.judge(&repo)?
    } else {
        let scanner = scan::scanner_on_disk(&home)?;
        let listing = tree::list(&home, &[dir.to_owned()], tree::Ignored::LeftOut)?;
        let report = scanner.run(listing, &|| Reader::new(None))?;
        (scanner, report)
    };
    let wanted = args.rule.as_deref().map(|rule| known(&scanner, rule)).transpose()?;
    // Beside what is fixed can stand what was found.
    let shown = Shown::new(&report);
    let mut by_path: BTreeMap<RepoPath, Vec<Finding>> = BTreeMap::new();
    for judged in report.findings {
        let passes = matches!(judged.verdict, Verdict::Suppressed { .. });
        let finding = judged.finding;
        if !passes
            && finding.decoded.is_empty()
            && wanted.as_ref().is_none_or(|rule| *rule == finding.rule.id)
        {
            by_path.entry(finding.path.clone()).or_default().push(finding);
        }
    }
    let mut changed = 0;
    for (path, findings) in by_path {
        let edits: Vec<Edit> =
            fix::edits(&scanner.engine, findings.iter()).into_iter().map(|(_, edit)| edit).collect();
        if edits.is_empty() {
            continue;
        }
        changed += 1;
        let place = home.join(String::from_utf8_lossy(path.as_bytes()).as_ref());
        let content = fs::read(&place).map_err(|error| file_error(&place, error))?;
        if !stands(&scanner, &path, &content, &findings)? {
            return Err(FixError::Changed(shown.path(&path)).into());
        }
        if args.apply {
            write(&place, &shown.path(&path), &content, &patch::apply(&content, &edits))?;
            output.line(&format!("fixed {}", shown.path(&path)))?;
        } else {
            let text = patch::unified(&shown.path(&path), &content, &edits);
            output.write(|out| out.write_all(shown.prose(&text).as_bytes()))?;
        }
    }
    if changed == 0 {
        output.line("nothing to fix")?;
    }
    Ok(if changed > 0 && !args.apply { super::BLOCKED } else { super::CLEAN })
}

fn known(scanner: &Scanner, name: &str) -> Result<RuleId, CliError> {
    let id = RuleId::parse(name).filter(|id| scanner.engine.knows(id));
    id.ok_or_else(|| {
        let names: Vec<&str> = scanner.engine.rules().map(|rule| rule.info.id.as_str()).collect();
        CliError::UnknownRule { id: name.to_owned(), nearest: nearest(name, &names) }
    })
}

/// Whether the rules still find the same in a file: else it is not what was scanned.
fn stands(
    scanner: &Scanner,
    path: &RepoPath,
    content: &[u8],
    findings: &[Finding],
) -> Result<bool, CliError> {
    let now = scanner.engine.scan(path, content)?;
    let there = |finding: &Finding| {
        now.matches
            .iter()
            .any(|one| one.span == finding.span && scanner.engine.rule(one).info.id == finding.rule.id)
    };
    Ok(findings.iter().all(there))
}

/// Writes the file, if it still holds what was read.
fn write(place: &Path, path: &str, before: &[u8], after: &[u8]) -> Result<(), CliError> {
    let now = fs::read(place).map_err(|error| file_error(place, error))?;
    if now != before {
        return Err(FixError::Changed(path.to_owned()).into());
    }
    Ok(whole::write(place, after).map_err(|error| file_error(place, error))?)
}

fn file_error(path: &Path, error: std::io::Error) -> FixError {
    FixError::File { path: path.to_owned(), error }
}
