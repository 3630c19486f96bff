//! Values without quotes: where a word is a value, and where it is a name in a program. Does not judge the value.

use super::line::Line;
use super::soil::Soil;
use super::value;
use crate::model::Span;

/// What opens a block of text in YAML.
const BLOCKS: [&[u8]; 4] = [b" |\n", b" >\n", b" |-\n", b" >-\n"];

/// A value without quotes, where a word is a value.
pub fn value(text: &[u8], key: Span, at: usize, (soil, line): (Soil, Line<'_>)) -> Option<Span> {
    let span = match soil {
        // `jdbc:…;user=x;password=y;`: one setting of several.
        Soil::Lines if line.is_one_of_several() => value::word(text, at),
        Soil::Lines => {
            let block = BLOCKS.iter().find(|sign| text[at..].starts_with(sign));
            value::line(text, block.map_or(at, |sign| at + sign.len())).or_else(|| value::word(text, at))
        }
        Soil::Words | Soil::Prose | Soil::Code | Soil::Vectors | Soil::Labels => value::word(text, at),
    }?;
    let value = span.of(text);
    let named = text[key.end..at].iter().any(|byte| matches!(byte, b'"' | b'\'' | b']'));
    let literal = is_exported(text, key, at)
        || !matches!(soil, Soil::Code | Soil::Vectors | Soil::Labels)
        || is_flag(text, key)
        || !named && line.is_text()
        || is_unlike_code(value);
    let counts =
        is_exported(text, key, at) || soil.takes(value) || soil == Soil::Prose && line.holds(text, span);
    // `test "$pass" = word` of a shell compares.
    let compared = soil == Soil::Words && text[..key.start].ends_with(b"$");
    (literal && counts && !compared).then_some(span)
}

/// A value without quotes in a text of several lines inside of code, which is read as an excerpt of a configuration: the
/// name begins its line, and the value ends it.
pub fn in_text(text: &[u8], at: usize, line: Line<'_>) -> Option<Span> {
    let ends = |span: &Span| !matches!(span.of(text).last(), Some(b',' | b';' | b'{' | b'('));
    let found = line.is_empty().then(|| value::line(text, at))?.filter(ends)?;
    let value = found.of(text);
    // `password: String!` of GraphQL.
    Soil::Prose.takes(value.strip_suffix(b"!").unwrap_or(value)).then_some(found)
}

/// Sixteen characters with digits in three places or more, and no call.
fn is_unlike_code(value: &[u8]) -> bool {
    let digits = value.chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit());
    let groups = digits.filter(|run| run[0].is_ascii_digit()).count();
    value.len() >= 16 && groups >= 3
}

/// `--password`, `-password`.
pub fn is_flag(text: &[u8], key: Span) -> bool {
    key.of(text).starts_with(b"-") && !text[..key.start].last().is_some_and(u8::is_ascii_alphanumeric)
}

/// `PASSWORD=value` as shells and containers write it, also inside of other languages.
fn is_exported(text: &[u8], key: Span, at: usize) -> bool {
    !key.of(text).iter().any(u8::is_ascii_lowercase)
        && &text[key.end..at] == b"="
        && text.get(at).is_some_and(|byte| !byte.is_ascii_whitespace())
}
