//! What the letters and signs in front of a quote change about the string. Knows nothing of the code around it.

use super::syntax::{Escape, Holes, Prefixes, Quote};
use crate::model::Span;

/// What ends a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    /// These bytes.
    Text(&'static str),
    /// That many double quotes.
    Quotes(usize),
    /// A double quote and that many `#`.
    Hashes(usize),
    /// `)`, the bytes at this span, and a double quote.
    Delimiter(Span),
    /// The bracket that closes the one told, counting pairs inside.
    Bracket(u8, u8),
    /// A line that holds nothing but the word at this span; `indented` allows blanks before it.
    Line { word: Span, indented: bool },
}

/// How one string is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) prefix: Span,
    pub(super) open_len: usize,
    pub(super) close: Close,
    pub(super) escape: Escape,
    pub(super) multiline: bool,
    pub(super) holes: Holes,
    pub(super) raw: bool,
}

/// The style of the string whose opening quote stands at `at`.
pub(super) fn style(prefixes: Prefixes, quote: &Quote, content: &[u8], at: usize) -> Style {
    let plain = Style {
        prefix: Span::new(at, at),
        open_len: quote.open.len(),
        close: Close::Text(quote.close),
        escape: quote.escape,
        multiline: quote.multiline,
        holes: quote.holes,
        raw: quote.escape == Escape::None,
    };
    match prefixes {
        Prefixes::None => plain,
        Prefixes::Python => python(plain, content, at),
        Prefixes::CSharp if quote.open == "\"" => csharp(plain, content, at),
        Prefixes::Rust if quote.open == "\"" => rust(plain, content, at),
        Prefixes::Cpp if quote.open == "\"" => cpp(plain, content, at),
        Prefixes::CSharp | Prefixes::Rust | Prefixes::Cpp => plain,
        Prefixes::Scala if quote.open != "'" => scala(plain, content, at),
        Prefixes::Scala => plain,
        Prefixes::Tag if quote.open == "`" => Style { prefix: tag(content, at), ..plain },
        Prefixes::Tag => plain,
    }
}

fn python(plain: Style, content: &[u8], at: usize) -> Style {
    let prefix = word_before(content, at);
    let letters = prefix.of(content);
    let known = letters.len() <= 2 && letters.iter().all(|byte| b"rbuftRBUFT".contains(byte));
    if !known {
        return plain;
    }
    let interpolates = letters.iter().any(|byte| b"ftFT".contains(byte));
    let holes = if interpolates { Holes::Brace(1) } else { Holes::None };
    // A backslash in front of a quote keeps the quote inside in raw strings, too.
    Style { prefix, holes, raw: letters.iter().any(|byte| b"rR".contains(byte)), ..plain }
}

fn csharp(plain: Style, content: &[u8], at: usize) -> Style {
    let start = back_while(content, at, |byte| byte == b'$' || byte == b'@');
    let prefix = Span::new(start, at);
    let dollars = prefix.of(content).iter().filter(|&&byte| byte == b'$').count();
    let verbatim = dollars < prefix.len();
    let holes = if dollars > 0 { Holes::Brace(dollars) } else { Holes::None };
    let quotes = content[at..].iter().take_while(|&&byte| byte == b'"').count();
    if quotes >= 3 && !verbatim {
        let close = Close::Quotes(quotes);
        return Style {
            prefix,
            open_len: quotes,
            close,
            escape: Escape::None,
            multiline: true,
            holes,
            raw: true,
        };
    }
    if verbatim {
        return Style { prefix, escape: Escape::Doubled, multiline: true, holes, raw: true, ..plain };
    }
    Style { prefix, holes, ..plain }
}

fn rust(plain: Style, content: &[u8], at: usize) -> Style {
    let hashes_start = back_while(content, at, |byte| byte == b'#');
    let prefix = word_before(content, hashes_start);
    match prefix.of(content) {
        b"r" | b"br" | b"cr" => {
            let close = Close::Hashes(at - hashes_start);
            Style { prefix: Span::new(prefix.start, at), close, escape: Escape::None, raw: true, ..plain }
        }
        b"b" | b"c" if hashes_start == at => Style { prefix, ..plain },
        _ => plain,
    }
}

fn cpp(plain: Style, content: &[u8], at: usize) -> Style {
    let prefix = word_before(content, at);
    match prefix.of(content) {
        b"R" | b"LR" | b"uR" | b"UR" | b"u8R" => {}
        b"L" | b"u" | b"U" | b"u8" => return Style { prefix, ..plain },
        _ => return plain,
    }
    // The standard allows 16 characters for the delimiter.
    let delimiter = content[at + 1..].iter().take(17).position(|&byte| byte == b'(');
    let Some(len) = delimiter else { return plain };
    let close = Close::Delimiter(Span::new(at + 1, at + 1 + len));
    Style { prefix, open_len: len + 2, close, escape: Escape::None, multiline: true, raw: true, ..plain }
}

fn scala(plain: Style, content: &[u8], at: usize) -> Style {
    let prefix = word_before(content, at);
    let holes = if prefix.is_empty() { Holes::None } else { Holes::Dollar };
    Style { prefix, holes, ..plain }
}

/// The tag in front of a template: the word that touches it, with what it is a member of.
fn tag(content: &[u8], at: usize) -> Span {
    let start = back_while(content, at, |byte| is_word(byte) || byte == b'$' || byte == b'.');
    match &content[start..at] {
        b"return" | b"await" | b"yield" | b"throw" | b"case" | b"typeof" | b"in" | b"of" | b"default" => {
            Span::new(at, at)
        }
        _ => Span::new(start, at),
    }
}

/// The last 64 bytes at most of the word that ends at `at`.
pub(super) fn word_before(content: &[u8], at: usize) -> Span {
    Span::new(back_while(content, at, is_word), at)
}

/// Walks back from `at`, 64 bytes at most: no prefix is longer, and a hostile file must not make this quadratic.
fn back_while(content: &[u8], at: usize, keep: impl Fn(u8) -> bool) -> usize {
    let floor = at.saturating_sub(64);
    content[floor..at].iter().rposition(|&byte| !keep(byte)).map_or(floor, |stop| floor + stop + 1)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
