//! From the tokens around a literal to one text with marks where expressions stand. Knows concatenation and formatting,
//! and nothing of SQL.

mod format;
mod placeholder;

use self::format::{Format, formatter};
use self::placeholder::Key;
use super::expression::{Expression, Token};
use crate::lang::{Language, StringToken};

/// Stands in a text for a part that may be anything.
pub(super) const DYNAMIC: u8 = 0x01;
/// Stands in a text for a part that is a constant.
pub(super) const CONSTANT: u8 = 0x02;

/// A chain: its tokens, and the text that it makes.
pub(super) struct Chain {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: Vec<u8>,
}

/// Brackets and formatting calls around a chain are followed that far.
const MAX_NESTING: usize = 8;
/// Longer texts are cut: their head tells what they are.
const MAX_TEXT: usize = 16 << 10;

/// The chain around the literal at token `at`.
pub(super) fn around(expression: &Expression, at: usize) -> Chain {
    let mut start = at;
    let mut chain = Chain { start, end: at + 1, text: Vec::new() };
    for _ in 0..MAX_NESTING {
        start = leftmost(expression, start);
        chain = between(expression, start, expression.len());
        match enclosing_text(expression, &chain) {
            Some(outer) => start = outer,
            None => break,
        }
    }
    chain
}

/// The chain that begins with token `start`, read no farther than token `end`.
pub(super) fn between(expression: &Expression, start: usize, end: usize) -> Chain {
    let mut builder = Builder { expression, text: Vec::new() };
    let end = builder.chain(start, end, MAX_NESTING);
    Chain { start, end, text: builder.text }
}

/// Walks from an operand to the first one that it is joined with.
fn leftmost(expression: &Expression, mut start: usize) -> usize {
    while start > 0 {
        let adjacent =
            is_text(expression, start - 1) && is_text(expression, start) && joins_adjacent(expression);
        let before = if adjacent {
            Some(start - 1)
        } else if is_join(expression, start - 1) && start >= 2 {
            expression.operand_start(start - 2)
        } else {
            None
        };
        match before {
            Some(before) => start = before,
            None => break,
        }
    }
    start
}

/// The start of the bracket or formatting call that the chain is the text of.
fn enclosing_text(expression: &Expression, chain: &Chain) -> Option<usize> {
    let (open, argument) = expression.enclosing(chain.start)?;
    if let Some((first, end)) = expression.callee(open) {
        let format = formatter(expression.language(), expression.source(first, end))?;
        let (text, _) = format_text(expression, open, format)?;
        return (text <= chain.start && expression.arguments(open).get(argument)?.0 == text).then_some(first);
    }
    if expression.bytes(open) == b"[" {
        return joined_list(expression, open);
    }
    let whole =
        expression.bytes(open) == b"(" && expression.token(open) == Some(Token::Open(Some(chain.end)));
    (whole && open + 1 == chain.start).then_some(open)
}

/// The start of `[…].join(…)` or `"…".join([…])` around the list that begins with token `open`.
fn joined_list(expression: &Expression, open: usize) -> Option<usize> {
    let Some(Token::Open(Some(close))) = expression.token(open) else { return None };
    if is_join_call(expression, close + 1) {
        return Some(open);
    }
    let call = open.checked_sub(3)?;
    let separator = call.checked_sub(1)?;
    (is_join_call(expression, call) && is_text(expression, separator)).then_some(separator)
}

/// True when `.join(` begins with token `at`.
fn is_join_call(expression: &Expression, at: usize) -> bool {
    expression.bytes(at) == b"." && expression.bytes(at + 1) == b"join" && expression.bytes(at + 2) == b"("
}

/// The argument that is the text of a formatting call: its first token, and its number.
fn format_text(expression: &Expression, open: usize, format: Format) -> Option<(usize, usize)> {
    let arguments = expression.arguments(open);
    let texts = |&(start, _): &(usize, usize)| is_text(expression, start);
    let number = match format {
        Format::Percent | Format::Brace => arguments.iter().position(texts)?,
        Format::Concat => 0,
    };
    Some((arguments.get(number)?.0, number))
}

fn is_text(expression: &Expression, at: usize) -> bool {
    matches!(expression.token(at), Some(Token::Text(_)))
}

fn joins_adjacent(expression: &Expression) -> bool {
    matches!(
        expression.language(),
        Language::Python | Language::C | Language::Cpp | Language::Ruby | Language::Shell
    )
}

fn is_percent(expression: &Expression, at: usize) -> bool {
    expression.bytes(at) == b"%" && matches!(expression.language(), Language::Python | Language::Ruby)
}

fn is_join(expression: &Expression, at: usize) -> bool {
    match expression.bytes(at) {
        b"+" => !matches!(expression.language(), Language::Php | Language::Perl | Language::Lua),
        b"." => matches!(expression.language(), Language::Php | Language::Perl),
        b"||" => expression.language() == Language::Sql,
        b".." => expression.language() == Language::Lua,
        b"<>" => expression.language() == Language::Elixir,
        b"<<" => matches!(expression.language(), Language::Ruby | Language::Cpp),
        _ => is_percent(expression, at),
    }
}

