//! Tells cheaply that nothing can be found in a content, given what is known of an older version of it: the places of
//! keywords are inherited where bytes are shared, and rules are asked only where they see something new. What is found at
//! keywords it tells as well; whatever else is not clean is scanned by the engine like anything else.
//!
//! Why that is exact is in docs/decisions/0028. In short: *clean* means that no keyword of a rule leads to a match and
//! that nothing encoded does. What a rule says at a keyword depends on a bounded neighbourhood (`Spot`), what is decoded
//! on the text between two places where nothing goes on (`decode::rest_at`); both are asked anew unless all of it is
//! inside one piece that the versions share. Everything else that could be found makes a content unclean at once:
//! archives, wide characters, telling names, rules that see more than a neighbourhood.

mod lanes;
mod looks;
mod pieces;

use std::collections::BTreeMap;

use self::looks::{Look, Spot};
use super::{Engine, EngineError, Found, Sight, Views, hidden, names};
use crate::decode::{self, Budget};
use crate::engine::detect::Soil;
use crate::model::{Category, RepoPath, Shared, Span};
use crate::rules::{Automaton, Rule};

/// The keywords of all rules for secrets that are on, and how each of them is looked at.
pub struct Sieve<'e> {
    engine: &'e Engine,
    automaton: Automaton,
    /// For each literal of the automaton who looks for it.
    looks: Vec<Vec<Look>>,
    /// Whether some rule asks for the path or for the language of what it looks at.
    gated: bool,
}

/// What is known of a content, for those that share bytes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    len: usize,
    /// Sorted by place.
    spots: Vec<Spot>,
    /// Pieces in which something encoded was found, with the bytes before that prove where they begin.
    loud: Vec<pieces::Piece>,
    /// How many bytes were decoded, or more.
    decoded: usize,
    class: Class,
    /// Nothing is encoded or packed in it in which anything is found: all there is stands at its keywords.
    plain: bool,
}

/// What decides what is found in a content, beside the bytes around a keyword.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Class {
    /// By the path.
    soil: Soil,
    /// By the content as well.
    within: Soil,
    path: Option<RepoPath>,
}

/// An older content and what this one shares with it, in the order of the places in this one.
#[derive(Clone, Copy)]
pub struct Older<'o> {
    /// What is known of it.
    pub note: &'o Note,
    /// What is shared.
    pub shared: &'o [Shared],
}

impl Note {
    /// Whether nothing can be found in the content, unless its name tells something.
    pub fn is_clean(&self) -> bool {
        self.plain && !self.spots.iter().any(Spot::is_match)
    }
}

