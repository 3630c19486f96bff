//! Puts findings together that are one thing to do: the same secret by the same rule, the same line of code.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Finding, Judged, Oid, Position, Provenance, RepoPath, RuleId, Secret, Verdict};
use crate::source::history::Graph;

/// Findings of one thing.
///
/// Invariant: there is at least one, and they stand in topological order.
#[derive(Debug)]
pub struct Group {
    /// The findings.
    pub members: Vec<Judged>,
}

/// What makes two findings one. What somebody has excused stays apart, so that it excuses nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Rule, value, and whether it is excused.
    Secret(RuleId, Secret, bool),
    /// Fingerprint, and whether it is excused.
    Line(String, bool),
}

/// Puts findings together; the same findings give the same groups, whatever their order.
pub fn split(findings: Vec<Judged>, graph: &Graph) -> Vec<Group> {
    let mut groups: BTreeMap<Key, Vec<Judged>> = BTreeMap::new();
    for judged in findings {
        groups.entry(Key::of(&judged)).or_default().push(judged);
    }
    let sorted = |mut members: Vec<Judged>| {
        members.sort_by(|a, b| order(&a.finding, graph).cmp(&order(&b.finding, graph)));
        Group { members }
    };
    groups.into_values().map(sorted).collect()
}

impl Key {
    /// The key of a finding.
    pub fn of(judged: &Judged) -> Key {
        let Judged { finding, verdict } = judged;
        let excused = matches!(verdict, Verdict::Suppressed { .. });
        match &finding.secret {
            Some(secret) => Key::Secret(finding.rule.id.clone(), secret.clone(), excused),
            None => Key::Line(finding.fingerprint.clone(), excused),
        }
    }
}

/// What came in with a commit comes before what has none.
fn order<'f>(finding: &'f Finding, graph: &Graph) -> (usize, &'f RepoPath, Position, Option<Oid>) {
    let commit = commit(&finding.provenance).and_then(|id| graph.place(id));
    (commit.unwrap_or(usize::MAX), &finding.path, finding.start, finding.blob)
}

/// The commit that brought something in.
pub fn commit(provenance: &Provenance) -> Option<Oid> {
    match provenance {
        Provenance::Commit(info) | Provenance::CommitMessage(info) => Some(info.id),
        Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => None,
    }
}

impl Group {
    /// The first of the gravest: what blocks somewhere is not told as advice elsewhere.
    pub fn first(&self) -> &Judged {
        &self.members[self.first_idx()]
    }

    /// The same, without the others.
    pub fn into_first(mut self) -> Judged {
        let idx = self.first_idx();
        self.members.swap_remove(idx)
    }

    fn first_idx(&self) -> usize {
        self.members.iter().position(|judged| judged.verdict == Verdict::Blocking).unwrap_or(0)
    }

    /// The blobs that hold it.
    pub fn blobs(&self) -> impl Iterator<Item = Oid> + '_ {
        self.members.iter().filter_map(|judged| judged.finding.blob)
    }

    /// Under how many paths it was found.
    pub fn paths(&self) -> usize {
        self.members.iter().map(|judged| &judged.finding.path).collect::<BTreeSet<_>>().len()
    }
}
