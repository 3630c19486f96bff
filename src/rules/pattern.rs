//! Parses a pattern and works out how long its matches can be, so that a match depends on a bounded window.
//!
//! The expression itself is left as it is written: an open repetition costs a handful of states, the same one with a
//! bound of a thousand costs a thousand. The engine shows it no more than the window.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Repetition};

/// The bound given to a repetition of white space that has none.
const SPACE_BOUND: u32 = 64;
/// The bound given to any other repetition that has none.
pub const OTHER_BOUND: u32 = 1024;
/// The longest match a rule may have, in bytes.
pub const MAX_MATCH: usize = 8192;

/// Why a pattern is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no regular expression.
    #[error("does not parse: {0}")]
    Syntax(String),
    /// It matches nothing at all.
    #[error("can never match")]
    NeverMatches,
    /// It matches the empty text.
    #[error("matches the empty text")]
    MatchesEmpty,
    /// Its longest match is too long even with every repetition bounded.
    #[error("its longest match is {0} bytes, more than {MAX_MATCH}; bound the inner repetitions")]
    TooLong(usize),
}

/// A pattern in regex-syntax's intermediate form, bounded.
#[derive(Debug)]
pub struct Bounded {
    /// The form, for deriving literals.
    pub hir: Hir,
    /// Length of the longest match in bytes.
    pub max_len: usize,
}

/// Parses `pattern` and bounds it; `unicode` as in the `regex` crate.
pub fn bound(pattern: &str, unicode: bool) -> Result<Bounded, PatternError> {
    let parsed = ParserBuilder::new().unicode(unicode).utf8(false).build().parse(pattern);
    let parsed = parsed.map_err(|error| PatternError::Syntax(last_line(&error.to_string())))?;
    let hir = bounded(&parsed);
    if hir.properties().minimum_len() == Some(0) {
        return Err(PatternError::MatchesEmpty);
    }
    let max_len = hir.properties().maximum_len().ok_or(PatternError::NeverMatches)?;
    if max_len > MAX_MATCH {
        return Err(PatternError::TooLong(max_len));
    }
    Ok(Bounded { hir, max_len })
}

/// Parses a pattern that only has to match somewhere in a unit (`all_of`, `none_of`, `file_requires`).
pub fn check_syntax(pattern: &str, unicode: bool) -> Result<(), PatternError> {
    let parsed = ParserBuilder::new().unicode(unicode).utf8(false).build().parse(pattern);
    parsed.map(|_| ()).map_err(|error| PatternError::Syntax(last_line(&error.to_string())))
}

/// The sentence of a parser error, without the drawing above it.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or(error).trim_start_matches("error: ").to_owned()
}

fn bounded(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(repetition) => {
            let sub = bounded(&repetition.sub);
            let bound = if is_space(&sub) { SPACE_BOUND } else { OTHER_BOUND };
            let max = repetition.max.unwrap_or(bound.max(repetition.min));
            Hir::repetition(Repetition {
                min: repetition.min,
                max: Some(max),
                greedy: repetition.greedy,
                sub: Box::new(sub),
            })
        }
        HirKind::Capture(capture) => {
            let mut capture = capture.clone();
            capture.sub = Box::new(bounded(&capture.sub));
            Hir::capture(capture)
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(bounded).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(bounded).collect()),
    }
}

/// True for a class of nothing but ASCII white space.
fn is_space(hir: &Hir) -> bool {
    super::anchor::byte_class(hir)
        .is_some_and(|set| (0..=u8::MAX).all(|b| !set.has(b) || b.is_ascii_whitespace() || b == 0x0b))
}

#[cfg(test)]
mod tests {
    use super::{PatternError, bound};

    #[test]
    fn repetitions_without_a_bound_get_one() {
        for (pattern, max_len) in
            [("ab{3}c", 5), (r"key\s*=", 3 + 64 + 1), ("a[a-z]+", 1025), ("a[a-z]{2000,}", 2001)]
        {
            assert_eq!(bound(pattern, false).map(|bounded| bounded.max_len), Ok(max_len), "{pattern}");
        }
    }

    #[test]
    fn patterns_without_a_bounded_meaning_are_refused() {
        for (pattern, expected) in [
            ("(?:a+b)+(?:c+d)+", PatternError::TooLong(2 * 1025 * 1024)),
            ("a*", PatternError::MatchesEmpty),
            ("(", PatternError::Syntax("unclosed group".into())),
            ("a[^\\x00-\\xff]", PatternError::NeverMatches),
        ] {
            assert_eq!(bound(pattern, false).err(), Some(expected), "{pattern}");
        }
    }
}
