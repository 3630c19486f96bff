//! The words of the project as plain data: no I/O, no serialisation, no policy.

mod date;
mod dependency;
mod finding;
mod id;
mod language;
mod path;
mod receipt;
mod report;
mod secret;
mod severity;
mod sightings;
mod span;
mod unit;

pub use date::Date;
pub use dependency::{Dependency, Ecosystem, Locked, Scope, Source};
pub use finding::{Excerpt, Finding, Mark, Waivable};
pub use id::{RuleId, RuleInfo};
pub use language::Language;
pub use path::RepoPath;
pub use receipt::{Cut, Partial, Receipt, SkipReason, Skipped, Unread};
pub use report::{Judged, Report, Verdict};
pub use secret::Secret;
pub use severity::{Category, Confidence, Severity};
pub use sightings::{Sighting, Sightings, Standing};
pub use span::{Position, Shared, Span};
pub use unit::{CommitInfo, Entry, Locator, Oid, OidError, Provenance};
