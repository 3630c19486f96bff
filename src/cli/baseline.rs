//! `portcullis baseline`: writes down what is found today, so that only what is new counts. Decides nothing about findings.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{CLEAN, CliError, Output, allow, key, setup};
use crate::model::{Category, Finding, Judged, Verdict};
use crate::policy::foreign::{self, Foreign, ForeignError};
use crate::policy::{Accepted, Baseline, Change};
use crate::report::summary::plural;
use crate::source::{Reader, tree};
use crate::text::escape;

/// Where it lies.
const PATH: &str = ".portcullis/baseline.toml";

/// What to do with the baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineCommand {
    /// Accept what is found today, once, at the beginning
    Create(CreateArgs),
    /// Follow what has moved and drop what is gone
    Update(UpdateArgs),
    /// Drop what is gone
    Prune,
    /// Count what is accepted, and what of it is still there
    Stats,
}

/// How a baseline begins.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Only what another scanner has accepted: a report of gitleaks, a baseline of detect-secrets, or SARIF
    #[arg(long, value_name = "FILE")]
    import: Option<PathBuf>,
}

/// How a baseline goes on.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    /// Also accept what is new
    #[arg(long)]
    extend: bool,
}

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// One is there.
    #[error("{PATH}: is there already")]
    Exists,
    /// None is there.
    #[error("{PATH}: is not there")]
    Missing,
    /// A file of another scanner.
    #[error("{path}: {error}")]
    Foreign {
        /// Which.
        path: String,
        /// What is wrong.
        error: ForeignError,
    },
}

impl BaselineError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            BaselineError::Exists => {
                "`portcullis baseline update` follows what has moved; with --extend it accepts what is new"
            }
            BaselineError::Missing => "`portcullis baseline create` writes one",
            BaselineError::Foreign { .. } => "gitleaks writes one with `--report-format json`",
        }
    }
}

/// Runs `portcullis baseline`.
pub fn run(command: &BaselineCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    let said = match command {
        BaselineCommand::Create(args) => create(args, dir, &home)?,
        BaselineCommand::Update(args) => {
            let change = compare(&home)?;
            let new = change.new.len();
            let Change { mut kept, moved, gone, new: more } = change;
            let (moved_count, more_count) = (moved.len(), if args.extend { more.len() } else { 0 });
            kept.extend(moved);
            if args.extend {
                kept.extend(more);
            }
            write(&home, &Baseline::new(kept))?;
            let mut said = format!(
                "{PATH}: {}, {moved_count} moved, {} gone, {more_count} new",
                plural_findings(&home)?,
                gone.len()
            );
            if new > more_count {
                let _ =
                    write!(said, "\n  {new} more are found and not accepted: repair them, or see --extend");
            }
            said
        }
        BaselineCommand::Prune => {
            let Change { gone, .. } = compare(&home)?;
            let old = read(&home)?;
            let kept = old.iter().filter(|one| !gone.contains(one)).cloned().collect();
            write(&home, &Baseline::new(kept))?;
            format!("{PATH}: {}, {} gone", plural_findings(&home)?, gone.len())
        }
        BaselineCommand::Stats => stats(&home)?,
    };
    output.line(&said)?;
    Ok(CLEAN)
}

fn create(args: &CreateArgs, dir: &Path, home: &Path) -> Result<String, CliError> {
    if setup::files_on_disk(home)?.baseline.is_some() {
        return Err(BaselineError::Exists.into());
    }
    let foreign = args.import.as_ref().map(|path| read_foreign(&dir.join(path))).transpose()?;
    key::ensure(home)?;
    let found = found(home)?;
    let mut unmatched = foreign.as_ref().map_or(0, Vec::len);
    let mut accepted = Vec::new();
    for finding in &found {
        match &foreign {
            Some(foreign) if !foreign.iter().any(|one| accepts(one, finding)) => {}
            Some(_) | None => accepted.extend(accept(finding)),
        }
    }
    if let Some(foreign) = &foreign {
        unmatched = foreign.iter().filter(|one| !found.iter().any(|finding| accepts(one, finding))).count();
    }
    let baseline = Baseline::new(accepted);
    write(home, &baseline)?;
    let mut said = format!("{PATH}: {} accepted", plural(baseline.iter().count(), "finding", "findings"));
    if let Some(foreign) = &foreign {
        let _ = write!(
            said,
            "\n  {unmatched} of the {} in the file are nothing that is found here, so nothing was written for them\n  \
             {} are found here and were not in the file: they stay open",
            foreign.len(),
            found.len() - baseline.iter().count(),
        );
    }
    said.push_str("\n  commit it together with its key: git add .portcullis");
    Ok(said)
}

