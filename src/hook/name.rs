//! The git hooks that we stand in; does not know what they do.

use std::fmt;

/// A hook that `install` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookName {
    /// Before a commit is made.
    PreCommit,
    /// Before an automatic merge is committed.
    PreMergeCommit,
    /// Before objects are sent to a remote.
    PrePush,
}

impl HookName {
    /// Every hook with git's name for it, in the order in which they are installed.
    pub const NAMES: [(&'static str, HookName); 3] = [
        ("pre-commit", HookName::PreCommit),
        ("pre-merge-commit", HookName::PreMergeCommit),
        ("pre-push", HookName::PrePush),
    ];

    /// The hook that git calls `name`, if it is one of ours.
    pub fn parse(name: &str) -> Option<HookName> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, hook)| *hook)
    }

    /// Git's name for the hook, which is also the name of its file.
    pub fn as_str(self) -> &'static str {
        match self {
            HookName::PreCommit => "pre-commit",
            HookName::PreMergeCommit => "pre-merge-commit",
            HookName::PrePush => "pre-push",
        }
    }

    /// True for hooks that run before a commit and may therefore stage something.
    pub(super) fn can_change_the_index(self) -> bool {
        match self {
            HookName::PreCommit | HookName::PreMergeCommit => true,
            HookName::PrePush => false,
        }
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
