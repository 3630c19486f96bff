//! Dependencies: what manifests declare, what people approved, and the judgement between the two. Knows manifests and
//! approvals as text; knows nothing of git, the disk or how findings are shown.

pub mod approvals;
mod date;
pub mod manifest;
mod name;
mod origin;

pub use approvals::Approvals;
pub use date::Date;
pub use name::{CanonicalName, NameError};
pub use origin::Origin;
