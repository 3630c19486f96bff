//! What an expression is made of: constants, a value, or text that is joined with a value. Knows nothing of what the
//! expression is for.

use super::chain::{self, CONSTANT, DYNAMIC};
use super::expression::{Expression, Token};
use super::source::Source;

/// What an expression is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// Literals, constants, numbers, and what is quoted for its place.
    Constant,
    /// A text with at least one part that is none of these.
    Built,
    /// Anything else that has one value: a name, a call.
    Value,
    /// A list, an object or a function.
    Structure,
}

/// What the argument or the operand at `offset` is made of; none where nothing begins.
pub(super) fn made_of(source: Source<'_>, offset: usize) -> Option<Made> {
    let expression = Expression::new(source, source.region_of(offset));
    let start = expression.tokens.iter().position(|(_, span)| span.start >= offset)?;
    // Behind a quote that closes a text nothing begins.
    let gap = &source.content[offset..expression.tokens[start].1.start];
    if !gap.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let end = end_of_argument(&expression, start);
    (start < end).then(|| judge(source, &expression, start, end))
}

/// What the value at `offset` is made of, when all of it can be read.
pub(super) fn value_at(source: Source<'_>, offset: usize) -> Option<Made> {
    let expression = Expression::new(source, source.region_of(offset));
    let start = expression.tokens.iter().position(|(_, span)| span.start == offset)?;
    let end = chain::between(&expression, start, expression.len()).end;
    let ends = match expression.token(end) {
        None | Some(Token::Close(_)) => true,
        Some(_) if expression.bytes(end) == b";" => true,
        Some(Token::Word) => {
            let gap = expression.tokens[end - 1].1.end..expression.tokens[end].1.start;
            expression.lexed.code[gap].contains(&b'\n')
        }
        Some(Token::Text(_) | Token::Sign | Token::Open(_)) => false,
    };
    (start < end && ends).then(|| judge(source, &expression, start, end))
}

/// The index of the comma or the bracket that ends the argument which begins with token `start`.
fn end_of_argument(expression: &Expression, start: usize) -> usize {
    let mut at = start;
    while let Some(token) = expression.token(at) {
        match token {
            Token::Open(Some(partner)) => at = partner,
            Token::Close(_) => return at,
            Token::Sign if matches!(expression.bytes(at), b"," | b";") => return at,
            Token::Sign | Token::Word | Token::Text(_) | Token::Open(None) => {}
        }
        at += 1;
    }
    at
}

fn judge(source: Source<'_>, expression: &Expression, start: usize, end: usize) -> Made {
    let is_function = |at: usize| {
        matches!(expression.bytes(at), b"=>" | b"function" | b"lambda" | b"func" | b"fn" | b"delegate")
    };
    if matches!(expression.bytes(start), b"[" | b"{") || (start..end).take(MAX_HEADER).any(is_function) {
        return Made::Structure;
    }
    let chain = chain::between(expression, start, end);
    let plain = |byte: &u8| !matches!(*byte, DYNAMIC | CONSTANT) && !byte.is_ascii_whitespace();
    let dynamic = chain.text.contains(&DYNAMIC);
    if chain.end < end {
        return Made::Value;
    }
    match (dynamic, chain.text.iter().any(plain)) {
        (false, _) => Made::Constant,
        (true, true) => Made::Built,
        (true, false) if end - start == 1 => source
            .value_of(expression.bytes(start))
            .filter(|made| *made == Made::Built)
            .unwrap_or(Made::Value),
        (true, false) => Made::Value,
    }
}

/// How many tokens of an argument may stand before the sign that makes it a function.
const MAX_HEADER: usize = 24;

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::{Made, made_of};
    use once_cell::unsync::OnceCell;

    use crate::lang::{Language, lex};

    /// What the argument at `@` is made of.
    #[track_caller]
    fn check(language: Language, marked: &str, expected: Option<Made>) {
        let offset = marked.find('@').unwrap();
        let text = marked.replacen('@', "", 1);
        let lexed = lex(language, text.as_bytes());
        let assignments = OnceCell::new();
        assert_eq!(made_of(Source::new(&lexed, text.as_bytes(), &assignments), offset), expected, "{marked}");
    }

    #[test]
    fn expressions_are_told_apart() {
        check(Language::Python, "f(@'a b', c)", Some(Made::Constant));
        check(Language::Python, "f(@'a ' + 'b')", Some(Made::Constant));
        check(Language::Python, "f(@'a ' + COMMAND)", Some(Made::Constant));
        check(Language::Python, "f(@'a ' + shlex.quote(b))", Some(Made::Constant));
        check(Language::Python, "f(@'a ' + b)", Some(Made::Built));
        check(Language::Python, "f(@f'a {b}', c)", Some(Made::Built));
        check(Language::Python, "f(@'a %s' % b)", Some(Made::Built));
        check(Language::Python, "f(@b)", Some(Made::Value));
        check(Language::Python, "f(@b if c else 'd')", Some(Made::Value));
        check(Language::Python, "f(@b.c(d)['e'])", Some(Made::Value));
        check(Language::Python, "f(@['a', b])", Some(Made::Structure));
        check(Language::JavaScript, "f(@() => g(), 1)", Some(Made::Structure));
        check(Language::JavaScript, "f(@`a ${b}`)", Some(Made::Built));
        check(Language::Python, "f(@)", None);
    }

    #[test]
    fn names_with_one_value_are_followed() {
        check(Language::Python, "a = 'b'\nf(@a)", Some(Made::Constant));
        check(Language::Python, "a = 'b'\nc = a + ' d'\nf(@c)", Some(Made::Constant));
        check(Language::Python, "a = 'b ' + c\nf(@a)", Some(Made::Built));
        check(Language::Python, "a = b()\nf(@a)", Some(Made::Value));
        check(Language::Python, "a = 'b'\ndef g(a):\n    f(@a)", Some(Made::Value));
        check(Language::Python, "a = 'b' if c else d\nf(@a)", Some(Made::Value));
        check(Language::Go, "const (\n\ta = `b`\n\tc = `d`\n)\nfunc g() { f(@a) }", Some(Made::Constant));
        check(Language::Python, "a = b\nb = a\nf(@a)", Some(Made::Value));
        check(Language::Python, "a = 'b'\nif c:\n  a = 'd'\nf(@a)", Some(Made::Constant));
        check(Language::Python, "a = 'b'\nif c:\n  a = d\nf(@a)", Some(Made::Value));
        check(Language::Python, "a = 'b'\nif c:\n  a = 'd ' + e\nf(@a)", Some(Made::Value));
    }
}
