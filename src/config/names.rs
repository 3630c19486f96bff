//! The names that a configuration may use. Does not know where they come from.

use crate::model::RuleId;
use crate::text::toml_doc::nearest;

/// The names that a configuration may use.
pub struct Known<'k> {
    /// Built-in packs.
    pub packs: &'k [&'static str],
    /// All rules.
    pub rules: &'k dyn Names,
}

/// Names of rules, asked for one by one; all of them only for somebody who has misspelt one: a thousand names lie far apart
/// in the program.
pub trait Names {
    /// Whether there is this one.
    fn has(&self, name: &str) -> bool;

    /// Every one.
    fn all(&self) -> Vec<&str>;
}

impl<const N: usize> Names for [&str; N] {
    fn has(&self, name: &str) -> bool {
        self.contains(&name)
    }

    fn all(&self) -> Vec<&str> {
        self.to_vec()
    }
}

impl Names for Vec<&str> {
    fn has(&self, name: &str) -> bool {
        self.contains(&name)
    }

    fn all(&self) -> Vec<&str> {
        self.clone()
    }
}

impl Known<'_> {
    /// The rule of this name; none when there is none.
    pub fn rule(&self, name: &str) -> Option<RuleId> {
        RuleId::parse(name).filter(|_| self.rules.has(name))
    }

    /// The rule that was meant, perhaps.
    pub fn nearest(&self, name: &str) -> Option<String> {
        nearest(name, &self.rules.all())
    }
}
