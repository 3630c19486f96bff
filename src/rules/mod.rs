//! From TOML to checked rules, bounds and required literals. Knows nothing of content, git or policy.

mod anchor;
pub mod automaton;
mod beside;
mod check;
mod frozen;
mod groups;
mod kinds;
mod look;
mod opening;
mod pack;
mod pattern;
mod requires;
mod rule;
mod tail;

pub use automaton::Automaton;
pub use beside::in_one_word;
pub use check::{Checked, check_file, outline};
pub use frozen::{freeze, thaw};
pub use kinds::{Argument, Boundary, Checksum, Detector, ScopeKind, Sight, Text, Unit, Validator};
pub use look::{ANYTHING, Letter, Look};
pub use pack::{Pack, PackError};
pub use pattern::{MAX_MATCH, OTHER_BOUND};
pub use requires::{Unmet, unmet};
pub use rule::{ByteSet, Example, Keyword, Link, Near, Pattern, Place, Requirement, Rule, Sample, Step};
