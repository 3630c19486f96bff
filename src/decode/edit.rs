//! Undoes what programs do to single characters, in place: percent signs, entities, escapes, literals in halves.
//!
//! The derived texts are windows around such places, so that a rule sees what stands beside them as well.

use memchr::{memchr, memrchr};

use super::places::{each_place, in_range, is};
use super::{Budget, Derived, Origin};
use crate::model::Span;

/// How far a window reaches before its first edit and behind its last one, if the line does.
const AROUND: usize = 160;
/// A window is closed when it is so long; the next one begins `OVERLAP` before.
const LONGEST: usize = 64 << 10;
/// No match of a rule is longer.
const OVERLAP: usize = 8 << 10;
/// How much white space may stand between the halves of a literal.
pub const GAP: usize = 120;
/// More backslashes before an escape are not looked at: each of a long run asks what is at the run's end.
const MOST_QUOTED: usize = 64;

/// What a place was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    Percent,
    Entity,
    Escape,
    Halves,
}

impl Notation {
    fn name(self) -> &'static str {
        match self {
            Notation::Percent => "percent-encoding",
            Notation::Entity => "entities",
            Notation::Escape => "escapes",
            Notation::Halves => "joined literals",
        }
    }
}

/// Bytes of the content that stand for one character, or for none.
#[derive(Debug, Clone, Copy)]
struct Edit {
    source: Span,
    char: Option<u8>,
    notation: Notation,
}

/// A window's edits, and where they are in its text.
#[derive(Debug, Clone)]
pub struct EditMap {
    /// Where the window begins in the content.
    start: usize,
    /// Where an edit's character is, or would be, in the text; and the edit.
    edits: Vec<(usize, Edit)>,
}

/// Every window of `content` in which something was undone.
pub fn derive(content: &[u8], budget: &mut Budget, acc: &mut Vec<Derived>) {
    let mut window: Vec<Edit> = Vec::new();
    each_edit(content, |edit| {
        if let (Some(first), Some(last)) = (window.first(), window.last()) {
            if before(content, edit.source.start) > behind(content, last.source.end) {
                apply(content, &window, budget, acc);
                window.clear();
            } else if edit.source.start - first.source.start > LONGEST {
                apply(content, &window, budget, acc);
                window.retain(|earlier| earlier.source.start + OVERLAP > edit.source.start);
            }
        }
        window.push(edit);
    });
    apply(content, &window, budget, acc);
}

/// Where the window of an edit begins: with its line, or near it.
fn before(content: &[u8], at: usize) -> usize {
    let near = at.saturating_sub(AROUND);
    memrchr(b'\n', &content[near..at]).map_or(near, |newline| near + newline + 1)
}

fn behind(content: &[u8], at: usize) -> usize {
    let near = content.len().min(at + AROUND);
    memchr(b'\n', &content[at..near]).map_or(near, |newline| at + newline)
}

fn apply(content: &[u8], window: &[Edit], budget: &mut Budget, acc: &mut Vec<Derived>) {
    let (Some(first), Some(last)) = (window.first(), window.last()) else { return };
    let (start, end) = (before(content, first.source.start), behind(content, last.source.end));
    if !budget.take(end - start) {
        return;
    }
    let mut text = Vec::with_capacity(end - start);
    let mut edits = Vec::with_capacity(window.len());
    let mut at = start;
    for edit in window {
        text.extend_from_slice(&content[at..edit.source.start]);
        edits.push((text.len(), *edit));
        text.extend(edit.char);
        at = edit.source.end;
    }
    text.extend_from_slice(&content[at..end]);
    acc.push(Derived { text, file: None, origin: Origin::Edits(EditMap { start, edits }) });
}

/// Visits every place that can be undone, in order; none overlaps another.
fn each_edit(content: &[u8], mut visit: impl FnMut(Edit)) {
    let mut done = 0;
    each_place(content, may_begin, |at| {
        let edit = match content[at] {
            b'"' | b'\'' => halves_at(content, at),
            _ => char_at(content, at),
        };
        if let Some(edit) = edit.filter(|edit| edit.source.start >= done) {
            done = edit.source.end;
            visit(edit);
        }
    });
}

/// Whether an edit may begin with two bytes; nearly every quote and sign is told here, for what follows is something else.
#[inline(always)]
fn may_begin(this: u8, next: u8) -> u8 {
    let (digit, letter) = (in_range(next, b'0', 10), in_range(next | 0x20, b'a', 26));
    let percent = is(this, b'%') & (digit | letter);
    let entity = is(this, b'&') & (letter | is(next, b'#'));
    let quoted = is(next, b'"') | is(next, b'/') | is(next, b'\\');
    let escape = is(this, b'\\') & (digit | letter | quoted);
    let operator =
        is(next, b'+') | is(next, b'.') | is(next, b'&') | is(next, b'~') | is(next, b'|') | is(next, b'<');
    let halves = (is(this, b'"') | is(this, b'\'')) & (in_range(next, 0, b' ' + 1) | operator);
    percent | entity | escape | halves
}

/// The character written at `at`, if something is.
fn char_at(content: &[u8], at: usize) -> Option<Edit> {
    let rest = &content[at + 1..];
    let (notation, char, len) = match content[at] {
        b'%' => (Notation::Percent, number(rest.get(..2)?, 16)?, 2),
        b'&' => entity(rest).map(|(char, len)| (Notation::Entity, char, len))?,
        _ => escape(rest).map(|(char, len)| (Notation::Escape, char, len))?,
    };
    let char = u8::try_from(char).ok().filter(|char| matches!(char, b' '..=b'~' | b'\t' | b'\n' | b'\r'))?;
    Some(Edit { source: Span::new(at, at + 1 + len), char: Some(char), notation })
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| Some(number * radix + char::from(*digit).to_digit(radix)?))
}

