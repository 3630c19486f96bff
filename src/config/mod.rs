//! The team's configuration: from TOML to checked values. Knows nothing of findings or git.

mod doors;
mod file;
mod size;
mod waiving;

pub use doors::{Backstop, Doors, NewRemote, OnTimeout};
pub use file::{
    Config, Exclude, Gate, Known, RuleSetting, SecretFiles, TeamFile, TeamFiles, is_rule_file, parse,
};
pub use size::{format_size, parse_size};
pub use waiving::{OtherTools, Waiving};
