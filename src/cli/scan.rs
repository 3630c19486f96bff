//! `portcullis scan`: the sources by hand.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::output::{Audience, Occasion};
use super::setup::{self, Base};
use super::{CliError, Output, exceptions, files, history, known, skip, stdin};
use crate::config::{Doors, TeamFile, TeamFiles};
use crate::git::{GitEnv, Repo};
use crate::model::{Category, Entry, Locator, RepoPath, Report, Verdict};
use crate::report::{Action, Format};
use crate::scan::Scanner;
use crate::source::index::Snapshot;
use crate::source::{self, Listing, Reader, tree};

/// What to scan.
#[derive(Debug, Subcommand)]
pub enum ScanCommand {
    /// What the next commit would bring in
    Staged,
    /// Every commit of a range, such as `main..HEAD`
    Range {
        /// As git writes it: `A..B`.
        range: String,
    },
    /// Files and folders on disk, in a repository or not
    Tree {
        /// Where to look; the current folder when left out.
        paths: Vec<PathBuf>,
        /// Also scan what `.gitignore` leaves out.
        #[arg(long)]
        no_ignore: bool,
    },
    /// Standard input
    Stdin {
        /// The name that rules and the report see.
        #[arg(long, value_name = "NAME")]
        path: String,
    },
    /// Everything that any ref of the repository leads to
    History(history::HistoryArgs),
}

/// Runs `portcullis scan`.
pub fn run(what: ScanCommand, format: Format, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let occasion =
        |more| Occasion { format, action: Action::Scan, more, audience: Audience::Asked, tips: &[] };
    match what {
        ScanCommand::Staged => {
            let repo = open(dir)?;
            let staged = Staged::read(&repo)?;
            staged.scan(&repo, output, &occasion("portcullis scan staged --format concise"))
        }
        ScanCommand::Range { range } => {
            let repo = open(dir)?;
            let (scanner, listing) = in_range(&repo, &range)?;
            let more = format!("portcullis scan range {range} --format concise");
            scan(&scanner, listing, Some(&repo), output, &occasion(&more))
        }
        ScanCommand::Tree { paths, no_ignore } => {
            let home = setup::home(dir);
            let scanner = scanner_on_disk(&home)?;
            let is_everything = paths.is_empty() && dir == home;
            let paths = if paths.is_empty() { vec![PathBuf::from(".")] } else { paths };
            let paths: Vec<PathBuf> = paths.iter().map(|path| dir.join(path)).collect();
            let ignored = if no_ignore { tree::Ignored::Scanned } else { tree::Ignored::LeftOut };
            // Named from the team's folder, so that its globs, records and fingerprints count from one place.
            let listing = tree::list(&home, &paths, ignored)?;
            let mut report = scanner.run(listing, &|| Reader::new(None))?;
            if let Some(file) = setup::files_on_disk(&home)?.waivers.filter(|_| is_everything) {
                scanner.tell_unused_waivers(&file.content, &mut report)?;
            }
            output.report(&report, &scanner.engine, &occasion("portcullis scan tree --format concise"))
        }
        ScanCommand::Stdin { path } => {
            let content = stdin::read()?;
            let scanner = setup::scanner_without_dependencies(&setup::files_on_disk(&setup::home(dir))?)?;
            let listing = source::stdin::list(RepoPath::new(path), content);
            scan(&scanner, listing, None, output, &occasion("portcullis scan stdin --format concise"))
        }
        ScanCommand::History(args) => history::run(&args, format, dir, output),
    }
}

/// The scanner for the commits of a range, and what they bring in.
fn in_range(repo: &Repo, range: &str) -> Result<(Scanner, Listing), CliError> {
    let mut scanner = setup::with_witnesses(scanner_of_index(repo)?, repo, None)?;
    let mut listing = source::range::list(repo, range)?;
    known::add(&mut scanner, &mut listing, repo, known::Search::start(repo), || Snapshot::read(repo))?;
    Ok((scanner, listing))
}

/// A change to be judged.
pub enum Change<'a> {
    /// What is staged.
    Staged,
    /// Commits, as git writes a range.
    Range(&'a str),
}

/// Judges nothing but the dependencies of a change.
pub fn dependencies(
    change: &Change<'_>,
    format: Format,
    dir: &Path,
    output: &Output,
) -> Result<u8, CliError> {
    let repo = open(dir)?;
    let (mut scanner, listing, more) = match change {
        Change::Staged => {
            let Staged { scanner, listing, .. } = Staged::read(&repo)?;
            (scanner, listing, "portcullis deps check --staged --format concise".to_owned())
        }
        Change::Range(range) => {
            let (scanner, listing) = in_range(&repo, range)?;
            (scanner, listing, format!("portcullis deps check --range {range} --format concise"))
        }
    };
    scanner.engine.retain(|info| info.category == Category::Dependency);
    scanner.known = None;
    let occasion =
        Occasion { format, action: Action::Scan, more: &more, audience: Audience::Asked, tips: &[] };
    scan(&scanner, listing, Some(&repo), output, &occasion)
}

