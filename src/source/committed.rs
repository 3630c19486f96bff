//! Looks up files in the tree of a commit: the policy of a branch, and manifests beside the changed ones.

use std::ffi::{OsStr, OsString};

pub(super) use super::index::POLICY_FOLDER;
use super::index::os_str;
use super::{Reader, SourceError};
use crate::git::{GitError, IndexEntry, Mode, Repo, tree_entries};
use crate::model::{Locator, Oid, RepoPath};

/// The files under `.portcullis/` in the tree of `commit`. One that is itself a file or link is an entry as well: the
/// caller has to refuse it.
pub fn policy_files(repo: &Repo, commit: &str) -> Result<Vec<IndexEntry>, SourceError> {
    let output = repo.git().run("ls-tree", &["-r", "-z", "--full-tree", commit, "--", POLICY_FOLDER])?;
    Ok(tree_entries(&output)?)
}

/// The ids of `.portcullis` in the trees of `names`, in their order; none where there is none. One git process.
pub fn policy_folders(repo: &Repo, names: &[String]) -> Result<Vec<Option<Oid>>, SourceError> {
    const COMMAND: &str = "cat-file";
    let input: String = names.iter().map(|name| format!("{name}:{POLICY_FOLDER}\n")).collect();
    let output = repo.git().feed(COMMAND, &["--batch-check=%(objectname)"], input.as_bytes())?;
    let lines = output.split(|&byte| byte == b'\n').take(names.len());
    // What is not there is said in words.
    let folders: Vec<_> = lines.map(|line| Oid::from_hex(line).ok()).collect();
    if folders.len() != names.len() {
        let what = format!("{} lines for {} names", folders.len(), names.len());
        return Err(GitError::NotUnderstood { command: COMMAND, what }.into());
    }
    Ok(folders)
}

/// The bytes of the file at `path` in the first of `commits` that has one.
pub fn content(repo: &Repo, commits: &[Oid], path: &RepoPath) -> Result<Option<Vec<u8>>, SourceError> {
    for commit in commits {
        let commit = OsString::from(commit.to_string());
        let args = ["-z", "--full-tree"].map(OsStr::new);
        let args = [&args[..], &[commit.as_os_str(), OsStr::new("--"), os_str(path)]].concat();
        let entries = tree_entries(&repo.git().run("ls-tree", &args)?)?;
        if let Some(entry) = entries.iter().find(|entry| entry.path == *path && entry.side.mode == Mode::File)
        {
            return Reader::new(Some(repo)).read(&Locator::Blob(entry.side.oid)).map(Some);
        }
    }
    Ok(None)
}

/// Whether one of `commits` has a file at `path`.
pub fn is_in_one_of(repo: &Repo, commits: &[Oid], path: &RepoPath) -> Result<bool, SourceError> {
    for commit in commits {
        let commit = OsString::from(commit.to_string());
        let args = ["-z", "--full-tree", "--name-only"].map(OsStr::new);
        let args = [&args[..], &[commit.as_os_str(), OsStr::new("--"), os_str(path)]].concat();
        if !repo.git().run("ls-tree", &args)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The paths of all files of `commits`, sorted.
pub fn paths(repo: &Repo, commits: &[Oid]) -> Result<Vec<RepoPath>, SourceError> {
    let mut paths = Vec::new();
    for commit in commits {
        let args = ["-r", "-z", "--full-tree", "--name-only", &commit.to_string()];
        let listed = repo.git().run("ls-tree", &args)?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        paths.extend(names.map(RepoPath::new));
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}
