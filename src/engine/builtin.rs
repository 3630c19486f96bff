//! The packs in the program: constants that `build.rs` makes from the files in `rules/`.

#![allow(long_running_const_eval, reason = "the table of the automaton is long")]

use std::borrow::Cow;

use crate::model::{Category, Confidence, Language, RuleId, RuleInfo, Severity};
use crate::rules::{
    Argument, Automaton, Boundary, ByteSet, Checksum, Detector, Keyword, Letter, Link, Look, Near, Pack,
    Pattern, Place, Requirement, Rule, Sample, ScopeKind, Sight, Step, Unit, Validator,
};

static TABLE: [u16; TABLE_LEN] = words(include_bytes!(concat!(env!("OUT_DIR"), "/table.bin")));

/// The numbers that these bytes stand for, two each, the lower one first.
const fn words<const N: usize>(bytes: &[u8]) -> [u16; N] {
    let mut words = [0; N];
    let mut idx = 0;
    while idx < N {
        words[idx] = bytes[2 * idx] as u16 | (bytes[2 * idx + 1] as u16) << 8;
        idx += 1;
    }
    words
}

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
