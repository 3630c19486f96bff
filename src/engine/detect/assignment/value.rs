//! The text of a value: between quotes, up to the end of a word or of a line, or up to the next tag. Judges nothing.

use super::joint::{blanks, gap};
use crate::model::Span;

/// The longest value.
const LONGEST: usize = 1024;

/// How far before a name the value that it is compared with may begin.
const COMPARED: usize = 96;

/// Quotes as sources, JSON inside JSON, markup and URLs write them, the longer ones first.
const QUOTES: [&[u8]; 14] = [
    b"\\\\\\\"",
    b"\\u0022",
    b"&quot;",
    b"&apos;",
    b"&#34;",
    b"&#39;",
    b"\"\"\"",
    b"'''",
    b"%22",
    b"\\\"",
    b"\\'",
    b"\"",
    b"'",
    b"`",
];

/// A value in quotes.
pub struct Quoted {
    /// The value.
    pub span: Span,
    /// What stands before and behind it.
    pub quote: &'static [u8],
    /// The first bytes behind the quote that are no blanks.
    pub next: [u8; 2],
}

/// Behind `at`, blanks and a string's prefix, a value in quotes that nothing is joined to.
pub fn quoted(text: &[u8], at: usize) -> Option<Quoted> {
    let mut at = at + blanks(&text[at..]);
    at += usize::from(text[at..].starts_with(b"\\\n"));
    at += gap(&text[at..]);
    at += wrappers(&text[at..]);
    at += usize::from(matches!(text.get(at), Some(b'(' | b'[')));
    let prefix = text[at..].iter().take(3).take_while(|byte| b"fFbBrRuULN@$".contains(byte)).count();
    let formatted = text[at..at + prefix].iter().any(|byte| b"fF$".contains(byte));
    at += prefix;
    let quote = *QUOTES.iter().find(|quote| text[at..].starts_with(quote))?;
    let start = at + quote.len();
    let rest = &text[start..text.len().min(start + LONGEST)];
    let len = end_of(rest, quote)?;
    if len == 0 || formatted && rest[..len].contains(&b'{') {
        return None;
    }
    let behind = &rest[len + quote.len()..];
    let behind = &behind[blanks(behind)..];
    let next = [behind.first().copied().unwrap_or(0), behind.get(1).copied().unwrap_or(0)];
    (!continues(behind)).then(|| Quoted { span: inner(text, Span::new(start, start + len)), quote, next })
}

/// What joins a value to a name behind it.
const BEFORE: [&[u8]; 5] = [b"===", b"!==", b"==", b"!=", b".equals("];

/// The value in quotes that the name behind it is compared with: `"value" == name`.
pub fn compared(text: &[u8], key: Span) -> Option<Span> {
    let low = key.start.saturating_sub(COMPARED);
    let before = &text[low..key.start];
    let before = before.strip_suffix(b"$").unwrap_or(before).trim_ascii_end();
    let before = BEFORE.iter().find_map(|sign| before.strip_suffix(*sign))?.trim_ascii_end();
    let quote = *before.last().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let end = before.len() - 1;
    let start = memchr::memrchr(quote, &before[..end])? + 1;
    let value = &before[start..end];
    (!value.is_empty() && !value.contains(&b'\n')).then(|| Span::new(low + start, low + end))
}

/// Functions that give back the text they are given, as another type: what a value is wrapped in.
const WRAPPERS: [&str; 24] = [
    "[]byte",
    "b64decode",
    "bytearray",
    "bytes",
    "from",
    "from_str",
    "from_string",
    "fromstring",
    "just",
    "literal",
    "new",
    "of",
    "password",
    "quote",
    "secret",
    "secretstr",
    "secretstring",
    "securestring",
    "sensitive",
    "some",
    "str",
    "string",
    "tobytes",
    "valueof",
];