/// The character of an entity of XML or HTML, and its length behind the `&`.
fn entity(rest: &[u8]) -> Option<(u32, usize)> {
    let end = rest.iter().take(8).position(|byte| *byte == b';')?;
    let char = match &rest[..end] {
        [b'#', b'x' | b'X', digits @ ..] if !digits.is_empty() => number(digits, 16)?,
        [b'#', digits @ ..] if !digits.is_empty() => number(digits, 10)?,
        b"amp" => u32::from(b'&'),
        b"quot" => u32::from(b'"'),
        b"apos" => u32::from(b'\''),
        b"lt" => u32::from(b'<'),
        b"gt" => u32::from(b'>'),
        b"equals" => u32::from(b'='),
        b"colon" => u32::from(b':'),
        b"sol" => u32::from(b'/'),
        _ => return None,
    };
    Some((char, end + 1))
}

/// The character of an escape, and its length behind the first backslash. In text that was quoted several times there
/// are several backslashes.
fn escape(rest: &[u8]) -> Option<(u32, usize)> {
    let more = rest.iter().take(MOST_QUOTED).take_while(|byte| **byte == b'\\').count();
    let rest = &rest[more..];
    let braced = |rest: &[u8]| {
        let end = rest.iter().take(9).position(|byte| *byte == b'}').filter(|end| *end > 0)?;
        Some((number(&rest[..end], 16)?, end + 1))
    };
    let (char, len) = match rest {
        [b'u' | b'x', b'{', digits @ ..] => braced(digits).map(|(char, len)| (char, len + 2))?,
        [b'u', digits @ ..] => (number(digits.get(..4)?, 16)?, 5),
        [b'U', digits @ ..] => (number(digits.get(..8)?, 16)?, 9),
        [b'x', digits @ ..] => (number(digits.get(..2)?, 16)?, 3),
        [b'0'..=b'3', ..] => (number(rest.get(..3)?, 8)?, 3),
        [char @ (b'/' | b'"'), ..] => (u32::from(*char), 1),
        _ => return None,
    };
    Some((char, more + len))
}

/// What stands between two halves of a literal, from the quote that ends the first to the one that begins the second:
/// white space, an operator, or both.
fn halves_at(content: &[u8], at: usize) -> Option<Edit> {
    if at > 0 && content[at - 1] == b'\\' {
        return None;
    }
    let rest = &content[at + 1..content.len().min(at + 1 + GAP)];
    let space = |byte: u8| byte.is_ascii_whitespace();
    let operator = skip(rest, 0, space);
    let operator_end = skip(rest, operator, is_operator);
    if operator_end - operator > 2 {
        return None;
    }
    // f"…", L"…", $"…", @"…"
    let second = skip(rest, operator_end, space);
    let quote = skip(rest, second, |byte| {
        matches!(byte, b'b' | b'f' | b'r' | b'u' | b'B' | b'F' | b'R' | b'U' | b'L' | b'$' | b'@')
    });
    let is_quote = matches!(rest.get(quote), Some(b'"' | b'\''));
    (is_quote && second > 0 && quote - second <= 2).then(|| Edit {
        source: Span::new(at, at + quote + 2),
        char: None,
        notation: Notation::Halves,
    })
}

/// Whether a byte is part of what joins two halves of a literal.
pub fn is_operator(byte: u8) -> bool {
    matches!(byte, b'+' | b'.' | b'&' | b'~' | b'|' | b'<' | b'>' | b'\\')
}

/// Behind the bytes of one kind that stand at `from`.
fn skip(rest: &[u8], from: usize, of: impl Fn(u8) -> bool) -> usize {
    from + rest[from..].iter().take_while(|byte| of(**byte)).count()
}

impl EditMap {
    /// The bytes behind a part of the text.
    pub fn source(&self, span: Span) -> Span {
        if span.is_empty() {
            let at = self.place(span.start, |edit| edit.source.start);
            return Span::new(at, at);
        }
        Span::new(
            self.place(span.start, |edit| edit.source.start),
            self.place(span.end - 1, |edit| edit.source.end - 1) + 1,
        )
    }

    /// Where a byte of the text comes from; `side` tells which side of an edit counts.
    fn place(&self, at: usize, side: impl Fn(&Edit) -> usize) -> usize {
        let before = self.edits.partition_point(|(start, edit)| *start + edit.len() <= at);
        match self.edits.get(before) {
            Some((start, edit)) if *start <= at && edit.len() > 0 => return side(edit),
            Some(_) | None => {}
        }
        match before.checked_sub(1).map(|last| &self.edits[last]) {
            Some((start, edit)) => edit.source.end + at - (start + edit.len()),
            None => self.start + at,
        }
    }

    /// What was undone in a part of the text; none when nothing was.
    pub fn name(&self, span: Span) -> Option<&'static str> {
        let from = self.edits.partition_point(|(start, edit)| {
            if edit.len() == 0 { *start <= span.start } else { *start < span.start }
        });
        self.edits.get(from).filter(|(start, _)| *start < span.end).map(|(_, edit)| edit.notation.name())
    }
}

impl Edit {
    fn len(&self) -> usize {
        usize::from(self.char.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_QUOTED, escape};

    #[test]
    fn an_escape_behind_a_run_of_backslashes_is_found_unless_the_run_is_endless() {
        for (more, expected) in [
            (0, Some((0x41, 3))),
            (3, Some((0x41, 6))),
            (MOST_QUOTED, Some((0x41, MOST_QUOTED + 3))),
            (MOST_QUOTED + 1, None),
        ] {
            let rest = ["\\".repeat(more), "x41".to_owned()].concat();
            assert_eq!(escape(rest.as_bytes()), expected, "{more}");
        }
    }
}
