//! Programming languages by path and the light lexer that tells code, strings and comments apart. Knows nothing of
//! rules, and parses no language.

mod block;
mod brackets;
mod byte_set;
mod commands;
mod language;
mod lexed;
mod lexer;
mod parts;
mod prefix;
mod signs;
mod statement;
mod syntax;

pub use crate::model::Language;
pub use language::detect;
pub use lexed::{Hole, Lexed, StringKind, StringToken};
pub use lexer::lex;
pub use parts::{Part, Unparsed, notebook, parts};
