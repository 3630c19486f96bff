//! Lists what no ref leads to and is still there: reflogs with older stashes, the index, and what is lost until git
//! collects its garbage.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::graph::{Graph, Reach};
use super::walk::Walk;
use crate::git::{GitError, Kind, Repo, TagText, index_entries, next_tree_entry, parents_of};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath};
use crate::source::{Listing, SourceError};
use crate::text::escape;

/// Adds all of it to `graph` and to the listing of `walk`.
pub(super) fn list(repo: &Repo, graph: &mut Graph, walk: &mut Walk<'_>) -> Result<(), SourceError> {
    let first = graph.add_reflogs(repo)?;
    for place in first..graph.nodes().len() {
        walk.commit(graph.nodes()[place].id)?;
    }
    let objects = all_objects(repo)?;
    lost_commits(&objects.commits, graph, walk)?;
    lost_tags(&objects.tags, walk)?;
    lost_trees(&objects.trees, walk);
    lost_blobs(repo, &objects.blobs, walk)
}

/// Every object of the store, sorted.
#[derive(Default)]
struct All {
    commits: BTreeSet<Oid>,
    trees: BTreeSet<Oid>,
    blobs: BTreeSet<Oid>,
    tags: BTreeSet<Oid>,
}

fn all_objects(repo: &Repo) -> Result<All, SourceError> {
    const COMMAND: &str = "cat-file";
    let args =
        ["--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objecttype) %(objectname)"];
    let output = repo.git().run(COMMAND, &args)?;
    let mut all = All::default();
    for line in output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let error = || GitError::NotUnderstood { command: COMMAND, what: escape(line) };
        let space = line.iter().position(|&byte| byte == b' ').ok_or_else(error)?;
        let kind = Kind::from_name(&line[..space]).ok_or_else(error)?;
        let oid = Oid::from_hex(&line[space + 1..]).map_err(|_| error())?;
        match kind {
            Kind::Commit => all.commits.insert(oid),
            Kind::Tree => all.trees.insert(oid),
            Kind::Blob => all.blobs.insert(oid),
            Kind::Tag => all.tags.insert(oid),
        };
    }
    Ok(all)
}

/// Commits that nothing leads to, parents before children. Git could not list them: it stops at a parent that is gone.
fn lost_commits(commits: &BTreeSet<Oid>, graph: &mut Graph, walk: &mut Walk<'_>) -> Result<(), SourceError> {
    let mut parents: HashMap<Oid, Vec<Oid>> = HashMap::new();
    for &id in commits.iter().filter(|id| graph.place(**id).is_none()) {
        parents.insert(id, parents_of(&walk.objects.commit(id)?));
    }
    for &start in commits {
        let mut way = vec![start];
        while let Some(&id) = way.last() {
            let Some(above) = parents.get(&id).filter(|_| graph.place(id).is_none()) else {
                way.pop();
                continue;
            };
            let missing = above.iter().find(|id| parents.contains_key(id) && graph.place(**id).is_none());
            match missing {
                Some(&parent) => way.push(parent),
                None => {
                    graph.push(id, above, Reach::Nothing);
                    walk.commit(id)?;
                    way.pop();
                }
            }
        }
    }
    Ok(())
}

fn lost_tags(tags: &BTreeSet<Oid>, walk: &mut Walk<'_>) -> Result<(), SourceError> {
    let mut listing = Listing::default();
    for &oid in tags {
        if walk.has_seen(oid) {
            continue;
        }
        let tag = TagText::parse(oid, &walk.objects.tag(oid)?)?;
        listing.push_tag_message(tag.message, oid);
    }
    walk.add(listing);
    Ok(())
}

/// Trees that are in no commit; those that are in no other tree first, for their paths begin at the top.
fn lost_trees(trees: &BTreeSet<Oid>, walk: &mut Walk<'_>) {
    let lost: Vec<Oid> = trees.iter().copied().filter(|tree| !walk.has_seen(*tree)).collect();
    let mut inner = HashSet::new();
    for tree in &lost {
        // One that cannot be read is told when it is walked.
        let content = walk.objects.tree(*tree).unwrap_or_default();
        let mut rest = &content[..];
        while let Some(entry) = next_tree_entry(&mut rest, tree.as_bytes().len()) {
            inner.insert(entry.oid);
            if rest.is_empty() {
                break;
            }
        }
    }
    let (inner, outer): (Vec<Oid>, Vec<Oid>) = lost.into_iter().partition(|tree| inner.contains(tree));
    for tree in outer.into_iter().chain(inner) {
        walk.tree(tree, Some(&Provenance::Object(tree)));
    }
}

/// Blobs that are in no tree: what is staged has its path, the rest only its id.
fn lost_blobs(repo: &Repo, blobs: &BTreeSet<Oid>, walk: &mut Walk<'_>) -> Result<(), SourceError> {
    let staged = index_entries(&repo.git().run("ls-files", &["-s", "-z"])?)?;
    let paths: BTreeMap<Oid, RepoPath> =
        staged.into_iter().rev().filter_map(|entry| Some((entry.side.blob()?, entry.path))).collect();
    let mut listing = Listing::default();
    for &oid in blobs.iter().filter(|oid| !walk.has_seen(**oid)) {
        let staged = paths.get(&oid).map(|path| (path.clone(), Provenance::Index));
        let alone = || (RepoPath::new(format!(".git/objects/{oid}")), Provenance::Object(oid));
        let (path, provenance) = staged.unwrap_or_else(alone);
        listing.entries.push(Entry {
            path,
            locator: Locator::Blob(oid),
            before: Vec::new(),
            moved_from: None,
            provenance,
        });
    }
    walk.add(listing);
    Ok(())
}