struct Builder<'e, 'l> {
    expression: &'e Expression<'l>,
    text: Vec<u8>,
}

impl Builder<'_, '_> {
    /// Reads joined operands from token `at` on, and returns the index behind.
    fn chain(&mut self, mut at: usize, end: usize, nesting: usize) -> usize {
        while at < end && self.text.len() < MAX_TEXT {
            let behind = self.unit(at, end, nesting);
            if behind == at {
                break;
            }
            at = behind;
            let adjacent = is_text(self.expression, at) && joins_adjacent(self.expression);
            if at < end && is_join(self.expression, at) && at + 1 < end {
                at += 1;
            } else if at >= end || !adjacent {
                break;
            }
        }
        at.min(end)
    }

    /// Reads one operand with what is done to it.
    fn unit(&mut self, at: usize, end: usize, nesting: usize) -> usize {
        let from = self.text.len();
        match self.expression.token(at) {
            Some(Token::Text(_)) => {
                if is_join_call(self.expression, at + 1) {
                    return self.joined(at, end, nesting);
                }
                let mut behind = at;
                while let Some(Token::Text(literal)) = self.expression.token(behind).filter(|_| behind < end)
                {
                    self.literal(literal);
                    behind += 1;
                    if !joins_adjacent(self.expression) {
                        break;
                    }
                }
                self.modifiers(from, behind, end)
            }
            Some(Token::Open(Some(partner))) if self.expression.bytes(at) == b"(" && nesting > 0 => {
                let texts = (at + 1..partner).any(|idx| is_text(self.expression, idx));
                if texts && self.chain(at + 1, partner, nesting - 1) == partner {
                    return self.modifiers(from, partner + 1, end);
                }
                self.text.truncate(from);
                self.operand(at, end)
            }
            Some(Token::Open(Some(close))) if is_join_call(self.expression, close + 1) && nesting > 0 => {
                self.list(at, nesting - 1);
                self.expression.operand_end(at).min(end)
            }
            Some(Token::Word | Token::Sign | Token::Open(_)) => {
                match self.formatting_call(at).filter(|_| nesting > 0) {
                    Some((open, format, behind)) => {
                        self.formatted(open, format, nesting - 1);
                        self.modifiers(from, behind, end)
                    }
                    None => self.operand(at, end),
                }
            }
            Some(Token::Close(_)) | None => at,
        }
    }

    /// `"…".join(values)`: the members of a list one by one, anything else as one expression.
    fn joined(&mut self, at: usize, end: usize, nesting: usize) -> usize {
        let behind = self.expression.operand_end(at).min(end);
        let list = at + 4;
        if self.expression.bytes(list) == b"[" && nesting > 0 {
            self.list(list, nesting - 1);
        } else {
            self.hole(self.expression.source(at, behind));
        }
        behind
    }

    fn list(&mut self, open: usize, nesting: usize) {
        for (start, end) in self.expression.arguments(open) {
            self.chain(start, end, nesting);
            self.text.push(b' ');
        }
    }

    /// An expression that is no text of ours.
    fn operand(&mut self, at: usize, end: usize) -> usize {
        let behind = self.expression.operand_end(at).min(end);
        if behind > at {
            self.hole(self.expression.source(at, behind));
        }
        behind
    }

    fn hole(&mut self, source: &[u8]) {
        self.text.push(if self.expression.is_constant(source) { CONSTANT } else { DYNAMIC });
    }

    fn literal(&mut self, literal: usize) {
        let token = &self.expression.lexed.strings[literal];
        let content = self.expression.content;
        let mut from = token.inner.start;
        for hole in &token.holes {
            self.plain(token, &content[from..hole.outer.start]);
            let spliced = content[..hole.outer.start].ends_with(b"#");
            let source = hole.inner.of(&self.expression.lexed.no_comments);
            let bound = binds_holes(self.expression.language(), token.prefix.of(content)) && !spliced;
            self.text.push(if bound || self.expression.is_constant(source) { CONSTANT } else { DYNAMIC });
            from = hole.outer.end;
        }
        self.plain(token, &content[from..token.inner.end]);
    }

