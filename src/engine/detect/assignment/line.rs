//! What stands on the line before a name: whether the name is in a string, a comment, an instruction. Knows no values.

use crate::model::Span;

/// How far back a line is looked at.
pub const REACH: usize = 256;
/// What opens a comment to the end of its line.
const COMMENTS: [&[u8]; 4] = [b"//", b"#", b"*", b"--"];

/// The line before a name.
#[derive(Clone, Copy)]
pub struct Line<'t> {
    text: &'t [u8],
    /// Whether it was seen from its beginning: quotes are counted only then.
    whole: bool,
}

impl<'t> Line<'t> {
    /// What stands before the name, within reach.
    pub fn before(text: &'t [u8], key: Span) -> Self {
        let low = key.start.saturating_sub(REACH);
        let newline = memchr::memrchr(b'\n', &text[low..key.start]);
        let start = newline.map_or(low, |newline| low + newline + 1);
        Line { text: &text[start..key.start], whole: newline.is_some() || low == 0 }
    }

    /// True when a string that this quote began is still open at the name.
    pub fn is_open(self, quote: u8) -> bool {
        self.whole && self.text.iter().filter(|byte| **byte == quote).count() % 2 == 1
    }

    /// `ENV NAME value` of a Dockerfile.
    pub fn is_environment(self) -> bool {
        self.whole && self.text.trim_ascii().eq_ignore_ascii_case(b"ENV")
    }

    /// True when the line is `name = word` and nothing else, as in an excerpt of a configuration.
    pub fn holds(self, text: &[u8], word: Span) -> bool {
        let (name, behind) = (&text[..word.start].trim_ascii_end(), &text[word.end..]);
        let ends = behind
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'))
            .is_none_or(|byte| *byte == b'\n');
        self.whole && self.text.trim_ascii().is_empty() && name.ends_with(b"=") && ends
    }

    /// `ENV NAME value` of a Dockerfile, `#define NAME "value"`.
    pub fn is_instruction(self) -> bool {
        self.is_environment() || self.whole && self.text.trim_ascii() == b"#define"
    }

    /// True when nothing but blanks and the mark of a list's item stands before the name.
    pub fn is_empty(self) -> bool {
        let text = self.text.trim_ascii_start();
        self.whole && (text.is_empty() || text.trim_ascii_end() == b"-")
    }

    /// True when nothing but blanks stands before the name.
    pub fn begins(self) -> bool {
        self.whole && self.text.trim_ascii().is_empty()
    }

    /// True behind other settings on the line: `jdbc:…;user=x;`.
    pub fn is_one_of_several(self) -> bool {
        self.text.last() == Some(&b';')
    }

    /// True inside of a string, a comment or a query.
    pub fn is_text(self) -> bool {
        let start = self.text.trim_ascii_start();
        matches!(self.text.last(), Some(b'?' | b'&'))
            || self.whole && COMMENTS.iter().any(|sign| start.starts_with(sign))
            || [b'"', b'\'', b'`'].into_iter().any(|quote| self.is_open(quote))
    }
}
