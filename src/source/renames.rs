//! Finds what an added path was called before, so that moving a file is not taken for writing it.

use std::collections::BTreeMap;

use super::SourceError;
use crate::git::{Change, Mode, Repo, changes};
use crate::model::RepoPath;

/// Looks for renames from the tree `base` to the index when something was added and something deleted, and gives each
/// added path its source as its former content. Costs one git process, and only then.
pub(super) fn fill_sources(repo: &Repo, base: &str, candidates: &mut [Change]) -> Result<(), SourceError> {
    let is_added = |change: &Change| change.before.iter().all(|side| side.mode == Mode::Absent);
    let is_deleted = |change: &Change| change.now.mode == Mode::Absent;
    if !candidates.iter().any(is_added) || !candidates.iter().any(is_deleted) {
        return Ok(());
    }
    // Comparing content needs the old blobs, and a partial clone may lack them: only equal ids count there.
    let similarity = if repo.is_partial() { "-M100%" } else { "-M50%" };
    // Above this number of pairs (its square) git only looks at equal content and equal names; a hook cannot wait.
    let limit = "-l200";
    let args = [similarity, limit, "--cached", "--raw", "-z", "--no-abbrev", "--no-relative"];
    let args = [&args[..], &["--ignore-submodules=none", "--ita-invisible-in-index", base, "--"]].concat();
    let found = changes("diff-index", &repo.git().run("diff-index", &args)?)?;
    let renamed = found.into_iter().filter(|change| change.source.is_some());
    let mut sources: BTreeMap<RepoPath, Change> =
        renamed.map(|change| (change.path.clone(), change)).collect();
    for change in candidates.iter_mut().filter(|change| is_added(change)) {
        if let Some(renamed) = sources.remove(&change.path) {
            change.before = renamed.before;
            change.source = renamed.source;
        }
    }
    Ok(())
}
