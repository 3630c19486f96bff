//! The manifests and the record of a work tree: finds, reads and writes files; judges nothing.

use std::io;
use std::path::{Path, PathBuf};

use super::DepsCliError;
use crate::cli::whole;
use crate::deps::approvals::PATH;
use crate::deps::manifest::{self, Format, Manifest, ManifestError, Recognised, recognise};
use crate::model::RepoPath;
use crate::text::escape;

/// A manifest of the work tree.
pub struct Loaded {
    pub path: RepoPath,
    pub format: Format,
    pub content: Vec<u8>,
    pub manifest: Result<Manifest, ManifestError>,
}

/// Reads every manifest below `dir` that git does not ignore.
pub fn load(dir: &Path) -> Result<Vec<Loaded>, DepsCliError> {
    let mut loaded = Vec::new();
    for path in manifests(dir)? {
        if let Some(Recognised::Read(format)) = recognise(&path) {
            let content = read_file(&dir.join(to_path(&path)))?;
            if !manifest::holds(&path, &content) {
                continue;
            }
            let manifest = manifest::read(format, &content);
            loaded.push(Loaded { path, format, content, manifest });
        }
    }
    Ok(loaded)
}

/// Manifests below `dir` that git does not ignore, sorted.
pub fn manifests(dir: &Path) -> Result<Vec<RepoPath>, DepsCliError> {
    let mut paths = Vec::new();
    let not_git = |entry: &ignore::DirEntry| entry.file_name() != ".git";
    for entry in ignore::WalkBuilder::new(dir).hidden(false).filter_entry(not_git).build() {
        let entry = entry?;
        let relative = entry.path().strip_prefix(dir).unwrap_or(entry.path());
        let path = RepoPath::new(relative.as_os_str().as_encoded_bytes());
        if entry.file_type().is_some_and(|kind| kind.is_file()) && recognise(&path).is_some() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The path as the system writes it.
#[cfg(unix)]
pub fn to_path(path: &RepoPath) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(path.as_bytes()))
}

/// The path as the system writes it.
#[cfg(not(unix))]
pub fn to_path(path: &RepoPath) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(path.as_bytes()).into_owned())
}

/// A file's bytes.
pub fn read_file(path: &Path) -> Result<Vec<u8>, DepsCliError> {
    std::fs::read(path).map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: io::Error) -> DepsCliError {
    DepsCliError::File { path: escape(path.as_os_str().as_encoded_bytes()), error }
}

/// The record's text; `None` when there is no such file.
pub fn read_record(dir: &Path) -> Result<Option<String>, DepsCliError> {
    let path = dir.join(PATH);
    match std::fs::read(&path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| DepsCliError::NotUtf8),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(&path, error)),
    }
}

/// Writes beside the old file and renames, so that no half-written record is ever read. The file keeps its mode; a new
/// one is made with the mode of any other new file.
pub fn write_record(dir: &Path, text: &str) -> Result<(), DepsCliError> {
    let path = dir.join(PATH);
    let folder = path.parent().unwrap_or(dir);
    let write = || {
        std::fs::create_dir_all(folder)?;
        whole::write(&path, text.as_bytes())
    };
    write().map_err(|error| file_error(&path, error))
}
