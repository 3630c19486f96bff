//! Lists what the next commit would bring in, by comparing the index with every parent; never looks at the work tree.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use super::index::Snapshot;
use super::listing::{Listing, renamed_rules};
use super::{SourceError, renames};
use crate::git::{Change, Git, GitError, Objects, Repo, Running, changes, compare, head};
use crate::model::{Entry, Locator, Oid, OidError, Provenance, RepoPath};

/// Compares the index, and nothing but the index, with the commit or tree that follows; what the user has configured
/// for diffs changes nothing.
const COMPARE: [&str; 8] = [
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-relative",
    "--ignore-submodules=none",
    "--ita-invisible-in-index",
];

/// The comparison of the index with the parents, under way.
#[must_use]
pub struct Started {
    repo: Repo,
    head: Against,
    others: Vec<Against>,
}

/// The comparison with one parent.
enum Against {
    /// The index file and the parent's trees told it.
    Told(Vec<Change>),
    /// Git is asked.
    Asked(Running),
}

/// Starts comparing: no process where plain files tell, otherwise one git process for each parent.
pub fn start(repo: &Repo, index: &Snapshot) -> Result<Started, SourceError> {
    let mut objects = Objects::open(repo);
    let head = match head(repo) {
        Some(commit) => against(repo, index, commit, "HEAD", &mut objects)?,
        None => Against::Asked(ask(repo.git(), "HEAD")?),
    };
    let parents = other_parents(repo)?.into_iter();
    let others = parents.map(|parent| against(repo, index, parent, &parent.to_string(), &mut objects));
    Ok(Started { repo: repo.clone(), head, others: others.collect::<Result<_, _>>()? })
}

/// Compares with `commit`, which git knows by `name`.
fn against(
    repo: &Repo,
    index: &Snapshot,
    commit: Oid,
    name: &str,
    objects: &mut Objects,
) -> Result<Against, GitError> {
    // What cannot be read here git may still read, or it says in its words what is wrong.
    let told = index.file().and_then(|file| compare(file, commit, objects).ok().flatten());
    told.map_or_else(|| Ok(Against::Asked(ask(repo.git(), name)?)), |changes| Ok(Against::Told(changes)))
}

impl Against {
    fn finish(self) -> Result<Vec<Change>, GitError> {
        match self {
            Against::Told(changes) => Ok(changes),
            Against::Asked(running) => changes("diff-index", &running.finish()?),
        }
    }
}

impl Started {
    /// Waits for git and lists what is in the index and in no parent.
    pub fn finish(self) -> Result<Listing, SourceError> {
        let git = self.repo.git();
        let (base, against_head) = match self.head.finish() {
            Ok(changes) => ("HEAD".to_owned(), changes),
            Err(error) if git.head_is_unborn()? => {
                // Git's own words say the same in its language; they are of no use here.
                drop(error);
                let empty = empty_tree(git)?;
                let changes = Against::Asked(ask(git, &empty)?).finish()?;
                (empty, changes)
            }
            Err(error) => return Err(error.into()),
        };
        let mut against_others = Vec::new();
        for other in self.others {
            let changes = other.finish()?;
            against_others.push(changes.into_iter().map(|change| (change.path.clone(), change)).collect());
        }
        let mut candidates = new_against_every(against_head, &against_others);
        candidates.sort_by(|a, b| a.path.cmp(&b.path));
        if against_others.is_empty() {
            renames::fill_sources(&self.repo, &base, &mut candidates)?;
        }
        list(candidates)
    }
}

/// The changes against HEAD of paths that differ from every other parent, too; with all of the parents in `before`.
fn new_against_every(against_head: Vec<Change>, others: &[BTreeMap<RepoPath, Change>]) -> Vec<Change> {
    let mut candidates = Vec::new();
    'changes: for mut change in against_head {
        for other in others {
            // Equal to one parent: nothing new.
            let Some(same_path) = other.get(&change.path) else { continue 'changes };
            change.before.extend_from_slice(&same_path.before);
        }
        candidates.push(change);
    }
    candidates
}

fn list(candidates: Vec<Change>) -> Result<Listing, SourceError> {
    let mut listing = Listing::default();
    let renamed = renamed_rules(&candidates);
    for change in candidates {
        if change.unmerged {
            return Err(SourceError::Unmerged(change.path));
        }
        let Some(blob) = change.now.blob() else {
            if !renamed.contains(&change.path) {
                listing.push_gone(&change, Provenance::Index);
            }
            listing.push_submodule(change, Provenance::Index);
            continue;
        };
        // A new mode alone brings nothing in. A new name may: other rules may hold at the new place.
        if change.source.is_none() && change.before.iter().any(|side| side.blob() == Some(blob)) {
            continue;
        }
        listing.entries.push(Entry {
            path: change.path,
            locator: Locator::Blob(blob),
            before: change.before.iter().filter_map(|side| side.blob()).map(Locator::Blob).collect(),
            moved_from: change.source,
            provenance: Provenance::Index,
        });
    }
    Ok(listing)
}

fn ask(git: &Git, parent: &str) -> Result<Running, GitError> {
    git.start("diff-index", &[&COMPARE[..], &[parent, "--"]].concat())
}

/// The parents beside HEAD: of a merge that waits for its commit, or of one that runs (it has told its hooks).
pub fn other_parents(repo: &Repo) -> Result<Vec<Oid>, SourceError> {
    let path = repo.git_dir().join("MERGE_HEAD");
    let mut parents = match fs::read(&path) {
        Ok(bytes) => merge_heads(&bytes)?,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(SourceError::File { path, source }),
    };
    let githeads = repo.git().env().githeads();
    if !githeads.is_empty() {
        // The variables of a merge elsewhere may have been inherited: its commits are not here.
        let mut objects = Objects::open(repo);
        for oid in githeads {
            if objects.has(oid)? && !parents.contains(&oid) {
                parents.push(oid);
            }
        }
    }
    Ok(parents)
}

fn merge_heads(bytes: &[u8]) -> Result<Vec<Oid>, GitError> {
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let not_understood =
        |error: OidError| GitError::NotUnderstood { command: "merge", what: format!("MERGE_HEAD: {error}") };
    lines.map(|line| Oid::from_hex(line).map_err(not_understood)).collect()
}

/// The id of the empty tree, which depends on the repository's hash.
fn empty_tree(git: &Git) -> Result<String, GitError> {
    let command = "hash-object";
    let id = git.run(command, &["-t", "tree", "--stdin"])?;
    let oid = Oid::from_hex(id.trim_ascii_end());
    oid.map(|oid| oid.to_string())
        .map_err(|error| GitError::NotUnderstood { command, what: error.to_string() })
}
