//! Goes through the commits of a history in two halves at once, and lists what one after the other would; knows nothing of
//! what is in a commit.

use std::panic::resume_unwind;
use std::thread;

use super::graph::Node;
use super::walk::Walk;
use crate::git::{Objects, Repo};
use crate::source::SourceError;

/// Lists what commits brought in, parents before children.
pub(super) fn walk(repo: &Repo, nodes: &[Node], walk: &mut Walk<'_>) -> Result<(), SourceError> {
    let (early, late) = nodes.split_at(nodes.len() / 2);
    // Who begins in the middle goes through a whole tree first: without packs that takes as long as it saves.
    let Some((folders, commits)) = walk.part(late.iter().map(|node| node.id)) else {
        return one_by_one(nodes, walk);
    };
    let (early, met) = thread::scope(|scope| {
        let ahead = scope.spawn(|| {
            let mut objects = Objects::open(repo);
            let mut ahead = Walk::new(&mut objects, commits, folders);
            one_by_one(late, &mut ahead).map(|()| ahead.into_met())
        });
        (one_by_one(early, walk), ahead.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    early?;
    let met = met?;
    if met.is_whole {
        walk.append(met);
        return Ok(());
    }
    // What cannot be read is told once, where it is met first.
    one_by_one(late, walk)
}

fn one_by_one(nodes: &[Node], walk: &mut Walk<'_>) -> Result<(), SourceError> {
    for node in nodes {
        // In this order, so that an old commit between new ones hides nothing of those before it.
        node.outside.iter().try_for_each(|parent| walk.skip(*parent))?;
        walk.commit(node.id)?;
    }
    Ok(())
}
