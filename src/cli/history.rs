//! `portcullis scan history`: everything that a repository has ever held.

use std::path::Path;

use clap::Args;

use super::output::{Audience, Occasion};
use super::scan::{files_of_index, open};
use super::{CliError, Output, setup};
use crate::git::Repo;
use crate::git::pack::Packs;
use crate::model::{Entry, Locator};
use crate::report::{Action, Format};
use crate::scan::{Depth, Past};
use crate::source::history::{self, Query, Scope};
use crate::source::{Listing, Reader};

/// Which part of the history.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Also what no ref leads to: reflogs, older stashes, the index, lost objects
    #[arg(long)]
    all_objects: bool,
    /// Only what came in with these commits, such as `main..HEAD`
    #[arg(long, value_name = "A..B", conflicts_with_all = ["all_objects", "branch"])]
    range: Option<String>,
    /// Only what this branch leads to; `*` and `?` stand for other characters
    #[arg(long, value_name = "NAME", conflicts_with = "all_objects")]
    branch: Option<String>,
    /// Only what came in since then, such as `2026-01-31` or `2 weeks ago`
    #[arg(long, value_name = "DATE", conflicts_with = "all_objects")]
    since: Option<String>,
    /// Judge code in every old version, too, and not only at the tips of branches
    #[arg(long)]
    code: bool,
    /// Read and scan each content by itself: slower, with the same result
    #[arg(long)]
    full: bool,
}

/// Runs it.
pub fn run(args: &HistoryArgs, format: Format, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let repo = open(dir)?;
    let scanner = setup::scanner_without_dependencies(&files_of_index(&repo)?)?;
    let history = history::list(&repo, &args.query(&repo)?)?;
    let more = "portcullis scan history --format concise";
    let occasion = Occasion { format, action: Action::Scan, more, audience: Audience::Asked, tips: &[] };
    let packs = if args.full { None } else { packs(&repo, &history.listing) };
    let depth = if args.code { Depth::Everywhere } else { Depth::Current(history.current) };
    let past = Past { depth, packs: packs.as_ref() };
    let report = scanner.run_past(history.listing, &|| Reader::new(Some(&repo)), &past)?;
    output.report(&report, &scanner.engine, &occasion)
}

/// The packs of a repository, when something of what is listed could be in them.
fn packs(repo: &Repo, listing: &Listing) -> Option<Packs> {
    let id_len = |entry: &Entry| match entry.locator {
        Locator::Blob(oid) => Some(oid.as_bytes().len()),
        Locator::File(_) | Locator::Inline(_) => None,
    };
    let id_len = listing.entries.iter().find_map(id_len)?;
    Some(Packs::open(&repo.object_dirs(), id_len))
}

impl HistoryArgs {
    fn query(&self, repo: &Repo) -> Result<Query, CliError> {
        let scope = match (&self.range, &self.branch, self.all_objects) {
            (Some(range), _, _) => Scope::Range(range.clone()),
            (None, Some(name), _) => Scope::Branch(name.clone()),
            (None, None, true) => Scope::Everything,
            (None, None, false) => Scope::Refs,
        };
        let since = self.since.as_deref().map(|text| moment(repo, text)).transpose()?;
        Ok(Query { scope, since })
    }
}

/// What git does not understand it takes for now, and since now nothing has come in.
fn moment(repo: &Repo, text: &str) -> Result<i64, CliError> {
    let moment = history::moment(repo, text)?;
    if moment >= setup::now().saturating_sub(1) {
        return Err(CliError::NotBeforeNow(text.to_owned()));
    }
    Ok(moment)
}
