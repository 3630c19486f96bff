//! Names of rules, and what a report says about a rule.

use std::borrow::Cow;
use std::fmt;

use super::{Category, Confidence, Severity};

/// The name of a rule, such as `github-pat`: lower-case letters, digits, `-` and `.`; reads well after "allow".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    /// Wraps a name that is part of the program.
    pub const fn from_static(name: &'static str) -> Self {
        RuleId(Cow::Borrowed(name))
    }

    /// Takes a name from a file when it has the form of a rule id: 2 to 80 bytes of `[a-z0-9.-]`, a letter or digit
    /// at both ends. Dependency codes (`DEP001`) may be upper-case.
    pub fn parse(name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let fits = (2..=80).contains(&bytes.len())
            && edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(inner);
        fits.then(|| RuleId(Cow::Owned(name.to_owned())))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What people are told about a rule; the matching half lives in `rules`.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInfo {
    /// The rule's name.
    pub id: RuleId,
    /// A few words, as in "GitHub personal access token".
    pub title: Cow<'static, str>,
    /// The pack it comes from.
    pub pack: Cow<'static, str>,
    /// The kind of rule.
    pub category: Category,
    /// The subject inside the category, such as `sql`; empty for secrets.
    pub topic: Cow<'static, str>,
    /// Harm, as the rule says.
    pub severity: Severity,
    /// Certainty, as the rule says.
    pub confidence: Confidence,
    /// Whether it stops AI agents also where it only advises people.
    pub blocks_agents: bool,
    /// Why it matters, one sentence.
    pub message: Cow<'static, str>,
    /// What to do, one or two sentences.
    pub remediation: Cow<'static, str>,
    /// There is a safe form that `portcullis fix` can write.
    pub fixable: bool,
    /// Pages to read on.
    pub references: Cow<'static, [Cow<'static, str>]>,
    /// Numbers of the Common Weakness Enumeration.
    pub cwe: Cow<'static, [u32]>,
    /// Entries of the OWASP Top Ten, as in `A03:2021`.
    pub owasp: Cow<'static, [Cow<'static, str>]>,
}
