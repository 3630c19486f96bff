//! `portcullis scan history`: everything that a repository has ever held.

mod progress;
mod stream;

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::output::{Audience, Occasion};
use super::scan::{files_of_index, open};
use super::setup::{self, Base};
use super::{CliError, Output, files as repo_files};
use crate::cache::Clean;
use crate::config::TeamFiles;
use crate::git::Repo;
use crate::model::{Category, Report};
use crate::report::{Action, Format};
use crate::scan::{Depth, Past, Scanner, is_manifest};
use crate::sightings::{self, Detail};
use crate::source::history::{self, Graph, History, Query, Scope, Tip};
use crate::source::{Listing, Reader};

use progress::Progress;
use stream::Stream;

/// Where contents that were clean are remembered, in the folder that all work trees share.
const MEMORY: &str = "portcullis/history";
/// How many of them: 32 MB, and what a repository of a thousand files and twenty years has.
const REMEMBERED: usize = 1 << 20;

/// Which part of the history, and how.
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
    /// Name every commit that brought a finding to a path, not only the first
    #[arg(long)]
    all_occurrences: bool,
    /// Look at every content again, also at those that had nothing in them the last time
    #[arg(long)]
    no_cache: bool,
}

/// Runs it.
pub fn run(args: &HistoryArgs, format: Format, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let repo = open(dir)?;
    let files = files_of_index(&repo)?;
    let query = args.query(&repo)?;
    let (scanner, history) = std::thread::scope(|scope| {
        let scanner = scope.spawn(|| scanner(&files, &repo, !args.no_cache));
        let history = history::list(&repo, &query);
        (scanner.join().unwrap_or_else(|panic| resume_unwind(panic)), history)
    });
    let (mut scanner, history) = (scanner?, history?);
    let mut occasion = occasion(format);
    if format == Format::Jsonl {
        output.begin(&occasion)?;
        occasion.audience = Audience::ReadingAlong;
    }
    let tips = history.tips.clone();
    let manifests = manifests(&files, &repo, &history)?;
    let stream = (format == Format::Jsonl).then(|| Stream::new(output.clone()));
    let way = Way { everywhere: args.code, full: args.full, stream };
    let (mut report, graph) = scan(&mut scanner, history, &repo, way)?;
    judge(manifests, &files, (&repo, tips), &mut report)?;
    let detail = if args.all_occurrences { Detail::All } else { Detail::First };
    sightings::gather(&mut report, &graph, &repo, detail)?;
    output.report(&report, &scanner.engine, &occasion)
}

/// The manifests at the tips, when the team has decided anything about dependencies: what an old one declared nobody
/// installs any more.
fn manifests(files: &TeamFiles, repo: &Repo, history: &History) -> Result<Listing, CliError> {
    match files.approved {
        Some(_) => Ok(history::at_tips(repo, history, &is_manifest)?),
        None => Ok(Listing::default()),
    }
}

/// Adds what is to be said about dependencies. The contents themselves are scanned with all others.
fn judge(
    manifests: Listing,
    files: &TeamFiles,
    (repo, tips): (&Repo, Vec<Tip>),
    report: &mut Report,
) -> Result<(), CliError> {
    if manifests.entries.is_empty() {
        return Ok(());
    }
    let tips: Vec<_> = tips.into_iter().map(|tip| tip.oid).collect();
    let mut scanner = setup::scanner(files, Base::unchanged(files), repo_files::in_commits(repo, &tips))?;
    scanner.engine.retain(|info| info.category == Category::Dependency);
    let judged = scanner.run(manifests, &|| Reader::new(Some(repo)))?;
    report.findings.extend(judged.findings);
    report.receipt.entries += judged.receipt.unread.len();
    report.receipt.unread.extend(judged.receipt.unread);
    Ok(())
}

/// Everything that is found in what `query` asks for, each content by itself, and the commits.
pub fn findings(repo: &Repo, query: &Query) -> Result<(Report, Graph), CliError> {
    let mut scanner = scanner(&files_of_index(repo)?, repo, true)?;
    scan(&mut scanner, history::list(repo, query)?, repo, Way::default())
}

fn occasion(format: Format) -> Occasion<'static> {
    let more = "portcullis scan history --format concise";
    Occasion { format, action: Action::Scan, more, audience: Audience::Asked, tips: &[] }
}

fn scanner(files: &TeamFiles, repo: &Repo, remember: bool) -> Result<Scanner, CliError> {
    let mut scanner = setup::scanner_without_dependencies(files)?;
    let digest = setup::digest(files).filter(|_| remember);
    scanner.clean =
        digest.map(|digest| Clean::open(&repo.common_dir().join(MEMORY), digest).holding(REMEMBERED));
    Ok(scanner)
}

/// How a history is scanned, and who reads along.
#[derive(Default)]
struct Way {
    everywhere: bool,
    full: bool,
    stream: Option<Stream>,
}

fn scan(scanner: &mut Scanner, history: History, repo: &Repo, way: Way) -> Result<(Report, Graph), CliError> {
    let History { listing, graph, current, packs, .. } = history;
    let progress = Arc::new(Progress::start(listing.entries.len()));
    let shown = Arc::clone(&progress);
    scanner.told = Some(Box::new(move |outcome| {
        shown.note(outcome);
        if let Some(stream) = &way.stream {
            stream.note(outcome);
        }
    }));
    let packs = packs.filter(|_| !way.full);
    let depth = if way.everywhere { Depth::Everywhere } else { Depth::Current(current) };
    let past = Past { depth, packs: packs.as_ref() };
    let report = scanner.run_past(listing, &|| Reader::new(Some(repo)), &past);
    progress.finish();
    // What cannot be remembered is looked at again.
    let _ = scanner.clean.take().map(Clean::save);
    Ok((report?, graph))
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
