//! Functions that put values into a text, by their names. Knows nothing of what the text is for.

use super::super::expression::last_name as last;
use crate::lang::Language;

/// How a function puts its arguments into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// `%s`.
    Percent,
    /// `{}`.
    Brace,
    /// One behind the other.
    Concat,
}

/// How the function formats, when it does.
pub(super) fn formatter(language: Language, callee: &[u8]) -> Option<Format> {
    match (last(callee), language) {
        (
            b"sprintf" | b"vsprintf" | b"Sprintf" | b"snprintf" | b"asprintf" | b"Fprintf" | b"StrFormat",
            _,
        ) => Some(Format::Percent),
        (b"format", Language::Rust | Language::Cpp) => Some(Format::Brace),
        (b"write" | b"writeln", Language::Rust) => Some(Format::Brace),
        (b"Format", Language::CSharp) | (b"AppendFormat", Language::CSharp) => Some(Format::Brace),
        (b"format", _) if callee.starts_with(b"MessageFormat") => Some(Format::Brace),
        (b"format", Language::Python) => None,
        (b"format", _) => Some(Format::Percent),
        (b"concat" | b"CONCAT" | b"Concat" | b"StrCat", _)
            if !callee.contains(&b'.') || callee.ends_with(b"tring.Concat") =>
        {
            Some(Format::Concat)
        }
        _ => None,
    }
}
