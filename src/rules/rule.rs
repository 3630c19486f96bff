//! A rule as checked: nothing in it can be invalid, and a built-in one is a constant of the program.

use std::borrow::Cow;

use super::kinds::{Argument, Boundary, Checksum, Detector, ScopeKind, Sight, Text, Unit, Validator};
use crate::model::{Category, Confidence, Language, RuleInfo};

/// A checked rule.
///
/// Invariants: `keywords` is not empty unless the detector is not the engine's, the rule requires another one or there are
/// `file_names`; with both, every match of the pattern contains one of the keywords; it is at most `Pattern::max_len` bytes
/// long.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What people are told.
    pub info: RuleInfo,
    /// Literals the engine looks for.
    pub keywords: Cow<'static, [Keyword]>,
    /// What must match around a keyword; none for rules with a detector.
    pub pattern: Option<Pattern>,
    /// A built-in detector instead of the pattern.
    pub detector: Option<Detector>,
    /// What may not touch the secret.
    pub boundary: Boundary,
    /// Least entropy of the secret, bits per character.
    pub entropy: Option<f32>,
    /// A secret with one of these inside is no finding; lower case.
    pub stop_words: Cow<'static, [Text]>,
    /// Whether placeholders are no findings.
    pub placeholders: bool,
    /// Proves or disproves a match.
    pub checksum: Option<Checksum>,
    /// Judges the value.
    pub validator: Option<Validator>,
    /// Why what it finds is no secret although it looks like one; a finding never blocks then.
    pub public: Option<Text>,
    /// Values that everybody knows.
    pub samples: Cow<'static, [Sample]>,
    /// Whether any other rule's finding on the same bytes is better.
    pub generic: bool,
    /// What must stand near; then the pattern is looked for beside it, without keywords.
    pub requires: Cow<'static, [Requirement]>,
    /// Whether it is no finding by itself, only what others require.
    pub helper: bool,
    /// Only in these languages; empty: everywhere.
    pub languages: Cow<'static, [Language]>,
    /// Only under these globs; empty: everywhere.
    pub paths: Cow<'static, [Text]>,
    /// The names of files it reports, whatever is in them.
    pub file_names: Cow<'static, [Text]>,
    /// What the pattern sees.
    pub scope: ScopeKind,
    /// How much of it.
    pub unit: Unit,
    /// Further patterns that must match in the unit.
    pub all_of: Cow<'static, [Text]>,
    /// Patterns that must not match in the unit.
    pub none_of: Cow<'static, [Text]>,
    /// What must, or must not, stand in the lines around.
    pub near: Option<Near>,
    /// What the expression behind the pattern's group `arg` must be.
    pub argument: Option<Argument>,
    /// Patterns whose group `name` finds, somewhere in the file, the names that the pattern's group `name` may be.
    pub named_by: Cow<'static, [Text]>,
    /// What may take the place of the reported bytes, when that is safe and changes nothing else.
    pub fix: Option<Text>,
    /// Patterns that must match somewhere in the file.
    pub file_requires: Cow<'static, [Text]>,
}

/// A value that stands in documentation for everybody to read, known by its hash so that no rule file holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// SHA-256 of the value.
    pub sha256: [u8; 32],
    /// Where it comes from.
    pub reason: Text,
}

impl Rule {
    /// The barest text that the rule looks at.
    pub fn sight(&self) -> Sight {
        match self.info.category {
            Category::Code | Category::Dependency | Category::Policy => Sight::All,
            Category::Secret if self.generic || self.info.confidence < Confidence::Medium => Sight::Secrets,
            Category::Secret => Sight::Shapes,
        }
    }

    /// Whether both look for the same; what people are told about it may differ.
    pub fn finds_the_same_as(&self, other: &Rule) -> bool {
        *self == Rule { info: self.info.clone(), ..other.clone() }
    }
}

/// Conditions on the lines around a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// How many lines before and behind.
    pub lines: u32,
    /// One of these must match; none: nothing must.
    pub any_of: Cow<'static, [Text]>,
    /// None of these may match.
    pub none_of: Cow<'static, [Text]>,
}

/// Another rule's match that must stand near.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The other rule's id.
    pub rule: Text,
    /// How many lines away at most; zero: on the same line.
    pub within_lines: u16,
}

/// A regular expression over bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The expression as written, to be compiled on first use.
    pub source: Text,
    /// Whether it is Unicode's.
    pub unicode: bool,
    /// Length in bytes of the longest match that counts.
    pub max_len: u32,
    /// The longest run of one kind of bytes that every match contains: a necessary condition, cheap to test.
    pub run: Option<Step>,
}

/// A literal that the prefilter looks for, and what must hold around it for the pattern to match there.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// The bytes; lower case when `fold`.
    pub bytes: Cow<'static, [u8]>,
    /// Whether letters match in any case.
    pub fold: bool,
    /// How many bytes of a match can stand before the keyword.
    pub back: u32,
    /// What must follow the keyword, byte by byte: a necessary condition of a match, cheap to test.
    pub tail: Cow<'static, [Step]>,
    /// The places that it has in the pattern; none when there are too many to tell. One of them must fit.
    pub places: Cow<'static, [Place]>,
}

/// What stands around a keyword in one of its places, nearest first: a necessary condition of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What stands before it.
    pub before: Cow<'static, [Link]>,
    /// What stands behind it.
    pub behind: Cow<'static, [Link]>,
}

/// A byte out of `set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The bytes that may stand there.
    pub set: ByteSet,
    /// Whether one must.
    pub must: bool,
    /// Whether more may.
    pub many: bool,
}

/// `count` bytes out of `set`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The bytes that may stand there.
    pub set: ByteSet,
    /// How many.
    pub count: u16,
}

/// A set of byte values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByteSet(pub [u64; 4]);

impl ByteSet {
    /// Every byte.
    pub const FULL: ByteSet = ByteSet([u64::MAX; 4]);

    /// Adds the bytes `first..=last`.
    pub fn insert(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    /// The set of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut set = ByteSet::default();
        bytes.iter().for_each(|byte| set.insert(*byte, *byte));
        set
    }

    /// True when `byte` is in the set.
    #[inline]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    /// The bytes of either set.
    pub fn union(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|idx| self.0[idx] | other.0[idx]))
    }

    /// The bytes of both sets.
    pub fn intersection(&self, other: &ByteSet) -> ByteSet {
        ByteSet(std::array::from_fn(|idx| self.0[idx] & other.0[idx]))
    }

    /// True when every byte is in the set, so that testing it tells nothing.
    pub fn is_full(&self) -> bool {
        *self == ByteSet::FULL
    }
}

/// A text that a rule must, or must not, match; it never leaves the tests and `rules show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The rule it belongs to.
    pub rule: String,
    /// Whether the rule must report a finding.
    pub hit: bool,
    /// The content, with the split marks removed.
    pub text: Vec<u8>,
    /// The path it stands under, when the rule's author gave one.
    pub path: Option<String>,
    /// What the author's own `.env` holds, for rules about such values.
    pub env: Option<String>,
    /// What the rule's fix makes of it.
    pub fixed: Option<String>,
    /// Where it is written.
    pub at: crate::model::Position,
}
