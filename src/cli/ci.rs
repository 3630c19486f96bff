//! `portcullis ci`: the commits of a change, judged by the policy that stood before it.

mod platform;
mod receipts;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use clap::Args;

use super::output::{Audience, Occasion, stderr_line};
use super::report_file::{self, ReportFile};
use super::setup::{self, Base};
use super::{BLOCKED, CLEAN, CliError, Output, named};
use crate::cache::Digest;
use crate::config::TeamFiles;
use crate::git::{GitEnv, Repo};
use crate::model::{CommitInfo, Oid, Provenance, Report};
use crate::report::{Action, Format};
use crate::scan::Scanner;
use crate::source::{Listing, Reader, SourceError, range, swept};
use platform::Change;
pub use platform::CiError;

/// Arguments of `ci`.
#[derive(Debug, Args)]
pub struct CiArgs {
    /// `BASE..HEAD`; in GitHub Actions and GitLab the service says it.
    range: Option<String>,
    /// The shape of the report; text, and in GitHub Actions annotations as well, when left out.
    #[arg(long, value_parser = named(&Format::NAMES))]
    format: Option<Format>,
    /// Writes the report to a file as well; may be given several times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file::parse)]
    pub output: Vec<ReportFile>,
    /// Each commit that brings content needs a receipt, as the hook post-commit leaves it.
    #[arg(long)]
    require_receipts: bool,
}

/// What is new, by id.
struct Commits {
    head: Oid,
    /// The commit whose policy counts.
    base: Option<Oid>,
    known: Vec<Oid>,
}

/// Runs `portcullis ci`.
pub fn run(args: &CiArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let repo = Repo::open(dir, GitEnv::from_vars(std::env::vars_os()))?;
    let change = match &args.range {
        Some(range) => written(range)?,
        None => platform::change(&|name| std::env::var(name).ok(), &|path| fs::read(path))?,
    };
    let commits = resolve(&repo, &change)?;
    let mut listing = range::between(&repo, commits.head, &commits.known)?;
    if reaches_the_end(&repo, &listing)? {
        return Err(CiError::Shallow.into());
    }
    if let Some(base) = commits.base
        && let Some(met) = swept::meeting(&repo, base, commits.head)?
    {
        swept::add(&repo, (met, commits.head), &mut listing)?;
    }
    let scanner = scanner(&repo, &commits)?;
    setup::check_files_of_commit(&repo, &commits.head.to_string())?;
    let asked = if args.require_receipts { receipts::asked_of(&listing) } else { Vec::new() };
    let report = scanner.run(listing, &|| Reader::new(Some(&repo)))?;
    let base = commits.base.map_or_else(String::new, |base| format!("{base}.."));
    let more = format!("portcullis ci {base}{} --format concise", commits.head);
    let occasion =
        |format| Occasion { format, action: Action::Scan, more: &more, audience: Audience::Asked, tips: &[] };
    let is_github = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
    let code = match args.format {
        Some(format) => output.report(&report, &scanner.engine, &occasion(format))?,
        None if is_github => on_github(&report, &scanner, output, occasion)?,
        None => output.report(&report, &scanner.engine, &occasion(Format::Text))?,
    };
    Ok(code.max(tell_receipts(&repo, &asked)?))
}

/// Told on standard error, beside a report of any format.
fn tell_receipts(repo: &Repo, asked: &[Arc<CommitInfo>]) -> Result<u8, CliError> {
    if asked.is_empty() {
        return Ok(CLEAN);
    }
    let faults = receipts::faults(repo, asked)?;
    for fault in &faults {
        // Where standard error is closed the exit code still says it.
        let _ = stderr_line(&format!("portcullis: {fault}"));
    }
    Ok(if faults.is_empty() { CLEAN } else { BLOCKED })
}

/// The text for people who read the log, then the annotations, and a table in the summary of the step where the runner
/// says where that is. What the text quotes must not command the runner.
fn on_github<'o>(
    report: &Report,
    scanner: &Scanner,
    output: &Output,
    occasion: impl Fn(Format) -> Occasion<'o>,
) -> Result<u8, CliError> {
    let secret = format!("{:?} {}", SystemTime::now(), std::process::id());
    let token = Digest::of([secret.as_bytes()]).hex();
    output.line(&format!("::stop-commands::{token}"))?;
    let text = output.report(report, &scanner.engine, &occasion(Format::Text));
    output.line(&format!("::{token}::"))?;
    output.report(report, &scanner.engine, &occasion(Format::Github))?;
    if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) {
        output.append(Path::new(&summary), report, &occasion(Format::Markdown))?;
    }
    text
}

fn written(range: &str) -> Result<Change, SourceError> {
    match range.split_once("..") {
        Some((base, head)) if !base.is_empty() && !head.is_empty() && !head.starts_with('.') => {
            Ok(Change { before: Some(base.to_owned()), heads: vec![head.to_owned()], ..Change::default() })
        }
        _ => Err(SourceError::Range(range.to_owned())),
    }
}

fn resolve(repo: &Repo, change: &Change) -> Result<Commits, CliError> {
    let id = |name: &String| range::commit(repo, name);
    let first = |names: &[&String]| {
        names.iter().find_map(|name| id(name).transpose()).transpose()?.ok_or_else(|| {
            let missing = names.first().map_or_else(String::new, |name| (*name).clone());
            CliError::from(CiError::NotHere(missing))
        })
    };
    let head = first(&change.heads.iter().collect::<Vec<_>>())?;
    let bases: Vec<&String> = change.before.iter().chain(&change.branch).collect();
    // Nothing was there before: then everything is new.
    let base = if bases.is_empty() { None } else { Some(first(&bases)?) };
    let mut known: Vec<Oid> = base.into_iter().collect();
    for name in &change.known {
        known.extend(id(name)?);
    }
    Ok(Commits { head, base, known })
}

/// True when a new commit is one whose parents a shallow clone left out: it would look as if it brought everything.
fn reaches_the_end(repo: &Repo, listing: &Listing) -> Result<bool, CliError> {
    let path = repo.common_dir().join("shallow");
    let Ok(ends) = fs::read_to_string(&path) else { return Ok(false) };
    let ends: BTreeSet<&str> = ends.lines().collect();
    Ok(listing.entries.iter().any(|entry| match &entry.provenance {
        Provenance::CommitMessage(info) => ends.contains(info.id.to_string().as_str()),
        Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::Commit(_)
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => false,
    }))
}

/// Judges by the files of the base, which the change cannot loosen.
fn scanner(repo: &Repo, commits: &Commits) -> Result<Scanner, CliError> {
    let Some(base) = commits.base else {
        return setup::scanner_without_dependencies(&TeamFiles::default());
    };
    let files = setup::files_of_commit(repo, &base.to_string())?;
    let scanner =
        setup::scanner(&files, Base::unchanged(&files), super::files::in_commits(repo, &[commits.head]))?;
    setup::with_witnesses(scanner, repo, Some(base))
}
