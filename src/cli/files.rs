//! Looks into the repository as a change leaves it, for what a manifest or a piece of code says about other files.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::git::{Mode, Repo};
use crate::model::{Locator, Oid, RepoPath};
use crate::scan::RepoFiles;
use crate::source::index::Snapshot;
use crate::source::{Reader, committed};

/// The files of the index, which is read when somebody asks for the first time.
pub fn in_index(repo: &Repo) -> RepoFiles {
    let index = Arc::new(OnceLock::new());
    let snapshot = {
        let repo = repo.clone();
        move || Arc::clone(index.get_or_init(|| Arc::new(Snapshot::read(&repo))))
    };
    let (here, there, all) = (snapshot.clone(), snapshot.clone(), snapshot);
    let (repo_here, repo_there, repo_all) = (repo.clone(), repo.clone(), repo.clone());
    RepoFiles {
        // No answer is no file: then the dependency is not local and has to be approved.
        exists: Box::new(move |path| here().entry(&repo_here, path).is_ok_and(|entry| entry.is_some())),
        read: Box::new(move |path| {
            let entry = there().entry(&repo_there, path).ok()??;
            let is_file = entry.side.mode == Mode::File;
            is_file.then(|| Reader::new(Some(&repo_there)).read(&Locator::Blob(entry.side.oid)).ok())?
        }),
        paths: Box::new(move || all().paths(&repo_all).unwrap_or_default().into()),
    }
}

/// The files of commits, the first that has one.
pub fn in_commits(repo: &Repo, commits: &[Oid]) -> RepoFiles {
    let (here, of_here) = (repo.clone(), commits.to_vec());
    let (there, of_there) = (repo.clone(), commits.to_vec());
    let (all, of_all) = (repo.clone(), commits.to_vec());
    let listed: OnceLock<Arc<[RepoPath]>> = OnceLock::new();
    RepoFiles {
        // No answer is no file: then the dependency is not local and has to be approved.
        exists: Box::new(move |path| committed::is_in_one_of(&here, &of_here, path).unwrap_or(false)),
        read: Box::new(move |path| committed::content(&there, &of_there, path).ok().flatten()),
        paths: Box::new(move || {
            let list = || committed::paths(&all, &of_all).unwrap_or_default().into();
            Arc::clone(listed.get_or_init(list))
        }),
    }
}

/// The files below a folder; they are not listed, since nobody can tell which of them belong to the repository.
pub fn on_disk(top: PathBuf) -> RepoFiles {
    let place = |top: &PathBuf, path: &RepoPath| top.join(String::from_utf8_lossy(path.as_bytes()).as_ref());
    let other = top.clone();
    RepoFiles {
        exists: Box::new(move |path| place(&top, path).exists()),
        read: Box::new(move |path| std::fs::read(place(&other, path)).ok()),
        paths: Box::new(|| Arc::new([])),
    }
}
