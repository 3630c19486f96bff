//! Turns a unit's bytes into matches: prefilter, check at the hit, pattern on a bounded window, validators, selection.
//!
//! Pure: the same path and content give the same matches in the same order; no I/O, clock, environment, git or threads.
//!
//! What a rule says about a place is *defined* by a window. For each occurrence of a keyword, the match is the one
//! with the smallest start, at most `back` bytes before the keyword, that covers the keyword and passes the boundary
//! test; of one rule's overlapping matches the first counts. So a commit, a file and a history give the same answer.

mod active;
mod beside;
pub mod boundary;
pub mod builtin;
mod commonplace;
pub mod detect;
mod hidden;
mod hits;
mod matcher;
mod names;
mod novelty;
mod pair;
mod pattern;
mod prefilter;
mod sample;
mod select;
pub mod sieve;
pub mod trace;
pub mod validate;
mod view;
mod work;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{Cut, RepoPath, RuleId, RuleInfo, Secret, Span};
use crate::rules::{Pack, Rule, Text};

pub use crate::rules::Sight;
pub use active::ActivePack;
pub use novelty::{Before, Values, is_new};
use trace::{Observer, Unobserved};
pub use view::Views;

/// A rule that cannot be run.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// A condition beside the pattern does not compile.
    #[error("rule {rule}: condition does not compile: {error}")]
    Pattern {
        /// The rule.
        rule: RuleId,
        /// Why.
        error: regex::Error,
    },
    /// The pattern does not compile.
    #[error("rule {rule}: pattern does not compile: {error}")]
    Compile {
        /// The rule.
        rule: RuleId,
        /// Why.
        error: Box<regex_automata::meta::BuildError>,
    },
    /// A glob in `paths` does not compile.
    #[error("rule {rule}: {error}")]
    Glob {
        /// The rule.
        rule: RuleId,
        /// Why.
        error: globset::Error,
    },
}

/// What the validators say about a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A checksum is right: it is real wherever it stands.
    Proven,
    /// Nothing speaks for or against it.
    Plain,
    /// It stands in the documentation that a program holds.
    Sample,
    /// A password that everybody writes where some password is needed.
    Commonplace,
    /// A checksum is wrong: it looks like one.
    Doubtful,
    /// It is one, and meant to be read by everybody.
    Public,
}

/// A rule matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Which of the engine's packs.
    pub pack: usize,
    /// Which of its rules.
    pub rule: usize,
    /// The reported bytes.
    pub span: Span,
    /// Whether the reported bytes must not be shown.
    pub secret: bool,
    /// The bytes whose lines decide whether it is new: the statement, or the whole match.
    pub extent: Span,
    /// What the validators say.
    pub proof: Proof,
    /// What the validators have read in the value, for people.
    pub remark: Option<Text>,
    /// Where what the rule requires stands: the other half of a pair.
    pub partners: Vec<Span>,
    /// Where the rule saw it.
    pub basis: Basis,
}

/// Where a rule saw what it reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// In the text: it is the reported bytes.
    Text,
    /// In what the reported bytes stand for.
    Encoded(Box<Encoded>),
    /// In the file's name, whatever is in the file; the secret, if one is there.
    Name(Option<Secret>),
}

/// A secret that does not stand in the content in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What was undone to see it, from the outside in, in printable words.
    pub steps: Vec<String>,
    /// The innermost file of an archive that holds it, if one does.
    pub file: Option<RepoPath>,
    /// The secret itself.
    pub value: Secret,
}

/// What is in a content.
#[derive(Debug, Default)]
pub struct Found {
    /// Sorted by place, then rule.
    pub matches: Vec<Match>,
    /// Why parts of what is packed in it were not looked at.
    pub cuts: BTreeSet<Cut>,
}

/// All active rules, ready to scan; shared by threads.
pub struct Engine {
    packs: Vec<ActivePack>,
    /// Pack and rule of everything that is looked for beside another rule's match.
    pairs: Vec<(usize, usize)>,
}

impl Engine {
    /// An engine over the built-in packs and, if there are any, a repository's own rules.
    pub fn new(builtin: &'static Pack, own: Option<Pack>) -> Self {
        let packs = std::iter::once(Cow::Borrowed(builtin)).chain(own.map(Cow::Owned));
        let packs: Vec<ActivePack> = packs.map(ActivePack::new).collect();
        let rules = packs.iter().enumerate().flat_map(|(pack_idx, pack)| {
            let rules = pack.pack.rules.iter().enumerate();
            rules.map(move |(rule_idx, rule)| (pack_idx, rule_idx, rule))
        });
        let pairs = rules.filter(|(_, _, rule)| !rule.requires.is_empty());
        let pairs = pairs.map(|(pack_idx, rule_idx, _)| (pack_idx, rule_idx)).collect();
        Engine { packs, pairs }
    }

