//! One pass over the bytes of a file that finds comments and strings, with code inside of strings, by a language's
//! table. Never fails: what is not closed where it should be is read again as code. Knows nothing of rules.

use super::prefix::{Close, Style, is_word, style};
use super::syntax::{self, Escape, Heredoc, Holes, Syntax};
use super::{Hole, Language, Lexed, StringKind, StringToken};
use crate::model::Span;

mod literal;
mod text;

/// Takes a file apart.
pub fn lex(language: Language, content: &[u8]) -> Lexed {
    let mut lexer = Lexer::new(language, content);
    lexer.run();
    Lexed::new(language, content, lexer.strings, lexer.comments)
}

/// Strings in holes of strings are followed that deep; deeper ones are text.
const MAX_DEPTH: usize = 32;

/// Constructs that can be left open, as indexes of `Lexer::dead` behind those of the quotes.
const HEREDOC: usize = 8;
const REGEX: usize = 9;
const PERCENT: usize = 10;
const BLOCK: usize = 11;
const OPENERS: usize = 12;

/// A string that is open, or a hole in it.
#[derive(Debug, Clone, Copy)]
enum Frame {
    Text { token: usize, opener: usize, style: Style, depth: usize },
    Hole { token: usize, end: HoleEnd, depth: usize },
}

/// What closes a hole.
#[derive(Debug, Clone, Copy)]
enum HoleEnd {
    Braces(usize),
    Paren,
}

/// A heredoc whose body begins on the next line.
#[derive(Debug, Clone, Copy)]
struct Pending {
    place: Span,
    style: Style,
}

struct Lexer<'c> {
    content: &'c [u8],
    syntax: &'static Syntax,
    pos: usize,
    stack: Vec<Frame>,
    strings: Vec<StringToken>,
    comments: Vec<Span>,
    pending: Vec<Pending>,
    /// Where a kind of opener is known to have no closer: it is read as code there. This is what keeps the pass
    /// linear: a kind is tried again only behind the place that it failed to reach.
    dead: [Span; OPENERS],
    /// The last byte of code that is no blank.
    last: u8,
    /// The last word of code.
    word: Span,
    /// Nothing but blanks so far in a line outside of brackets (for docstrings).
    fresh: bool,
    brackets: usize,
    steps: usize,
}

impl<'c> Lexer<'c> {
    fn new(language: Language, content: &'c [u8]) -> Self {
        let nowhere = Span::new(0, 0);
        let mut lexer = Lexer {
            content,
            syntax: syntax::of(language),
            pos: 0,
            stack: Vec::new(),
            strings: Vec::new(),
            comments: Vec::new(),
            pending: Vec::new(),
            dead: [nowhere; OPENERS],
            last: b'\n',
            word: nowhere,
            fresh: true,
            brackets: 0,
            steps: 0,
        };
        if lexer.syntax.quirks.php_tags && memchr::memmem::find(content, b"<?").is_some() {
            lexer.skip_markup();
        }
        if content.starts_with(b"#!") {
            lexer.comment_to_line_end();
        }
        lexer
    }

    fn run(&mut self) {
        loop {
            while self.pos < self.content.len() {
                self.steps += 1;
                match self.stack.last().copied() {
                    None => self.code(),
                    Some(Frame::Hole { token, end, depth }) => self.hole(token, end, depth),
                    Some(Frame::Text { token, style, depth, .. }) => self.text(token, style, depth),
                }
            }
            if self.stack.is_empty() {
                return;
            }
            self.give_up(0);
        }
    }

    /// One step in a hole: its end, the end of a line that its string may not cross, or code.
    fn hole(&mut self, token: usize, end: HoleEnd, depth: usize) {
        let (open, close) = match end {
            HoleEnd::Braces(_) => (b'{', b'}'),
            HoleEnd::Paren => (b'(', b')'),
        };
        let byte = self.content[self.pos];
        if byte == b'\n' && !self.crosses_lines() {
            self.give_up_line();
        } else if byte == open {
            self.set_depth(depth + 1);
            self.code();
        } else if byte == close && depth > 0 {
            self.set_depth(depth - 1);
            self.code();
        } else if byte == close {
            let wanted = match end {
                HoleEnd::Braces(count) => count,
                HoleEnd::Paren => 1,
            };
            let inner_end = self.pos;
            self.pos += self.run_of(close, self.pos).min(wanted);
            if let Some(hole) = self.strings[token].holes.last_mut() {
                hole.inner.end = inner_end;
                hole.outer.end = self.pos;
            }
            self.stack.pop();
        } else {
            self.code();
        }
    }

    fn set_depth(&mut self, new: usize) {
        match self.stack.last_mut() {
            Some(Frame::Hole { depth, .. } | Frame::Text { depth, .. }) => *depth = new,
            None => {}
        }
    }

    /// True when the innermost open string may go on in the next line.
    fn crosses_lines(&self) -> bool {
        self.stack.iter().rev().find_map(|frame| match frame {
            Frame::Text { style, .. } => Some(style.multiline),
            Frame::Hole { .. } => None,
        }) != Some(false)
    }

    /// Gives up the outermost of the open strings that may not cross the end of this line.
    fn give_up_line(&mut self) {
        let crosses = |frame: &Frame| matches!(frame, Frame::Text { style, .. } if style.multiline);
        let above = self.stack.iter().rposition(crosses).map_or(0, |at| at + 1);
        let first = self.stack[above..].iter().position(|frame| matches!(frame, Frame::Text { .. }));
        self.give_up(above + first.unwrap_or(0));
    }

