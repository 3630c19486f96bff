//! Names the findings of one content by the team's key; equal ones get numbers. Knows no verdicts.

use std::collections::HashMap;

use crate::engine::{Basis, Match};
use crate::model::{Category, RuleInfo, Span};
use crate::policy::{FingerprintKey, PathClass, numbered};

/// The names given so far.
pub struct Names<'n> {
    key: Option<&'n FingerprintKey>,
    content: &'n [u8],
    secrets: &'n [Span],
    given: HashMap<String, usize>,
}

/// What is to be named.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    pub info: &'s RuleInfo,
    pub class: PathClass,
    pub span: Span,
    pub extent: Span,
    pub basis: &'s Basis,
}

impl<'s> Subject<'s> {
    /// A match of `info` at a place of this class.
    pub fn of(one: &'s Match, info: &'s RuleInfo, class: PathClass) -> Subject<'s> {
        Subject { info, class, span: one.span, extent: one.extent, basis: &one.basis }
    }
}

/// A name under the team's key.
pub struct Name {
    /// The same for equal findings.
    pub name: String,
    /// Which of equal ones it is, from 1.
    pub nth: usize,
}

impl Name {
    /// As reports show it.
    pub fn shown(&self) -> String {
        numbered(&self.name, self.nth)
    }
}

impl<'n> Names<'n> {
    /// Nothing is named yet; without a key nothing will be. `secrets` are sorted.
    pub fn new(key: Option<&'n FingerprintKey>, content: &'n [u8], secrets: &'n [Span]) -> Names<'n> {
        Names { key, content, secrets, given: HashMap::new() }
    }

    /// The next name. What was there before the change is named first, so that a copy of it has a number of its own.
    pub fn next(&mut self, subject: Subject<'_>) -> Option<Name> {
        let text = match subject.info.category {
            Category::Dependency | Category::Policy => return None,
            Category::Secret => match subject.basis {
                Basis::Encoded(encoded) => encoded.value.expose().to_vec(),
                Basis::Name(Some(secret)) => secret.expose().to_vec(),
                Basis::Text | Basis::Name(None) => subject.span.of(self.content).to_vec(),
            },
            Category::Code => without(self.content, whole(subject), self.secrets),
        };
        let name = self.key?.name(&subject.info.id, subject.class, &text);
        let nth = self.given.entry(name.clone()).or_default();
        *nth += 1;
        Some(Name { name, nth: *nth })
    }
}

/// The statement with what is reported of it.
fn whole(subject: Subject<'_>) -> Span {
    let Subject { span, extent, .. } = subject;
    Span::new(extent.start.min(span.start), extent.end.max(span.end))
}

/// The bytes at `span` that belong to no secret; `secrets` are sorted.
pub fn without(content: &[u8], span: Span, secrets: &[Span]) -> Vec<u8> {
    let first = secrets.partition_point(|secret| secret.end <= span.start);
    let mut bytes = Vec::new();
    let mut at = span.start;
    for secret in secrets[first..].iter().take_while(|secret| secret.start < span.end) {
        if secret.start > at {
            bytes.extend_from_slice(&content[at..secret.start]);
        }
        at = secret.end.max(at);
    }
    bytes.extend_from_slice(&content[at.min(span.end)..span.end]);
    bytes
}
