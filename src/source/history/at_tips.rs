//! Lists files as they stand at the tips of a history; does not look into the past.

use std::collections::{HashMap, HashSet};

use crate::git::{Mode, Objects, Repo, next_tree_entry, tree_of};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath};
use crate::source::{Listing, SourceError, tips};

use super::History;

/// Lists each content that is `wanted` under each path it has at one of the tips.
pub fn at_tips(
    repo: &Repo,
    history: &History,
    wanted: &dyn Fn(&RepoPath) -> bool,
) -> Result<Listing, SourceError> {
    let mut objects = Objects::open(repo);
    let mut origins: HashMap<Oid, &Provenance> = HashMap::new();
    for entry in &history.listing.entries {
        if let Locator::Blob(oid) = entry.locator {
            origins.insert(oid, &entry.provenance);
        }
    }
    let mut seen: HashSet<(Vec<u8>, Oid)> = HashSet::new();
    let mut listing = Listing::default();
    for tip in &history.tips {
        let Some(commit) = tips::peel(&mut objects, tip.oid)? else { continue };
        let mut folders = vec![(Vec::new(), tree_of(commit, &objects.commit(commit)?)?)];
        while let Some((path, tree)) = folders.pop() {
            if !seen.insert((path.clone(), tree)) {
                continue;
            }
            // What cannot be read or understood was told when the history was listed.
            let content = objects.tree(tree).unwrap_or_default();
            let mut rest = &content[..];
            while !rest.is_empty() {
                let Some(entry) = next_tree_entry(&mut rest, tree.as_bytes().len()) else { break };
                let below = [&path, entry.name].concat();
                match (entry.is_folder, entry.mode) {
                    (true, _) => folders.push(([&below[..], b"/"].concat(), entry.oid)),
                    (false, Mode::File) => {
                        let path = RepoPath::new(below);
                        if wanted(&path) && seen.insert((path.as_bytes().to_vec(), entry.oid)) {
                            let origin = origins.get(&entry.oid).map(|origin| (*origin).clone());
                            listing.entries.push(Entry {
                                path,
                                locator: Locator::Blob(entry.oid),
                                before: Vec::new(),
                                moved_from: None,
                                provenance: origin.unwrap_or(Provenance::Object(entry.oid)),
                            });
                        }
                    }
                    (false, Mode::Link | Mode::Submodule | Mode::Absent) => {}
                }
            }
        }
    }
    listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(listing)
}
