//! Lists the contents that somebody uses today: those of branches and of every HEAD, not of tags or lost commits.

use std::collections::HashSet;

use super::Tip;
use crate::git::pack::Folders;
use crate::git::{Kind, Mode, Objects, TreeEntry, next_tree_entry, tree_of};
use crate::model::Oid;

/// The contents at the tips of branches. What cannot be read is told where it is listed.
pub(super) fn contents(objects: &mut Objects, folders: &Folders, tips: &[Tip]) -> HashSet<Oid> {
    let mut contents = HashSet::new();
    let mut seen = HashSet::new();
    for tip in tips.iter().filter(|tip| is_branch(&tip.name)) {
        let Ok((Kind::Commit, commit)) = objects.read(tip.oid) else { continue };
        let mut trees: Vec<Oid> = tree_of(tip.oid, &commit).into_iter().collect();
        while let Some(tree) = trees.pop() {
            if !seen.insert(tree) {
                continue;
            }
            if let Some(entries) = folders.entries(tree) {
                entries.for_each(|entry| meet(entry, &mut trees, &mut contents));
                continue;
            }
            let content = objects.tree(tree).unwrap_or_default();
            let mut rest = &content[..];
            while !rest.is_empty() {
                let Some(entry) = next_tree_entry(&mut rest, tree.as_bytes().len()) else { break };
                meet(entry, &mut trees, &mut contents);
            }
        }
    }
    contents
}

fn meet(entry: TreeEntry<'_>, trees: &mut Vec<Oid>, contents: &mut HashSet<Oid>) {
    match entry.mode {
        _ if entry.is_folder => trees.push(entry.oid),
        Mode::File | Mode::Link => drop(contents.insert(entry.oid)),
        Mode::Submodule | Mode::Absent => {}
    }
}

/// Everything but refs of other kinds; a range or a HEAD has no name of a ref.
fn is_branch(name: &[u8]) -> bool {
    let kinds: [&[u8]; 2] = [b"refs/heads/", b"refs/remotes/"];
    !name.starts_with(b"refs/") || kinds.iter().any(|kind| name.starts_with(kind))
}
