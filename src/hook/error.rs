//! Everything that can keep hooks from being installed, removed or run, and what to do about it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::HookName;
use super::git::Version;
use crate::text::escape;

/// Why hooks could not be installed, removed or run. Nothing has been changed when `install` returns one.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// There is no git to ask.
    #[error("git: cannot be run: {0}")]
    GitMissing(io::Error),
    /// Git refused.
    #[error("git {command}: {message}")]
    Git {
        /// Its arguments.
        command: String,
        /// What it said.
        message: String,
    },
    /// Git, or a hook that it runs, did not come to an end.
    #[error(
        "git {command}: has not ended after {seconds} seconds, in a throwaway repository with these hooks"
    )]
    NoEnd {
        /// Its arguments.
        command: String,
        /// How long it had.
        seconds: u64,
    },
    /// Nobody commits in a repository without a work tree.
    #[error("{}: has no work tree, so nobody commits in it", shown(.0))]
    Bare(PathBuf),
    /// All repositories have a hooks folder already.
    #[error("core.hooksPath: set for all repositories to {}", shown(.0))]
    SharedHooksPath(PathBuf),
    /// `core.hooksPath` comes from the environment or the command line.
    #[error("core.hooksPath: set in {scope} scope to {}, which lasts only as long as this command", shown(.path))]
    PassingHooksPath {
        /// Git's word for the scope.
        scope: String,
        /// The value.
        path: PathBuf,
    },
    /// `core.hooksPath` is set to nothing.
    #[error("core.hooksPath: set to nothing, so git runs no hooks here")]
    EmptyHooksPath,
    /// Git is too old to run hooks that its configuration names.
    #[error("git: runs hooks named in its configuration since version {}; {} has version {}",
        Version::CONFIG_HOOKS, shown(.git), .version.map_or_else(|| "unknown".to_owned(), |it| it.to_string()))]
    OldGit {
        /// The program.
        git: PathBuf,
        /// Its version, if it told one.
        version: Option<Version>,
    },
    /// The hooks are here in another way.
    #[error("the hooks are installed with `--method {0}` already")]
    OtherMethod(&'static str),
    /// A file stands where only files of ours are.
    #[error("{}: is not ours, and is where a hook of ours belongs", shown(.0))]
    NotOurs(PathBuf),
    /// Git is told to run husky, and husky's files are not there.
    #[error("{}: is where git runs hooks, and husky has not written it in this work tree", shown(.0))]
    HuskyAbsent(PathBuf),
    /// A path on which we would have to write is a symbolic link.
    #[error("{}: is a symbolic link; portcullis does not write through links", shown(.0))]
    Link(PathBuf),
    /// Something else stands where a folder is needed.
    #[error("{}: is not a folder", shown(.0))]
    NotAFolder(PathBuf),
    /// Nobody may write there.
    #[error("{}: is read-only", shown(.0))]
    ReadOnly(PathBuf),
    /// A folder stands where the hook belongs.
    #[error("{}: is a folder, and git cannot run it as a hook", shown(.0))]
    HookIsFolder(PathBuf),
    /// A link to nowhere stands where the hook belongs.
    #[error("{}: is a symbolic link to something that does not exist", shown(.0))]
    DanglingLink(PathBuf),
    /// A socket, a pipe or a device stands where the hook belongs.
    #[error("{}: is not a regular file", shown(.0))]
    NotAFile(PathBuf),
    /// Two foreign hooks, and room for one.
    #[error("{}: cannot be kept, because {} is already kept from an earlier installation", shown(.hook), shown(.kept))]
    ChainOccupied {
        /// The hook that is in place now.
        hook: PathBuf,
        /// The one that was in place then.
        kept: PathBuf,
    },
    /// The program that the hooks are to run is not there.
    #[error("{}: is not the absolute path of a program", shown(.0))]
    Binary(PathBuf),
    /// The record is text and cannot hold the path.
    #[error("{}: is not UTF-8, and cannot be written into the record of the installation", shown(.0))]
    NotUtf8(PathBuf),
    /// The record of the installation does not parse.
    #[error("{}: {message}", shown(.path))]
    Record {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The operating system refused.
    #[error("{}: cannot be {verb}: {source}", shown(.path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was to be done with it, as in "cannot be written".
        verb: &'static str,
        /// The refusal.
        source: io::Error,
    },
    /// A hook that stood here before us could not be started or watched.
    #[error("{hook}: the hook kept in {} cannot be run: {source}", shown(.path))]
    Chained {
        /// Which hook.
        hook: HookName,
        /// Its file.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

impl HookError {
    /// What the reader can do, in one or two sentences.
    pub fn hint(&self) -> Option<&'static str> {
        let hint = match self {
            HookError::GitMissing(_) => "install git, or put it on PATH",
            HookError::Git { message, .. } if message.contains("not a git repository") => {
                "run this inside the work tree of a git repository"
            }
            HookError::NoEnd { .. } => "find out which hook waits for something: `GIT_TRACE=1 git commit`",
            HookError::Bare(_) => "`portcullis install --server` guards what is pushed to it",
            HookError::SharedHooksPath(_) => {
                "run `portcullis install` in each repository instead, which keeps those hooks, or use git 2.54 or \
                 newer and `--method config`"
            }
            HookError::PassingHooksPath { .. } => "run `portcullis install` without that setting",
            HookError::OldGit { .. } => "use `--method shim`, or install a newer git",
            HookError::OtherMethod(_) => "run `portcullis uninstall` first",
            HookError::EmptyHooksPath => "run `git config --unset core.hooksPath` and install again",
            HookError::HuskyAbsent(_) => {
                "run `npm install`, or whatever starts husky here, and install again; if husky is gone, run \
                 `git config --unset core.hooksPath`"
            }
            HookError::Link(_) => "replace the link by what it points to, and install again",
            HookError::NotAFolder(_) => {
                "move it away, or point core.hooksPath at a folder, and install again"
            }
            HookError::ReadOnly(_) => "make it writable, or ask whoever owns it, and install again",
            HookError::HookIsFolder(_)
            | HookError::DanglingLink(_)
            | HookError::NotAFile(_)
            | HookError::NotOurs(_) => "move it away or remove it, and install again",
            HookError::ChainOccupied { .. } => {
                "keep one: delete the other, or let one call the other, and install again; `--force` sets the older one \
                 aside, and it no longer runs"
            }
            HookError::Binary(_) => {
                "install portcullis to a lasting place and run `portcullis install` from there"
            }
            HookError::Record { .. } => "remove the file and run `portcullis install` again",
            HookError::Chained { .. } => "repair that file, or remove it if it is no longer needed",
            HookError::Git { .. } | HookError::NotUtf8(_) | HookError::Io { .. } => return None,
        };
        Some(hint)
    }

    /// Turns a refusal of the operating system into an error about `path`.
    pub(super) fn io(path: &Path, verb: &'static str) -> impl FnOnce(io::Error) -> HookError {
        move |source| match source.kind() {
            io::ErrorKind::ReadOnlyFilesystem => HookError::ReadOnly(path.to_owned()),
            _ => HookError::Io { path: path.to_owned(), verb, source },
        }
    }
}

/// A path as people may see it.
pub(super) fn shown(path: impl AsRef<OsStr>) -> String {
    escape(path.as_ref().as_bytes())
}
