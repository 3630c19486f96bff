//! What can go wrong between git and us; every variant means "no answer", never "nothing there".

use std::io;
use std::path::PathBuf;

use crate::model::Oid;

/// Why git, or its object store, gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No directory of `PATH` holds a git.
    #[error("git: not found in PATH")]
    NoGit,
    /// The operating system did not start git, or did not let us talk to it.
    #[error("git {command}: {source}")]
    Io {
        /// The subcommand.
        command: &'static str,
        /// What the operating system says.
        source: io::Error,
    },
    /// Git ran and said no.
    #[error("git {command}: {}: {stderr}", .status.map_or_else(|| "killed".to_owned(), |code| format!("exit status {code}")))]
    Failed {
        /// The subcommand.
        command: &'static str,
        /// Its exit status, none when a signal ended it.
        status: Option<i32>,
        /// Its own words, printable.
        stderr: String,
    },
    /// Git's output has not the form that its documentation promises.
    #[error("git {command}: output not understood: {what}")]
    NotUnderstood {
        /// The subcommand.
        command: &'static str,
        /// The part that is not understood, printable.
        what: String,
    },
    /// No object store of this repository has the object.
    #[error("object {0}: missing")]
    ObjectMissing(Oid),
    /// The repository is a partial clone, and the object is one that it may lack.
    #[error("object {0}: not in this partial clone")]
    NotInThisClone(Oid),
    /// The object is there and damaged.
    #[error("object {oid}: {reason}")]
    ObjectUnreadable {
        /// Its id.
        oid: Oid,
        /// What is wrong with it, printable.
        reason: String,
    },
    /// The object is of another kind than the one that refers to it says.
    #[error("object {oid}: a {found} where a {expected} is expected")]
    ObjectKind {
        /// Its id.
        oid: Oid,
        /// The kind it should have.
        expected: &'static str,
        /// The kind it has.
        found: &'static str,
    },
    /// A file of the repository's own cannot be read.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}