/// Length of `SecretStr(`, `new String(`, `Some(String::from(`.
fn wrappers(text: &[u8]) -> usize {
    let mut len = 0;
    for _ in 0..2 {
        let rest = &text[len..];
        let new = if rest.starts_with(b"new ") { 4 } else { 0 };
        let in_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.:[]".contains(byte);
        let name = &rest[new..];
        let name = &name[..name.iter().take(48).take_while(in_name).count()];
        let last = name.rsplit(|byte| matches!(byte, b'.' | b':')).next().unwrap_or_default();
        let known = WRAPPERS.iter().any(|one| last.eq_ignore_ascii_case(one.as_bytes()));
        if !known || rest.get(new + name.len()) != Some(&b'(') {
            break;
        }
        len += new + name.len() + 1;
    }
    len
}

/// Without a second pair of quotes inside of the first.
fn inner(text: &[u8], span: Span) -> Span {
    match span.of(text) {
        [b'"', _, .., b'"'] | [b'\'', _, .., b'\''] => Span::new(span.start + 1, span.end - 1),
        [b'\\', b'"', _, .., b'\\', b'"'] => Span::new(span.start + 2, span.end - 2),
        _ => span,
    }
}

/// Where `quote` closes.
fn end_of(rest: &[u8], quote: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'\n' {
        if rest[at..].starts_with(quote) {
            return Some(at);
        }
        at += if rest[at] == b'\\' && quote.len() == 1 { 2 } else { 1 };
    }
    None
}

/// Something is joined to the string.
fn continues(behind: &[u8]) -> bool {
    match behind {
        [b'+' | b'%' | b'~', ..] => true,
        [b'.', next, ..] => matches!(next, b' ' | b'$' | b'"' | b'\'') || behind.starts_with(b".format("),
        _ => false,
    }
}

/// Up to the end of the word.
pub fn word(text: &[u8], at: usize) -> Option<Span> {
    let start = at + blanks(&text[at..]);
    let rest = &text[start..text.len().min(start + LONGEST)];
    let mut len = (0..rest.len()).find(|at| ends_word(rest, *at)).unwrap_or(rest.len());
    while len > 0 && matches!(rest[len - 1], b')' | b']' | b'}' | b'.' | b':') && !rest[..len].contains(&b'(')
    {
        len -= 1;
    }
    (len > 0).then(|| Span::new(start, start + len))
}

/// A blank or a sign behind the word, but not the `|` of `{|}`, which splits a value in a rule's examples.
fn ends_word(rest: &[u8], at: usize) -> bool {
    let splits = rest[at] == b'|' && rest[..at].ends_with(b"{") && rest[at + 1..].starts_with(b"}");
    !splits && (rest[at].is_ascii_whitespace() || b"\"'`<>;,|&\\".contains(&rest[at]))
}

/// Up to the end of the line or a comment, when that is one word.
pub fn line(text: &[u8], at: usize) -> Option<Span> {
    let start = at + blanks(&text[at..]);
    let rest = &text[start..text.len().min(start + LONGEST)];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let comment = rest[..end].windows(2).position(|pair| pair[0] == b' ' && matches!(pair[1], b'#' | b';'));
    let whole = rest[..comment.unwrap_or(end)].trim_ascii_end();
    let list = whole.windows(2).position(|pair| matches!(pair, b", " | b"} "));
    let value = &whole[..list.unwrap_or(whole.len())];
    let one =
        !value.is_empty() && !value.iter().any(|byte| byte.is_ascii_whitespace() || b"\"'`".contains(byte));
    one.then(|| Span::new(start, start + value.len()))
}

/// What opens a text of XML in which nothing is markup.
const CDATA: &[u8] = b"<![CDATA[";

/// The text of an element, up to the next tag.
pub fn element(text: &[u8], at: usize) -> Option<Span> {
    let start = at + gap(&text[at..]);
    if text[start..].starts_with(CDATA) {
        return until(text, start + CDATA.len(), b']');
    }
    until(text, at, b'<')
}

/// Up to `end`, on one line and without blanks around.
pub fn until(text: &[u8], at: usize, end: u8) -> Option<Span> {
    let start = at + gap(&text[at..]);
    let rest = &text[start..text.len().min(start + LONGEST)];
    let len = rest.iter().position(|byte| *byte == end || *byte == b'\n')?;
    let value = rest[..len].trim_ascii_end();
    (!value.is_empty() && rest[len..].trim_ascii_start().first() == Some(&end))
        .then(|| Span::new(start, start + value.len()))
}
