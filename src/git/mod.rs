//! Reads repositories through git's plumbing and object store; does not know what anybody looks for in them.

mod batch;
mod commit;
mod env;
mod error;
mod index_file;
mod objects;
mod plumbing;
mod raw;
mod repo;

pub use commit::{CommitText, TagText};
pub use env::GitEnv;
pub use error::GitError;
pub use objects::{Header, Kind, Objects};
pub use plumbing::{Git, Running};
pub use raw::{Change, IndexEntry, Mode, Record, Side};
pub use repo::Repo;

pub(crate) use index_file::entries_below;
pub(crate) use raw::{changes, index_entries, records, tree_entries};
