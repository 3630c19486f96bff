//! Follows what refs name, through annotated tags, to commits, trees or blobs; does not walk history.

use std::collections::HashSet;

use super::SourceError;
use super::listing::Listing;
use crate::git::{Kind, Objects, Repo, TagText, tree_entries};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath};

/// An object that a ref names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The object.
    pub oid: Oid,
    /// The ref, as people know it.
    pub name: Vec<u8>,
}

/// Lists what the tips bring in beside commits (tag messages, blobs and trees without a commit), and returns the commits.
pub(super) fn follow(
    repo: &Repo,
    objects: &mut Objects,
    tips: &[Tip],
    listing: &mut Listing,
) -> Result<Vec<Oid>, SourceError> {
    let mut commits = Vec::new();
    for tip in tips {
        let mut oid = tip.oid;
        loop {
            match objects.header(oid)?.kind {
                Kind::Commit => commits.push(oid),
                Kind::Blob => {
                    let path = RepoPath::new([b".git/", &tip.name[..]].concat());
                    listing.entries.push(object(path, oid, oid));
                }
                Kind::Tree => list_tree(repo, oid, listing)?,
                Kind::Tag => {
                    let tag = TagText::parse(oid, &objects.tag(oid)?)?;
                    listing.push_tag_message(tag.message, oid);
                    oid = tag.target;
                    continue;
                }
            }
            break;
        }
    }
    // In the order of the tips: where dates do not tell, it is by that order that git lists commits.
    let mut seen = HashSet::new();
    commits.retain(|commit| seen.insert(*commit));
    Ok(commits)
}

/// The commit that a ref's object leads to; none for trees, blobs, and what is not here.
pub(super) fn peel(objects: &mut Objects, mut oid: Oid) -> Result<Option<Oid>, SourceError> {
    while objects.has(oid)? {
        match objects.header(oid)?.kind {
            Kind::Commit => return Ok(Some(oid)),
            Kind::Tag => oid = TagText::parse(oid, &objects.tag(oid)?)?.target,
            Kind::Blob | Kind::Tree => return Ok(None),
        }
    }
    Ok(None)
}

fn list_tree(repo: &Repo, tree: Oid, listing: &mut Listing) -> Result<(), SourceError> {
    let output = repo.git().run("ls-tree", &["-r", "-z", "--full-tree", &tree.to_string()])?;
    for entry in tree_entries(&output)? {
        match entry.side.blob() {
            Some(blob) => listing.entries.push(object(entry.path, blob, tree)),
            None => listing.skip_submodule(entry.path, entry.side.mode),
        }
    }
    Ok(())
}

fn object(path: RepoPath, blob: Oid, named: Oid) -> Entry {
    Entry {
        path,
        locator: Locator::Blob(blob),
        before: Vec::new(),
        moved_from: None,
        provenance: Provenance::Object(named),
    }
}
