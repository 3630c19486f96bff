//! Watches the paths that not everybody may change alone; knows no content.

use super::Scanner;
use crate::model::{Entry, Provenance, RuleId};
use crate::policy;

/// The rule that tells.
pub const PROTECTED: RuleId = RuleId::from_static("protected-path");

/// True for a change of such a path. Files on disk and all of history are no change.
pub fn is_watched(scanner: &Scanner, entry: &Entry) -> bool {
    let policy = &scanner.policy;
    let is_change = scanner.dependencies.is_some() || policy.message().is_some();
    let is_content = match entry.provenance {
        Provenance::Index | Provenance::Commit(_) => true,
        Provenance::Stdin => policy.message().is_some(),
        Provenance::WorkTree
        | Provenance::CommitMessage(_)
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => false,
    };
    is_change && is_content && policy.config().protected.iter().any(|one| one.covers(&entry.path))
}

/// What the change lacks, one sentence for each protection that covers the path.
pub fn told(scanner: &Scanner, entry: &Entry) -> Vec<String> {
    let policy = &scanner.policy;
    let covering = policy.config().protected.iter().filter(|one| one.covers(&entry.path));
    covering.filter_map(|one| policy::missing(policy, one, &entry.path, &entry.provenance)).collect()
}
