//! Why a source could not say what is to be scanned.

use std::io;
use std::path::PathBuf;

use crate::git::GitError;
use crate::model::{Oid, RepoPath};
use crate::text::escape;

/// No answer: never the same as "nothing to scan".
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Git or its object store gave no answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file or directory cannot be read.
    #[error("{}: {source}", escape(.path.as_os_str().as_encoded_bytes()))]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The walk through a directory stopped at something that has no path.
    #[error("directory walk: {0}")]
    Walk(#[from] ignore::Error),
    /// A path whose conflict is not resolved: what will be committed is not known.
    #[error("{}: merge conflict not resolved", escape(.0.as_bytes()))]
    Unmerged(RepoPath),
    /// A line that is none of those that git gives a pre-push or pre-receive hook.
    #[error("ref update not understood: {}", escape(.0))]
    PushLine(Vec<u8>),
    /// Text that names no commits.
    #[error("not a range of commits: {0:?}")]
    Range(String),
    /// There is no such branch, here or as seen of a remote.
    #[error("no branch {}", escape(.0.as_bytes()))]
    NoBranch(String),
    /// Git listed a commit and then did not say what it changes.
    #[error("commit {0}: git did not list its changes")]
    CommitNotListed(Oid),
    /// A blob is to be read, and there is no repository.
    #[error("object {0}: no repository to read it from")]
    NoRepository(Oid),
}

impl SourceError {
    /// True when a partial clone simply does not hold the object.
    pub fn is_not_in_this_clone(&self) -> bool {
        matches!(self, SourceError::Git(GitError::NotInThisClone(_)))
    }
}
