//! Where a repository keeps its things; does not read any of them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::objects::is_partial;
use super::{Git, GitEnv, GitError};
use crate::text::escape;

/// A repository and the git that reads it.
#[derive(Debug, Clone)]
pub struct Repo {
    git: Git,
    git_dir: PathBuf,
    common_dir: PathBuf,
    top: Option<PathBuf>,
    objects: PathBuf,
}

impl Repo {
    /// Asks git, in one process, for the repository that `dir`, an absolute path, and `env` mean.
    pub fn open(dir: &Path, env: GitEnv) -> Result<Repo, GitError> {
        let git = Git::new(dir, env)?;
        let places = ["--git-dir", "--git-common-dir", "--git-path", "objects", "--is-inside-work-tree"];
        let args = [&["--path-format=absolute"][..], &places, &["--show-cdup"]].concat();
        let output = git.run("rev-parse", &args)?;
        let error = || GitError::NotUnderstood { command: "rev-parse", what: escape(&output) };
        let lines = lines_of(&output).ok_or_else(error)?;
        let path = |bytes: &[u8]| path_from(bytes).ok_or_else(error);
        let (git_dir, common_dir, objects, top) = match lines[..] {
            [git_dir, common, objects, b"true", b""] => (git_dir, common, objects, Some(dir.to_owned())),
            // The way up to the top, or, from outside of a work tree that the environment names, the way to it.
            [git_dir, common, objects, b"true" | b"false", up] => {
                let top = dir.join(path(up)?);
                let top = top.canonicalize().map_err(|source| GitError::File { path: top, source })?;
                (git_dir, common, objects, Some(top))
            }
            // A bare repository, or the inside of `.git`.
            [git_dir, common, objects, b"false"] => (git_dir, common, objects, None),
            _ => return Err(error()),
        };
        let (git_dir, common_dir, objects) = (path(git_dir)?, path(common_dir)?, path(objects)?);
        Ok(Repo { git, git_dir, common_dir, top, objects }.at_top())
    }

    /// As `open`, but without a process where the answer is certain: `dir` is where git started a hook, which is the
    /// top of the work tree, `.git` is a whole repository, and no variable points elsewhere.
    pub fn open_in_hook(dir: &Path, env: GitEnv) -> Result<Repo, GitError> {
        let git_dir = dir.join(".git");
        let elsewhere = ["GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"];
        let whole = git_dir.join("HEAD").is_file()
            && git_dir.join("objects").is_dir()
            && !git_dir.join("commondir").exists()
            && git_dir.symlink_metadata().is_ok_and(|meta| meta.is_dir());
        if elsewhere.iter().any(|name| env.get(name).is_some()) || !whole {
            return Repo::open(dir, env);
        }
        Ok(Repo {
            git: Git::new(dir, env)?,
            common_dir: git_dir.clone(),
            objects: git_dir.join("objects"),
            top: Some(dir.to_owned()),
            git_dir,
        })
    }

    /// The same repository with git running at the top, so that paths mean the same in every command. Variables that
    /// are relative to where we started get absolute.
    fn at_top(mut self) -> Repo {
        let Some(top) = &self.top else { return self };
        let mut env = self.git.env().clone();
        let given = |name: &str| self.git.env().get(name).is_some();
        if given("GIT_DIR") || given("GIT_WORK_TREE") {
            env = env.with("GIT_DIR", &self.git_dir).with("GIT_WORK_TREE", top);
        }
        if given("GIT_COMMON_DIR") {
            env = env.with("GIT_COMMON_DIR", &self.common_dir);
        }
        if given("GIT_OBJECT_DIRECTORY") {
            env = env.with("GIT_OBJECT_DIRECTORY", &self.objects);
        }
        self.git = self.git.moved(top, env);
        self
    }

    /// Git, running at the top of the work tree, or in the repository if there is none.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// The directory of this work tree's own state, such as `MERGE_HEAD`.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The directory that all work trees of the repository share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top of the work tree; none in a bare repository.
    pub fn top(&self) -> Option<&Path> {
        self.top.as_deref()
    }

    /// True for a partial clone, which may lack objects that its promisor has.
    pub fn is_partial(&self) -> bool {
        is_partial(&self.object_dirs())
    }

    /// Where objects are, new ones first; what each directory's `info/alternates` adds is not in here.
    pub fn object_dirs(&self) -> Vec<PathBuf> {
        let alternates = self.git.env().get("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        // Git allows quotes in here, for paths with a colon; a path that is not found that way is left to git.
        let alternates = std::env::split_paths(alternates).filter(|dir| !dir.as_os_str().is_empty());
        let alternates = alternates.map(|dir| self.git.dir().join(dir));
        std::iter::once(self.objects.clone()).chain(alternates).collect()
    }
}

/// The lines of an output whose last line ends, too.
fn lines_of(output: &[u8]) -> Option<Vec<&[u8]>> {
    Some(output.strip_suffix(b"\n")?.split(|&byte| byte == b'\n').collect())
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(|text| PathBuf::from(OsStr::new(text)))
}
