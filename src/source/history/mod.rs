//! Lists what a history has ever held: each distinct content once, under the commit and path that came first. Knows
//! which commits and folders there are, and nothing of what is found in them.

mod at_tips;
mod current;
mod graph;
mod halves;
mod leftover;
mod order;
mod scope;
mod walk;

use std::collections::HashSet;

use super::tips;
pub use super::tips::Tip;
use super::{Listing, SourceError};
use crate::git::pack::{Packs, Skeleton};
use crate::git::{Objects, Repo};
use crate::model::Oid;

pub use at_tips::at_tips;
pub use graph::{Graph, Node, Reach};
pub use scope::{Query, Scope, moment, reflogs, refs};
use walk::Walk;

/// How many objects of packs are read in the time in which what a commit brought in is found one by one.
const OBJECTS_PER_COMMIT: usize = 64;

/// A history, ready to be scanned.
#[derive(Debug, Default)]
pub struct History {
    /// Each distinct content, commits in topological order; messages, and what refs name without a commit.
    pub listing: Listing,
    /// The commits that were looked at.
    pub graph: Graph,
    /// What led there.
    pub tips: Vec<Tip>,
    /// The contents at the tips of branches.
    pub current: HashSet<Oid>,
    /// The packs that may hold them; none when nothing was asked for.
    pub packs: Option<Packs>,
}

/// Lists what `query` asks for.
pub fn list(repo: &Repo, query: &Query) -> Result<History, SourceError> {
    let mut objects = Objects::open(repo);
    let scope::Ends { tips, exclude } = scope::ends(repo, &mut objects, query)?;
    let mut named = Listing::default();
    let include = tips::follow(repo, &mut objects, &distinct(&tips), &mut named)?;
    let packs = include.first().map(|first| Packs::open(&repo.object_dirs(), first.as_bytes().len()));
    let skeleton = |commits| packs.as_ref().map_or_else(Skeleton::default, |packs| skeleton(packs, commits));
    let (mut graph, Skeleton { commits, folders }) = if query.is_whole() && order::is_plain(repo) {
        let mut skeleton = skeleton(usize::MAX);
        (order::graph(&include, &mut skeleton.commits, &mut objects)?, skeleton)
    } else {
        let graph = graph::read(repo, &include, &exclude, query.since)?;
        let skeleton = skeleton(graph.nodes().len());
        (graph, skeleton)
    };
    let mut walk = Walk::new(&mut objects, commits, &folders);
    halves::walk(repo, graph.nodes(), &mut walk)?;
    // A content that a commit brought in is better known by that than by a ref that names it.
    walk.add(named);
    if query.scope == Scope::Everything {
        leftover::list(repo, &mut graph, &mut walk)?;
    }
    let listing = walk.finish();
    let current = current::contents(&mut objects, &folders, &tips);
    Ok(History { listing, graph, tips, current, packs })
}

/// What packs hold, when so many commits are asked for that reading all of it is less work than reading one by one.
fn skeleton(packs: &Packs, commits: usize) -> Skeleton {
    if commits.saturating_mul(OBJECTS_PER_COMMIT) < packs.objects() {
        return Skeleton::default();
    }
    Skeleton::read(packs)
}

/// Many refs may name one object; the first of them is enough.
fn distinct(tips: &[Tip]) -> Vec<Tip> {
    let mut seen = HashSet::new();
    tips.iter().filter(|tip| seen.insert(tip.oid)).cloned().collect()
}
