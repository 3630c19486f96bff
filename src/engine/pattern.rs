//! A rule's expression, compiled when it is first needed: quickly for a few looks, thoroughly for many.
//!
//! Compiling is what a small commit pays most for. Without the automata that make long searches fast it takes a third
//! of the time, and both forms find the same: what differs is the engine, not the meaning.

use std::sync::atomic::{AtomicU32, Ordering};

use once_cell::sync::OnceCell;
use regex_automata::meta::{self, BuildError, Regex};
use regex_automata::util::{captures::Captures, syntax};
use regex_automata::{Input, Match};

use crate::model::Span;

/// After so many looks the thorough form pays.
const FEW: u32 = 64;
/// Limit of one compiled expression, in bytes.
const SIZE_LIMIT: usize = 20 << 20;

/// An expression over bytes in two forms.
pub struct LazyPattern {
    source: String,
    unicode: bool,
    looks: AtomicU32,
    quick: OnceCell<Regex>,
    thorough: OnceCell<Regex>,
}

impl LazyPattern {
    /// Compiles the quick form, so that an expression that does not compile is told at once.
    pub fn new(source: &str, unicode: bool) -> Result<Self, Box<BuildError>> {
        let quick = OnceCell::with_value(build(source, unicode, quick())?);
        let (looks, thorough) = (AtomicU32::new(0), OnceCell::new());
        Ok(LazyPattern { source: source.to_owned(), unicode, looks, quick, thorough })
    }

    /// The first match in `text` that begins at `from` or later; what stands before `from` is seen by look-arounds.
    pub fn find_at(&self, text: &[u8], from: usize) -> Option<Match> {
        self.form()?.search(&Input::new(text).range(from..))
    }

    /// The groups of the first match in `text` that begins at `from` or later.
    pub fn captures_at(&self, text: &[u8], from: usize) -> Option<Captures> {
        self.captures_in(text, Span::new(from, text.len()))
    }

    /// The groups of the first match that lies in a part of `text`; what stands around it is seen by look-arounds.
    pub fn captures_in(&self, text: &[u8], part: Span) -> Option<Captures> {
        let form = self.form()?;
        let mut groups = form.create_captures();
        form.search_captures(&Input::new(text).range(part.start..part.end), &mut groups);
        groups.is_match().then_some(groups)
    }

    /// The form for this look; the quick one stays where the thorough one would be too large.
    fn form(&self) -> Option<&Regex> {
        if self.looks.load(Ordering::Relaxed) < FEW {
            self.looks.fetch_add(1, Ordering::Relaxed);
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
    let syntax = syntax::Config::new().unicode(unicode).utf8(false);
    let config = config.utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT));
    Ok(Regex::builder().configure(config).syntax(syntax).build(source)?)
}

#[cfg(test)]
mod tests {
    use super::{FEW, LazyPattern};

    #[test]
    fn both_forms_find_the_same() {
        let pattern = LazyPattern::new(r#"(?i)\bkey\s*=\s*"(?<secret>[^"]{3,})""#, false).unwrap();
        let text = b"xkey = \"no\" KEY=\"caf\xe9 1\" key = \"two\"";
        let found = || {
            let groups = pattern.captures_at(text, 3).unwrap();
            let secret = groups.get_group_by_name("secret").unwrap();
            (
                groups.get_match().unwrap().range(),
                secret.range(),
                pattern.find_at(text, 13).map(|found| found.range()),
            )
        };
        let first = found();
        assert_eq!(first, (12..24, 17..23, Some(25..36)));
        for _ in 0..2 * FEW {
            assert_eq!(found(), first);
        }
        assert!(pattern.thorough.get().is_some(), "many looks are worth the thorough form");
    }
}
