//! Paths as git sees them: bytes with `/`, relative, never decoded.

/// A path of bytes separated by `/`, relative to the repository's top or to the folder that is scanned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Vec<u8>);

impl RepoPath {
    /// Takes a path as git gives it.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        RepoPath(bytes.into())
    }

    /// The bytes, not fit for a terminal: see `text::escape`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        let start = self.0.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        &self.0[start..]
    }

    /// What follows the last dot of the file name, if the name does not begin with it.
    pub fn extension(&self) -> Option<&[u8]> {
        let name = self.file_name();
        let dot = name.iter().rposition(|&byte| byte == b'.')?;
        (dot > 0).then(|| &name[dot + 1..])
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        RepoPath(path.as_bytes().to_vec())
    }
}
