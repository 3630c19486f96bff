//! Looks up files in the index by path: the configuration as it is staged, and manifests beside the changed ones.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::SourceError;
use crate::git::{IndexEntry, IndexFile, Repo, Running, index_entries};
use crate::model::RepoPath;

/// The team's folder; what is staged there judges the commit.
pub(super) const POLICY_FOLDER: &str = ".portcullis";

/// How many bytes of paths one git process is given; the smallest limit of a system we run on is 32 KiB.
const ARGUMENT_BYTES: usize = 24 * 1024;

/// The index that the next commit is made from, read once.
pub struct Snapshot(Option<IndexFile>);

/// A look-up in the index, under way or done.
#[must_use]
pub enum Started {
    /// The index file told it.
    Known(Vec<IndexEntry>),
    /// Git is asked.
    Asked(Running),
}

impl Snapshot {
    /// Reads the index file; whatever is wrong with it, or unusual, is left to git.
    pub fn read(repo: &Repo) -> Snapshot {
        Snapshot(fs::read(path(repo)).ok().and_then(IndexFile::parse))
    }

    /// Leaves everything to git.
    pub fn unread() -> Snapshot {
        Snapshot(None)
    }

    pub(super) fn file(&self) -> Option<&IndexFile> {
        self.0.as_ref()
    }

    /// Starts listing the entries under `.portcullis/`: no process for a plain index, one git process otherwise.
    pub fn policy_files(&self, repo: &Repo) -> Result<Started, SourceError> {
        match &self.0 {
            Some(index) => Ok(Started::Known(index.below(POLICY_FOLDER.as_bytes()).collect())),
            None => Ok(Started::Asked(repo.git().start("ls-files", &["-s", "-z", "--", POLICY_FOLDER])?)),
        }
    }

    /// Those of `paths` that git tracks, conflicts included.
    pub fn tracked(&self, repo: &Repo, paths: &[RepoPath]) -> Result<BTreeSet<RepoPath>, SourceError> {
        if let Some(index) = &self.0 {
            return Ok(paths.iter().filter(|path| index.has(path.as_bytes())).cloned().collect());
        }
        let mut found = BTreeSet::new();
        for chunk in chunks(paths) {
            found.extend(index_entries(&list(repo, chunk)?)?.into_iter().map(|entry| entry.path));
        }
        Ok(found)
    }

    /// The entry of a path; an index with conflicts is left to git.
    pub fn entry(&self, repo: &Repo, path: &RepoPath) -> Result<Option<IndexEntry>, SourceError> {
        match self.plain() {
            Some(index) => Ok(index.entry(path.as_bytes())),
            None => Ok(lookup(repo, std::slice::from_ref(path))?.into_iter().next()),
        }
    }

    /// The paths of all entries.
    pub fn paths(&self, repo: &Repo) -> Result<Vec<RepoPath>, SourceError> {
        if let Some(index) = self.plain() {
            return Ok((0..index.count())
                .filter_map(|number| index.path(number))
                .map(RepoPath::new)
                .collect());
        }
        let listed = repo.git().run("ls-files", &["-z"])?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(RepoPath::new).collect())
    }

    fn plain(&self) -> Option<&IndexFile> {
        self.0.as_ref().filter(|index| !index.has_conflicts())
    }
}

/// The file of the index that the next commit is made from.
pub fn path(repo: &Repo) -> PathBuf {
    let named = repo.git().env().get("GIT_INDEX_FILE").filter(|name| !name.is_empty());
    named.map_or_else(|| repo.git_dir().join("index"), |name| repo.git().dir().join(name))
}

impl Started {
    /// Waits for git. A `.portcullis` that is itself a file or link is an entry as well: the caller has to refuse it.
    pub fn finish(self) -> Result<Vec<IndexEntry>, SourceError> {
        match self {
            Started::Known(entries) => merged(entries),
            Started::Asked(running) => merged(index_entries(&running.finish()?)?),
        }
    }
}

/// The entries of those `paths` that are in the index, sorted by path.
pub fn lookup(repo: &Repo, paths: &[RepoPath]) -> Result<Vec<IndexEntry>, SourceError> {
    let mut entries = Vec::new();
    for chunk in chunks(paths) {
        let found = index_entries(&list(repo, chunk)?)?;
        // The name of a directory stands for everything in it, which nobody asked for.
        entries.extend(found.into_iter().filter(|entry| chunk.contains(&entry.path)));
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries.dedup();
    merged(entries)
}

fn list(repo: &Repo, paths: &[RepoPath]) -> Result<Vec<u8>, SourceError> {
    let args = ["-s", "-z", "--"].into_iter().map(OsStr::new);
    let args: Vec<&OsStr> = args.chain(paths.iter().map(os_str)).collect();
    Ok(repo.git().run("ls-files", &args)?)
}

fn merged(entries: Vec<IndexEntry>) -> Result<Vec<IndexEntry>, SourceError> {
    match entries.iter().find(|entry| entry.stage != 0) {
        Some(conflict) => Err(SourceError::Unmerged(conflict.path.clone())),
        None => Ok(entries),
    }
}

/// Cuts `paths` into parts that fit on a command line.
fn chunks(paths: &[RepoPath]) -> impl Iterator<Item = &[RepoPath]> {
    let mut rest = paths;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |path: &&RepoPath| {
            bytes += path.as_bytes().len() + 1;
            bytes <= ARGUMENT_BYTES
        };
        let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (chunk, after) = rest.split_at(count);
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[cfg(unix)]
pub(super) fn os_str(path: &RepoPath) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(path.as_bytes())
}

/// Git's paths are UTF-8 where the system's are not bytes; one that is not cannot be asked for, and is not found.
#[cfg(not(unix))]
pub(super) fn os_str(path: &RepoPath) -> &OsStr {
    OsStr::new(std::str::from_utf8(path.as_bytes()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_in_one_chunk_and_chunks_fit() {
        let sizes = [1, 30_000, 10_000, 10_000, 10_000, 1];
        let paths: Vec<RepoPath> = sizes.iter().map(|&size| RepoPath::new(vec![b'x'; size])).collect();
        let counts: Vec<usize> = chunks(&paths).map(<[RepoPath]>::len).collect();
        assert_eq!(counts, [1, 1, 2, 2]);
        assert_eq!(chunks(&[]).count(), 0);
    }
}