impl<'e> Sieve<'e> {
    /// The sieve of an engine; none when it has more keywords than one automaton holds.
    pub fn new(engine: &'e Engine) -> Option<Sieve<'e>> {
        let mut by_literal: BTreeMap<Vec<u8>, Vec<Look>> = BTreeMap::new();
        let mut gated = false;
        for (pack, active) in engine.packs.iter().enumerate() {
            let rules = active.pack.rules.iter().enumerate().filter(|(idx, _)| active.on[*idx]);
            for (rule_idx, rule) in rules.filter(|(_, rule)| rule.info.category == Category::Secret) {
                gated |= is_gated(rule);
                for keyword in 0..rule.keywords.len() {
                    let literal = rule.keywords[keyword].bytes.to_ascii_lowercase();
                    by_literal.entry(literal).or_default().push(Look::of(rule, (pack, rule_idx, keyword)));
                }
            }
        }
        let literals: Vec<_> = by_literal.keys().map(|literal| literal.as_slice().into()).collect();
        let automaton = Automaton::build(&literals).ok()?;
        Some(Sieve { engine, automaton, looks: by_literal.into_values().collect(), gated })
    }

    /// Whether the name of a file may tell something, so that no content under it is clean.
    pub fn name_tells(&self, path: &RepoPath) -> Result<bool, EngineError> {
        names::may_tell(self.engine, path)
    }

    /// Looks at a content, as far as it is not known from an older one.
    pub fn sift(
        &self,
        path: &RepoPath,
        content: &[u8],
        older: Option<Older<'_>>,
    ) -> Result<Note, EngineError> {
        let class = self.class((path, content), older);
        // In another kind of file the same bytes may be something else.
        let older = older.filter(|older| older.note.class == class);
        let ground = Ground { content, older };
        let views = Views::new(path, content).sifted();
        let spots = self.spots(&views, &ground)?;
        let mut note = Note { len: content.len(), spots, loud: Vec::new(), decoded: 0, class, plain: false };
        self.listen(path, &ground, &mut note)?;
        note.plain = note.loud.is_empty()
            && note.decoded <= Budget::LEAST
            && !decode::is_archive(content)
            && !decode::is_wide(content);
        Ok(note)
    }

    /// What decides beside the bytes around a keyword; an older content is mostly found under the same path.
    fn class(&self, (path, content): (&RepoPath, &[u8]), older: Option<Older<'_>>) -> Class {
        let known = older.map(|older| &older.note.class).filter(|class| class.path.as_ref() == Some(path));
        let soil = known.map_or_else(|| Soil::of(path), |class| class.soil);
        let path = known.map_or_else(|| self.gated.then(|| path.clone()), |class| class.path.clone());
        Class { soil, within: soil.within(content), path }
    }

    /// What the rules find that look at a content so, when all there is about secrets stands at the keywords that its note
    /// knows of.
    pub fn found(
        &self,
        path: &RepoPath,
        content: &[u8],
        (note, sight): (&Note, Sight),
    ) -> Result<Option<Found>, EngineError> {
        if !note.plain {
            return Ok(None);
        }
        let views = Views::new(path, content).seen_by(sight).but_secrets();
        let mut matches = Vec::new();
        self.matches(&views, &note.spots, &mut matches)?;
        hidden::settle(self.engine, &views, matches).map(Some)
    }

    /// Finds the pieces in which something encoded is found.
    fn listen(&self, path: &RepoPath, ground: &Ground<'_>, note: &mut Note) -> Result<(), EngineError> {
        if let Some(older) = ground.older {
            note.loud = pieces::inherited(&older.note.loud, ground);
            note.decoded = older.note.decoded;
        }
        let fresh = pieces::fresh(ground);
        // Nothing is encoded across the ends of pieces, so that one look tells of all of them.
        let (loud, decoded) = hidden::is_loud(self.engine, path, &pieces::joined(&fresh, ground.content))?;
        note.decoded = note.decoded.saturating_add(decoded);
        if !loud {
            return Ok(());
        }
        // A newer content may have only some of them.
        for single in fresh.into_iter().flat_map(|piece| pieces::split(ground.content, piece)) {
            if hidden::is_loud(self.engine, path, single.span.of(ground.content))?.0 {
                note.loud.push(single);
            }
        }
        Ok(())
    }
}

/// Rules that ask for more than bytes: then nothing is inherited from another path.
fn is_gated(rule: &Rule) -> bool {
    !rule.languages.is_empty() || !rule.paths.is_empty()
}

/// A content and what it shares with an older one.
struct Ground<'g> {
    content: &'g [u8],
    older: Option<Older<'g>>,
}

impl<'g> Ground<'g> {
    fn shared(&self) -> &'g [Shared] {
        self.older.map_or(&[], |older| older.shared)
    }

    /// Whether the shared bytes begin both contents.
    fn begins_both(&self, shared: Shared) -> bool {
        shared.from == 0 && shared.to == 0
    }

    /// Whether the shared bytes end both contents.
    fn ends_both(&self, shared: Shared) -> bool {
        let old_len = self.older.map(|older| older.note.len);
        Some(shared.there().end) == old_len && shared.here().end == self.content.len()
    }

    /// What lies between the pieces that are shared, also where nothing does, in order.
    fn new_parts(&self) -> Vec<Span> {
        let mut parts = Vec::with_capacity(self.shared().len() + 1);
        let mut at = 0;
        for shared in self.shared() {
            if !self.begins_both(*shared) {
                parts.push(Span::new(at, shared.to));
            }
            at = shared.here().end;
        }
        let open = self.shared().last().is_none_or(|last| !self.ends_both(*last));
        if open {
            parts.push(Span::new(at, self.content.len()));
        }
        parts
    }
}

#[cfg(test)]
mod tests;
