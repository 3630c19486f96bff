//! What is asked first about a keyword: a few bytes beside those of the other keywords that end in the same place. Most
//! hits end here, before anything of their rules is read.

use super::kinds::{ScopeKind, Sight};
use super::rule::{ByteSet, Rule};
use crate::model::Language;

/// A keyword of a rule, as somebody sees it who has just come upon it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The rule's index in its pack.
    pub rule: u16,
    /// The keyword's index in its rule.
    pub keyword: u16,
    /// Length of the keyword.
    pub len: u16,
    /// Index of the set of bytes that may follow; `ANYTHING`: none has to.
    pub next: u16,
    /// The languages that the rule is for, as bits; none: all.
    pub languages: u32,
    /// How deep inside of something else the rule looks.
    pub sight: Sight,
}

/// Index of the set that rules out nothing.
pub const ANYTHING: u16 = 0;

/// Sets of bytes without repetitions, the first of them full.
pub struct Sets(pub Vec<ByteSet>);

impl Look {
    /// The keyword at `keyword` of the rule at `rule`.
    pub fn new(rule_idx: usize, keyword_idx: usize, rule: &Rule, sets: &mut Sets) -> Look {
        let keyword = &rule.keywords[keyword_idx];
        // In a view any byte may be blank instead.
        let next = keyword.tail.first().filter(|step| rule.scope == ScopeKind::Raw || !step.set.has(b' '));
        Look {
            rule: rule_idx as u16,
            keyword: keyword_idx as u16,
            len: keyword.bytes.len() as u16,
            next: next.map_or(ANYTHING, |step| sets.index_of(step.set)),
            languages: rule.languages.iter().fold(0, |bits, language| bits | Look::bit(*language)),
            sight: rule.sight(),
        }
    }

    /// The bit of a language in `languages`.
    pub fn bit(language: Language) -> u32 {
        1 << language as u32
    }
}

impl Sets {
    /// Nothing but the set that rules out nothing.
    pub fn new() -> Self {
        Sets(vec![ByteSet([u64::MAX; 4])])
    }

    fn index_of(&mut self, set: ByteSet) -> u16 {
        let known = self.0.iter().position(|known| *known == set);
        known.unwrap_or_else(|| {
            self.0.push(set);
            self.0.len() - 1
        }) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::Look;
    use crate::model::Language;

    #[test]
    fn every_language_has_a_bit() {
        let bits = Language::NAMES.iter().map(|(_, language)| Look::bit(*language));
        assert_eq!(bits.fold(0, |all, bit| all | bit).count_ones() as usize, Language::NAMES.len());
    }
}
