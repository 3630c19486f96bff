//! A set of checked rules with one automaton over all their keywords.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::automaton::{Automaton, TooManyStates};
use super::rule::Rule;

/// Rules that are looked for together.
///
/// Invariants: rule ids are unique; `users` has one entry more than there are literals in the automaton.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The rules, sorted by id.
    pub rules: Cow<'static, [Rule]>,
    /// Finds their keywords.
    pub automaton: Automaton,
    /// For each literal of the automaton: where its users begin in `keywords`.
    pub users: Cow<'static, [u32]>,
    /// Rule index and keyword index of each user of a literal.
    pub keywords: Cow<'static, [(u16, u16)]>,
    /// The rules over names of files.
    pub named: Cow<'static, [u16]>,
}

/// Rules that cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Their keywords do not fit.
    #[error(transparent)]
    TooManyStates(#[from] TooManyStates),
}

impl Pack {
    /// Puts checked rules together; their ids are unique already.
    pub fn new(mut rules: Vec<Rule>) -> Result<Pack, PackError> {
        rules.sort_by(|a, b| a.info.id.cmp(&b.info.id));
        let mut by_literal: BTreeMap<Vec<u8>, Vec<(u16, u16)>> = BTreeMap::new();
        for (rule_idx, rule) in rules.iter().enumerate() {
            for (keyword_idx, keyword) in rule.keywords.iter().enumerate() {
                let folded = keyword.bytes.to_ascii_lowercase();
                by_literal.entry(folded).or_default().push((rule_idx as u16, keyword_idx as u16));
            }
        }
        let literals: Vec<Cow<'_, [u8]>> =
            by_literal.keys().map(|literal| Cow::Borrowed(literal.as_slice())).collect();
        let automaton = Automaton::build(&literals)?;
        let mut users = vec![0];
        let mut keywords = Vec::new();
        for found in by_literal.values() {
            keywords.extend_from_slice(found);
            users.push(keywords.len() as u32);
        }
        let named = (0..).zip(&rules).filter(|(_, rule)| !rule.file_names.is_empty()).map(|(idx, _)| idx);
        Ok(Pack {
            named: named.collect::<Vec<u16>>().into(),
            rules: Cow::Owned(rules),
            automaton,
            users: Cow::Owned(users),
            keywords: Cow::Owned(keywords),
        })
    }

    /// Rule and keyword indices of everything that looks for `literal`.
    pub fn users_of(&self, literal: u16) -> &[(u16, u16)] {
        let idx = usize::from(literal);
        &self.keywords[self.users[idx] as usize..self.users[idx + 1] as usize]
    }
}
