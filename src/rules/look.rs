//! What is asked first about a keyword: a few bytes beside those of the other keywords that end in the same place. Most
//! hits end here, before anything of their rules is read.

use super::beside;
use super::kinds::Sight;
use super::rule::{ByteSet, Keyword, Rule};
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
    /// Index of the set of bytes that may stand before it; `ANYTHING`: none has to.
    pub before: u16,
    /// Index of the set of bytes that may follow; `ANYTHING`: none has to.
    pub next: u16,
    /// The languages that the rule is for, as bits; none: all.
    pub languages: u32,
    /// How deep inside of something else the rule looks.
    pub sight: Sight,
    /// A letter of the keyword that tells its case.
    pub letter: Letter,
}

/// A byte of a keyword: most that are written in another case differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// How far it stands before the keyword's end, or nothing when the case of none matters.
    pub back: u8,
    /// The byte.
    pub byte: u8,
}

/// Index of the set that rules out nothing.
pub const ANYTHING: u16 = 0;

/// Sets of bytes without repetitions, the first of them full.
pub struct Sets(pub Vec<ByteSet>);

impl Look {
    /// The bit of what is written in no language that has one.
    pub const OTHER: u32 = 1 << 31;

    /// The keyword at `keyword` of the rule at `rule`.
    pub fn new(rule_idx: usize, keyword_idx: usize, rule: &Rule, sets: &mut Sets) -> Look {
        let keyword = &rule.keywords[keyword_idx];
        let (before, mut next) = beside::edges(keyword, rule.scope);
        // In a view any byte may be blank instead.
        if let Some(step) = keyword.tail.first().filter(|_| !rule.scope.hides()) {
            next = next.intersection(&step.set);
        }
        Look {
            rule: rule_idx as u16,
            keyword: keyword_idx as u16,
            len: keyword.bytes.len() as u16,
            before: sets.index_of(before),
            next: sets.index_of(next),
            languages: rule.languages.iter().fold(0, |bits, language| bits | Look::bit(*language)),
            sight: rule.sight(),
            letter: Letter::of(keyword),
        }
    }

    /// The bit of a language in `languages`.
    pub fn bit(language: Language) -> u32 {
        1 << language as u32
    }
}

impl Letter {
    /// Capitals are rarer: the last one, or the last letter.
    fn of(keyword: &Keyword) -> Letter {
        let letter = |is: fn(&u8) -> bool| keyword.bytes.iter().rev().position(is).filter(|_| !keyword.fold);
        let back = letter(u8::is_ascii_uppercase).or_else(|| letter(u8::is_ascii_lowercase));
        // A byte that is out of reach tells nothing.
        let back = back.and_then(|back| u8::try_from(back + 1).ok()).unwrap_or(0);
        Letter { back, byte: keyword.bytes[keyword.bytes.len() - usize::from(back).max(1)] }
    }

    /// False when the case is wrong for sure in a keyword that ends at `end`.
    #[inline]
    pub fn fits(self, content: &[u8], end: usize) -> bool {
        self.back == 0 || content.get(end - usize::from(self.back)) == Some(&self.byte)
    }
}

impl Sets {
    /// Nothing but the set that rules out nothing.
    pub fn new() -> Self {
        Sets(vec![ByteSet::FULL])
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
        assert_eq!(
            bits.fold(Look::OTHER, |all, bit| all | bit).count_ones() as usize,
            Language::NAMES.len() + 1
        );
    }
}
