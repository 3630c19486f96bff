//! Finds what an added path was called before, so that moving a file is not taken for writing it.

use std::collections::BTreeMap;

use super::SourceError;
use crate::git::{Change, Mode, Record, Repo, Side, changes, records};
use crate::model::{Oid, RepoPath};

/// Above this number of pairs (its square) git only looks at equal content and equal names; a hook cannot wait.
const LIMIT: &str = "-l200";

/// What stood at the source of an added path, for each commit that moved files.
pub(super) type Moved = BTreeMap<(Oid, RepoPath), Vec<Side>>;

/// Looks for renames from the tree `base` to the index when something was added and something deleted, and gives each
/// added path its source as its former content. Costs one git process, and only then.
pub(super) fn fill_sources(repo: &Repo, base: &str, candidates: &mut [Change]) -> Result<(), SourceError> {
    if !candidates.iter().any(is_added) || !candidates.iter().any(is_deleted) {
        return Ok(());
    }
    let args = [similarity(repo), LIMIT, "--cached", "--raw", "-z", "--no-abbrev", "--no-relative"];
    let args = [&args[..], &["--ignore-submodules=none", "--ita-invisible-in-index", base, "--"]].concat();
    let found = changes("diff-index", &repo.git().run("diff-index", &args)?)?;
    let renamed = found.into_iter().filter(|change| change.source.is_some());
    let mut sources: BTreeMap<RepoPath, Change> =
        renamed.map(|change| (change.path.clone(), change)).collect();
    for change in candidates.iter_mut().filter(|change| is_added(change)) {
        if let Some(renamed) = sources.remove(&change.path) {
            change.before = renamed.before;
        }
    }
    Ok(())
}

/// Looks for renames in those commits of one parent in which something was added and something deleted. Costs one git
/// process for all of them, and only then.
pub(super) fn in_commits(repo: &Repo, changes: &[Record]) -> Result<Moved, SourceError> {
    let input: String = moving(changes).iter().map(|oid| format!("{oid}\n")).collect();
    if input.is_empty() {
        return Ok(Moved::new());
    }
    let args = ["--stdin", "-r", "-z", "--raw", "--no-abbrev", "--diff-filter=R", similarity(repo), LIMIT];
    let output = repo.git().feed("diff-tree", &args, input.as_bytes())?;
    let (mut moved, mut current) = (Moved::new(), None);
    for record in records("diff-tree", &output)? {
        match record {
            Record::Commit(oid) => current = Some(oid),
            Record::Change(change) => moved.extend(current.map(|oid| ((oid, change.path), change.before))),
        }
    }
    Ok(moved)
}

/// The commits of one parent that add a path and delete one.
fn moving(records: &[Record]) -> Vec<Oid> {
    let (mut moving, mut current, mut added, mut deleted) = (Vec::new(), None, false, false);
    for record in records {
        match record {
            Record::Commit(oid) => (current, added, deleted) = (Some(*oid), false, false),
            Record::Change(change) => {
                added |= change.before.len() == 1 && is_added(change);
                deleted |= change.before.len() == 1 && is_deleted(change);
                if added && deleted {
                    moving.extend(current.take());
                }
            }
        }
    }
    moving
}

fn is_added(change: &Change) -> bool {
    change.before.iter().all(|side| side.mode == Mode::Absent)
}

fn is_deleted(change: &Change) -> bool {
    change.now.mode == Mode::Absent
}

/// Comparing content needs the old blobs, and a partial clone may lack them: only equal ids count there.
fn similarity(repo: &Repo) -> &'static str {
    if repo.is_partial() { "-M100%" } else { "-M50%" }
}
