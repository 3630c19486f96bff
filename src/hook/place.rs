//! Where git looks for the hooks of a repository, and whether that place is ours to write to.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::HookError;

/// The places of one repository; both paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The git folder that all work trees share.
    pub common_dir: PathBuf,
    /// The folder from which git runs hooks, whether it exists or not.
    pub hooks_dir: PathBuf,
    /// True when the hooks are files of the work tree, and so may be committed.
    pub in_work_tree: bool,
}

/// The git folder that all work trees of the repository around `dir` share.
pub fn common_dir(dir: &Path) -> Result<PathBuf, HookError> {
    rev_parse(dir, &["--git-common-dir"])
}

/// Asks git where the hooks of the repository around `dir` are, and refuses places that are not this repository's.
pub fn locate(dir: &Path) -> Result<Place, HookError> {
    // A relative core.hooksPath is relative to the top, not to the folder in which somebody calls us.
    let top = rev_parse(dir, &["--show-toplevel"])?;
    refuse_shared_hooks(&top)?;
    let common_dir = common_dir(&top)?;
    let hooks_dir = hooks_dir(&top)?;
    if hooks_dir.ends_with(".husky/_") {
        return Err(HookError::Husky(hooks_dir));
    }
    let in_work_tree = hooks_dir.starts_with(&top) && !hooks_dir.starts_with(&common_dir);
    Ok(Place { common_dir, hooks_dir, in_work_tree })
}

/// The hooks folder by its own name, because git's absolute form would hide that it is a link.
fn hooks_dir(top: &Path) -> Result<PathBuf, HookError> {
    let path = top.join(path_of(git(top, &["rev-parse", "--git-path", "hooks"])?)?);
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => Ok(parent.join(name)),
        _ => Ok(path),
    }
}

fn refuse_shared_hooks(top: &Path) -> Result<(), HookError> {
    let output = git(top, &["config", "--show-scope", "-z", "--get", "core.hooksPath"])?;
    if output.code == Some(1) {
        return Ok(());
    }
    let answer = output.succeeded()?;
    let mut fields = answer.split(|&byte| byte == 0);
    let scope = String::from_utf8_lossy(fields.next().unwrap_or_default()).into_owned();
    let value = fields.next().unwrap_or_default();
    if value.is_empty() {
        return Err(HookError::EmptyHooksPath);
    }
    if scope == "local" || scope == "worktree" {
        return Ok(());
    }
    Err(HookError::SharedHooksPath { scope, path: path_from(value.to_vec()) })
}

/// The one path that `git rev-parse` prints; it may contain anything, also a newline.
fn rev_parse(dir: &Path, args: &[&str]) -> Result<PathBuf, HookError> {
    let mut all = vec!["rev-parse", "--path-format=absolute"];
    all.extend(args);
    let path = path_of(git(dir, &all)?)?;
    if path.is_absolute() {
        return Ok(path);
    }
    // An old git does not know --path-format, and prints it.
    Err(HookError::Git { command: all.join(" "), message: "git 2.31 or newer is needed".to_owned() })
}

fn path_of(answer: Answer) -> Result<PathBuf, HookError> {
    let mut path = answer.succeeded()?;
    path.pop_if(|byte| *byte == b'\n');
    Ok(path_from(path))
}

fn path_from(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes))
}

struct Answer {
    command: String,
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Answer {
    fn succeeded(self) -> Result<Vec<u8>, HookError> {
        if self.code == Some(0) {
            return Ok(self.stdout);
        }
        let message = crate::text::escape(self.stderr.trim_ascii());
        Err(HookError::Git { command: self.command, message })
    }
}

fn git(dir: &Path, args: &[&str]) -> Result<Answer, HookError> {
    let output = Command::new("git").current_dir(dir).args(args).output().map_err(HookError::GitMissing)?;
    Ok(Answer {
        command: args.join(" "),
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
    })
}
