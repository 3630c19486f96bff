//! Lists files of the team's that became others without a commit that says so: a merge that takes one side whole, a branch
//! that is set back. Does not judge whether they guard less.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Listing, SourceError, committed};
use crate::git::{CommitText, GitError, Mode, Objects, Repo};
use crate::model::{Entry, Locator, Oid, Provenance, RepoPath};

/// What is under a path: a content, or nothing.
type State = Option<Oid>;

/// Where two histories met last; none when they never did.
pub fn meeting(repo: &Repo, one: Oid, other: Oid) -> Result<Option<Oid>, SourceError> {
    match repo.git().run("merge-base", &[one.to_string(), other.to_string()]) {
        Ok(output) => Ok(super::commits::oids("merge-base", &output)?.first().copied()),
        Err(GitError::Failed { status: Some(1), .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Adds the files of the team's that differ between the commits `old` and `new`, unless the changes that `listing` has
/// already lead from one to the other.
pub fn add(repo: &Repo, (old, new): (Oid, Oid), listing: &mut Listing) -> Result<(), SourceError> {
    let names = [old, new].map(|commit| commit.to_string());
    let folders = committed::policy_folders(repo, &names)?;
    if folders[0] == folders[1] {
        return Ok(());
    }
    let [before, after] = [states(repo, &names[0])?, states(repo, &names[1])?];
    let paths: BTreeSet<&RepoPath> = before.keys().chain(after.keys()).collect();
    let info = Arc::new(CommitText::parse(new, &Objects::open(repo).commit(new)?).info);
    for path in paths {
        let (old, new) = (before.get(path).copied(), after.get(path).copied());
        // A file under another name is told there.
        let is_moved = listing.entries.iter().any(|entry| entry.moved_from.as_ref() == Some(path));
        if is_moved || reached(listing, path, old).contains(&new) {
            continue;
        }
        listing.entries.push(Entry {
            path: path.clone(),
            locator: new.map_or_else(|| Locator::Inline([].into()), Locator::Blob),
            before: old.into_iter().map(Locator::Blob).collect(),
            moved_from: None,
            provenance: Provenance::Commit(Arc::clone(&info)),
        });
    }
    Ok(())
}

/// The team's files of a commit.
fn states(repo: &Repo, commit: &str) -> Result<BTreeMap<RepoPath, Oid>, SourceError> {
    let files = committed::policy_files(repo, commit)?.into_iter();
    Ok(files.filter(|file| file.side.mode == Mode::File).map(|file| (file.path, file.side.oid)).collect())
}

/// What a path may have become of `old` by the listed commits. What a merge made of several versions is compared with all
/// of them at once, and may drop what one of them guards: it leads nowhere.
fn reached(listing: &Listing, path: &RepoPath, old: State) -> BTreeSet<State> {
    let steps: Vec<(State, State)> =
        listing.entries.iter().filter(|entry| entry.path == *path).filter_map(step).collect();
    let mut reached = BTreeSet::from([old]);
    // Commits stand behind their parents.
    for (from, to) in steps {
        if reached.contains(&from) {
            reached.insert(to);
        }
    }
    reached
}

fn step(entry: &Entry) -> Option<(State, State)> {
    let blob = |locator: &Locator| match locator {
        Locator::Blob(oid) => Some(*oid),
        Locator::Inline(_) | Locator::File(_) | Locator::Submodule(_) => None,
    };
    match entry.before.as_slice() {
        [] => Some((None, blob(&entry.locator))),
        [before] => Some((blob(before), blob(&entry.locator))),
        _ => None,
    }
}
