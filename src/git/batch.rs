//! One long-lived `git cat-file` that answers questions about objects one at a time; knows no object store itself.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout};

use super::objects::{Header, Kind};
use super::{Git, GitError};
use crate::model::Oid;
use crate::text::escape;

/// A running `git cat-file --batch` or `--batch-check`.
pub(super) struct Batch {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    /// Starts it; `mode` is `--batch` or `--batch-check`.
    pub(super) fn start(git: &Git, mode: &'static str) -> Result<Batch, GitError> {
        let mut child = git.converse("cat-file", &[mode])?;
        let stdout = child.stdout.take().ok_or_else(|| io_error(io::ErrorKind::BrokenPipe.into()))?;
        Ok(Batch { child, answers: BufReader::new(stdout) })
    }

    /// The kind and size of an object; none when git says that it is missing.
    pub(super) fn header(&mut self, oid: Oid) -> Result<Option<Header>, GitError> {
        let stdin = self.child.stdin.as_mut().ok_or_else(|| io_error(io::ErrorKind::BrokenPipe.into()))?;
        stdin.write_all(format!("{oid}\n").as_bytes()).and_then(|()| stdin.flush()).map_err(io_error)?;
        let mut line = Vec::new();
        self.answers.read_until(b'\n', &mut line).map_err(io_error)?;
        if line.is_empty() {
            return Err(gave_up(oid));
        }
        understand(oid, &line)
            .ok_or_else(|| GitError::NotUnderstood { command: "cat-file", what: escape(&line) })
    }

    /// The kind and content of an object, from a `--batch`; none when git says that it is missing.
    pub(super) fn read(&mut self, oid: Oid) -> Result<Option<(Kind, Vec<u8>)>, GitError> {
        let Some(header) = self.header(oid)? else { return Ok(None) };
        let mut content = Vec::new();
        let read = self.answers.by_ref().take(header.size + 1).read_to_end(&mut content).map_err(io_error)?;
        if read as u64 != header.size + 1 || content.pop() != Some(b'\n') {
            return Err(gave_up(oid));
        }
        Ok(Some((header.kind, content)))
    }
}

impl Drop for Batch {
    /// Its input ends, so it ends, too; waiting leaves no zombie.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It may be in the middle of an answer that nobody reads any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads `<oid> <kind> <size>` or `<oid> missing`.
fn understand(oid: Oid, line: &[u8]) -> Option<Option<Header>> {
    let line = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let rest = line.strip_prefix(&oid.to_string())?.strip_prefix(' ')?;
    if rest == "missing" {
        return Some(None);
    }
    let (kind, size) = rest.split_once(' ')?;
    Some(Some(Header { kind: Kind::from_name(kind.as_bytes())?, size: size.parse().ok()? }))
}

/// Git ends when an object is damaged.
fn gave_up(oid: Oid) -> GitError {
    GitError::ObjectUnreadable { oid, reason: "git cat-file gave up on it".to_owned() }
}

fn io_error(source: io::Error) -> GitError {
    GitError::Io { command: "cat-file", source }
}
