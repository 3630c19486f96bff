//! What a rule sees of a unit: its language and the views of its text, made when first asked for.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use once_cell::unsync::OnceCell;
use regex::bytes::Regex;

use super::detect::{Assignments, Detected, Soil};
use crate::lang::{self, Lexed};
use crate::model::{Language, RepoPath, Span};
use crate::rules::{ScopeKind, Sight};

/// A unit's content with its views.
pub struct Views<'u> {
    path: &'u RepoPath,
    content: &'u [u8],
    sight: Sight,
    sifting: bool,
    secrets_known: bool,
    language: OnceCell<Option<Language>>,
    lexed: OnceCell<Option<Lexed>>,
    strings: OnceCell<Vec<u8>>,
    comments: OnceCell<Vec<u8>>,
    soil: OnceCell<Soil>,
    assignment: Cell<Option<(Span, Option<Detected>)>>,
    commands: OnceCell<Vec<u8>>,
    assignments: OnceCell<Assignments>,
    names: RefCell<BTreeMap<(usize, usize), Names>>,
}

/// Names of a file.
type Names = BTreeSet<Vec<u8>>;

impl<'u> Views<'u> {
    /// Nothing is computed yet.
    pub fn new(path: &'u RepoPath, content: &'u [u8]) -> Self {
        Views {
            path,
            content,
            sight: Sight::All,
            sifting: false,
            secrets_known: false,
            language: OnceCell::new(),
            lexed: OnceCell::new(),
            strings: OnceCell::new(),
            comments: OnceCell::new(),
            soil: OnceCell::new(),
            assignment: Cell::new(None),
            commands: OnceCell::new(),
            assignments: OnceCell::new(),
            names: RefCell::default(),
        }
    }

    /// The same for a text whose language the path does not tell.
    pub(super) fn written_in(self, language: Language) -> Self {
        Views { language: OnceCell::with_value(Some(language)), ..self }
    }

    /// The same for a text that something else holds, where not all rules look.
    pub fn seen_by(self, sight: Sight) -> Self {
        Views { sight, ..self }
    }

    /// The same for who must not miss anything, and sees what is near a place only: what depends on more is taken to hold.
    pub(super) fn sifted(self) -> Self {
        Views { sifting: true, ..self }
    }

    /// The same for who knows already what the rules for secrets find.
    pub(super) fn but_secrets(self) -> Self {
        Views { secrets_known: true, ..self }
    }

    /// Whether rules of this sight look for what is not known.
    pub(super) fn is_for(&self, sight: Sight) -> bool {
        sight >= self.sight && !(self.secrets_known && sight > Sight::All)
    }

