//! Reads repositories through git's plumbing and object store; does not know what anybody looks for in them.

mod batch;
mod cached_tree;
mod commit;
mod compare;
mod env;
mod error;
mod head;
mod index_file;
mod objects;
pub mod pack;
mod plumbing;
mod raw;
mod repo;
mod trailers;
mod tree;

pub use commit::{CommitText, TagText};
pub use env::GitEnv;
pub use error::GitError;
pub use index_file::IndexFile;
pub use objects::{Header, Kind, Objects, has_id};
pub use plumbing::{Git, Running};
pub use raw::{Change, IndexEntry, Mode, Record, Side};
pub use repo::Repo;
pub use trailers::{Trailer, names_an_agent, trailers};
pub use tree::TreeEntry;

pub(crate) use commit::{made_at, parents_of, tree_of};
pub(crate) use compare::compare;
pub(crate) use head::head;
pub(crate) use raw::{changes, index_entries, records, tree_entries};
pub(crate) use tree::next as next_tree_entry;
