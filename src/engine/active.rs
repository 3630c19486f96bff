//! A pack in use: which of its rules are on, and their regular expressions, compiled when first needed.

use std::borrow::Cow;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use once_cell::sync::OnceCell;
use regex::bytes::{Regex, RegexBuilder};

use super::EngineError;
use super::pattern::LazyPattern;
use super::validate::StopWords;
use crate::model::RuleInfo;
use crate::rules::{Pack, Pattern, Rule, Sight};

/// Limit of one compiled expression, in bytes; the crate's default is 10 MB.
const SIZE_LIMIT: usize = 20 << 20;

/// A pack in use.
pub struct ActivePack {
    /// The pack.
    pub pack: Cow<'static, Pack>,
    /// For each rule whether it is on.
    pub on: Vec<bool>,
    // Boxed: a commit needs a few of them, and the room for all would have to be cleared at every start.
    compiled: Vec<OnceCell<Box<Compiled>>>,
    conditions: Vec<OnceCell<Box<Conditions>>>,
    infos: Vec<OnceCell<Arc<RuleInfo>>>,
    /// For each state with a hit, in the order of the states.
    audiences: OnceCell<Vec<Audience>>,
}

/// In which units somebody looks at the keywords of one state.
#[derive(Clone, Copy)]
struct Audience {
    /// The languages as bits; all of them when one rule is for every unit.
    languages: u32,
    /// The deepest sight of a rule.
    sight: Sight,
}

/// What a match of a rule's pattern must have around it; needed far less often than the pattern.
pub struct Conditions {
    /// Must match in the unit.
    pub all_of: Vec<Regex>,
    /// Must not match in the unit.
    pub none_of: Vec<Regex>,
    /// One of these must match in the lines around, if there are any.
    pub near_any_of: Vec<Regex>,
    /// Must not match in the lines around.
    pub near_none_of: Vec<Regex>,
    /// Find the names in the file that the pattern's group `name` may be.
    pub named_by: Vec<Regex>,
}

/// What tells whether a rule applies to a unit, and its pattern.
pub struct Compiled {
    /// The rule's pattern, if it has one.
    pub pattern: Option<LazyPattern>,
    /// Must match in the file.
    pub file_requires: Vec<Regex>,
    /// The paths it applies to; none: all.
    pub paths: Option<GlobSet>,
    /// Words that make its secret harmless.
    pub stop_words: StopWords,
}

impl ActivePack {
    /// Takes a pack with all its rules on.
    pub fn new(pack: Cow<'static, Pack>) -> Self {
        let count = pack.rules.len();
        ActivePack {
            on: vec![true; count],
            compiled: std::iter::repeat_with(OnceCell::new).take(count).collect(),
            conditions: std::iter::repeat_with(OnceCell::new).take(count).collect(),
            infos: std::iter::repeat_with(OnceCell::new).take(count).collect(),
            audiences: OnceCell::new(),
            pack,
        }
    }

    /// Switches rules off: `keep` is asked for each.
    pub fn retain(&mut self, keep: impl Fn(&RuleInfo) -> bool) {
        for (rule, on) in self.pack.rules.iter().zip(&mut self.on) {
            *on = *on && keep(&rule.info);
        }
        self.audiences = OnceCell::new();
    }

    /// Tells of a state whether any rule looks at its keywords in units of a language, as in `Look`, and this sight.
    pub fn wanted(&self, language: u32, sight: Sight) -> impl Fn(u16) -> bool {
        let audiences = self.audiences.get_or_init(|| self.audiences());
        let first = self.pack.automaton.first_hit;
        move |state| {
            let audience = audiences[usize::from(state - first)];
            audience.languages & language != 0 && audience.sight >= sight
        }
    }

    fn audiences(&self) -> Vec<Audience> {
        let first = self.pack.automaton.first_hit;
        let nobody = Audience { languages: 0, sight: Sight::All };
        let of = |state| {
            let looks = self.pack.looks_at(state).iter().filter(|look| self.on[usize::from(look.rule)]);
            looks.fold(nobody, |all, look| Audience {
                languages: all.languages | if look.languages == 0 { u32::MAX } else { look.languages },
                sight: all.sight.max(look.sight),
            })
        };
        (0..self.pack.look_start.len() as u16 - 1).map(|idx| of(first + idx)).collect()
    }

    /// The expressions of a rule, compiled at the first call.
    pub fn compiled(&self, rule_idx: usize) -> Result<&Compiled, EngineError> {
        self.compiled[rule_idx]
            .get_or_try_init(|| compile(&self.pack.rules[rule_idx]).map(Box::new))
            .map(|boxed| &**boxed)
    }

