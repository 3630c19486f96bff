//! The team's configuration: from TOML to checked values. Knows nothing of findings or git.

mod dependencies;
mod doors;
mod file;
mod glob;
mod leaves;
mod names;
mod protected;
mod size;
mod tighten;
mod waiving;

pub use dependencies::{DependencyPolicy, PathPolicy, Pin, SameChange, Transitive};
pub use doors::{Backstop, Doors, NewRemote, OnTimeout};
pub use file::{
    Config, Exclude, Gate, Layer, Lock, RuleSetting, SecretFiles, Standing, TeamFile, TeamFiles,
    is_rule_file, outline, parse, parse_onto,
};
pub use glob::Glob;
pub use leaves::{Leaf, leaves};
pub use names::{Known, Names};
pub use protected::{Protected, Teams};
pub use size::{format_size, parse_size};
pub use waiving::{OtherTools, Waiving};
