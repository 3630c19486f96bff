//! Puts the commits of a whole history into the order in which `git rev-list --topo-order --reverse` tells them, from what
//! packs have told of them already; knows no ranges.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::graph::{Graph, Reach};
use crate::git::pack::Commit;
use crate::git::{GitError, Objects, Repo, made_at};
use crate::model::Oid;
use crate::source::SourceError;

/// Whether commits have the parents that they name: in a shallow clone git takes some for the first ones.
pub(super) fn is_plain(repo: &Repo) -> bool {
    ["shallow", "info/grafts"].iter().all(|file| !repo.common_dir().join(file).exists())
}

/// Everything that `tips` lead to. Commits that are not in `commits` are added.
pub(super) fn graph(
    tips: &[Oid],
    commits: &mut HashMap<Oid, Commit>,
    objects: &mut Objects,
) -> Result<Graph, SourceError> {
    let mut children = count_children(tips, commits, objects)?;
    let mut ready = Vec::new();
    for tip in tips.iter().filter(|tip| children.get(tip) == Some(&0)) {
        ready.push((made_at(&objects.commit(*tip)?), *tip));
    }
    // The newest first, and of those of one second the first: the last of the vector is the next one.
    ready.sort_by_key(|(time, _)| Reverse(*time));
    let mut ready: Vec<Oid> = ready.into_iter().rev().map(|(_, tip)| tip).collect();
    let mut order = Vec::with_capacity(children.len());
    while let Some(id) = ready.pop() {
        order.push(id);
        for parent in parents(commits, id) {
            if let Some(left) = children.get_mut(parent) {
                *left -= 1;
                if *left == 0 {
                    ready.push(*parent);
                }
            }
        }
    }
    // No commit can be its own ancestor, unless a pack lies.
    if let Some((oid, _)) = children.iter().find(|(_, left)| **left > 0) {
        return Err(GitError::ObjectUnreadable { oid: *oid, reason: "its own ancestor".to_owned() }.into());
    }
    let mut graph = Graph::default();
    order.iter().rev().for_each(|id| graph.push(*id, parents(commits, *id), Reach::Ref));
    Ok(graph)
}

/// Of each commit how many others name it as a parent.
fn count_children(
    tips: &[Oid],
    commits: &mut HashMap<Oid, Commit>,
    objects: &mut Objects,
) -> Result<HashMap<Oid, usize>, SourceError> {
    let mut children: HashMap<Oid, usize> = tips.iter().map(|tip| (*tip, 0)).collect();
    let mut waiting = tips.to_vec();
    while let Some(id) = waiting.pop() {
        if let Entry::Vacant(unknown) = commits.entry(id) {
            unknown.insert(Commit::parse(id, &objects.commit(id)?)?);
        }
        for parent in parents(commits, id) {
            let count = children.entry(*parent).or_insert_with(|| {
                waiting.push(*parent);
                0
            });
            *count += 1;
        }
    }
    Ok(children)
}

fn parents(commits: &HashMap<Oid, Commit>, id: Oid) -> &[Oid] {
    commits.get(&id).map_or(&[], |commit| &commit.parents)
}