    /// Takes back the open string at `level` of the stack or the first above, and goes on as code behind its opener.
    fn give_up(&mut self, level: usize) {
        let open = self.stack[level..].iter().find_map(|frame| match frame {
            Frame::Text { token, opener, style, .. } => Some((*token, *opener, *style)),
            Frame::Hole { .. } => None,
        });
        let Some((token, opener, style)) = open else {
            self.stack.truncate(level);
            return;
        };
        let until = if style.multiline { usize::MAX } else { self.pos };
        let start = self.strings[token].outer.start;
        let resume = match style.close {
            Close::Line { .. } => start,
            Close::Text(_)
            | Close::Quotes(_)
            | Close::Hashes(_)
            | Close::Delimiter(_)
            | Close::Bracket(..) => self.strings[token].inner.start,
        };
        self.dead[opener] = Span::new(start, until);
        self.stack.truncate(level);
        self.strings.truncate(token);
        self.comments.truncate(self.comments.partition_point(|comment| comment.start < start));
        self.pending.clear();
        self.pos = resume;
        self.last = b'"';
    }

    fn is_dead(&self, opener: usize) -> bool {
        (self.dead[opener].start..self.dead[opener].end).contains(&self.pos)
    }

    /// One step in code.
    fn code(&mut self) {
        let byte = self.content[self.pos];
        if is_word(byte) {
            return self.words();
        }
        if byte == b'\n' {
            return self.newline();
        }
        if byte == b' ' || byte == b'\t' || byte == b'\r' {
            self.pos += 1;
            return;
        }
        if self.comment() || self.literal(byte) {
            return;
        }
        if byte == b'\\' && self.syntax.quirks.code_escapes {
            self.pos = (self.pos + 2).min(self.content.len());
            return;
        }
        match byte {
            b'(' | b'[' | b'{' => self.brackets += 1,
            b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
            b'?' if self.syntax.quirks.php_tags && self.at(self.pos, "?>") => return self.skip_markup(),
            _ => {}
        }
        self.significant(byte);
        self.pos += 1;
    }

    fn significant(&mut self, byte: u8) {
        self.last = byte;
        self.fresh = byte == b';';
    }

    fn words(&mut self) {
        let rest = &self.content[self.pos..];
        let len = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
        self.word = Span::new(self.pos, self.pos + len);
        self.pos += len;
        self.significant(self.content[self.pos - 1]);
    }

    fn newline(&mut self) {
        if self.syntax.block_comments.iter().any(|(open, _)| self.at(self.pos, open)) && self.comment() {
            return;
        }
        let joined = self.last == b'\\' && self.pos > 0 && self.content[..self.pos].ends_with(b"\\");
        self.pos += 1;
        self.fresh = self.brackets == 0 && !joined;
        if !self.pending.is_empty() {
            self.heredoc_body();
        }
    }

    /// Takes a comment that begins here.
    fn comment(&mut self) -> bool {
        for (open, close) in self.syntax.block_comments {
            if self.at(self.pos, open) && !self.is_dead(BLOCK) {
                let Some(end) = self.block_comment_end(open, close) else {
                    self.dead[BLOCK] = Span::new(self.pos, usize::MAX);
                    return false;
                };
                self.comments.push(Span::new(self.pos, end));
                self.pos = end;
                return true;
            }
        }
        let opens = self.syntax.line_comments.iter().any(|open| self.at(self.pos, open));
        if opens && !self.is_no_comment() {
            self.comment_to_line_end();
            return true;
        }
        false
    }

    /// Signs that look like a comment and are none: `#[` in PHP, `#` inside of a word of a shell.
    fn is_no_comment(&self) -> bool {
        let touches =
            self.pos > 0 && !matches!(self.content[self.pos - 1], b' ' | b'\t' | b'\n' | b'\r' | b';');
        (self.syntax.quirks.php_tags && self.at(self.pos, "#["))
            || (self.syntax.quirks.hash_after_blank && touches)
    }

    fn comment_to_line_end(&mut self) {
        let rest = &self.content[self.pos..];
        let mut len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if self.syntax.quirks.php_tags {
            len = memchr::memmem::find(&rest[..len], b"?>").unwrap_or(len);
        }
        self.comments.push(Span::new(self.pos, self.pos + len));
        self.pos += len;
    }

    fn block_comment_end(&mut self, open: &str, close: &str) -> Option<usize> {
        let mut depth = 0;
        let mut at = self.pos;
        while at < self.content.len() {
            self.steps += 1;
            if self.at(at, close) && depth > 0 {
                depth -= 1;
                at += close.len();
                if depth == 0 {
                    return Some(at);
                }
            } else if self.at(at, open) && (depth == 0 || self.syntax.nested_comments) {
                depth += 1;
                at += open.len();
            } else {
                at += 1;
            }
        }
        None
    }

    /// Skips text outside of PHP's tags; it stays code, for it is not PHP's to say what it is.
    fn skip_markup(&mut self) {
        let rest = &self.content[self.pos..];
        self.pos += memchr::memmem::find(rest, b"<?").map_or(rest.len(), |at| at + 2);
        self.significant(b';');
    }

    fn at(&self, pos: usize, text: &str) -> bool {
        self.content[pos..].starts_with(text.as_bytes())
    }

    fn run_of(&self, byte: u8, pos: usize) -> usize {
        self.content[pos..].iter().take_while(|&&next| next == byte).count()
    }

    fn byte(&self, pos: usize) -> u8 {
        self.content.get(pos).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
