//! Everything that still holds a leak: refs, stashes, work trees, reflogs, and what is lost. Knows nothing of what to do
//! about it.

use std::collections::{BTreeMap, HashSet};

use super::group::Group;
use super::places::Places;
use super::{brought, standing};
use crate::git::{Objects, Repo};
use crate::model::{Oid, Provenance, RepoPath};
use crate::source::SourceError;
use crate::source::history::{self, Graph, Reach, Tip};

/// What leads to a leak; names are sorted, and as git writes them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// Refs, by the whole name, and HEADs that are on no branch.
    pub refs: Vec<Vec<u8>>,
    /// Entries of reflogs, such as `refs/stash@{1}`.
    pub reflogs: Vec<Vec<u8>>,
    /// Whether the index holds it.
    pub staged: bool,
    /// Whether objects hold it to which nothing leads.
    pub lost: bool,
    /// The paths that held it, in any commit.
    pub paths: Vec<RepoPath>,
    /// Whether the message of a commit or a tag holds it.
    pub in_messages: bool,
}

/// Finds all of them; `graph` has to know lost commits, too.
pub fn holders(group: &Group, graph: &Graph, repo: &Repo) -> Result<Holders, SourceError> {
    let mut objects = Objects::open(repo);
    let mut places = Places::of(group.blobs());
    let brought = brought::list(graph, &mut objects, &mut places)?;
    let held = held(group, graph, brought.iter().map(|one| one.commit));
    let mut paths: Vec<RepoPath> = brought.iter().map(|one| one.place.path()).collect();
    paths.sort();
    paths.dedup();
    let provenances = || group.members.iter().map(|judged| &judged.finding.provenance);
    let mut holders = Holders {
        lost: graph.nodes().iter().zip(&held).any(|(node, held)| *held && node.reach == Reach::Nothing),
        staged: provenances().any(|provenance| *provenance == Provenance::Index),
        in_messages: provenances().any(is_message),
        paths,
        ..Holders::default()
    };
    let direct: HashSet<Oid> =
        group.members.iter().filter_map(|judged| standing::object(&judged.finding)).collect();
    let mut known: BTreeMap<Oid, bool> = BTreeMap::new();
    let mut holds = |oid: Oid| -> Result<bool, SourceError> {
        if let Some(holds) = known.get(&oid) {
            return Ok(*holds);
        }
        let below = standing::below(oid, &mut objects, &mut places)?;
        let past = below.iter().filter_map(|oid| graph.place(*oid)).any(|place| held[place]);
        let holds = past || !below.is_disjoint(&direct);
        known.insert(oid, holds);
        Ok(holds)
    };
    for Tip { oid, name } in history::refs(repo)? {
        if holds(oid)? {
            holders.refs.push(name);
        }
    }
    for Tip { oid, name } in history::reflogs(repo)? {
        if holds(oid)? {
            holders.reflogs.push(name);
        }
    }
    let named = !holders.refs.is_empty() || !holders.reflogs.is_empty() || holders.staged;
    holders.lost |= !named;
    Ok(holders)
}

/// Which commits hold it, or have an ancestor that does.
fn held(group: &Group, graph: &Graph, brought: impl Iterator<Item = usize>) -> Vec<bool> {
    let mut held = vec![false; graph.nodes().len()];
    brought.for_each(|commit| held[commit] = true);
    for judged in &group.members {
        match &judged.finding.provenance {
            Provenance::CommitMessage(info) => {
                if let Some(place) = graph.place(info.id) {
                    held[place] = true;
                }
            }
            Provenance::Index
            | Provenance::WorkTree
            | Provenance::Stdin
            | Provenance::Commit(_)
            | Provenance::TagMessage(_)
            | Provenance::Object(_) => {}
        }
    }
    for (place, node) in graph.nodes().iter().enumerate() {
        held[place] |= node.parents.iter().any(|parent| held[*parent]);
    }
    held
}

fn is_message(provenance: &Provenance) -> bool {
    match provenance {
        Provenance::CommitMessage(_) | Provenance::TagMessage(_) => true,
        Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::Commit(_)
        | Provenance::Object(_) => false,
    }
}
