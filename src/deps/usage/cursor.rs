//! A place in code that moves on word by word. Knows no language.

use crate::model::Span;

/// A place in a view without comments and strings.
#[derive(Clone, Copy)]
pub struct Cursor<'c> {
    code: &'c [u8],
    /// The next byte.
    pub at: usize,
}

impl<'c> Cursor<'c> {
    /// Starts at a byte.
    pub fn new(code: &'c [u8], at: usize) -> Cursor<'c> {
        Cursor { code, at }
    }

    /// The next byte, white space left out.
    pub fn peek(&mut self) -> Option<u8> {
        while self.code.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.code.get(self.at).copied()
    }

    /// Moves over a mark.
    pub fn eat(&mut self, mark: u8) -> bool {
        let found = self.peek() == Some(mark);
        self.at += usize::from(found);
        found
    }

    /// Moves over these words and marks, white space between them left out.
    pub fn eat_all(&mut self, marks: &[u8]) -> bool {
        marks.iter().all(|mark| self.eat(*mark))
    }

    /// Moves over a word.
    pub fn word(&mut self) -> Option<(&'c str, Span)> {
        self.peek()?;
        let length = self.code[self.at..].iter().take_while(|byte| is_word(**byte)).count();
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        let word = std::str::from_utf8(span.of(self.code)).ok()?;
        (length > 0).then_some((word, span))
    }

    /// Moves over a word when it is this one.
    pub fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = *self;
        let found = ahead.word().is_some_and(|(next, _)| next == word);
        if found {
            *self = ahead;
        }
        found
    }
}

/// True for what names are made of; letters that are not ASCII count.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// Where `word` stands in `code` as a word of its own.
pub fn words<'c>(code: &'c [u8], word: &'c str) -> impl Iterator<Item = usize> + 'c {
    memchr::memmem::find_iter(code, word.as_bytes()).filter(move |at| {
        let before = at.checked_sub(1).and_then(|at| code.get(at));
        let behind = code.get(at + word.len());
        ![before, behind].into_iter().flatten().any(|byte| is_word(*byte))
    })
}

/// The first byte of the line of `at`.
pub fn line_start(code: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &code[..at]).map_or(0, |newline| newline + 1)
}
