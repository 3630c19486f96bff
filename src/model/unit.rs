//! What is to be scanned: where content comes from, under which name, and what stood there before.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use super::RepoPath;

/// A git object id: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

/// By its first eight bytes: they are as good as random, and histories look up millions of ids.
impl Hash for Oid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes;
        state.write_u64(u64::from_ne_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Text that is no object id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an object id: {0:?}")]
pub struct OidError(pub String);

impl Oid {
    /// Reads 40 or 64 hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Result<Oid, OidError> {
        let error = || OidError(String::from_utf8_lossy(hex).into_owned());
        if hex.len() != 40 && hex.len() != 64 {
            return Err(error());
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(error);
        let mut bytes = [0; 32];
        for (idx, pair) in hex.chunks_exact(2).enumerate() {
            bytes[idx] = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Oid { bytes, len: (hex.len() / 2) as u8 })
    }

    /// Takes 20 or 32 raw bytes.
    pub fn from_bytes(raw: &[u8]) -> Result<Oid, OidError> {
        if raw.len() != 20 && raw.len() != 32 {
            return Err(OidError(format!("{} raw bytes", raw.len())));
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Ok(Oid { bytes, len: raw.len() as u8 })
    }

    /// The raw bytes, 20 or 32.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// The id of zeros of the same length.
    pub fn zero(&self) -> Oid {
        Oid { bytes: [0; 32], len: self.len }
    }

    /// True for the id of zeros that git uses for "nothing".
    pub fn is_zero(&self) -> bool {
        self.as_bytes().iter().all(|&byte| byte == 0)
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

/// Where the bytes of an entry are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    /// A blob in the object store.
    Blob(Oid),
    /// A file of the file system.
    File(PathBuf),
    /// Bytes at hand: standard input, a message, a link's target.
    Inline(Arc<[u8]>),
    /// A commit of another repository, which git keeps as a submodule.
    Submodule(Oid),
}

/// The commit that brought content in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: Oid,
    /// Author as `Name <mail>`, bytes as git holds them.
    pub author: Vec<u8>,
    /// Author date, seconds since 1970 in UTC.
    pub time: i64,
    /// First line of the message.
    pub subject: Vec<u8>,
    /// True when its author or a trailer says that an AI agent wrote it.
    pub by_agent: bool,
    /// The lines `Key: value` at the end of the message.
    pub trailers: Vec<(String, String)>,
}

/// Where content comes from, as the report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// Staged: it would become part of the next commit.
    Index,
    /// A file on disk.
    WorkTree,
    /// Standard input.
    Stdin,
    /// A file in a commit.
    Commit(Arc<CommitInfo>),
    /// The message of a commit.
    CommitMessage(Arc<CommitInfo>),
    /// An annotated tag's message.
    TagMessage(Oid),
    /// An object that a ref names directly, without a commit.
    Object(Oid),
}

/// One thing to scan: content with provenance, never a path to open later by somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name under which rules and people see the content.
    pub path: RepoPath,
    /// Where the bytes are.
    pub locator: Locator,
    /// Versions of the same path in every parent; a finding counts when it is new against each of them. Empty: all
    /// of the content is new.
    pub before: Vec<Locator>,
    /// The path it stood under before, when it was moved: what was excused there may not be excused here.
    pub moved_from: Option<RepoPath>,
    /// Where it comes from.
    pub provenance: Provenance,
}
