//! SQL that is built from parts: finds the chain of literals and expressions around a literal, reads it as one text,
//! and reports it when it is SQL and a part is no constant. Does not follow values from one statement to the next.

mod django;

use super::chain::{self, Chain, DYNAMIC};
use super::expression::{Expression, Token};
use super::source::Source;
use super::sql_names::{self, Role};
use super::sql_text::{self, Reading};
use crate::lang::{Language, Lexed, StringKind};
use crate::model::Span;

/// The chain around the literal or the call at `offset`, when it is SQL with a part that is no constant.
pub(super) fn run(source: Source<'_>, offset: usize) -> Option<Span> {
    // A name that is a constant takes away from what is reported, it adds nothing; and following it means to read the
    // whole file for what gives it a value.
    detect(source.without_names(), offset)?;
    detect(source, offset)
}

fn detect(source: Source<'_>, offset: usize) -> Option<Span> {
    let Source { lexed, content, .. } = source;
    let Some(literal) = lexed.string_at(offset) else { return at_call(source, offset) };
    if !matches!(lexed.strings[literal].kind, StringKind::Quoted | StringKind::Heredoc)
        || stands_alone(lexed, content, literal)
    {
        return None;
    }
    let expression = Expression::new(source, source.region_of(lexed.strings[literal].place.start));
    let at = expression.tokens.iter().position(|(token, _)| *token == Token::Text(literal))?;
    judge(&expression, at)
}

/// True when a look at the neighbours tells that the literal is no part of anything.
fn stands_alone(lexed: &Lexed, content: &[u8], literal: usize) -> bool {
    let token = &lexed.strings[literal];
    if !token.holes.is_empty() {
        return false;
    }
    let before = lexed.code[..token.place.start].iter().rev().take(NEIGHBOURHOOD);
    let before = before.copied().find(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let behind = lexed.code[token.place.end..].iter().take(NEIGHBOURHOOD);
    let behind = behind.copied().find(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let joins =
        |byte: u8| matches!(byte, b'+' | b'.' | b'|' | b'<' | b'>' | b'%' | b'"' | b'\'' | b'`' | b'\\');
    let prefixed = behind.is_ascii_alphabetic() && lexed.language == Language::Python;
    let listed = matches!(behind, b',' | b')' | b']') && matches!(before, b'(' | b',' | b'&' | b'[');
    let text = token.inner.of(content);
    let formats = listed
        && (text.iter().any(|byte| matches!(byte, b'%' | b'{')) || sql_text::read(text) != Reading::Other);
    !(joins(before) || joins(behind) || prefixed || formats)
}

/// How far the neighbour of a literal may be away.
const NEIGHBOURHOOD: usize = 512;

/// The chain in the argument of a call of a function that runs SQL, whose name stands at `offset`.
fn at_call(source: Source<'_>, offset: usize) -> Option<Span> {
    let Source { lexed, content, .. } = source;
    let word = word_at(&lexed.code, offset);
    if !sql_names::may_be_sink(word.of(content)) || lexed.code.get(offset) != content.get(offset) {
        return None;
    }
    let behind =
        lexed.code[word.end..].iter().take(NEIGHBOURHOOD).find(|byte| !byte.is_ascii_whitespace())?;
    if !matches!(behind, b'(' | b'"' | b'<' | b'!') {
        return None;
    }
    let expression = Expression::new(source, lexed.statement_at(offset));
    let name = expression.tokens.iter().position(|(_, span)| span.start == word.start)?;
    let open = (name + 1..expression.len()).take(10).find(|&at| expression.bytes(at) == b"(");
    if let Some(open) = open.filter(|&open| django::takes_pieces(&expression, open)) {
        return django::run(&expression, open);
    }
    let arguments = match open {
        Some(open) => expression.arguments(open),
        None => vec![(name + 1, expression.len())],
    };
    let is_text = |at: &usize| matches!(expression.token(*at), Some(Token::Text(_)));
    let first = arguments.iter().take(2).find_map(|&(start, end)| (start..end).find(is_text))?;
    judge(&expression, first)
}

pub(super) fn word_at(code: &[u8], offset: usize) -> Span {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let floor = offset.saturating_sub(64);
    let start =
        code[floor..offset].iter().rposition(|byte| !in_word(byte)).map_or(floor, |at| floor + at + 1);
    let len = code[offset..].iter().take(64).take_while(|byte| in_word(byte)).count();
    Span::new(start, offset + len)
}

/// Reads the chain around token `at` and decides.
fn judge(expression: &Expression, at: usize) -> Option<Span> {
    let mut chain = chain::around(expression, at);
    if sql_text::ends_in_text(&chain.text) {
        chain.text.push(DYNAMIC);
    }
    if !chain.text.contains(&DYNAMIC) {
        return None;
    }
    let wrong = match (sql_text::read(&chain.text), setting(expression, chain.start)) {
        (_, Setting::Harmless) => false,
        (Reading::Statement, Setting::Sink | Setting::SqlName | Setting::Plain) => true,
        (Reading::Fragment, Setting::Sink | Setting::SqlName) => true,
        (Reading::Fragment, Setting::Plain) => false,
        (Reading::Other, Setting::Sink) => true,
        (Reading::Other, Setting::SqlName | Setting::Plain) => false,
    };
    wrong.then(|| span_of(expression, &chain))
}

/// From where the text begins to be built: the first literal, not the name of a function around it.
fn span_of(expression: &Expression, chain: &Chain) -> Span {
    let tokens = &expression.tokens[chain.start..chain.end];
    let first = tokens.iter().find(|(token, _)| matches!(token, Token::Text(_)));
    Span::new(first.map_or(tokens[0].1.start, |(_, span)| span.start), tokens[tokens.len() - 1].1.end)
}

/// Where the value of a chain goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Sink,
    SqlName,
    Harmless,
    Plain,
}

fn setting(expression: &Expression, start: usize) -> Setting {
    if let Some(setting) = command(expression, start) {
        return setting;
    }
    if assigned_to_sql(expression, start) {
        return Setting::SqlName;
    }
    let mut at = start;
    let mut direct = true;
    while let Some((open, argument)) = expression.enclosing(at) {
        if let Some((first, end)) = expression.callee(open) {
            if django::binds(expression, open, argument) {
                return Setting::Harmless;
            }
            match sql_names::role(expression.language(), expression.source(first, end), argument) {
                Role::Sink if is_column_value(expression, start) => return Setting::Harmless,
                Role::Sink if direct => return Setting::Sink,
                Role::Builder if direct => return Setting::SqlName,
                Role::Sink | Role::Builder => return Setting::Plain,
                Role::Harmless => return Setting::Harmless,
                Role::Wrapper => {}
                Role::Unknown => direct = false,
            }
        }
        at = open;
    }
    let speaks = |idx: usize| {
        expression.token(idx) == Some(Token::Word) && sql_names::is_speaking_word(expression.bytes(idx))
    };
    if (0..at.min(start)).any(speaks) { Setting::Harmless } else { Setting::Plain }
}

/// `where(name: "…", :kind => "…")`: Ruby's query builders bind it.
fn is_column_value(expression: &Expression, start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).map_or(&b""[..], |at| expression.bytes(at));
    expression.language() == Language::Ruby
        && match before(1) {
            b"=>" => true,
            b":" => before(2).last().is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
            _ => false,
        }
}

