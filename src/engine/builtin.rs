//! The packs in the program: constants that `build.rs` makes from the files in `rules/`.

use std::borrow::Cow;

use crate::model::{Category, Confidence, Language, RuleId, RuleInfo, Severity};
use crate::rules::{
    Automaton, Boundary, ByteSet, Checksum, Detector, Keyword, Pack, Pattern, Rule, Sample, ScopeKind, Step,
    Unit, Validator,
};

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
