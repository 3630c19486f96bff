//! Whether something is still there: in what refs name now, in their history, or only in what they have forgotten.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::group::{Group, commit};
use super::places::Places;
use crate::git::{Kind, Objects, TagText, tree_of};
use crate::model::{Finding, Oid, Provenance, Standing};
use crate::source::SourceError;
use crate::source::history::{Graph, Reach, Tip};

/// What some refs name.
pub struct Tipped {
    names: Vec<Vec<u8>>,
    /// What they lead to without the past: tags, a commit, a tree, blobs.
    objects: HashSet<Oid>,
}

/// What each ref names now, as far as it is wanted.
pub fn tips(tips: &[Tip], objects: &mut Objects, places: &mut Places) -> Result<Vec<Tipped>, SourceError> {
    let mut by_object: BTreeMap<Oid, Vec<Vec<u8>>> = BTreeMap::new();
    for tip in tips {
        by_object.entry(tip.oid).or_default().push(tip.name.clone());
    }
    let mut tipped = Vec::new();
    for (oid, names) in by_object {
        tipped.push(Tipped { names, objects: below(oid, objects, places)? });
    }
    Ok(tipped)
}

/// What an object leads to without the past.
pub fn below(mut oid: Oid, objects: &mut Objects, places: &mut Places) -> Result<HashSet<Oid>, SourceError> {
    let mut found = HashSet::from([oid]);
    let tree = loop {
        match objects.header(oid)?.kind {
            Kind::Tag => oid = TagText::parse(oid, &objects.tag(oid)?)?.target,
            Kind::Commit => break tree_of(oid, &objects.commit(oid)?)?,
            Kind::Tree => break oid,
            Kind::Blob => return Ok(found),
        }
        found.insert(oid);
    };
    found.extend([oid, tree]);
    found.extend(places.below(tree, objects).iter().map(|place| place.blob));
    Ok(found)
}

/// Where a group stands: the best place of any of its findings.
pub fn of(group: &Group, graph: &Graph, tips: &[Tipped]) -> Standing {
    let objects: BTreeSet<Oid> = group.members.iter().filter_map(|judged| object(&judged.finding)).collect();
    let holding = tips.iter().filter(|tip| objects.iter().any(|oid| tip.objects.contains(oid)));
    let names: BTreeSet<Vec<u8>> = holding.flat_map(|tip| tip.names.clone()).collect();
    if !names.is_empty() {
        return Standing::AtTips(names.into_iter().collect());
    }
    let reached = group.members.iter().map(|judged| past(&judged.finding.provenance, graph));
    reached.min().unwrap_or(Standing::Lost)
}

/// The object that holds the content: a blob, or the commit or tag whose message it is.
pub fn object(finding: &Finding) -> Option<Oid> {
    match &finding.provenance {
        Provenance::TagMessage(oid) => Some(*oid),
        Provenance::CommitMessage(info) => Some(info.id),
        Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::Commit(_)
        | Provenance::Object(_) => finding.blob,
    }
}

fn past(provenance: &Provenance, graph: &Graph) -> Standing {
    if *provenance == Provenance::Index {
        return Standing::Staged;
    }
    let node = commit(provenance).and_then(|id| graph.place(id)).map(|place| &graph.nodes()[place]);
    match node.map(|node| node.reach) {
        Some(Reach::Ref) => Standing::InHistory,
        Some(Reach::Reflog) => Standing::InReflog,
        Some(Reach::Nothing) | None => Standing::Lost,
    }
}
