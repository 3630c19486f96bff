//! What the lexer found, as views of the same length as the content. Knows nothing of how it was found.

use std::sync::OnceLock;

use super::brackets::Brackets;
use super::statement::Statements;
use super::{Language, block, commands};
use crate::model::Span;

/// What kind of literal a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringKind {
    /// Between quotes.
    Quoted,
    /// A document of lines up to a word.
    Heredoc,
    /// A pattern between slashes.
    Regex,
    /// A list of words.
    Words,
}

/// A part of a string that is code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// With the signs that mark it, as `${x}`.
    pub outer: Span,
    /// The expression.
    pub inner: Span,
}

/// A string literal.
///
/// Invariant: `outer` contains `inner`, and `inner` contains the holes, which are sorted and do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringToken {
    /// With quotes and prefix; a heredoc's body with its last line.
    pub outer: Span,
    /// The text between the quotes.
    pub inner: Span,
    /// The letters or the tag in front of the quote.
    pub prefix: Span,
    /// The kind of literal.
    pub kind: StringKind,
    /// Where the expression stands that the string is the value of: `outer`, or a heredoc's `<<WORD`.
    pub place: Span,
    /// Escapes mean nothing in it.
    pub raw: bool,
    /// It may have holes.
    pub interpolating: bool,
    /// Its parts that are code.
    pub holes: Vec<Hole>,
}

/// A file taken apart.
///
/// Invariant: the views are as long as the content, with every newline at its place; tokens and comments are sorted.
#[derive(Debug)]
pub struct Lexed {
    /// The language it was read as.
    pub language: Language,
    /// Comments and the insides of strings are blank; quotes and code in holes stay.
    pub code: Vec<u8>,
    /// Comments are blank.
    pub no_comments: Vec<u8>,
    /// Strings by their start; those inside of a hole follow the string around them.
    pub strings: Vec<StringToken>,
    /// Comments, Python's docstrings among them.
    pub comments: Vec<Span>,
    statements: OnceLock<Statements>,
    brackets: OnceLock<Brackets>,
    /// Of each string where its text begins, and how far it and those before it reach: small, for it is searched often.
    reach: OnceLock<Vec<(usize, usize)>>,
}

impl Lexed {
    pub(super) fn new(
        language: Language,
        content: &[u8],
        strings: Vec<StringToken>,
        comments: Vec<Span>,
    ) -> Lexed {
        let mut no_comments = content.to_vec();
        for comment in &comments {
            blank(&mut no_comments, *comment);
        }
        let mut code = no_comments.clone();
        for token in &strings {
            blank(&mut code, token.inner);
            for Hole { inner, .. } in &token.holes {
                code[inner.start..inner.end].copy_from_slice(inner.of(&no_comments));
            }
        }
        Lexed {
            language,
            code,
            no_comments,
            strings,
            comments,
            statements: OnceLock::new(),
            brackets: OnceLock::new(),
            reach: OnceLock::new(),
        }
    }

    /// The innermost string in whose text `offset` stands, by its index; code in a hole is no text.
    pub fn string_at(&self, offset: usize) -> Option<usize> {
        let idx = self.strings_before(offset).find(|&idx| offset < self.strings[idx].inner.end)?;
        let holes = &self.strings[idx].holes;
        let before = holes.partition_point(|hole| hole.outer.start <= offset);
        let in_hole = before > 0 && offset < holes[before - 1].outer.end;
        (!in_hole).then_some(idx)
    }

    /// The expression in a string's hole that `offset` stands in; the innermost.
    pub fn hole_around(&self, offset: usize) -> Option<Span> {
        self.strings_before(offset).find_map(|idx| {
            let holes = &self.strings[idx].holes;
            let before = holes.partition_point(|hole| hole.inner.start <= offset);
            let hole = holes.get(before.checked_sub(1)?)?;
            (offset < hole.inner.end).then_some(hole.inner)
        })
    }

    /// The strings that may be around `offset`, the last one first. They are nested at most as deep as the lexer allows,
    /// so few have to be looked at, and none where all have ended.
    fn strings_before(&self, offset: usize) -> impl Iterator<Item = usize> {
        let reach = self.reach.get_or_init(|| {
            let mut reach: Vec<(usize, usize)> = Vec::with_capacity(self.strings.len());
            for token in &self.strings {
                let farthest = reach.last().map_or(0, |last| last.1);
                reach.push((token.inner.start, farthest.max(token.inner.end)));
            }
            reach
        });
        let behind = reach.partition_point(|&(start, _)| start <= offset);
        (0..behind).rev().take(CANDIDATES).take_while(move |&idx| offset < reach[idx].1)
    }

    /// True when `offset` stands in a comment.
    pub fn in_comment(&self, offset: usize) -> bool {
        let behind = self.comments.partition_point(|comment| comment.start <= offset);
        behind > 0 && offset < self.comments[behind - 1].end
    }

    /// The statement around `offset`: lines that belong together because a bracket or a string is open or an
    /// operator dangles, 64 lines or 8 KiB at most.
    pub fn statement_at(&self, offset: usize) -> Span {
        self.statements.get_or_init(|| Statements::new(self)).at(offset)
    }

    /// Behind the bracket that closes the one at `open`.
    pub fn bracket_end(&self, open: usize) -> Option<usize> {
        self.brackets.get_or_init(|| Brackets::new(&self.code)).close_of(open).map(|close| close + 1)
    }

    /// The block whose header stands at `offset`, with the header's line; none when it has no end within 8 KiB.
    pub fn block_at(&self, offset: usize) -> Option<Span> {
        block::around(self, offset)
    }

    /// A view in which only commands that a workflow runs are not blank.
    pub fn commands_only(&self, content: &[u8]) -> Vec<u8> {
        commands::only(self.language, content)
    }

    /// A view in which only the insides of strings are not blank.
    pub fn strings_only(&self, content: &[u8]) -> Vec<u8> {
        let mut view: Vec<u8> =
            content.iter().map(|&byte| if byte == b'\n' { b'\n' } else { b' ' }).collect();
        for token in &self.strings {
            view[token.inner.start..token.inner.end].copy_from_slice(token.inner.of(content));
        }
        view
    }
}

/// How many strings before an offset may lie inside of the string around it; behind that it counts as code, which
/// is the careful answer.
const CANDIDATES: usize = 256;

fn blank(view: &mut [u8], span: Span) {
    for byte in &mut view[span.start..span.end] {
        // Without a branch around the store this becomes a few vector instructions.
        *byte = if matches!(byte, b'\n' | b'\r') { *byte } else { b' ' };
    }
}
