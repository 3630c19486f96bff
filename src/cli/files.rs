//! Looks into the repository as a change leaves it, for what a manifest says about other files.

use std::path::PathBuf;

use crate::git::{Mode, Repo};
use crate::model::{Locator, Oid, RepoPath};
use crate::scan::RepoFiles;
use crate::source::{Reader, committed, index};

/// The files of the index; asks git for each, since hardly anybody asks.
pub fn in_index(repo: &Repo) -> RepoFiles {
    let lookup = |repo: &Repo, path: &RepoPath| {
        index::lookup(repo, std::slice::from_ref(path)).ok()?.into_iter().next()
    };
    let (here, there) = (repo.clone(), repo.clone());
    RepoFiles {
        // No answer is no file: then the dependency is not local and has to be approved.
        exists: Box::new(move |path| lookup(&here, path).is_some()),
        read: Box::new(move |path| {
            let entry = lookup(&there, path).filter(|entry| entry.side.mode == Mode::File)?;
            Reader::new(Some(&there)).read(&Locator::Blob(entry.side.oid)).ok()
        }),
    }
}

/// The files of commits, the first that has one.
pub fn in_commits(repo: &Repo, commits: &[Oid]) -> RepoFiles {
    let (here, of_here) = (repo.clone(), commits.to_vec());
    let (there, of_there) = (repo.clone(), commits.to_vec());
    RepoFiles {
        // No answer is no file: then the dependency is not local and has to be approved.
        exists: Box::new(move |path| committed::is_in_one_of(&here, &of_here, path).unwrap_or(false)),
        read: Box::new(move |path| committed::content(&there, &of_there, path).ok().flatten()),
    }
}

/// The files below a folder.
pub fn on_disk(top: PathBuf) -> RepoFiles {
    let place = |top: &PathBuf, path: &RepoPath| top.join(String::from_utf8_lossy(path.as_bytes()).as_ref());
    let other = top.clone();
    RepoFiles {
        exists: Box::new(move |path| place(&top, path).exists()),
        read: Box::new(move |path| std::fs::read(place(&other, path)).ok()),
    }
}
