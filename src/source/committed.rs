//! Looks up files in the tree of a commit: the policy of a branch, and manifests beside the changed ones.

use std::ffi::{OsStr, OsString};

use super::SourceError;
use super::index::{POLICY_FOLDER, os_str};
use crate::git::{IndexEntry, Repo, tree_entries};
use crate::model::{Oid, RepoPath};

/// The files under `.portcullis/` in the tree of `commit`. One that is itself a file or link is an entry as well: the
/// caller has to refuse it.
pub fn policy_files(repo: &Repo, commit: &str) -> Result<Vec<IndexEntry>, SourceError> {
    let output = repo.git().run("ls-tree", &["-r", "-z", "--full-tree", commit, "--", POLICY_FOLDER])?;
    Ok(tree_entries(&output)?)
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
