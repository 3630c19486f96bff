//! Rule packs that teams share: the lock, the store, and the fetch by git. Only `fetch` opens a connection, and no hook calls
//! it. Knows nothing of what rules find.

mod archive;
mod fetch;
mod lock;
mod store;
mod watched;

pub use archive::{ArchiveError, archive, unpack};
pub use fetch::{FetchError, Fetched, Wish, check_url, fetch, pinned};
pub use lock::{LOCK, Locked, is_name, loosened, more_signers, outline, read, write};
pub use store::{Contents, Store, StoreError, check, compare, digest, write as write_files};
pub use watched::Limits;
