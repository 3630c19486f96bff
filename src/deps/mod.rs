//! Dependencies: what manifests declare, what people approved, and the judgement between the two. Knows manifests and
//! approvals as text; knows nothing of git, the disk or how findings are shown.

pub mod approvals;
pub mod approve;
pub mod baseline;
mod builtin;
pub mod canonical;
pub mod codes;
pub mod deny;
mod files;
pub mod gate;
mod hints;
pub mod list;
mod local;
pub mod manifest;
mod name;
mod origin;
mod record;
pub mod stale;
pub mod usage;
mod version;
mod wording;

pub use crate::model::Date;
pub use approvals::Approvals;
pub use files::Files;
pub use gate::{DepFinding, Gate};
pub use hints::{outline_of_imports, outline_of_replaced};
pub use name::{CanonicalName, NameError};
pub use origin::{Origin, masked};