    /// Text as it is, with line ends for escapes that mean one.
    fn plain(&mut self, token: &StringToken, text: &[u8]) {
        let room = MAX_TEXT.saturating_sub(self.text.len());
        let mut bytes = text[..text.len().min(room)].iter().copied();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\\' if !token.raw => match bytes.next() {
                    Some(b'n' | b't' | b'r' | b'\n') | None => self.text.push(b' '),
                    Some(escaped) => self.text.push(escaped),
                },
                DYNAMIC | CONSTANT => self.text.push(b' '),
                other => self.text.push(other),
            }
        }
    }

    /// What follows an operand: `% args`, `.format(args)`, `.replace(a, b)`, other methods, an index.
    fn modifiers(&mut self, from: usize, mut at: usize, end: usize) -> usize {
        while at < end {
            let expression = self.expression;
            if is_percent(expression, at) {
                let behind = expression.operand_end(at + 1).min(end);
                let values = values(expression, at + 1, behind);
                self.fill(from, Format::Percent, &values);
                at = behind;
                continue;
            }
            let is_method = matches!(expression.bytes(at), b"." | b"->" | b"&." | b"?.")
                && expression.token(at + 1) == Some(Token::Word)
                && expression.bytes(at + 2) == b"(";
            let Some(Token::Open(Some(partner))) = expression.token(at + 2).filter(|_| is_method) else {
                break;
            };
            self.method(from, expression.bytes(at + 1), at + 2);
            at = partner + 1;
        }
        at.min(end)
    }

    fn method(&mut self, from: usize, name: &[u8], open: usize) {
        let arguments = self.expression.arguments(open);
        let sources: Vec<_> = arguments.iter().map(|&(a, b)| self.expression.source(a, b)).collect();
        match name {
            b"format" if self.expression.language() == Language::Python => {
                self.fill(from, Format::Brace, &sources)
            }
            b"format" | b"formatted" => self.fill(from, Format::Percent, &sources),
            b"concat" => sources.iter().for_each(|source| self.hole(source)),
            b"replace" | b"replaceAll" | b"gsub" | b"Replace" => {
                if let Some(new) = sources.get(1) {
                    self.hole(new);
                }
            }
            _ => {}
        }
    }

    /// A call such as `sprintf(…)` that begins with token `at`: its bracket, its way, the index behind.
    fn formatting_call(&self, at: usize) -> Option<(usize, Format, usize)> {
        let behind = self.expression.operand_end(at);
        let open = (at..behind).find(|&idx| self.expression.bytes(idx) == b"(")?;
        let (first, end) = self.expression.callee(open)?;
        let format = formatter(self.expression.language(), self.expression.source(first, end))?;
        let Some(Token::Open(Some(partner))) = self.expression.token(open) else { return None };
        format_text(self.expression, open, format)?;
        Some((open, format, partner + 1))
    }

    fn formatted(&mut self, open: usize, format: Format, nesting: usize) {
        let arguments = self.expression.arguments(open);
        if format == Format::Concat {
            for (start, end) in arguments {
                self.chain(start, end, nesting);
            }
            return;
        }
        let Some((_, number)) = format_text(self.expression, open, format) else { return };
        let (start, end) = arguments[number];
        let from = self.text.len();
        self.chain(start, end, nesting);
        let values: Vec<_> =
            arguments[number + 1..].iter().map(|&(a, b)| self.expression.source(a, b)).collect();
        self.fill(from, format, &values);
    }

    /// Puts marks for `values` where the text behind `from` has placeholders.
    fn fill(&mut self, from: usize, format: Format, values: &[&[u8]]) {
        let template = self.text.split_off(from);
        let mut rest = template.as_slice();
        let mut number = 0;
        while let Some((&byte, behind)) = rest.split_first() {
            let placeholder = match format {
                Format::Percent if byte == b'%' => placeholder::percent(behind),
                Format::Brace if byte == b'{' => placeholder::brace(behind),
                Format::Percent | Format::Brace | Format::Concat => None,
            };
            let Some((len, key)) = placeholder else {
                self.text.push(byte);
                rest = behind;
                continue;
            };
            rest = &behind[len..];
            match key {
                Key::Escaped => self.text.push(byte),
                Key::Number => {
                    self.text.push(CONSTANT);
                    number += 1;
                }
                Key::Value(name) => {
                    let is_safe = |value: &[u8]| self.expression.is_constant(value);
                    let safe = placeholder::value_is_safe(values, number, name, &is_safe);
                    self.text.push(if safe { CONSTANT } else { DYNAMIC });
                    number += usize::from(name.is_empty());
                }
            }
        }
    }
}

/// Holes of these literals become parameters, not text.
fn binds_holes(language: Language, prefix: &[u8]) -> bool {
    match language {
        Language::Python => prefix.iter().any(|byte| matches!(byte, b't' | b'T')),
        Language::Scala => !matches!(prefix, b"" | b"s" | b"f" | b"raw"),
        Language::JavaScript | Language::TypeScript => !prefix.is_empty() && !prefix.ends_with(b"String.raw"),
        Language::Go
        | Language::Java
        | Language::Kotlin
        | Language::Groovy
        | Language::Ruby
        | Language::Php
        | Language::CSharp
        | Language::Rust
        | Language::C
        | Language::Cpp
        | Language::Shell
        | Language::Sql
        | Language::Yaml
        | Language::Toml
        | Language::Hcl
        | Language::Dockerfile
        | Language::Html
        | Language::Nginx
        | Language::Json
        | Language::Xml
        | Language::Swift
        | Language::Dart
        | Language::Lua
        | Language::Perl
        | Language::Elixir
        | Language::PowerShell
        | Language::Makefile => false,
    }
}

/// The values on the right of a `%`: the members of a tuple or an array, or the one operand.
fn values<'e>(expression: &Expression<'e>, start: usize, end: usize) -> Vec<&'e [u8]> {
    let bracketed = matches!(expression.token(start), Some(Token::Open(Some(partner))) if partner + 1 == end);
    if bracketed {
        expression.arguments(start).iter().map(|&(a, b)| expression.source(a, b)).collect()
    } else {
        vec![expression.source(start, end)]
    }
}
