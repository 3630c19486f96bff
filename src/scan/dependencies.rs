//! Lets the dependency gate take part in a scan: recognises manifests and compares them with their earlier version.

use crate::deps::gate::{DepFinding, Gate};
use crate::deps::manifest::{self, Recognised, recognise};
use crate::deps::{Approvals, Date, baseline};
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
        let gate = |approvals, base| Gate { approvals, base, today: self.today, exists: &*self.exists };
        if let Some(approvals) = &self.approvals {
            return gate(approvals, self.base.as_ref()).examine(path, content, before);
        }
        let assumed = before.map(|before| self.assumed(path, before)).unwrap_or_default();
        gate(&assumed, Some(&assumed)).examine(path, content, before)
    }

    fn assumed(&self, path: &RepoPath, before: &[u8]) -> Approvals {
        match recognise(path) {
            // What was not understood before excuses nothing.
            Some(Recognised::Read(format)) => manifest::read(format, before)
                .map(|manifest| baseline::assume(path, format, &manifest, self.today))
                .unwrap_or_default(),
            Some(Recognised::NotRead(_)) | None => Approvals::default(),
        }
    }

    /// Judges without any record, nothing outside of the manifest being there: for examples of rules.
    pub fn without_record() -> Self {
        Dependencies { approvals: None, base: None, today: Date::from_unix(0), exists: Box::new(|_| false) }
    }
}