    /// What a match of a rule must have around it, compiled at the first call.
    pub fn conditions(&self, rule_idx: usize) -> Result<&Conditions, EngineError> {
        let rule = &self.pack.rules[rule_idx];
        let found = self.conditions[rule_idx].get_or_try_init(|| {
            let (all_of, none_of) = (regexes(rule, &rule.all_of)?, regexes(rule, &rule.none_of)?);
            let (near_any_of, near_none_of) = match &rule.near {
                Some(near) => (regexes(rule, &near.any_of)?, regexes(rule, &near.none_of)?),
                None => (Vec::new(), Vec::new()),
            };
            let named_by = regexes(rule, &rule.named_by)?;
            Ok(Box::new(Conditions { all_of, none_of, near_any_of, near_none_of, named_by }))
        });
        found.map(|boxed| &**boxed)
    }

    /// What reports say about a rule, shared by its findings.
    pub fn info(&self, rule_idx: usize) -> &Arc<RuleInfo> {
        self.infos[rule_idx].get_or_init(|| Arc::new(self.pack.rules[rule_idx].info.clone()))
    }
}

/// Compiles several of a rule's expressions.
fn regexes(rule: &Rule, sources: &[Cow<'static, str>]) -> Result<Vec<Regex>, EngineError> {
    sources.iter().map(|source| regex(rule, source)).collect()
}

fn regex(rule: &Rule, source: &str) -> Result<Regex, EngineError> {
    let unicode = rule.pattern.as_ref().is_some_and(|pattern| pattern.unicode);
    let built = RegexBuilder::new(source).unicode(unicode).size_limit(SIZE_LIMIT).build();
    built.map_err(|error| EngineError::Pattern { rule: rule.info.id.clone(), error })
}

fn lazy(rule: &Rule, pattern: &Pattern) -> Result<LazyPattern, EngineError> {
    LazyPattern::new(&pattern.source, pattern.unicode)
        .map_err(|error| EngineError::Compile { rule: rule.info.id.clone(), error })
}

fn compile(rule: &Rule) -> Result<Compiled, EngineError> {
    Ok(Compiled {
        pattern: rule.pattern.as_ref().map(|pattern| lazy(rule, pattern)).transpose()?,
        file_requires: regexes(rule, &rule.file_requires)?,
        paths: paths(rule)?,
        stop_words: StopWords::new(rule.stop_words.iter().map(|word| word.as_ref())),
    })
}

fn paths(rule: &Rule) -> Result<Option<GlobSet>, EngineError> {
    if rule.paths.is_empty() {
        return Ok(None);
    }
    let glob_error = |error| EngineError::Glob { rule: rule.info.id.clone(), error };
    let mut set = GlobSetBuilder::new();
    for glob in rule.paths.iter() {
        set.add(Glob::new(glob).map_err(glob_error)?);
    }
    set.build().map(Some).map_err(glob_error)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::ActivePack;
    use crate::engine::builtin;
    use crate::model::{Category, Language};
    use crate::rules::{Look, Sight};

    #[test]
    fn a_keyword_is_wanted_where_a_rule_looks_at_it() {
        let mut pack = ActivePack::new(Cow::Borrowed(&builtin::PACK));
        for keeps in [|_: Category| true, |category| category == Category::Secret] {
            pack.retain(|info| keeps(info.category));
            let languages = Language::NAMES.iter().map(|(_, language)| Look::bit(*language));
            for language in languages.chain([Look::OTHER]) {
                for sight in [Sight::All, Sight::Secrets, Sight::Shapes] {
                    let wanted = pack.wanted(language | Look::OTHER, sight);
                    let first = builtin::PACK.automaton.first_hit;
                    for state in first..first + builtin::PACK.look_start.len() as u16 - 1 {
                        let looks = builtin::PACK.looks_at(state).iter();
                        let looks =
                            looks.filter(|look| pack.on[usize::from(look.rule)] && look.sight >= sight);
                        let someone = looks
                            .into_iter()
                            .any(|look| look.languages == 0 || look.languages & language != 0);
                        // Two rules, one of the language and one of the sight, are no reason to miss a keyword.
                        assert!(wanted(state) || !someone, "{state} {language:x} {sight:?}");
                    }
                }
            }
        }
        let nothing = pack.wanted(Look::bit(Language::Go), Sight::Shapes);
        let first = builtin::PACK.automaton.first_hit;
        let states = first..first + builtin::PACK.look_start.len() as u16 - 1;
        assert!(
            states.into_iter().any(|state| !nothing(state)),
            "code rules are off, so some keywords are nobody's"
        );
    }
}
