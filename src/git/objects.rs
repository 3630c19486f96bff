//! Reads objects by id, from the object directories directly or else through git; knows neither refs nor the index.

use std::path::PathBuf;

use git2::{ErrorCode, ObjectType, Odb};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::batch::Batch;
use super::{Git, GitError, Repo};
use crate::model::Oid;
use crate::text::escape;

/// The kind of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Author, message, tree and parents.
    Commit,
    /// Names with modes and ids.
    Tree,
    /// Content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// What an object is, without its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Its kind.
    pub kind: Kind,
    /// The size of its content in bytes.
    pub size: u64,
}

/// The objects of one repository. Not shared between threads: opening one takes 0.1 ms, and reads nothing.
///
/// SHA-256 ids and whatever libgit2 does not find are left to `git cat-file`; every object that is returned has been
/// checked against its id, whoever read it.
pub struct Objects {
    git: Git,
    dirs: Vec<PathBuf>,
    odb: Option<Odb<'static>>,
    headers: Option<Batch>,
    contents: Option<Batch>,
}

impl Kind {
    /// The name that git gives the kind.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Commit => "commit",
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Tag => "tag",
        }
    }

    pub(crate) fn from_name(name: &[u8]) -> Option<Kind> {
        [Kind::Commit, Kind::Tree, Kind::Blob, Kind::Tag]
            .into_iter()
            .find(|kind| kind.name().as_bytes() == name)
    }

    fn from_odb(kind: ObjectType) -> Option<Kind> {
        Kind::from_name(kind.str().as_bytes())
    }
}

impl Objects {
    /// Opens the object directories of `repo`.
    pub fn open(repo: &Repo) -> Objects {
        let dirs = repo.object_dirs();
        Objects { git: repo.git().clone(), odb: open_odb(&dirs), dirs, headers: None, contents: None }
    }

    /// True when an object is listed here, without reading anything of it.
    pub fn lists(&self, oid: Oid) -> bool {
        let id = git2::Oid::from_bytes(oid.as_bytes());
        id.is_ok_and(|id| self.odb.as_ref().is_some_and(|odb| odb.exists(id)))
    }

    /// Kind and size, so that a limit can be applied before reading.
    pub fn header(&mut self, oid: Oid) -> Result<Header, GitError> {
        if let (Some(odb), Ok(id)) = (&self.odb, git2::Oid::from_bytes(oid.as_bytes())) {
            match odb.read_header(id) {
                Ok((size, kind)) => {
                    let kind = Kind::from_odb(kind).ok_or_else(|| unreadable(oid, "of an unknown kind"))?;
                    return Ok(Header { kind, size: size as u64 });
                }
                Err(error) => self.ask_git_after(oid, &error)?,
            }
        }
        match started(&mut self.headers, &self.git, "--batch-check")?.header(oid) {
            Ok(found) => found.ok_or_else(|| self.missing(oid)),
            Err(error) => {
                // Git ends when an object is damaged; the next question needs a new one.
                self.headers = None;
                Err(error)
            }
        }
    }

    /// Kind and content.
    pub fn read(&mut self, oid: Oid) -> Result<(Kind, Vec<u8>), GitError> {
        if let (Some(odb), Ok(id)) = (&self.odb, git2::Oid::from_bytes(oid.as_bytes())) {
            match odb.read(id) {
                Ok(object) => {
                    let kind =
                        Kind::from_odb(object.kind()).ok_or_else(|| unreadable(oid, "of an unknown kind"))?;
                    return Ok((kind, object.data().to_vec()));
                }
                Err(error) => self.ask_git_after(oid, &error)?,
            }
        }
        let (kind, content) = match started(&mut self.contents, &self.git, "--batch")?.read(oid) {
            Ok(Some(found)) => found,
            Ok(None) => return Err(self.missing(oid)),
            Err(error) => {
                self.contents = None;
                return Err(error);
            }
        };
        if !has_id(oid, kind, &content) {
            return Err(unreadable(oid, "content does not match the id"));
        }
        Ok((kind, content))
    }