    /// Which rules look.
    pub fn sight(&self) -> Sight {
        self.sight
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

    /// What kind of file it is for assignments.
    pub(super) fn soil(&self) -> Soil {
        *self.soil.get_or_init(|| Soil::of(self.path).within(self.content))
    }

    /// The assignment around a keyword, found by `find` unless the last question was about the same keyword: several
    /// rules ask about each.
    pub(super) fn assignment(
        &self,
        keyword: Span,
        find: impl FnOnce() -> Option<Detected>,
    ) -> Option<Detected> {
        if let Some((last, found)) = self.assignment.get()
            && last == keyword
        {
            return found;
        }
        let found = find();
        self.assignment.set(Some((keyword, found)));
        found
    }

    /// The lexed text, if the language is known.
    pub fn lexed(&self) -> Option<&Lexed> {
        self.lexed.get_or_init(|| self.language().map(|language| lang::lex(language, self.content))).as_ref()
    }

    /// Whether a place is in a string of several lines.
    pub(super) fn in_long_text(&self, span: Span) -> bool {
        let text = |lexed: &Lexed| lexed.string_at(span.start).map(|idx| lexed.strings[idx].inner);
        let inside = || self.lexed().and_then(text).map(|text| text.of(self.content));
        self.sifting || inside().is_some_and(|text| memchr::memchr(b'\n', text).is_some())
    }

    /// The text that a rule of this scope sees, as long as the content; without a known language all of it is code.
    pub fn of(&self, scope: ScopeKind) -> &[u8] {
        if scope == ScopeKind::Raw {
            return self.content;
        }
        let Some(lexed) = self.lexed() else { return self.content };
        match scope {
            ScopeKind::Raw | ScopeKind::Source => self.content,
            ScopeKind::Code => &lexed.code,
            ScopeKind::Any => &lexed.no_comments,
            ScopeKind::String => self.strings.get_or_init(|| lexed.strings_only(self.content)),
            ScopeKind::Comment => self.comments.get_or_init(|| only(self.content, &lexed.comments)),
            ScopeKind::Command => self.commands.get_or_init(|| lexed.commands_only(self.content)),
        }
    }

    /// True when the bytes at `span` are of the kind that a rule of this scope looks for.
    pub fn holds(&self, scope: ScopeKind, span: Span) -> bool {
        match scope {
            ScopeKind::Raw => true,
            ScopeKind::Source => span.of(self.of(ScopeKind::Code)) == span.of(self.content),
            ScopeKind::Code
            | ScopeKind::String
            | ScopeKind::Comment
            | ScopeKind::Any
            | ScopeKind::Command => span.of(self.of(scope)) == span.of(self.content),
        }
    }

    /// Room for the names that the file gives one value, which are read when somebody follows a name.
    pub(super) fn assignments(&self) -> &OnceCell<Assignments> {
        &self.assignments
    }

    /// Asks about the names that the patterns of a rule find with their group `name`, outside of comments; they are
    /// collected once, for a file may ask thousands of times.
    pub(super) fn names(
        &self,
        rule: (usize, usize),
        patterns: &[Regex],
        ask: impl FnOnce(&Names) -> bool,
    ) -> bool {
        let mut names = self.names.borrow_mut();
        let found = names.entry(rule).or_insert_with(|| {
            let text = self.of(ScopeKind::Any);
            let captures = patterns.iter().flat_map(|pattern| pattern.captures_iter(text));
            captures.filter_map(|groups| Some(groups.name("name")?.as_bytes().to_vec())).collect()
        });
        ask(found)
    }

    /// The block whose header stands at a byte.
    pub fn block(&self, offset: usize) -> Option<Span> {
        self.lexed()?.block_at(offset)
    }

    /// The statement around a byte; the line, near the byte, when the language is not known.
    pub fn statement(&self, offset: usize) -> Span {
        let near = Span::new(offset.saturating_sub(NEAR), (offset + NEAR).min(self.content.len()));
        self.lexed().map_or_else(|| self.line_within(offset, near), |lexed| lexed.statement_at(offset))
    }

    /// The line of a byte and so many before and behind, 8 KiB at most.
    pub fn lines_around(&self, offset: usize, lines: usize) -> Span {
        let window = Span::new(offset.saturating_sub(NEAR), (offset + NEAR).min(self.content.len()));
        let before = memchr::memrchr_iter(b'\n', &self.content[window.start..offset]).nth(lines);
        let behind = memchr::memchr_iter(b'\n', &self.content[offset..window.end]).nth(lines);
        Span::new(
            before.map_or(window.start, |newline| window.start + newline + 1),
            behind.map_or(window.end, |newline| offset + newline),
        )
    }

    /// The part of the line around a byte that lies in `window`, without its line ending.
    pub fn line_within(&self, offset: usize, window: Span) -> Span {
        let before = &self.content[window.start..offset];
        let start = memchr::memrchr(b'\n', before).map_or(window.start, |newline| window.start + newline + 1);
        let behind = &self.content[offset..window.end];
        let end = memchr::memchr(b'\n', behind).map_or(window.end, |ahead| offset + ahead);
        Span::new(start, end)
    }
}

/// How much of an endless line counts as a statement, before and behind its keyword.
const NEAR: usize = 4096;

/// `content` with everything blanked that lies outside of `spans`; newlines stay.
fn only(content: &[u8], spans: &[Span]) -> Vec<u8> {
    let mut view: Vec<u8> = content.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }).collect();
    for span in spans {
        view[span.start..span.end].copy_from_slice(span.of(content));
    }
    view
}
