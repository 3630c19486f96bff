//! Compares the commits of a change with their receipts, so that a hook that was skipped is seen; judges no content.

use std::fmt;
use std::sync::Arc;

use crate::git::Repo;
use crate::model::{CommitInfo, Oid, Provenance};
use crate::source::receipts::{self, CommitReceipt, Subject};
use crate::source::{Listing, SourceError};
use crate::text::escape;

/// What is wrong with the receipt of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    Missing,
    Unreadable,
    OtherTree,
    OtherPolicy,
    OlderVersion(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing => f.write_str("has no receipt: no hook has looked at it"),
            Fault::Unreadable => f.write_str("has a receipt that does not read"),
            Fault::OtherTree => f.write_str("has a receipt for other content"),
            Fault::OtherPolicy => f.write_str("has a receipt for other files in .portcullis"),
            Fault::OlderVersion(version) => write!(f, "has a receipt of version {version}, which is older"),
        }
    }
}

/// The commits that bring content, once each. A merge that brings nothing of its own is not one of them: a service
/// makes those itself.
pub fn asked_of(listing: &Listing) -> Vec<Arc<CommitInfo>> {
    let mut asked: Vec<Arc<CommitInfo>> = Vec::new();
    for entry in &listing.entries {
        match &entry.provenance {
            Provenance::Commit(info) if !asked.iter().any(|known| known.id == info.id) => {
                asked.push(Arc::clone(info))
            }
            Provenance::Commit(_)
            | Provenance::Index
            | Provenance::WorkTree
            | Provenance::Stdin
            | Provenance::CommitMessage(_)
            | Provenance::TagMessage(_)
            | Provenance::Object(_) => {}
        }
    }
    asked
}

/// One line for each of `commits` whose receipt does not hold.
pub fn faults(repo: &Repo, commits: &[Arc<CommitInfo>]) -> Result<Vec<String>, SourceError> {
    let ids: Vec<Oid> = commits.iter().map(|info| info.id).collect();
    let mut receipts = receipts::read(repo, &ids)?;
    let mut lines = Vec::new();
    for (info, subject) in commits.iter().zip(receipts::subjects(repo, &ids)?) {
        if let Some(fault) = fault(receipts.remove(&info.id), subject) {
            lines.push(format!("commit {:.10} ({}) {fault}", info.id.to_string(), escape(&info.subject)));
        }
    }
    Ok(lines)
}

fn fault(receipt: Option<Option<CommitReceipt>>, subject: Subject) -> Option<Fault> {
    let receipt = match receipt {
        None => return Some(Fault::Missing),
        Some(None) => return Some(Fault::Unreadable),
        Some(Some(receipt)) => receipt,
    };
    let version =
        |text: &str| text.split('.').map(|part| part.parse::<u32>().ok()).collect::<Option<Vec<u32>>>();
    match (version(&receipt.version), version(env!("CARGO_PKG_VERSION"))) {
        _ if receipt.subject.tree != subject.tree => Some(Fault::OtherTree),
        _ if receipt.subject.policy != subject.policy => Some(Fault::OtherPolicy),
        (Some(its), Some(ours)) if its < ours => Some(Fault::OlderVersion(receipt.version)),
        (Some(_), _) => None,
        (None, _) => Some(Fault::Unreadable),
    }
}
