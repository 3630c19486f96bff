//! Lists what a series of commits brings in, message and files, oldest first; does not know who asked for them.

use std::collections::HashSet;
use std::sync::Arc;

use super::listing::{Listing, renamed_rules};
use super::{SourceError, renames};
use crate::git::{Change, CommitText, GitError, Objects, Record, Repo, records};
use crate::model::{CommitInfo, Entry, Locator, Oid, OidError, Provenance, RepoPath};

/// Lists the changes of each commit: `-c` has for a merge only what differs from every parent, `--always` names
/// commits without changes, too.
const LIST_CHANGES: [&str; 10] = [
    "--stdin",
    "-r",
    "-c",
    "-z",
    "--root",
    "--raw",
    "--always",
    "--no-abbrev",
    "--no-renames",
    "--ignore-submodules=none",
];

/// The commits that `include` reaches and `exclude` does not, parents before children.
pub(super) fn reachable(repo: &Repo, include: &[Oid], exclude: &[Oid]) -> Result<Vec<Oid>, SourceError> {
    if include.is_empty() {
        return Ok(Vec::new());
    }
    let include = include.iter().map(|oid| format!("{oid}\n"));
    let exclude = exclude.iter().map(|oid| format!("^{oid}\n"));
    let input: String = include.chain(exclude).collect();
    let output = repo.git().feed("rev-list", &["--topo-order", "--reverse", "--stdin"], input.as_bytes())?;
    oids("rev-list", &output)
}

/// Reads one id per line.
pub(super) fn oids(command: &'static str, output: &[u8]) -> Result<Vec<Oid>, SourceError> {
    let lines = output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let not_understood = |error: OidError| GitError::NotUnderstood { command, what: error.to_string() };
    let ids = lines.map(|line| Oid::from_hex(line).map_err(not_understood));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Adds messages of `commits`, and their files compared with the same path in every parent, to `listing`, in one git
/// process.
pub(super) fn list(
    repo: &Repo,
    objects: &mut Objects,
    commits: &[Oid],
    listing: &mut Listing,
) -> Result<(), SourceError> {
    if commits.is_empty() {
        return Ok(());
    }
    let input: String = commits.iter().map(|oid| format!("{oid}\n")).collect();
    let output = repo.git().feed("diff-tree", &LIST_CHANGES, input.as_bytes())?;
    let mut changed = by_commit(commits, records("diff-tree", &output)?)?;
    renames::fill_sources_of_commits(repo, &mut changed)?;
    let mut acc = Acc { seen: HashSet::new(), seen_submodules: HashSet::new(), listing };
    for (id, changes) in changed {
        let commit = CommitText::parse(id, &objects.commit(id)?);
        let info = Arc::new(commit.info);
        acc.listing.push_message(commit.message, &info);
        let renamed = renamed_rules(&changes);
        for change in changes {
            if !renamed.contains(&change.path) {
                acc.listing.push_gone(&change, Provenance::Commit(Arc::clone(&info)));
            }
            acc.push_change(change, &info);
        }
    }
    Ok(())
}

/// The changes of each of `commits`, in their order. Git goes on after a commit that it could not read, so each one
/// must be found.
fn by_commit(commits: &[Oid], records: Vec<Record>) -> Result<Vec<(Oid, Vec<Change>)>, SourceError> {
    let mut records = records.into_iter().peekable();
    let mut changed = Vec::with_capacity(commits.len());
    for &id in commits {
        if records.next() != Some(Record::Commit(id)) {
            return Err(SourceError::CommitNotListed(id));
        }
        let mut changes = Vec::new();
        while let Some(Record::Change(change)) = records.next_if(|record| matches!(record, Record::Change(_)))
        {
            changes.push(change);
        }
        changed.push((id, changes));
    }
    match records.next() {
        Some(Record::Commit(id)) => Err(SourceError::CommitNotListed(id)),
        Some(Record::Change(change)) => Err(SourceError::Unmerged(change.path)),
        None => Ok(changed),
    }
}

/// The listing while it grows, and what is in it already.
struct Acc<'l> {
    seen: HashSet<(RepoPath, Option<RepoPath>, Oid, Vec<Oid>)>,
    seen_submodules: HashSet<RepoPath>,
    listing: &'l mut Listing,
}

impl Acc<'_> {
    fn push_change(&mut self, change: Change, info: &Arc<CommitInfo>) {
        let Some(blob) = change.now.blob() else {
            if self.seen_submodules.insert(change.path.clone()) {
                self.listing.push_submodule(change, Provenance::Commit(Arc::clone(info)));
            }
            return;
        };
        let before: Vec<Oid> = change.before.iter().filter_map(|side| side.blob()).collect();
        // A new mode alone brings nothing in. A new name may: other rules may hold at the new place.
        if change.source.is_none() && before.contains(&blob) {
            return;
        }
        if self.seen.insert((change.path.clone(), change.source.clone(), blob, before.clone())) {
            self.listing.entries.push(Entry {
                path: change.path,
                locator: Locator::Blob(blob),
                before: before.into_iter().map(Locator::Blob).collect(),
                moved_from: change.source,
                provenance: Provenance::Commit(Arc::clone(info)),
            });
        }
    }
}
