//! Inside of a string: escapes, holes and the end.

use super::{Close, Escape, Frame, Hole, HoleEnd, Holes, Lexer, MAX_DEPTH, StringKind, Style, is_word};
use crate::lang::byte_set::ByteSet;
use crate::model::Span;

impl Lexer<'_> {
    /// One step in a string's text: the bytes that mean themselves in every kind of string, and what stands behind them.
    pub(super) fn text(&mut self, token: usize, style: Style, depth: usize) {
        let len = SIGNS.find(&self.content[self.pos..]);
        self.steps += len;
        self.pos += len;
        if self.pos < self.content.len() {
            self.text_step(token, style, depth);
        }
    }

    /// One step in a string's text, whatever stands here.
    fn text_step(&mut self, token: usize, style: Style, depth: usize) {
        let byte = self.content[self.pos];
        let opens = style.holes == Holes::BackslashParen && self.byte(self.pos + 1) == b'(';
        if byte == b'\\' && style.escape == Escape::Backslash && !opens {
            self.pos = self.behind_escape();
            return;
        }
        if byte == b'\n' {
            return self.text_newline(token, style);
        }
        if let Some(len) = self.closer(style, depth) {
            return self.close(token, self.pos, self.pos + len);
        }
        if let Close::Bracket(open, close) = style.close {
            let change = usize::from(byte == open && open != close);
            let depth = if byte == close { depth.saturating_sub(1) } else { depth + change };
            self.set_depth(depth);
        }
        if !self.open_hole(token, style) {
            self.pos += 1;
        }
    }

    fn behind_escape(&self) -> usize {
        let len = if self.at(self.pos, "\\\r\n") { 3 } else { 2 };
        (self.pos + len).min(self.content.len())
    }

    fn text_newline(&mut self, token: usize, style: Style) {
        if !style.multiline {
            return self.give_up_line();
        }
        self.pos += 1;
        if matches!(style.close, Close::Line { .. }) {
            self.line_of_heredoc(token, style);
        }
    }

    /// At the start of a line of a heredoc: ends it when the line is its last.
    pub(super) fn line_of_heredoc(&mut self, token: usize, style: Style) {
        let Close::Line { word, indented } = style.close else { return };
        let blanks = |byte: &&u8| **byte == b' ' || **byte == b'\t';
        let indent = if indented { self.content[self.pos..].iter().take_while(blanks).count() } else { 0 };
        let at = self.pos + indent;
        let end = at + word.len();
        let is_last = self.content[at..].starts_with(word.of(self.content)) && !is_word(self.byte(end));
        self.steps += indent;
        if is_last {
            let text_end = self.pos;
            self.close(token, text_end, end);
        }
    }

    /// The length of the closer that stands here.
    fn closer(&mut self, style: Style, depth: usize) -> Option<usize> {
        match style.close {
            Close::Text(close) => {
                let closes = self.at(self.pos, close);
                if closes && style.escape == Escape::Doubled && self.byte(self.pos + 1) == close.as_bytes()[0]
                {
                    self.pos += 1;
                    return None;
                }
                // `""""` ends with its last three quotes.
                let trailing = close.len() == 3 && self.run_of(close.as_bytes()[0], self.pos) == 4;
                closes.then_some(close.len() + usize::from(trailing))
            }
            Close::Quotes(count) => (self.run_of_at_most(b'"', count) == count).then_some(count),
            Close::Hashes(count) => {
                let hashes =
                    self.content[self.pos + 1..].iter().take(count).take_while(|&&byte| byte == b'#').count();
                (self.content[self.pos] == b'"' && hashes == count).then_some(count + 1)
            }
            Close::Delimiter(span) => {
                let rest = self.content[self.pos..].strip_prefix(b")");
                let rest = rest.and_then(|rest| rest.strip_prefix(span.of(self.content)));
                rest.is_some_and(|rest| rest.starts_with(b"\"")).then_some(span.len() + 2)
            }
            Close::Bracket(_, close) => (self.content[self.pos] == close && depth == 0).then_some(1),
            Close::Line { .. } => None,
        }
    }

    fn run_of_at_most(&self, byte: u8, most: usize) -> usize {
        self.content[self.pos..].iter().take(most).take_while(|&&next| next == byte).count()
    }

    fn close(&mut self, token: usize, text_end: usize, end: usize) {
        let string = &mut self.strings[token];
        string.inner.end = text_end.max(string.inner.start);
        string.outer.end = end;
        if string.kind != StringKind::Heredoc {
            string.place.end = end;
        }
        self.stack.pop();
        self.pos = end;
        if self.is_docstring(token) {
            let docstring = self.strings.remove(token);
            self.comments.push(docstring.outer);
            return;
        }
        self.significant(b'"');
    }

    /// A string that stands alone as a statement and holds no code.
    fn is_docstring(&self, token: usize) -> bool {
        let string = &self.strings[token];
        let prefix_only = self.fresh || (!string.prefix.is_empty() && self.starts_line(string.outer.start));
        if !self.syntax.quirks.docstrings || string.interpolating || !self.stack.is_empty() || !prefix_only {
            return false;
        }
        let blanks = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\r');
        let behind = self.pos + self.content[self.pos..].iter().take(256).take_while(blanks).count();
        matches!(self.content.get(behind), None | Some(b'\n' | b';' | b'#'))
    }

    fn starts_line(&self, at: usize) -> bool {
        let line = self.content[..at].iter().rev().take(256).take_while(|&&byte| byte != b'\n');
        self.brackets == 0 && line.into_iter().all(|&byte| byte == b' ' || byte == b'\t')
    }

    /// Opens a hole that begins here.
    fn open_hole(&mut self, token: usize, style: Style) -> bool {
        let (first, second) = (self.content[self.pos], self.byte(self.pos + 1));
        match style.holes {
            Holes::None => false,
            Holes::Brace(count) => first == b'{' && self.brace_hole(token, count),
            Holes::DollarBrace => first == b'$' && second == b'{' && self.enter(token, 2, HoleEnd::Braces(1)),
            Holes::BackslashParen => first == b'\\' && second == b'(' && self.enter(token, 2, HoleEnd::Paren),
            Holes::HashBrace => first == b'#' && second == b'{' && self.enter(token, 2, HoleEnd::Braces(1)),
            Holes::Dollar | Holes::Php | Holes::Shell if first == b'$' && second == b'{' => {
                self.enter(token, 2, HoleEnd::Braces(1))
            }
            Holes::Dollar => first == b'$' && self.name_hole(token, style.holes),
            Holes::Php if first == b'{' && second == b'$' => self.enter(token, 1, HoleEnd::Braces(1)),
            Holes::Php => first == b'$' && self.name_hole(token, style.holes),
            Holes::Shell if first == b'$' && second == b'(' => self.enter(token, 2, HoleEnd::Paren),
            Holes::Shell => first == b'$' && self.name_hole(token, style.holes),
        }
    }

    /// `{expr}`; two braces where one is meant are text.
    fn brace_hole(&mut self, token: usize, count: usize) -> bool {
        let braces = self.run_of_at_most(b'{', count + 1);
        if count == 1 && braces == 2 {
            self.pos += 2;
            return true;
        }
        let end = HoleEnd::Formatted { braces: count, brackets: self.brackets };
        braces >= count && self.enter(token, count, end)
    }

    fn enter(&mut self, token: usize, signs: usize, end: HoleEnd) -> bool {
        if self.stack.len() >= MAX_DEPTH {
            return false;
        }
        let start = self.pos + signs;
        let hole = Hole { outer: Span::new(self.pos, start), inner: Span::new(start, start) };
        self.strings[token].holes.push(hole);
        self.stack.push(Frame::Hole { token, end, depth: 0 });
        self.pos = start;
        self.significant(b'(');
        true
    }

    /// `$name`, with PHP's `->field` and `[key]`.
    fn name_hole(&mut self, token: usize, holes: Holes) -> bool {
        let start = self.pos + 1;
        let first = self.byte(start);
        let special = holes == Holes::Shell && (first.is_ascii_digit() || matches!(first, b'@' | b'*'));
        if !special && (!is_word(first) || first.is_ascii_digit()) {
            return false;
        }
        let len = self.content[start..].iter().take_while(|byte| is_word(**byte)).count();
        let mut end = start + len.max(1);
        if holes == Holes::Php {
            end = self.behind_php_access(end);
        }
        let inner = if holes == Holes::Php { Span::new(self.pos, end) } else { Span::new(start, end) };
        self.strings[token].holes.push(Hole { outer: Span::new(self.pos, end), inner });
        self.pos = end;
        true
    }

    fn behind_php_access(&self, end: usize) -> usize {
        let rest = &self.content[end..];
        let field = rest.strip_prefix(b"->").filter(|field| field.first().is_some_and(|byte| is_word(*byte)));
        if let Some(field) = field {
            return end + 2 + field.iter().take_while(|byte| is_word(**byte)).count();
        }
        let key = |byte: &&u8| is_word(**byte) || matches!(**byte, b'$' | b'-');
        match rest {
            [b'[', key_on @ ..] => {
                let len = key_on.iter().take_while(key).count();
                if len > 0 && key_on.get(len) == Some(&b']') { end + len + 2 } else { end }
            }
            _ => end,
        }
    }
}

/// Bytes that can be an escape, a closer, a bracket or the start of a hole in some kind of string.
pub(super) static SIGNS: ByteSet = ByteSet::new(b"\"'`\\\n$#{}()[]<>|!/^");