/// A call without brackets, as in `logger.info "…"` and `User.where "…"`.
fn command(expression: &Expression, start: usize) -> Option<Setting> {
    if !matches!(expression.language(), Language::Ruby | Language::Groovy | Language::Shell | Language::Php) {
        return None;
    }
    let last = start.checked_sub(1)?;
    if expression.token(last)? != Token::Word {
        return None;
    }
    if sql_names::is_speaking_word(expression.bytes(last)) {
        return Some(Setting::Harmless);
    }
    let first = expression.operand_start(last)?;
    match sql_names::role(expression.language(), expression.source(first, start), 0) {
        Role::Sink => Some(Setting::Sink),
        Role::Harmless => Some(Setting::Harmless),
        Role::Builder => Some(Setting::SqlName),
        Role::Wrapper | Role::Unknown => None,
    }
}

/// True for `sql += …`, `"query": …`, `String where = …`.
fn assigned_to_sql(expression: &Expression, start: usize) -> bool {
    let Some(sign) = start.checked_sub(1) else { return false };
    if !matches!(
        expression.bytes(sign),
        b"=" | b"+=" | b".=" | b":=" | b"<<" | b"||=" | b":" | b"=>" | b"<<="
    ) {
        return false;
    }
    (0..sign)
        .rev()
        .take(4)
        .take_while(|&at| !matches!(expression.bytes(at), b"," | b";" | b"{" | b"}" | b"("))
        .any(|at| sql_names::is_sql_name(expression.bytes(at)))
}

#[cfg(test)]
mod tests;
