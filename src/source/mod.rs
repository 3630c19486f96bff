//! Lists what is to be scanned and reads it, from an index, commits, files or a stream; does not know what for.

mod commits;
pub mod committed;
mod error;
pub mod history;
pub mod index;
mod listing;
pub mod message;
pub mod push;
pub mod range;
mod reader;
pub mod receipts;
pub mod receive;
mod remote;
mod renames;
pub mod staged;
pub mod stdin;
pub mod swept;
mod tips;
pub mod tree;

pub use error::SourceError;
pub use listing::Listing;
pub use reader::Reader;
pub use remote::{NewRemote, Remote};
