//! Lists files on disk, in a repository or not; follows no link and enters no `.git`.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

use super::{Listing, SourceError};
use crate::model::{Entry, Locator, Provenance, RepoPath, SkipReason, Skipped};

/// Whether the files that a repository ignores are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// Left out as `.gitignore` files and `info/exclude` say; the user's own ignore file does not count, so that
    /// everybody scans the same.
    LeftOut,
    /// Scanned.
    Scanned,
}

/// Lists the files at and below `paths`, sorted by path; relative ones start at `base`, an absolute path without links,
/// and a file below `base` is named from there. A path that is named itself is listed even if it is ignored.
pub fn list(base: &Path, paths: &[PathBuf], ignored: Ignored) -> Result<Listing, SourceError> {
    let mut found = Vec::new();
    for path in paths {
        let root = base.join(path);
        let error = |source| SourceError::File { path: root.clone(), source };
        let root = clean(&root).map_err(error)?;
        fs::symlink_metadata(&root).map_err(error)?;
        walk(&root, ignored, &mut found)?;
    }
    found.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    found.dedup();
    let mut listing = Listing::default();
    for path in found {
        push(repo_path(base, &path), path, &mut listing)?;
    }
    Ok(listing)
}

/// Collects everything below `root` that is no directory, and the directories that cannot be read.
fn walk(root: &Path, ignored: Ignored, found: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    if fs::symlink_metadata(root).is_ok_and(|meta| !meta.is_dir()) {
        found.push(root.to_owned());
        return Ok(());
    }
    let mut builder = WalkBuilder::new(root);
    let obey = ignored == Ignored::LeftOut;
    builder.standard_filters(false).git_ignore(obey).git_exclude(obey).parents(obey).follow_links(false);
    builder.filter_entry(|entry| entry.file_name() != ".git");
    for entry in builder.build() {
        match entry {
            Ok(entry) if is_dir(&entry) => {}
            Ok(entry) => found.push(entry.into_path()),
            // Listed like a file, so that the others are scanned; reading it will say what is wrong with it.
            Err(error) => found.push(path_of(&error).ok_or(error)?),
        }
    }
    Ok(())
}

fn is_dir(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn push(name: RepoPath, path: PathBuf, listing: &mut Listing) -> Result<(), SourceError> {
    let error = |source| SourceError::File { path: path.clone(), source };
    let meta = fs::symlink_metadata(&path).map_err(error)?;
    let locator = if meta.is_symlink() {
        let target = fs::read_link(&path).map_err(error)?;
        Locator::Inline(target.as_os_str().as_encoded_bytes().into())
    } else if is_special(&meta) {
        listing.skipped.push(Skipped { path: name, reason: SkipReason::NotAFile });
        return Ok(());
    } else {
        Locator::File(path)
    };
    listing.entries.push(Entry {
        path: name,
        locator,
        before: Vec::new(),
        moved_from: None,
        provenance: Provenance::WorkTree,
    });
    Ok(())
}

/// A socket, a pipe, a device: reading one may never end.
fn is_special(meta: &Metadata) -> bool {
    !meta.is_file() && !meta.is_dir()
}

/// The path without `.` and `..`, so that a file has one name; what `..` leads to, only the disk knows.
fn clean(path: &Path) -> io::Result<PathBuf> {
    let is_up = |component| component == Component::ParentDir;
    if !path.components().any(is_up) {
        return Ok(path.components().filter(|component| *component != Component::CurDir).collect());
    }
    match (path.parent(), path.file_name()) {
        // A link that is named is itself scanned, not what it leads to.
        (Some(folder), Some(name)) => Ok(folder.canonicalize()?.join(name)),
        _ => path.canonicalize(),
    }
}

/// The name from `base`, with `/` between its parts.
fn repo_path(base: &Path, path: &Path) -> RepoPath {
    let name = path.strip_prefix(base).unwrap_or(path);
    let bytes = name.as_os_str().as_encoded_bytes();
    if cfg!(windows) {
        return RepoPath::new(
            bytes.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect::<Vec<_>>(),
        );
    }
    RepoPath::new(bytes)
}
