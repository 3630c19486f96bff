//! One pass over the bytes of a file that finds comments and strings, with code inside of strings, by a language's
//! table. Never fails: what is not closed where it should be is read again as code. Knows nothing of rules.

use super::prefix::{Close, Style, is_word, style, word_before};
use super::syntax::{self, Classes, Escape, Heredoc, Holes, Syntax};
use super::{Hole, Language, Lexed, StringKind, StringToken};
use crate::model::Span;

mod comment;
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
    /// Braces, with a format behind a colon where as many brackets are open as before the hole.
    Formatted {
        braces: usize,
        brackets: usize,
    },
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
    classes: Classes,
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
    /// Behind the last byte of code that is no blank, if that is a word's.
    word_end: usize,
    /// Nothing but blanks so far in a line outside of brackets (for docstrings).
    fresh: bool,
    brackets: usize,
    steps: usize,
}

impl<'c> Lexer<'c> {
    fn new(language: Language, content: &'c [u8]) -> Self {
        let nowhere = Span::new(0, 0);
        let syntax = syntax::of(language);
        let mut lexer = Lexer {
            content,
            syntax,
            classes: syntax.classes(),
            pos: 0,
            stack: Vec::new(),
            strings: Vec::new(),
            comments: Vec::new(),
            pending: Vec::new(),
            dead: [nowhere; OPENERS],
            last: b'\n',
            word_end: 0,
            fresh: true,
            brackets: 0,
            steps: 0,
        };
        if lexer.syntax.quirks.php_tags && memchr::memmem::find(content, b"<?").is_some() {
            lexer.skip_markup();
        }
        // `#![…]` is an attribute in Rust.
        if content.starts_with(b"#!") && !content.starts_with(b"#![") {
            lexer.comment_to_line_end();
        }
        lexer
    }

    fn run(&mut self) {
        loop {
            while self.pos < self.content.len() {
                self.steps += 1;
                match self.stack.last().copied() {
                    None => self.top_level(),
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
            HoleEnd::Braces(_) | HoleEnd::Formatted { .. } => (b'{', b'}'),
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
                HoleEnd::Braces(count) | HoleEnd::Formatted { braces: count, .. } => count,
                HoleEnd::Paren => 1,
            };
            let inner_end = self.pos;
            self.pos += self.run_of(close, self.pos).min(wanted);
            if let Some(hole) = self.strings[token].holes.last_mut() {
                hole.inner.end = inner_end;
                hole.outer.end = self.pos;
            }
            self.stack.pop();
        } else if byte == b':' && depth == 0 && self.format_begins(end) {
            self.format();
        } else {
            self.code();
        }
    }

    fn format_begins(&self, end: HoleEnd) -> bool {
        matches!(end, HoleEnd::Formatted { brackets, .. } if brackets == self.brackets)
    }

    /// `:#x` behind an expression: neither comments nor strings up to a brace.
    fn format(&mut self) {
        let rest = &self.content[self.pos..];
        self.pos += rest.iter().position(|byte| b"{}\n".contains(byte)).unwrap_or(rest.len());
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

    /// One step in code outside of strings: the bytes that begin nothing, and what stands behind them.
    fn top_level(&mut self) {
        let rest = &self.content[self.pos..];
        let len = self.classes.signs.find(rest);
        self.steps += len;
        if let Some(last) = rest[..len].iter().rposition(|&byte| !is_blank(byte)) {
            self.significant(rest[last]);
            self.word_end = self.pos + last + 1;
        }
        self.pos += len;
        if len < rest.len() {
            self.code();
        }
    }

    /// One step in code, whatever stands here.
    fn code(&mut self) {
        let byte = self.content[self.pos];
        if is_word(byte) {
            return self.words();
        }
        if byte == b'\n' {
            return self.newline();
        }
        if is_blank(byte) {
            self.pos += 1;
            return;
        }
        if self.classes.openers.contains(byte) && (self.comment() || self.literal(byte)) {
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
        self.pos += len;
        self.word_end = self.pos;
        self.significant(self.content[self.pos - 1]);
    }

    fn newline(&mut self) {
        if self.classes.openers.contains(b'\n') && self.comment() {
            return;
        }
        let joined = self.last == b'\\' && self.pos > 0 && self.content[..self.pos].ends_with(b"\\");
        self.pos += 1;
        self.fresh = self.brackets == 0 && !joined;
        if !self.pending.is_empty() {
            self.heredoc_body();
        }
    }

    /// Skips text outside of PHP's tags; it stays code, for it is not PHP's to say what it is.
    fn skip_markup(&mut self) {
        let rest = &self.content[self.pos..];
        self.pos += memchr::memmem::find(rest, b"<?").map_or(rest.len(), |at| at + 2);
        self.significant(b';');
    }

    /// Byte by byte: the texts are short, and a call of `memcmp` costs more than they do.
    fn at(&self, pos: usize, text: &str) -> bool {
        text.bytes().enumerate().all(|(idx, byte)| self.content.get(pos + idx) == Some(&byte))
    }

    fn run_of(&self, byte: u8, pos: usize) -> usize {
        self.content[pos..].iter().take_while(|&&next| next == byte).count()
    }

    fn byte(&self, pos: usize) -> u8 {
        self.content.get(pos).copied().unwrap_or(0)
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests;
