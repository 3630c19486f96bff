//! A set of checked rules with one automaton over all their keywords.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::automaton::{Automaton, TooManyStates};
use super::look::{Look, Sets};
use super::rule::{ByteSet, Rule};

/// Rules that are looked for together.
///
/// Invariants: rule ids are unique; `look_start` has one entry more than the automaton has states with a hit; `sets` holds
/// every set that a look names.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The rules, sorted by id.
    pub rules: Cow<'static, [Rule]>,
    /// Finds their keywords.
    pub automaton: Automaton,
    /// For each of its states with a hit: where its looks begin.
    pub look_start: Cow<'static, [u32]>,
    /// The keywords that end in a state with a hit.
    pub looks: Cow<'static, [Look]>,
    /// What may follow a keyword.
    pub sets: Cow<'static, [ByteSet]>,
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
        let mut by_literal: BTreeMap<Vec<u8>, Vec<(usize, usize)>> = BTreeMap::new();
        for (rule_idx, rule) in rules.iter().enumerate() {
            for (keyword_idx, keyword) in rule.keywords.iter().enumerate() {
                let folded = keyword.bytes.to_ascii_lowercase();
                by_literal.entry(folded).or_default().push((rule_idx, keyword_idx));
            }
        }
        let literals: Vec<Cow<'_, [u8]>> =
            by_literal.keys().map(|literal| Cow::Borrowed(literal.as_slice())).collect();
        let automaton = Automaton::build(&literals)?;
        let users: Vec<&Vec<(usize, usize)>> = by_literal.values().collect();
        let (mut look_start, mut looks, mut sets) = (vec![0], Vec::new(), Sets::new());
        for literals in automaton.hits() {
            let users = literals.iter().flat_map(|literal| users[usize::from(*literal)]);
            looks.extend(users.map(|&(rule, keyword)| Look::new(rule, keyword, &rules[rule], &mut sets)));
            look_start.push(looks.len() as u32);
        }
        let named = (0..).zip(&rules).filter(|(_, rule)| !rule.file_names.is_empty()).map(|(idx, _)| idx);
        Ok(Pack {
            named: named.collect::<Vec<u16>>().into(),
            rules: Cow::Owned(rules),
            automaton,
            look_start: Cow::Owned(look_start),
            looks: Cow::Owned(looks),
            sets: Cow::Owned(sets.0),
        })
    }

    /// The keywords that end in a state of the automaton.
    pub fn looks_at(&self, state: u16) -> &[Look] {
        let idx = usize::from(state - self.automaton.first_hit);
        &self.looks[self.look_start[idx] as usize..self.look_start[idx + 1] as usize]
    }
}
