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

/// Why a part of what an entry holds in encoded or packed form was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// Layers inside of layers, deeper than anybody means.
    TooDeep,
    /// More bytes than are unpacked for one entry.
    TooMuch,
    /// More files than are unpacked for one entry.
    TooMany,
    /// An archive that breaks off or makes no sense.
    Damaged,
    /// A file of an archive that needs a password.
    Locked,
    /// A way of packing that is not known here.
    UnknownFormat,
    /// A notebook whose cells could not be told apart, so that it was read as text only.
    Unparsed,
}

/// An entry of which everything was scanned but a part of what it holds in encoded or packed form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partial {
    /// Its path.
    pub path: RepoPath,
    /// Why.
    pub cut: Cut,
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
    /// Listed contents in which only secrets were looked for: old versions, whose code nobody runs any more.
    pub secrets_only: usize,
    /// What it has not seen, and why; sorted.
    pub skipped: Vec<Skipped>,
    /// What it has seen without some of what is packed inside; sorted. These entries count as scanned.
    pub partial: Vec<Partial>,
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