/// The repository around a folder.
pub fn open(dir: &Path) -> Result<Repo, CliError> {
    Ok(Repo::open(dir, GitEnv::from_vars(std::env::vars_os()))?)
}

/// The scanner for files on disk below a team's folder.
pub fn scanner_on_disk(home: &Path) -> Result<Scanner, CliError> {
    let files = setup::files_on_disk(home)?;
    // Without a record nobody has decided anything about dependencies, and files on disk are not a change.
    match files.approved {
        Some(_) => setup::scanner(&files, Base::unchanged(&files), files::on_disk(home.to_owned())),
        None => setup::scanner_without_dependencies(&files),
    }
}

/// The team's files as they are in the index.
pub fn files_of_index(repo: &Repo) -> Result<TeamFiles, CliError> {
    setup::files_in_index(repo, &Snapshot::read(repo).policy_files(repo)?.finish()?)
}

/// The scanner for commits: judged by what the index holds now.
fn scanner_of_index(repo: &Repo) -> Result<Scanner, CliError> {
    scanner_of(&files_of_index(repo)?, repo)
}

/// The scanner of these files for content that no change of them goes with.
pub fn scanner_of(files: &TeamFiles, repo: &Repo) -> Result<Scanner, CliError> {
    setup::scanner(files, Base::unchanged(files), files::in_index(repo))
}

/// Scans a listing and reports it.
pub fn scan(
    scanner: &Scanner,
    listing: Listing,
    repo: Option<&Repo>,
    output: &Output,
    occasion: &Occasion<'_>,
) -> Result<u8, CliError> {
    let report = scanner.run(listing, &|| Reader::new(repo))?;
    output.report(&report, &scanner.engine, occasion)
}

/// What is staged, with the scanner that judges it.
pub struct Staged {
    listing: Listing,
    scanner: Scanner,
    files: TeamFiles,
}

impl Staged {
    /// Finds the changes and the team's files; where git has to be asked, for both at once.
    pub fn read(repo: &Repo) -> Result<Staged, CliError> {
        let search = known::Search::start(repo);
        let index = Snapshot::read(repo);
        let changes = source::staged::start(repo, &index)?;
        let policy = index.policy_files(repo)?;
        let (files, exceptions) = exceptions::Staged::files(repo, policy.finish()?)?;
        let mut listing = changes.finish()?;
        let approved = before(repo, &listing, ".portcullis/approved.toml", files.approved.as_ref())?;
        let config = before(repo, &listing, ".portcullis/config.toml", files.config.as_ref())?;
        let base = Base { approved: approved.as_ref(), config: config.as_ref() };
        let mut scanner = setup::scanner(&files, base, files::in_index(repo))?;
        if let Some(exceptions) = exceptions {
            scanner.policy = exceptions.settle(scanner.policy);
        }
        scanner.policy = skip::apply(scanner.policy, &scanner.engine)?;
        skip::log(&scanner.policy, repo)?;
        known::add(&mut scanner, &mut listing, repo, search, || index)?;
        Ok(Staged { listing, scanner, files })
    }

    /// What is staged of a path.
    pub fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        self.listing.entries.iter().find(|entry| entry.path == *path)
    }

    /// What judges it.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// The files that judge it.
    pub fn files(&self) -> &TeamFiles {
        &self.files
    }

    /// What the configuration says beside rules.
    pub fn doors(&self) -> Doors {
        self.scanner.policy.config().doors
    }

    /// Scans, and reports what blocks as advice.
    pub fn warn(self, repo: &Repo, output: &Output, occasion: &Occasion<'_>) -> Result<u8, CliError> {
        let mut report = self.scanner.run(self.listing, &|| Reader::new(Some(repo)))?;
        for judged in report.findings.iter_mut().filter(|judged| judged.verdict == Verdict::Blocking) {
            judged.verdict = Verdict::Advisory;
        }
        output.report(&report, &self.scanner.engine, occasion)
    }

    /// Scans; the scanner comes with what it found.
    pub fn judge(self, repo: &Repo) -> Result<(Scanner, Report), CliError> {
        let report = self.scanner.run(self.listing, &|| Reader::new(Some(repo)))?;
        Ok((self.scanner, report))
    }

    /// Scans and reports.
    pub fn scan(self, repo: &Repo, output: &Output, occasion: &Occasion<'_>) -> Result<u8, CliError> {
        scan(&self.scanner, self.listing, Some(repo), output, occasion)
    }
}

/// A file of the team before the change: what stood in its place, or the file itself when it is not changed.
fn before(
    repo: &Repo,
    listing: &Listing,
    name: &str,
    now: Option<&TeamFile>,
) -> Result<Option<TeamFile>, CliError> {
    let path = RepoPath::from(name);
    let Some(entry) = listing.entries.iter().find(|entry| entry.path == path) else {
        return Ok(now.cloned());
    };
    let Entry { before, .. } = entry;
    let read = |locator: &Locator| Reader::new(Some(repo)).read(locator);
    let content = before.first().map(read).transpose()?;
    Ok(content.map(|content| TeamFile { name: format!("HEAD:{name}"), content }))
}
