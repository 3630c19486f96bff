//! From places of needles to hits: what may stand around a value, and one hit where several say the same.

use super::forms::Form;
use super::glue::Joined;
use super::needles::Needle;
use super::{Known, Worth};
use crate::engine::boundary;
use crate::model::Span;
use crate::rules::Boundary;

/// A value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The bytes that give it away.
    pub span: Span,
    /// Which value.
    pub(super) value: usize,
    /// How it is written there.
    pub form: Form,
}

impl Known {
    /// Every place of a value in `content`, by the place; of hits that overlap the longest, then the first.
    pub fn find(&self, content: &[u8]) -> Vec<Hit> {
        let hits = |content| {
            let found = self.needles.find(content);
            found.filter_map(move |(start, end, needle)| {
                let span = Span::new(start, end);
                let hit = Hit { span, value: needle.value, form: needle.form };
                counts(needle, content, span).then_some(hit)
            })
        };
        let mut all: Vec<Hit> = hits(content).collect();
        if let Some(joined) = Joined::of(content) {
            all.extend(hits(&joined.text).filter_map(|hit| {
                let span = joined.across(hit.span.start, hit.span.end)?;
                Some(Hit { span, form: Form::Split, ..hit })
            }));
        }
        all.sort_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end), hit.form, hit.value));
        let mut end = 0;
        all.retain(|hit| {
            let is_apart = hit.span.start >= end;
            end = if is_apart { hit.span.end } else { end };
            is_apart
        });
        all
    }
}

/// Whether a place counts: what only looks like the value because it is a part of something longer does not.
fn counts(needle: &Needle, content: &[u8], span: Span) -> bool {
    match (needle.form, needle.worth) {
        (Form::Base64 | Form::Hex, _) | (_, Worth::Drawn) => true,
        (Form::Plain, Worth::Word) => is_value(content, span),
        (_, Worth::Word | Worth::Chosen) => {
            // `mysql -phunter2`
            let flag = content[..span.start].ends_with(b"-p");
            let from = Span::new(if flag { span.start - 1 } else { span.start }, span.end);
            boundary::holds(Boundary::Token, content, span, from)
        }
    }
}

/// True when the bytes are a whole literal, or what is assigned, or the password in an address.
fn is_value(content: &[u8], span: Span) -> bool {
    let before = content[..span.start].last().copied();
    let after = content.get(span.end).copied();
    match before {
        Some(quote @ (b'"' | b'\'' | b'`')) => after == Some(quote),
        Some(b'>') => after == Some(b'<'),
        Some(b'=' | b':') => after.is_none_or(|byte| byte.is_ascii_whitespace() || b",;&@".contains(&byte)),
        Some(b' ' | b'\t') => {
            let line = &content[..span.start].trim_ascii_end();
            line.last().is_some_and(|byte| b"=:".contains(byte))
                && after.is_none_or(|byte| matches!(byte, b'\n' | b'\r' | b',' | b';'))
        }
        _ => false,
    }
}
