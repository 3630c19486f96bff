//! What a source has found: entries to scan, and what is not scanned with the reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::index::POLICY_FOLDER;
use crate::config::is_rule_file;
use crate::git::{Change, Mode, Side};
use crate::model::{CommitInfo, Entry, Locator, Oid, Provenance, RepoPath, SkipReason, Skipped, Unread};

/// The name under which a commit's message is scanned; no file in a repository can have it.
pub(super) const COMMIT_MESSAGE: &str = ".git/COMMIT_EDITMSG";

/// The name under which an annotated tag's message is scanned.
const TAG_MESSAGE: &str = ".git/TAG_EDITMSG";

/// Everything that a source has found; nothing is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// To be scanned.
    pub entries: Vec<Entry>,
    /// Not to be scanned, and why.
    pub skipped: Vec<Skipped>,
    /// What could not be read while listing, such as a damaged folder: nobody knows what is in there.
    pub unread: Vec<Unread>,
}

/// Rule files of the team's that have only got another name: what is told of one is told under the new name. A file that
/// is moved to where nobody reads it is gone.
pub(super) fn renamed_rules(changes: &[Change]) -> BTreeSet<RepoPath> {
    let is_rules = |path: &RepoPath| {
        let path = std::str::from_utf8(path.as_bytes()).ok();
        path.and_then(|path| path.strip_prefix(".portcullis/")).is_some_and(is_rule_file)
    };
    let renamed = changes.iter().filter(|change| is_rules(&change.path));
    renamed.filter_map(|change| change.source.clone()).filter(is_rules).collect()
}

impl Listing {
    /// Lists the message of a commit.
    pub(super) fn push_message(&mut self, message: Vec<u8>, info: &Arc<CommitInfo>) {
        self.entries.push(Entry {
            path: COMMIT_MESSAGE.into(),
            locator: Locator::Inline(message.into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::CommitMessage(Arc::clone(info)),
        });
    }

    /// Lists the message of an annotated tag.
    pub(super) fn push_tag_message(&mut self, message: Vec<u8>, tag: Oid) {
        self.entries.push(Entry {
            path: TAG_MESSAGE.into(),
            locator: Locator::Inline(message.into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::TagMessage(tag),
        });
    }

    /// Lists one of the team's files that is gone, as one without content: what it guarded nobody guards now. Other
    /// paths that are gone bring nothing in.
    pub(super) fn push_gone(&mut self, change: &Change, provenance: Provenance) {
        let below = change.path.as_bytes().strip_prefix(POLICY_FOLDER.as_bytes());
        if change.now.mode != Mode::Absent || !below.is_some_and(|below| below.starts_with(b"/")) {
            return;
        }
        self.entries.push(Entry {
            path: change.path.clone(),
            locator: Locator::Inline([].into()),
            before: change.before.iter().filter_map(|side| side.blob()).map(Locator::Blob).collect(),
            moved_from: None,
            provenance,
        });
    }

    /// Lists a submodule that a change brings in or moves to another commit.
    pub(super) fn push_submodule(&mut self, change: Change, provenance: Provenance) {
        let commit = |side: &Side| match side.mode {
            Mode::Submodule => Some(Locator::Submodule(side.oid)),
            // A path that is gone brings nothing in, and content is listed as such.
            Mode::Absent | Mode::File | Mode::Link => None,
        };
        let Some(locator) = commit(&change.now) else { return };
        let before = change.before.iter().filter_map(commit).collect();
        self.entries.push(Entry { path: change.path, locator, before, moved_from: None, provenance });
    }

    /// Notes a submodule: its commit is another repository's.
    pub(super) fn skip_submodule(&mut self, path: RepoPath, mode: Mode) {
        match mode {
            Mode::Submodule => self.skipped.push(Skipped { path, reason: SkipReason::Submodule }),
            // A path that is gone brings nothing in, and content is an entry.
            Mode::Absent | Mode::File | Mode::Link => {}
        }
    }
}
