//! Why `portcullis packs` gives no pack, and what helps. Knows no commands.

use std::path::PathBuf;

use crate::packs::{ArchiveError, FetchError, LOCK, StoreError};

/// Why a pack is not used.
#[derive(Debug, thiserror::Error)]
pub enum PacksError {
    /// Not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Not as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name.
    #[error("{0:?} is no name of a pack: lower-case letters, digits and `-`; give one with --name")]
    Name(String),
    /// Taken.
    #[error("there is a pack {0} already")]
    Exists(String),
    /// An archive.
    #[error("{}: {error}", path.display())]
    Archive {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: ArchiveError,
    },
    /// The archive lacks it.
    #[error("{}: does not hold {name} as the lock says", path.display())]
    NotInArchive {
        /// Where.
        path: PathBuf,
        /// The pack.
        name: String,
    },
    /// There is none.
    #[error("there is no pack {0} in {LOCK}")]
    Unknown(String),
    /// What came is not what was looked at.
    #[error("{name}: commit {commit} holds {found}, and the lock says {expected}")]
    OtherContent {
        /// The pack.
        name: String,
        /// The commit.
        commit: String,
        /// What came.
        found: String,
        /// What was looked at.
        expected: String,
    },
}

impl PacksError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            PacksError::Store(StoreError::Missing(_)) => {
                Some("`portcullis packs sync` fetches it; hooks never do")
            }
            PacksError::Store(StoreError::Tampered { .. }) => Some(
                "`portcullis packs sync` fetches it again; a vendored one comes with `portcullis packs vendor`",
            ),
            PacksError::Fetch(FetchError::Moved { .. } | FetchError::NotReachable { .. })
            | PacksError::OtherContent { .. } => {
                Some("ask its owners what has happened; nothing was changed here")
            }
            PacksError::Fetch(FetchError::NotSigned { .. }) => Some(
                "whose keys count stands in .portcullis/signers; a pack without a signature is not taken",
            ),
            PacksError::Fetch(FetchError::TooSlow(_)) => {
                Some("is the server there? `portcullis packs import` takes packs from a file")
            }
            PacksError::Fetch(FetchError::TooMuch { .. }) => {
                Some("packs are best kept in a repository of their own")
            }
            PacksError::NotInArchive { .. } => {
                Some("`portcullis packs export` writes it where the packs of this lock are")
            }
            PacksError::Archive { .. }
            | PacksError::Store(StoreError::File { .. } | StoreError::Path(_))
            | PacksError::Fetch(_)
            | PacksError::Name(_)
            | PacksError::Exists(_)
            | PacksError::Unknown(_) => None,
        }
    }
}
