//! stub until the lexer lands
#![allow(missing_docs)]
use crate::model::{Language, RepoPath, Span};
pub struct Lexed {
    pub code: Vec<u8>,
    pub no_comments: Vec<u8>,
    pub comments: Vec<Span>,
}
impl Lexed {
    pub fn string_insides(&self) -> Vec<Span> {
        Vec::new()
    }
    pub fn statement_at(&self, offset: usize) -> Span {
        Span::new(offset, offset)
    }
}
pub fn detect(_: &RepoPath, _: &[u8]) -> Option<Language> {
    None
}
pub fn lex(_: Language, _: &[u8]) -> Lexed {
    Lexed { code: Vec::new(), no_comments: Vec::new(), comments: Vec::new() }
}
