//! Lets the dependency gate take part in a scan: recognises manifests and compares them with their earlier version.

use crate::deps::manifest::{self, Recognised, recognise};
use crate::deps::{Approvals, Date, baseline, gate};
use crate::deps::gate::{DepFinding, Gate};
use crate::model::RepoPath;

/// What manifests are judged by.
pub struct Dependencies {
    /// The team's record as the change leaves it; none before the team has one.
    pub approvals: Option<Approvals>,
    /// The record before the change.
    pub base: Option<Approvals>,
    /// The day of the judgement.
    pub today: Date,
    /// True for the paths of files that the change leaves in the repository.
    pub exists: Box<dyn Fn(&RepoPath) -> bool + Send + Sync>,
}

/// Whether a path is one that the gate looks at.
pub fn is_manifest(path: &RepoPath) -> bool {
    recognise(path).is_some()
}

impl Dependencies {
    /// Judges the manifest at `path`; `before` is its version in the first parent.
    ///
    /// A team without a record has decided nothing yet: then what the version before declares counts as approved, and
    /// only what is new is told.
    pub fn judge(&self, path: &RepoPath, content: &[u8], before: Option<&[u8]>) -> Vec<DepFinding> {
        let format = match recognise(path) {
            None => return Vec::new(),
            Some(Recognised::NotRead(what)) => return vec![gate::not_read(what)],
            Some(Recognised::Read(format)) => format,
        };
        let earlier = before.and_then(|before| manifest::read(format, before).ok());
        let assumed;
        let approvals = match &self.approvals {
            Some(approvals) => approvals,
            None => {
                assumed = earlier.as_ref().map(|earlier| baseline::assume(path, earlier)).unwrap_or_default();
                &assumed
            }
        };
        let base = if self.approvals.is_some() { self.base.as_ref() } else { Some(approvals) };
        let gate = Gate { approvals, base, today: self.today, exists: &*self.exists };
        gate.judge(path, (format, &manifest::read(format, content)), earlier.as_ref())
    }
}
