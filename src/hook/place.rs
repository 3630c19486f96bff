//! Where git looks for the hooks of a repository, and whether that place is ours to write to.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use super::files::{self, Found};
use super::{HookError, HookName, git};

/// The places of one repository; paths are absolute but for one in `Door::Shared`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The git folder that all work trees share.
    pub common_dir: PathBuf,
    /// The top of the work tree; without one, the git folder.
    pub top: PathBuf,
    /// The folder from which git runs hooks, whether it exists or not.
    pub hooks_dir: PathBuf,
    /// Whose folder that is.
    pub door: Door,
}

/// Whose the hooks folder of a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// This repository's.
    Own,
    /// Husky's: it runs the scripts of the folder above.
    Husky,
    /// Other repositories', too.
    Shared {
        /// The folder as it is written in the configuration; a relative one counts from the top of the work tree.
        path: PathBuf,
    },
    /// Ours, for all repositories: it runs the hooks in the common git folder.
    Dispatcher,
}

impl Place {
    /// The folder where hooks are when no configuration says otherwise.
    pub fn usual_hooks_dir(&self) -> PathBuf {
        self.common_dir.join("hooks")
    }

    /// The folder of our own that stands in for a shared one.
    pub fn own_hooks_dir(&self) -> PathBuf {
        own_hooks_dir(&self.common_dir)
    }

    /// True for a repository without a work tree, to which others push.
    pub fn is_bare(&self) -> bool {
        self.top == self.common_dir
    }

    /// True when the folder is part of the work tree, and what is in it may be committed.
    pub fn is_in_work_tree(&self, dir: &Path) -> bool {
        dir.starts_with(&self.top) && !dir.starts_with(&self.common_dir)
    }
}

/// The git folder that all work trees of the repository around `dir` share.
pub fn common_dir(dir: &Path) -> Result<PathBuf, HookError> {
    git::rev_parse(dir, &["--git-common-dir"])
}

/// Asks git where the hooks of the repository around `dir` are.
pub fn locate(dir: &Path) -> Result<Place, HookError> {
    // A relative core.hooksPath is relative to the top, not to the folder in which somebody calls us.
    let top = match git::rev_parse(dir, &["--show-toplevel"]) {
        Err(_) if is_bare(dir)? => common_dir(dir)?,
        top => top?,
    };
    let common_dir = common_dir(&top)?;
    let hooks_dir = hooks_dir(&top)?;
    let door = door(&top, &hooks_dir)?;
    Ok(Place { common_dir, top, hooks_dir, door })
}

fn is_bare(dir: &Path) -> Result<bool, HookError> {
    Ok(git::run(dir, &["rev-parse", "--is-bare-repository"])?.succeeded()? == b"true\n")
}

fn own_hooks_dir(common_dir: &Path) -> PathBuf {
    common_dir.join("portcullis").join("hooks")
}

/// The hooks folder by its own name, because git's absolute form would hide that it is a link.
fn hooks_dir(top: &Path) -> Result<PathBuf, HookError> {
    let path = top.join(git::one_line(git::run(top, &["rev-parse", "--git-path", "hooks"])?)?);
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => Ok(parent.join(name)),
        _ => Ok(path),
    }
}

fn door(top: &Path, hooks_dir: &Path) -> Result<Door, HookError> {
    let args = ["config", "--show-scope", "-z", "--type=path", "--get-all", "core.hooksPath"];
    let answer = git::run(top, &args)?;
    if answer.code == Some(1) {
        return Ok(Door::Own);
    }
    let answer = answer.succeeded()?;
    let fields: Vec<&[u8]> = answer.split(|&byte| byte == 0).collect();
    let values: Vec<(&[u8], PathBuf)> = fields
        .chunks_exact(2)
        .map(|pair| (pair[0], PathBuf::from(OsString::from_vec(pair[1].to_vec()))))
        .collect();
    // The last one counts.
    let Some((scope, path)) = values.last() else { return Ok(Door::Own) };
    if path.as_os_str().is_empty() {
        return Err(HookError::EmptyHooksPath);
    }
    match *scope {
        b"local" | b"worktree" if is_huskys(hooks_dir) => Ok(Door::Husky),
        b"local" | b"worktree" => Ok(stood_in_for(&values).unwrap_or(Door::Own)),
        b"global" | b"system" if is_dispatcher(hooks_dir)? => Ok(Door::Dispatcher),
        b"global" | b"system" => Ok(Door::Shared { path: path.clone() }),
        // It will be gone with the command that brought it, so nothing can be said about later.
        scope => Err(HookError::PassingHooksPath { scope: crate::text::escape(scope), path: path.clone() }),
    }
}

/// The shared folder behind the one of our own, when that is what the repository uses; also by the path that it had
/// before the repository was moved.
fn stood_in_for(values: &[(&[u8], PathBuf)]) -> Option<Door> {
    let (_, path) = values.last()?;
    let is_shared = |scope: &[u8]| scope == b"global" || scope == b"system";
    let (_, shared) =
        values.iter().rfind(|(scope, path)| is_shared(scope) && !path.as_os_str().is_empty())?;
    path.ends_with(own_hooks_dir(Path::new(""))).then(|| Door::Shared { path: shared.clone() })
}

/// Husky can be told another folder than `.husky`; the names of its files stay.
fn is_huskys(hooks_dir: &Path) -> bool {
    hooks_dir.ends_with(".husky/_") || (hooks_dir.ends_with("_") && hooks_dir.join("h").is_file())
}

fn is_dispatcher(hooks_dir: &Path) -> Result<bool, HookError> {
    let found = files::look(&hooks_dir.join(HookName::PreCommit.as_str()))?;
    Ok(matches!(found, Found::Shim(_)))
}
