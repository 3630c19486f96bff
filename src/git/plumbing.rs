//! Starts git processes and hands over their output; does not know what the output means.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::{GitEnv, GitError};
use crate::text::escape;

/// Git, ready to be run in one directory with one environment.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    dir: PathBuf,
    env: Arc<GitEnv>,
}

/// A git process whose output somebody will want.
#[derive(Debug)]
#[must_use]
pub struct Running {
    child: Child,
    command: &'static str,
}

impl Git {
    /// Finds git in the `PATH` of `env`.
    pub fn new(dir: &Path, env: GitEnv) -> Result<Git, GitError> {
        let program = find_program(&env).ok_or(GitError::NoGit)?;
        Ok(Git { program, dir: dir.to_owned(), env: Arc::new(env) })
    }

    /// The same git for another directory and environment.
    pub(super) fn moved(&self, dir: &Path, env: GitEnv) -> Git {
        Git { program: self.program.clone(), dir: dir.to_owned(), env: Arc::new(env) }
    }

    /// The environment, before the policy for git processes is applied.
    pub fn env(&self) -> &GitEnv {
        &self.env
    }

    /// Where git runs.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Starts `git command args` without waiting; its standard input is empty.
    pub fn start<A: AsRef<OsStr>>(&self, command: &'static str, args: &[A]) -> Result<Running, GitError> {
        self.spawn(command, args, Stdio::null())
    }

    /// Runs `git command args` and returns its standard output.
    pub fn run<A: AsRef<OsStr>>(&self, command: &'static str, args: &[A]) -> Result<Vec<u8>, GitError> {
        self.start(command, args)?.finish()
    }

    /// Runs `git command args` with `input` on its standard input.
    pub fn feed<A: AsRef<OsStr>>(
        &self,
        command: &'static str,
        args: &[A],
        input: &[u8],
    ) -> Result<Vec<u8>, GitError> {
        let mut running = self.spawn(command, args, Stdio::piped())?;
        let stdin = running.child.stdin.take();
        std::thread::scope(|scope| {
            // Git answers before it has read everything: writing and reading must not wait for each other.
            let writer = scope.spawn(|| stdin.map_or(Ok(()), |mut stdin| stdin.write_all(input)));
            let output = running.finish()?;
            match writer.join() {
                Ok(Ok(())) => Ok(output),
                Ok(Err(source)) => Err(GitError::Io { command, source }),
                Err(_) => Err(GitError::Io { command, source: io::Error::other("writer stopped") }),
            }
        })
    }

    /// True when HEAD names a branch that has no commit yet; any other trouble with HEAD is not that.
    pub fn head_is_unborn(&self) -> Result<bool, GitError> {
        let Ok(branch) = self.run("symbolic-ref", &["-q", "HEAD"]) else { return Ok(false) };
        let branch = String::from_utf8_lossy(branch.trim_ascii_end()).into_owned();
        // Of all commands this one tells a ref that is not there (nothing) from a broken one (a warning, or failure).
        let (refs, warnings) =
            self.start("for-each-ref", &["--format=%(refname)", &branch])?.finish_with_warnings()?;
        let is_there = refs.split(|&byte| byte == b'\n').any(|name| name == branch.as_bytes());
        Ok(!is_there && warnings.is_empty())
    }

    /// Starts `git command args` with its standard input and output connected to us; it stays until its input ends.
    pub(super) fn converse(&self, command: &'static str, args: &[&str]) -> Result<Child, GitError> {
        // What it says on standard error is not read, so it must not be able to block on it.
        let spawned = self.command(command, args).stdin(Stdio::piped()).stderr(Stdio::null()).spawn();
        spawned.map_err(|source| GitError::Io { command, source })
    }

    fn spawn<A: AsRef<OsStr>>(
        &self,
        command: &'static str,
        args: &[A],
        stdin: Stdio,
    ) -> Result<Running, GitError> {
        let spawned = self.command(command, args).stdin(stdin).spawn();
        let child = spawned.map_err(|source| GitError::Io { command, source })?;
        Ok(Running { child, command })
    }

    fn command<A: AsRef<OsStr>>(&self, command: &'static str, args: &[A]) -> Command {
        let mut process = Command::new(&self.program);
        process.current_dir(&self.dir).env_clear().envs(self.env.for_git());
        // A monitor would be a program of the user's, and would tell about the work tree, which nobody asks for.
        process.args(["-c", "core.fsmonitor=false", command]).args(args);
        process.stdout(Stdio::piped()).stderr(Stdio::piped());
        process
    }
}

impl Running {
    /// Waits for the end and returns the standard output; any exit status but 0 is an error.
    pub fn finish(self) -> Result<Vec<u8>, GitError> {
        self.finish_with_warnings().map(|(output, _)| output)
    }

    /// As `finish`, with what git said on standard error although it succeeded.
    pub fn finish_with_warnings(self) -> Result<(Vec<u8>, Vec<u8>), GitError> {
        let command = self.command;
        let output = self.child.wait_with_output().map_err(|source| GitError::Io { command, source })?;
        if output.status.success() {
            return Ok((output.stdout, output.stderr));
        }
        Err(GitError::Failed { command, status: output.status.code(), stderr: complaint(&output.stderr) })
    }
}

/// The lines of `stderr` that say what is wrong, without advice for somebody who types git's commands; all of them when
/// none is marked.
fn complaint(stderr: &[u8]) -> String {
    let lines =
        || stderr.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let is_marked = |line: &&[u8]| line.starts_with(b"fatal: ") || line.starts_with(b"error: ");
    let marked: Vec<String> = lines().filter(is_marked).map(escape).collect();
    if marked.is_empty() { lines().map(escape).collect::<Vec<_>>().join("; ") } else { marked.join("; ") }
}

/// The first git in `PATH`. Relative entries do not count: they would start a program of the repository's.
fn find_program(env: &GitEnv) -> Option<PathBuf> {
    let name = OsString::from(format!("git{}", std::env::consts::EXE_SUFFIX));
    std::env::split_paths(env.get("PATH")?)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(&name))
        .find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_in_the_repository_is_not_started() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("git"), "").unwrap();
        for path in [".", "", "bin:./bin"] {
            let env = GitEnv::default().with("PATH", path);
            assert!(matches!(Git::new(dir.path(), env), Err(GitError::NoGit)), "{path:?}");
        }
    }
}