fn accepts(foreign: &Foreign, finding: &Finding) -> bool {
    let path = String::from_utf8_lossy(finding.path.as_bytes());
    foreign.accepts(&path, finding.start.line..=finding.end.line, finding.secret.as_ref())
}

fn read_foreign(path: &Path) -> Result<Vec<Foreign>, CliError> {
    let text = fs::read(path).map_err(|source| CliError::File { path: path.to_owned(), source })?;
    let text = String::from_utf8_lossy(&text);
    foreign::read(&text).map_err(|error| {
        BaselineError::Foreign { path: escape(path.as_os_str().as_encoded_bytes()), error }.into()
    })
}

fn accept(finding: &Finding) -> Option<Accepted> {
    Accepted::new(&finding.rule.id, &finding.fingerprint, &finding.path)
}

/// What is found below the team's folder and nobody has let pass, the baseline left aside.
fn found(home: &Path) -> Result<Vec<Finding>, CliError> {
    let mut files = setup::files_on_disk(home)?;
    files.baseline = None;
    let scanner = setup::scanner_without_dependencies(&files)?;
    let listing = tree::list(home, &[PathBuf::from(".")], tree::Ignored::LeftOut)?;
    let report = scanner.run(listing, &|| Reader::new(None))?;
    if !report.receipt.unread.is_empty() {
        return Err(CliError::Unread(report.receipt.unread.len()));
    }
    let open = report.findings.into_iter().filter(|judged| match judged.verdict {
        Verdict::Blocking | Verdict::Advisory => !judged.finding.is_information(),
        Verdict::Suppressed { .. } => false,
    });
    let is_waivable = |finding: &Finding| match finding.rule.category {
        Category::Secret | Category::Code => true,
        Category::Dependency | Category::Policy => false,
    };
    Ok(open.map(|Judged { finding, .. }| finding).filter(is_waivable).collect())
}

fn compare(home: &Path) -> Result<Change, CliError> {
    let old = read(home)?;
    Ok(Change::between(&old, Baseline::new(found(home)?.iter().filter_map(accept).collect())))
}

fn read(home: &Path) -> Result<Baseline, CliError> {
    let file = setup::files_on_disk(home)?.baseline.ok_or(BaselineError::Missing)?;
    Ok(Baseline::read(&file.name, setup::text(&file)?)?)
}

fn write(home: &Path, baseline: &Baseline) -> Result<(), CliError> {
    allow::write(&home.join(PATH), &baseline.to_toml())
}

fn plural_findings(home: &Path) -> Result<String, CliError> {
    Ok(format!("{} accepted", plural(read(home)?.iter().count(), "finding", "findings")))
}

fn stats(home: &Path) -> Result<String, CliError> {
    let (old, change) = (read(home)?, compare(home)?);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in old.iter() {
        *counts.entry(one.rule.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let count = old.iter().count();
    let (gone, moved, new) = (change.gone.len(), change.moved.len(), change.new.len());
    let mut said = format!(
        "{PATH}: {} accepted: {} where they were, {moved} moved, {gone} gone; {new} found and not accepted",
        plural(count, "finding", "findings"),
        change.kept.len()
    );
    for (rule, count) in counts {
        // Writing to a string cannot fail.
        let _ = write!(said, "\n{count:7} {rule}");
    }
    Ok(said)
}
