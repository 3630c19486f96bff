//! The git hooks that we stand in; does not know what they do.

use std::fmt;

/// A hook that `install` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HookName {
    /// Before a commit is made.
    PreCommit,
    /// Before an automatic merge is committed.
    PreMergeCommit,
    /// Before a message is opened in an editor, also where `--no-verify` skips the others.
    PrepareCommitMsg,
    /// When a message is written, before the commit is made.
    CommitMsg,
    /// After a commit is made.
    PostCommit,
    /// Before objects are sent to a remote.
    PrePush,
    /// On a server, before what was pushed is taken in.
    PreReceive,
}

/// Every hook that git runs from a hooks folder, but for those whose mere presence changes what git does.
pub const GIT_HOOKS: [&str; 25] = [
    "applypatch-msg",
    "commit-msg",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "reference-transaction",
    "sendemail-validate",
    "update",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
];

impl HookName {
    /// Every hook with git's name for it, in the order in which they are installed.
    pub const NAMES: [(&'static str, HookName); 7] = [
        ("pre-commit", HookName::PreCommit),
        ("pre-merge-commit", HookName::PreMergeCommit),
        ("prepare-commit-msg", HookName::PrepareCommitMsg),
        ("commit-msg", HookName::CommitMsg),
        ("post-commit", HookName::PostCommit),
        ("pre-push", HookName::PrePush),
        ("pre-receive", HookName::PreReceive),
    ];

    /// The hooks that `install` writes into a repository unless told otherwise.
    pub const DEFAULT: [HookName; 4] =
        [HookName::PreCommit, HookName::PreMergeCommit, HookName::CommitMsg, HookName::PrePush];

    /// The hook that git calls `name`, if it is one of ours.
    pub fn parse(name: &str) -> Option<HookName> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, hook)| *hook)
    }

    /// Git's name for the hook, which is also the name of its file.
    pub fn as_str(self) -> &'static str {
        match self {
            HookName::PreCommit => "pre-commit",
            HookName::PreMergeCommit => "pre-merge-commit",
            HookName::PrepareCommitMsg => "prepare-commit-msg",
            HookName::CommitMsg => "commit-msg",
            HookName::PostCommit => "post-commit",
            HookName::PrePush => "pre-push",
            HookName::PreReceive => "pre-receive",
        }
    }

    /// True for hooks after which git reads the index again: what they stage is committed.
    pub(super) fn can_change_the_index(self) -> bool {
        match self {
            HookName::PreCommit | HookName::PreMergeCommit => true,
            HookName::PrepareCommitMsg
            | HookName::CommitMsg
            | HookName::PostCommit
            | HookName::PrePush
            | HookName::PreReceive => false,
        }
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
