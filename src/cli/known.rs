//! Gathers the values of local secret files for a scan on a developer's machine.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use super::CliError;
use crate::config::SecretFiles;
use crate::git::Repo;
use crate::known::{Candidate, Known, Usual, candidates, in_home};
use crate::model::{Provenance, RepoPath};
use crate::scan::{KnownValues, Scanner};
use crate::source::Listing;
use crate::source::index::Snapshot;

/// Reads the folders where secret files usually lie, while git's side is read.
pub struct Search(Option<JoinHandle<Usual>>);

impl Search {
    /// Starts it, for a repository with a work tree.
    pub fn start(repo: &Repo) -> Search {
        let top = repo.top().map(Path::to_owned);
        // Where there can be no thread, the folders are read when they are asked for.
        Search(top.and_then(|top| thread::Builder::new().spawn(move || Usual::read(&top)).ok()))
    }

    fn finish(self, top: &Path) -> Usual {
        let read = self.0.and_then(|reading| reading.join().ok());
        read.unwrap_or_else(|| Usual::read(top))
    }
}

/// Lets the scan of `listing` look for the values of secret files that git does not track; files that are left out are
/// noted there. `index` is asked for when there is a secret file.
pub fn add(
    scanner: &mut Scanner,
    listing: &mut Listing,
    repo: &Repo,
    search: Search,
    index: impl FnOnce() -> Snapshot,
) -> Result<(), CliError> {
    let wanted = scanner.policy.config().secret_files;
    let Some(top) =
        repo.top().filter(|_| wanted != SecretFiles::Unread && KnownValues::is_on(&scanner.engine))
    else {
        return Ok(());
    };
    let mut files = candidates(top, search.finish(top), listing.entries.iter().map(|entry| &entry.path));
    retain_untracked(&mut files, repo, index)?;
    if let Some(home) = home().filter(|_| wanted == SecretFiles::Home) {
        files.extend(in_home(&home));
    }
    if files.iter().all(Candidate::is_template) {
        return Ok(());
    }
    let (known, skipped) = Known::read(top, &files);
    listing.skipped.extend(skipped);
    let repo = repo.clone();
    let held_before = Box::new(move |origin: &Provenance, value: &[u8]| held_before(&repo, origin, value));
    scanner.known = known.map(|known| KnownValues { known, held_before });
    Ok(())
}

/// What git tracks is no secret of this machine; templates are read wherever they come from.
fn retain_untracked(
    files: &mut Vec<Candidate>,
    repo: &Repo,
    index: impl FnOnce() -> Snapshot,
) -> Result<(), CliError> {
    let paths: Vec<RepoPath> =
        files.iter().filter(|file| !file.is_template()).map(Candidate::repo_path).collect();
    if !paths.is_empty() {
        let tracked = index().tracked(repo, &paths)?;
        files.retain(|file| file.is_template() || !tracked.contains(&file.repo_path()));
    }
    Ok(())
}

/// Asks git whether the commit before the change holds the value as a word; no answer is a no, so that the finding
/// stays.
fn held_before(repo: &Repo, origin: &Provenance, value: &[u8]) -> bool {
    let before = match origin {
        Provenance::Index | Provenance::WorkTree | Provenance::Stdin => "HEAD".to_owned(),
        Provenance::Commit(info) | Provenance::CommitMessage(info) => format!("{}^", info.id),
        Provenance::TagMessage(_) | Provenance::Object(_) => return false,
    };
    // Git reads one text a line, and would answer for any of them.
    if value.contains(&b'\n') {
        return false;
    }
    let args = ["-q", "-w", "-F", "--no-textconv", "--no-recurse-submodules", "-f", "-", &before, "--"];
    repo.git().feed("grep", &args, value).is_ok()
}

/// The home folder of the user.
pub fn home() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
    Some(PathBuf::from(home)).filter(|home| Path::new(home).is_absolute())
}
