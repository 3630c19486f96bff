//! Gives the engine text: wide characters become UTF-8; what is encoded or packed inside a text becomes texts of its own,
//! each of which knows the bytes it comes from. Knows nothing of rules.

mod archive;
mod budget;
mod edit;
mod occurrences;
mod places;
mod radix;
mod rest;
mod runs;
mod wide;

use std::borrow::Cow;

use crate::model::{RepoPath, Span};

pub use archive::is_archive;
pub use budget::Budget;
pub use occurrences::occurrences;
pub use rest::{Rest, rest_at};
pub use wide::{is_wide, to_text};

/// Nothing is looked for inside of so many layers.
pub const DEEPEST: usize = 8;

/// A text that something else holds.
#[derive(Debug, Clone)]
pub struct Derived {
    /// The text.
    pub text: Vec<u8>,
    /// Its name, when it is a file of an archive: then it is a whole, otherwise a piece without surroundings.
    pub file: Option<RepoPath>,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    Digits(radix::DigitMap),
    Edits(edit::EditMap),
    /// A file of an archive: the bytes that hold it, whether as they are, and how it is called.
    Entry {
        span: Span,
        plain: bool,
        step: String,
    },
}

/// Everything that is encoded or packed in `content`, one layer deep.
pub fn derive(path: &RepoPath, content: &[u8], budget: &mut Budget) -> Vec<Derived> {
    let mut found = Vec::new();
    if archive::derive(path, content, budget, &mut found) {
        return found;
    }
    found.extend(derive_text(content, budget));
    found
}

/// The same in a piece of a content, which is no archive.
pub fn derive_text(content: &[u8], budget: &mut Budget) -> Vec<Derived> {
    let mut found = Vec::new();
    radix::derive(content, budget, &mut found);
    edit::derive(content, budget, &mut found);
    found
}

impl Derived {
    /// The bytes that a part of the text comes from.
    pub fn source(&self, span: Span) -> Span {
        match &self.origin {
            Origin::Digits(map) => map.source(span),
            Origin::Edits(map) => map.source(span),
            Origin::Entry { span: file, plain: true, .. } => {
                Span::new(file.start + span.start, file.start + span.end)
            }
            Origin::Entry { span: file, plain: false, .. } => *file,
        }
    }

    /// How a part of the text was encoded, in a few printable words; none when it was not, and stands there in clear.
    pub fn step(&self, span: Span) -> Option<Cow<'_, str>> {
        match &self.origin {
            Origin::Digits(map) => Some(Cow::Borrowed(map.name())),
            Origin::Edits(map) => map.name(span).map(Cow::Borrowed),
            Origin::Entry { step, .. } => Some(Cow::Borrowed(step)),
        }
    }
}
