//! What a run has looked at, so that "clean" is a statement about something.

use super::RepoPath;

/// Why an entry was not scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Larger than the configured limit; the size in bytes.
    TooLarge(u64),
    /// The configuration excludes the path; the reason it gives.
    Excluded(String),
    /// A submodule's commit: its content is another repository's.
    Submodule,
    /// Not a regular file: a socket, a pipe, a device.
    NotAFile,
    /// A promised object that this partial clone does not hold.
    NotInThisClone,
    /// A secret file whose values are not looked for, because it is larger than such files are; the size in bytes.
    SecretFileLarge(u64),
    /// The same, because it is a link that leads out of the repository.
    SecretFileElsewhere,
    /// The same, because it cannot be read.
    SecretFileUnread,
}

/// An entry that was not scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path.
    pub path: RepoPath,
    /// Why.
    pub reason: SkipReason,
}

/// An entry that could not be read: the run has no answer about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Its path.
    pub path: RepoPath,
    /// What went wrong, in printable words.
    pub why: String,
}

/// What a run has looked at.
///
/// Invariant, checked by `adds_up`: every entry was scanned, skipped with a reason, or could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// What the source listed.
    pub entries: usize,
    /// What the engine has seen.
    pub scanned: usize,
    /// Bytes the engine has seen.
    pub bytes: u64,
    /// What it has not seen, and why; sorted.
    pub skipped: Vec<Skipped>,
    /// What it could not look at; sorted. The run could not tell then.
    pub unread: Vec<Unread>,
    /// Number of active rules.
    pub rules: usize,
    /// Names of the packs they come from.
    pub packs: Vec<String>,
}

impl Receipt {
    /// True when every entry is accounted for.
    pub fn adds_up(&self) -> bool {
        self.entries == self.scanned + self.skipped.len() + self.unread.len()
    }
}
