//! Comments: where they begin in code, and where they end.

use super::{BLOCK, Lexer};
use crate::model::Span;

impl Lexer<'_> {
    /// Takes a comment that begins here.
    pub(super) fn comment(&mut self) -> bool {
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

    pub(super) fn comment_to_line_end(&mut self) {
        let rest = &self.content[self.pos..];
        let mut len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        if self.syntax.quirks.php_tags {
            len = memchr::memmem::find(&rest[..len], b"?>").unwrap_or(len);
        }
        self.comments.push(Span::new(self.pos, self.pos + len));
        self.pos += len;
    }

    /// Jumps from one byte that may open or close to the next.
    fn block_comment_end(&mut self, open: &str, close: &str) -> Option<usize> {
        let close_byte = close.as_bytes()[0];
        let open_byte = if self.syntax.nested_comments { open.as_bytes()[0] } else { close_byte };
        let mut depth = 1;
        let mut at = self.pos + open.len();
        while let Some(ahead) = memchr::memchr2(open_byte, close_byte, &self.content[at..]) {
            self.steps += ahead + 1;
            at += ahead;
            if self.at(at, close) {
                depth -= 1;
                at += close.len();
                if depth == 0 {
                    return Some(at);
                }
            } else if self.syntax.nested_comments && self.at(at, open) {
                depth += 1;
                at += open.len();
            } else {
                at += 1;
            }
        }
        self.steps += self.content.len() - at;
        None
    }
}
