//! What a source has found: entries to scan, and what is not scanned with the reason.

use crate::git::Mode;
use crate::model::{Entry, RepoPath, SkipReason, Skipped};

/// The name under which a commit's message is scanned; no file in a repository can have it.
pub(super) const COMMIT_MESSAGE: &str = ".git/COMMIT_EDITMSG";

/// The name under which an annotated tag's message is scanned.
pub(super) const TAG_MESSAGE: &str = ".git/TAG_EDITMSG";

/// Everything that a source has found; nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// To be scanned.
    pub entries: Vec<Entry>,
    /// Not to be scanned, and why.
    pub skipped: Vec<Skipped>,
}

impl Listing {
    /// Notes a submodule: its commit is another repository's.
    pub(super) fn skip_submodule(&mut self, path: RepoPath, mode: Mode) {
        match mode {
            Mode::Submodule => self.skipped.push(Skipped { path, reason: SkipReason::Submodule }),
            // A path that is gone brings nothing in, and content is an entry.
            Mode::Absent | Mode::File | Mode::Link => {}
        }
    }
}