    /// Compiles every pattern, so that a broken one is told before anything is scanned.
    pub fn compile_own(&self) -> Result<(), EngineError> {
        for pack in self.packs.iter().filter(|pack| matches!(pack.pack, Cow::Owned(_))) {
            for rule in 0..pack.pack.rules.len() {
                pack.compiled(rule)?;
                pack.conditions(rule)?;
            }
        }
        Ok(())
    }

    /// Switches rules off: `keep` is asked for each.
    pub fn retain(&mut self, keep: impl Fn(&RuleInfo) -> bool) {
        self.packs.iter_mut().for_each(|pack| pack.retain(&keep));
    }

    /// The rules that are on, pack by pack, sorted by id inside a pack.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.packs.iter().flat_map(|pack| {
            pack.pack.rules.iter().zip(&pack.on).filter(|(_, on)| **on).map(|(rule, _)| rule)
        })
    }

    /// The same rules, as reports describe them.
    pub fn infos(&self) -> impl Iterator<Item = &Arc<RuleInfo>> {
        self.packs
            .iter()
            .flat_map(|pack| (0..pack.on.len()).filter(|idx| pack.on[*idx]).map(|idx| pack.info(idx)))
    }

    /// The rule behind a match.
    pub fn rule(&self, found: &Match) -> &Rule {
        &self.packs[found.pack].pack.rules[found.rule]
    }

    /// A rule by its place in its pack, on or off.
    pub fn rule_at(&self, pack: usize, rule: usize) -> &Rule {
        &self.packs[pack].pack.rules[rule]
    }

    /// The rule behind a match, as reports describe it.
    pub fn info(&self, found: &Match) -> &Arc<RuleInfo> {
        self.packs[found.pack].info(found.rule)
    }

    /// What reports say about a rule, by its place in its pack, on or off.
    pub fn info_at(&self, pack: usize, rule: usize) -> &Arc<RuleInfo> {
        self.packs[pack].info(rule)
    }

    /// Whether there is a rule with this id, on or off.
    pub fn knows(&self, id: &RuleId) -> bool {
        self.packs.iter().any(|pack| pack.pack.rules.iter().any(|rule| rule.info.id == *id))
    }

    /// Where the rule with this id is, as in `Match`, if it is on.
    pub fn place_of(&self, id: &RuleId) -> Option<(usize, usize)> {
        self.packs.iter().enumerate().find_map(|(idx, pack)| {
            let rule = pack.pack.rules.binary_search_by(|rule| rule.info.id.cmp(id)).ok()?;
            pack.on[rule].then_some((idx, rule))
        })
    }

    /// The description of the rule with this id, if it is on.
    pub fn info_of(&self, id: &RuleId) -> Option<&Arc<RuleInfo>> {
        let (pack, rule) = self.place_of(id)?;
        Some(self.packs[pack].info(rule))
    }

    /// Every match in `content`, and in what is encoded or packed in it.
    pub fn scan(&self, path: &RepoPath, content: &[u8]) -> Result<Found, EngineError> {
        self.observe(&Views::new(path, content), &mut Unobserved)
    }

    /// The same, while somebody watches.
    pub fn observe<O: Observer>(&self, views: &Views<'_>, observer: &mut O) -> Result<Found, EngineError> {
        hidden::scan(self, views, observer)
    }

    /// What the rules find in one text, before selection.
    fn matches<O: Observer>(&self, views: &Views<'_>, observer: &mut O) -> Result<Vec<Match>, EngineError> {
        let mut found = Vec::new();
        self.hits(views, observer, &mut found)?;
        pair::complete(self, views, observer, &mut found)?;
        Ok(found)
    }

    /// Adds what each rule finds alone.
    fn hits<O: Observer>(
        &self,
        views: &Views<'_>,
        observer: &mut O,
        acc: &mut Vec<Match>,
    ) -> Result<(), EngineError> {
        work::count(views.content().len());
        let mut packs = self.packs.iter().enumerate();
        packs.try_for_each(|(pack_idx, pack)| hits::scan(pack_idx, pack, views, observer, acc))
    }

    /// Runs the prefilter alone and counts its hits: for benches.
    pub fn prefilter_hits(&self, content: &[u8]) -> usize {
        let all = Span::new(0, content.len());
        let hits = |pack: &ActivePack| prefilter::scan(&pack.pack.automaton, content, all, |_| true).len();
        self.packs.iter().map(hits).sum()
    }
}

#[cfg(test)]
mod tests;
