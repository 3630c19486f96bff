//! Rules of other scanners as rules of ours: from their text to ours, with everything that changes on the way. Knows no disk,
//! and judges no content.

mod allow;
mod expression;
mod gitleaks;
mod globs;
mod read;

pub use gitleaks::gitleaks;

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// The text of a rule file.
    pub rules: String,
    /// What belongs into `config.toml`; empty when nothing does.
    pub config: String,
    /// How many rules there are.
    pub taken: usize,
    /// Everything that is not as it was, in the order of the file.
    pub notes: Vec<Note>,
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line in their file, from 1.
    pub line: usize,
    /// The rule, as they call it; none for what is about the whole file.
    pub rule: Option<String>,
    /// How it is now.
    pub effect: Effect,
    /// In words.
    pub what: String,
}

/// What a difference does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It finds the same; it is only said otherwise.
    Same,
    /// It may find more: an exception was not taken over.
    More,
    /// It may find less.
    Less,
    /// It is not taken over at all.
    Left,
}

impl Effect {
    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Same => "note",
            Effect::More => "finds more",
            Effect::Less => "finds less",
            Effect::Left => "not taken over",
        }
    }
}
