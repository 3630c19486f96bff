//! Makes one finding of a secret out of all the places where a history has held it, and tells where it still stands.
//! Knows commits, trees and refs, and nothing of how a finding was made.

mod brought;
mod group;
mod holders;
mod places;
mod standing;

use std::collections::HashMap;
use std::sync::Arc;

use crate::git::{CommitText, Objects, Repo};
use crate::model::{CommitInfo, Oid, Provenance, Report, Sighting, Sightings};
use crate::source::SourceError;
use crate::source::history::{self, Graph};

use brought::Brought;
pub use group::{Group, Key, split};
pub use holders::{Holders, holders};
use places::Places;

/// How much is told of each finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Where it came first, and how often it stands elsewhere.
    First,
    /// Every commit that brought it somewhere, too.
    All,
}

/// Leaves one finding for each secret, and for each line of code that stayed the same, where it came first. Without
/// findings nothing is read.
pub fn gather(report: &mut Report, graph: &Graph, repo: &Repo, detail: Detail) -> Result<(), SourceError> {
    let groups = split(std::mem::take(&mut report.findings), graph);
    if groups.is_empty() {
        return Ok(());
    }
    let mut objects = Objects::open(repo);
    let mut places = Places::of(groups.iter().flat_map(Group::blobs));
    let tips = standing::tips(&history::refs(repo)?, &mut objects, &mut places)?;
    let brought = match detail {
        Detail::First => Vec::new(),
        Detail::All => brought::list(graph, &mut objects, &mut places)?,
    };
    let mut commits = Commits { objects: &mut objects, known: HashMap::new() };
    for group in groups {
        let sightings = Sightings {
            blob: group.first().finding.blob,
            count: group.members.len(),
            paths: group.paths(),
            standing: standing::of(&group, graph, &tips),
            all: sightings(&group, graph, &brought, &mut commits)?,
        };
        let mut first = group.into_first();
        first.finding.sightings = Some(Box::new(sightings));
        report.findings.push(first);
    }
    report.sort();
    Ok(())
}

/// Every place in every commit that brought something of a group somewhere.
fn sightings(
    group: &Group,
    graph: &Graph,
    brought: &[Brought],
    commits: &mut Commits<'_>,
) -> Result<Vec<Sighting>, SourceError> {
    let mut all = Vec::new();
    if brought.is_empty() {
        return Ok(all);
    }
    let mut by_blob: HashMap<Oid, Vec<&crate::model::Finding>> = HashMap::new();
    for finding in group.members.iter().map(|judged| &judged.finding) {
        match (&finding.provenance, finding.blob) {
            (Provenance::CommitMessage(info), _) => all.push(Sighting {
                commit: Arc::clone(info),
                path: finding.path.clone(),
                start: finding.start,
            }),
            (_, Some(blob)) => by_blob.entry(blob).or_default().push(finding),
            (_, None) => {}
        }
    }
    for Brought { commit, place } in brought {
        for finding in by_blob.get(&place.blob).into_iter().flatten() {
            let commit = commits.info(graph.nodes()[*commit].id)?;
            all.push(Sighting { commit, path: place.path(), start: finding.start });
        }
    }
    all.sort_by_cached_key(|one| (graph.place(one.commit.id), one.path.clone(), one.start));
    Ok(all)
}

/// Who wrote a commit, read once.
struct Commits<'o> {
    objects: &'o mut Objects,
    known: HashMap<Oid, Arc<CommitInfo>>,
}

impl Commits<'_> {
    fn info(&mut self, id: Oid) -> Result<Arc<CommitInfo>, SourceError> {
        if let Some(info) = self.known.get(&id) {
            return Ok(Arc::clone(info));
        }
        let info = Arc::new(CommitText::parse(id, &self.objects.commit(id)?).info);
        self.known.insert(id, Arc::clone(&info));
        Ok(info)
    }
}
