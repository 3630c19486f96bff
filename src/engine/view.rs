//! What a rule sees of a unit: its language and the views of its text, made when first asked for.

use once_cell::unsync::OnceCell;

use crate::lang::{self, Lexed};
use crate::model::{Language, RepoPath, Span};
use crate::rules::ScopeKind;

/// A unit's content with its views.
pub struct Views<'u> {
    path: &'u RepoPath,
    content: &'u [u8],
    language: OnceCell<Option<Language>>,
    lexed: OnceCell<Option<Lexed>>,
    strings: OnceCell<Vec<u8>>,
    comments: OnceCell<Vec<u8>>,
}

impl<'u> Views<'u> {
    /// Nothing is computed yet.
    pub fn new(path: &'u RepoPath, content: &'u [u8]) -> Self {
        Views {
            path,
            content,
            language: OnceCell::new(),
            lexed: OnceCell::new(),
            strings: OnceCell::new(),
            comments: OnceCell::new(),
        }
    }

    /// The unit's bytes.
    pub fn content(&self) -> &'u [u8] {
        self.content
    }

    /// The unit's path.
    pub fn path(&self) -> &'u RepoPath {
        self.path
    }

    /// The unit's language, by name, extension or first line.
    pub fn language(&self) -> Option<Language> {
        *self.language.get_or_init(|| lang::detect(self.path, self.content))
    }

    /// The lexed text, if the language is known.
    pub fn lexed(&self) -> Option<&Lexed> {
        self.lexed.get_or_init(|| self.language().map(|language| lang::lex(language, self.content))).as_ref()
    }

    /// The text that a rule of this scope sees, as long as the content; without a known language all of it is code.
    pub fn of(&self, scope: ScopeKind) -> &[u8] {
        if scope == ScopeKind::Raw {
            return self.content;
        }
        let Some(lexed) = self.lexed() else { return self.content };
        match scope {
            ScopeKind::Raw => self.content,
            ScopeKind::Code => &lexed.code,
            ScopeKind::Any => &lexed.no_comments,
            ScopeKind::String => self.strings.get_or_init(|| lexed.strings_only(self.content)),
            ScopeKind::Comment => self.comments.get_or_init(|| only(self.content, &lexed.comments)),
        }
    }

    /// The statement around a byte; the line when the language is not known.
    pub fn statement(&self, offset: usize) -> Span {
        self.lexed().map_or_else(|| self.line(offset), |lexed| lexed.statement_at(offset))
    }

    /// The line around a byte, without its line ending.
    pub fn line(&self, offset: usize) -> Span {
        let start = memchr::memrchr(b'\n', &self.content[..offset]).map_or(0, |newline| newline + 1);
        let end =
            memchr::memchr(b'\n', &self.content[offset..]).map_or(self.content.len(), |ahead| offset + ahead);
        Span::new(start, end)
    }
}

/// `content` with everything blanked that lies outside of `spans`; newlines stay.
fn only(content: &[u8], spans: &[Span]) -> Vec<u8> {
    let mut view: Vec<u8> = content.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect();
    for span in spans {
        view[span.start..span.end].copy_from_slice(span.of(content));
    }
    view
}
