//! A rule's expression, compiled when it is first needed: quickly for a little text, thoroughly for much.
//!
//! Compiling is what a small commit pays most for. Without the automata that make long searches fast it takes a third
//! of the time, and both forms find the same: what differs is the engine, not the meaning. What compiling costs and what
//! the quick form costs for a byte both grow with the expression, so that the number of bytes decides.

use std::sync::atomic::{AtomicUsize, Ordering};

use once_cell::sync::OnceCell;
use regex_automata::meta::{self, BuildError, Regex};
use regex_automata::util::{captures::Captures, syntax};
use regex_automata::{Anchored, Input, Match};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::work;
use crate::model::Span;

/// After so many bytes the thorough form pays.
const LITTLE: usize = 8 << 10;
/// Limit of one compiled expression, in bytes.
const SIZE_LIMIT: usize = 20 << 20;

/// An expression over bytes in two forms.
pub struct LazyPattern {
    source: String,
    unicode: bool,
    /// How many bytes the quick form was given.
    bytes: AtomicUsize,
    quick: OnceCell<Regex>,
    thorough: OnceCell<Regex>,
}

impl LazyPattern {
    /// Compiles the quick form, so that an expression that does not compile is told at once.
    pub fn new(source: &str, unicode: bool) -> Result<Self, Box<BuildError>> {
        let quick = OnceCell::with_value(build(source, unicode, quick())?);
        let (bytes, thorough) = (AtomicUsize::new(0), OnceCell::new());
        Ok(LazyPattern { source: source.to_owned(), unicode, bytes, quick, thorough })
    }

    /// The first match that lies in a part of `text`; what stands around it is seen by look-arounds.
    pub fn find_in(&self, text: &[u8], part: Span) -> Option<Match> {
        self.form(part.len())?.search(&Input::new(text).range(part.start..part.end))
    }

    /// The groups of a match in `text`.
    pub fn captures_of(&self, text: &[u8], whole: Match) -> Option<Captures> {
        self.captures(whole.len(), &Input::new(text).range(whole.range()).anchored(Anchored::Yes))
    }

    /// The groups of the first match that lies in a part of `text`; what stands around it is seen by look-arounds.
    pub fn captures_in(&self, text: &[u8], part: Span) -> Option<Captures> {
        self.captures(part.len(), &Input::new(text).range(part.start..part.end))
    }

    fn captures(&self, bytes: usize, input: &Input<'_>) -> Option<Captures> {
        let form = self.form(bytes)?;
        let mut groups = form.create_captures();
        form.search_captures(input, &mut groups);
        groups.is_match().then_some(groups)
    }

    /// The form for a look at so many bytes; the quick one stays where the thorough one would be too large.
    fn form(&self, bytes: usize) -> Option<&Regex> {
        work::count(bytes);
        if self.bytes.load(Ordering::Relaxed) < LITTLE {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            return self.quick.get();
        }
        let build = || build(&self.source, self.unicode, meta::Config::new());
        self.thorough.get_or_try_init(build).ok().or(self.quick.get())
    }
}

fn quick() -> meta::Config {
    meta::Config::new().auto_prefilter(false).hybrid(false).dfa(false).onepass(false)
}

fn build(source: &str, unicode: bool, config: meta::Config) -> Result<Regex, Box<BuildError>> {
    let config = config.utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT));
    let mut builder = Regex::builder();
    builder.configure(config).syntax(syntax::Config::new().unicode(unicode).utf8(false));
    match ParserBuilder::new().unicode(unicode).utf8(false).build().parse(source) {
        Ok(hir) => Ok(builder.build_from_hir(&named_groups(&hir, &mut 0))?),
        // It tells the same error in its own words.
        Err(_) => Ok(builder.build(source)?),
    }
}

/// The expression without its groups that have no name: nobody asks what they matched, and to keep book of many is slow.
fn named_groups(hir: &Hir, count: &mut u32) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Capture(Capture { name: None, sub, .. }) => named_groups(sub, count),
        HirKind::Capture(capture) => {
            *count += 1;
            let index = *count;
            let sub = Box::new(named_groups(&capture.sub, count));
            Hir::capture(Capture { index, name: capture.name.clone(), sub })
        }
        HirKind::Repetition(repetition) => {
            let sub = Box::new(named_groups(&repetition.sub, count));
            Hir::repetition(Repetition { sub, ..*repetition })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| named_groups(part, count)).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| named_groups(part, count)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LITTLE, LazyPattern};
    use crate::model::Span;

    #[test]
    fn both_forms_find_the_same() {
        let pattern = LazyPattern::new(r#"(?i)\b(k)ey\s*=\s*"(?<secret>([^"]){3,})""#, false).unwrap();
        let text = b"xkey = \"no\" KEY=\"caf\xe9 1\" key = \"two\"";
        let found = || {
            let whole = pattern.find_in(text, Span::new(3, text.len())).unwrap();
            let groups = pattern.captures_of(text, whole).unwrap();
            let behind = pattern.captures_in(text, Span::new(13, text.len())).unwrap();
            let secret = |groups: &super::Captures| {
                let secret = groups.get_group_by_name("secret").unwrap();
                (groups.get_match().unwrap().range(), secret.range(), groups.group_len())
            };
            assert_eq!(Some(whole), groups.get_match());
            (
                secret(&groups),
                secret(&behind),
                pattern.find_in(text, Span::new(13, text.len())).map(|found| found.range()),
            )
        };
        let first = found();
        assert_eq!(first, ((12..24, 17..23, 2), (25..36, 32..35, 2), Some(25..36)));
        for _ in 0..LITTLE / 11 {
            assert_eq!(found(), first);
        }
        assert!(pattern.thorough.get().is_some(), "much text is worth the thorough form");
    }
}
