//! Lists bytes that somebody piped in, under the name they say; does not read the stream.

use super::Listing;
use crate::model::{Entry, Locator, Provenance, RepoPath};

/// Lists `content` as a file called `path`.
pub fn list(path: RepoPath, content: Vec<u8>) -> Listing {
    let locator = Locator::Inline(content.into());
    let entry = Entry { path, locator, before: Vec::new(), moved_from: None, provenance: Provenance::Stdin };
    Listing { entries: vec![entry], ..Listing::default() }
}
