//! The files of the repository as a change leaves them, for what a manifest says about others. Knows no git and no disk:
//! somebody else looks.

use std::sync::Arc;

use crate::model::RepoPath;

/// What can be asked about the files of a repository.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// True for the paths of files.
    pub exists: &'a dyn Fn(&RepoPath) -> bool,
    /// A file's bytes; none when there is no such file, or nobody can tell.
    pub read: &'a dyn Fn(&RepoPath) -> Option<Vec<u8>>,
    /// The paths of all files; none when nobody can tell.
    pub paths: &'a dyn Fn() -> Arc<[RepoPath]>,
}

impl Files<'static> {
    /// A repository without files.
    pub fn none() -> Self {
        Files { exists: &|_| false, read: &|_| None, paths: &|| Arc::new([]) }
    }
}
