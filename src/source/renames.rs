//! Finds what an added path was called before, so that moving a file is not taken for writing it.

use std::collections::{BTreeMap, HashMap};

use super::SourceError;
use crate::git::{Change, GitError, Mode, Record, Repo, changes, records};
use crate::model::{Oid, RepoPath};
use crate::text::escape;

/// Above this number of pairs (its square) git only looks at equal content and equal names; a hook cannot wait.
const LIMIT: &str = "-l200";

/// What moved files are called now, each with the change that says what it was.
type Moves = BTreeMap<RepoPath, Change>;

/// Looks for renames from the tree `base` to the index when something was added and something deleted, and gives each
/// added path its source as its former content. Costs one git process, and only then.
pub(super) fn fill_sources(repo: &Repo, base: &str, candidates: &mut [Change]) -> Result<(), SourceError> {
    if !may_have_moved(candidates.iter()) {
        return Ok(());
    }
    let args = [similarity(repo), LIMIT, "--cached", "--raw", "-z", "--no-abbrev", "--no-relative"];
    let args = [&args[..], &["--ignore-submodules=none", "--ita-invisible-in-index", base, "--"]].concat();
    let found = changes("diff-index", &repo.git().run("diff-index", &args)?)?;
    let mut moves = Moves::new();
    found.into_iter().for_each(|change| note(change, &mut moves));
    candidates.iter_mut().for_each(|change| fill_source(change, &mut moves));
    Ok(())
}

/// The same for commits with their changes, in one git process for all of them that need it. What a merge adds beside
/// its parents is compared with the same path only.
pub(super) fn fill_sources_of_commits(
    repo: &Repo,
    commits: &mut [(Oid, Vec<Change>)],
) -> Result<(), SourceError> {
    let asked = commits.iter().filter(|(_, changes)| may_have_moved(changes.iter()));
    let input: String = asked.map(|(id, _)| format!("{id}\n")).collect();
    if input.is_empty() {
        return Ok(());
    }
    let args = ["--stdin", "-r", "-z", "--raw", "--no-abbrev", "--diff-filter=R", similarity(repo), LIMIT];
    let output = repo.git().feed("diff-tree", &args, input.as_bytes())?;
    let mut moves: HashMap<Oid, Moves> = HashMap::new();
    let mut commit = None;
    for record in records("diff-tree", &output)? {
        match (record, commit) {
            (Record::Commit(id), _) => commit = Some(id),
            (Record::Change(change), Some(id)) => note(change, moves.entry(id).or_default()),
            (Record::Change(change), None) => {
                let what = format!("a change of no commit: {}", escape(change.path.as_bytes()));
                return Err(GitError::NotUnderstood { command: "diff-tree", what }.into());
            }
        }
    }
    for (id, changes) in commits {
        if let Some(moves) = moves.get_mut(id) {
            changes.iter_mut().for_each(|change| fill_source(change, moves));
        }
    }
    Ok(())
}

fn may_have_moved<'c>(mut changes: impl Iterator<Item = &'c Change> + Clone) -> bool {
    changes.clone().any(is_added) && changes.any(|change| change.now.mode == Mode::Absent)
}

fn is_added(change: &Change) -> bool {
    change.before.iter().all(|side| side.mode == Mode::Absent)
}

/// Comparing content needs the old blobs, and a partial clone may lack them: only equal ids count there.
fn similarity(repo: &Repo) -> &'static str {
    if repo.is_partial() { "-M100%" } else { "-M50%" }
}

fn note(change: Change, moves: &mut Moves) {
    if change.source.is_some() {
        moves.insert(change.path.clone(), change);
    }
}

fn fill_source(change: &mut Change, moves: &mut Moves) {
    if !is_added(change) {
        return;
    }
    if let Some(moved) = moves.remove(&change.path) {
        change.before = moved.before;
        change.source = moved.source;
    }
}