    /// The content of a blob.
    pub fn blob(&mut self, oid: Oid) -> Result<Vec<u8>, GitError> {
        self.read_as(Kind::Blob, oid)
    }

    /// A commit as git stores it.
    pub fn commit(&mut self, oid: Oid) -> Result<Vec<u8>, GitError> {
        self.read_as(Kind::Commit, oid)
    }

    /// A tree as git stores it.
    pub fn tree(&mut self, oid: Oid) -> Result<Vec<u8>, GitError> {
        self.read_as(Kind::Tree, oid)
    }

    /// An annotated tag as git stores it.
    pub fn tag(&mut self, oid: Oid) -> Result<Vec<u8>, GitError> {
        self.read_as(Kind::Tag, oid)
    }

    /// Whether the object is here; a partial clone need not have it.
    pub fn has(&mut self, oid: Oid) -> Result<bool, GitError> {
        match self.header(oid) {
            Ok(_) => Ok(true),
            Err(GitError::ObjectMissing(_) | GitError::NotInThisClone(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn read_as(&mut self, expected: Kind, oid: Oid) -> Result<Vec<u8>, GitError> {
        let (kind, content) = self.read(oid)?;
        if kind != expected {
            return Err(GitError::ObjectKind { oid, expected: expected.name(), found: kind.name() });
        }
        Ok(content)
    }

    /// Git may know more than libgit2, but in a partial clone it would go and fetch what is not here.
    fn ask_git_after(&self, oid: Oid, error: &git2::Error) -> Result<(), GitError> {
        if error.code() == ErrorCode::NotFound && is_partial(&self.dirs) {
            return Err(GitError::NotInThisClone(oid));
        }
        Ok(())
    }

    /// Git calls an object missing also when its file is there and damaged.
    fn missing(&self, oid: Oid) -> GitError {
        let hex = oid.to_string();
        if self.dirs.iter().any(|dir| dir.join(&hex[..2]).join(&hex[2..]).exists()) {
            return unreadable(oid, "its file is damaged");
        }
        if is_partial(&self.dirs) { GitError::NotInThisClone(oid) } else { GitError::ObjectMissing(oid) }
    }
}

/// A partial clone marks the packs that came from its promisor.
pub(super) fn is_partial(dirs: &[PathBuf]) -> bool {
    let packs = dirs.iter().filter_map(|dir| dir.join("pack").read_dir().ok()).flatten();
    packs.flatten().any(|file| file.path().extension().is_some_and(|extension| extension == "promisor"))
}

/// None when libgit2 cannot be told the path: git will do all the work then.
fn open_odb(dirs: &[PathBuf]) -> Option<Odb<'static>> {
    let odb = Odb::new().ok()?;
    for dir in dirs {
        odb.add_disk_alternate(dir.to_str()?).ok()?;
    }
    Some(odb)
}

fn started<'b>(
    batch: &'b mut Option<Batch>,
    git: &Git,
    mode: &'static str,
) -> Result<&'b mut Batch, GitError> {
    match batch {
        Some(batch) => Ok(batch),
        None => Ok(batch.insert(Batch::start(git, mode)?)),
    }
}

/// Whether an object of this kind and content has this id.
pub fn has_id(oid: Oid, kind: Kind, content: &[u8]) -> bool {
    let head = format!("{} {}\0", kind.name(), content.len());
    if oid.as_bytes().len() == 32 {
        Sha256::new().chain_update(head).chain_update(content).finalize().as_slice() == oid.as_bytes()
    } else {
        // Without libgit2's search for made-up collisions it takes a quarter of the time; what is asked here is only
        // whether the bytes are those that git has named.
        Sha1::new().chain_update(head).chain_update(content).finalize().as_slice() == oid.as_bytes()
    }
}

fn unreadable(oid: Oid, reason: &str) -> GitError {
    GitError::ObjectUnreadable { oid, reason: escape(reason.as_bytes()) }
}
