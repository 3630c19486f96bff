//! Where else in a history a finding stands, and whether it is still there.

use std::sync::Arc;

use super::{CommitInfo, Oid, Position, RepoPath};

/// Whether what a history once held can still be met.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In what these refs name now, and in the trees of these commits; sorted names, at least one.
    AtTips(Vec<Vec<u8>>),
    /// In older commits of some ref, and no longer at a tip.
    InHistory,
    /// Only in the index: the next commit would bring it in.
    Staged,
    /// Only in what a reflog remembers.
    InReflog,
    /// In objects that nothing leads to, until git collects its garbage.
    Lost,
}

/// One place in one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The commit that brought it to this path.
    pub commit: Arc<CommitInfo>,
    /// The path.
    pub path: RepoPath,
    /// Line and column.
    pub start: Position,
}

/// What a history tells of a finding: it is shown once, where it came first, and these are the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sightings {
    /// The blob in which it came first; none for a message.
    pub blob: Option<Oid>,
    /// In how many places of different contents it stands, this one included.
    pub count: usize,
    /// Under how many paths, this one included.
    pub paths: usize,
    /// Whether it is still there.
    pub standing: Standing,
    /// Every place in every commit that brought it somewhere, the oldest first; empty when nobody asked.
    pub all: Vec<Sighting>,
}
