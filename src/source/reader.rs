//! Reads the bytes that an entry names; does not know what they mean.

use std::fs;
use std::path::Path;

use super::SourceError;
use crate::git::{Objects, Repo};
use crate::model::{Locator, Oid};

/// Reads any locator. One per thread: cheap to make, opens the object store when it is first needed.
pub struct Reader {
    repo: Option<Repo>,
    objects: Option<Objects>,
}

impl Reader {
    /// A reader of files, bytes at hand, and the objects of `repo` if there is one.
    pub fn new(repo: Option<&Repo>) -> Reader {
        Reader { repo: repo.cloned(), objects: None }
    }

    /// The size in bytes, without reading the content.
    pub fn size(&mut self, locator: &Locator) -> Result<u64, SourceError> {
        match locator {
            Locator::Blob(oid) => Ok(self.objects(*oid)?.header(*oid)?.size),
            Locator::File(path) => Ok(fs::metadata(path).map_err(|source| file_error(path, source))?.len()),
            Locator::Inline(bytes) => Ok(bytes.len() as u64),
            Locator::Submodule(_) => Ok(0),
        }
    }

    /// True when a blob is listed here, which costs less to tell than its size.
    pub fn lists(&mut self, locator: &Locator) -> bool {
        match locator {
            Locator::Blob(oid) => self.objects(*oid).is_ok_and(|objects| objects.lists(*oid)),
            Locator::File(_) | Locator::Inline(_) | Locator::Submodule(_) => false,
        }
    }

    /// The content.
    pub fn read(&mut self, locator: &Locator) -> Result<Vec<u8>, SourceError> {
        match locator {
            Locator::Blob(oid) => Ok(self.objects(*oid)?.blob(*oid)?),
            Locator::File(path) => fs::read(path).map_err(|source| file_error(path, source)),
            Locator::Inline(bytes) => Ok(bytes.to_vec()),
            // What it holds is in another repository.
            Locator::Submodule(_) => Ok(Vec::new()),
        }
    }

    fn objects(&mut self, oid: Oid) -> Result<&mut Objects, SourceError> {
        match (&mut self.objects, &self.repo) {
            (Some(objects), _) => Ok(objects),
            (slot, Some(repo)) => Ok(slot.insert(Objects::open(repo))),
            (None, None) => Err(SourceError::NoRepository(oid)),
        }
    }
}

fn file_error(path: &Path, source: std::io::Error) -> SourceError {
    SourceError::File { path: path.to_owned(), source }
}
