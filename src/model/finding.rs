//! A rule that matched: where, what, how grave.

use std::sync::Arc;

use super::{Confidence, Oid, Position, Provenance, RepoPath, RuleInfo, Secret, Severity, Sightings, Span};

/// A part of an excerpt's line that people should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// First byte in `Excerpt::text`.
    pub start: usize,
    /// Behind the last byte in `Excerpt::text`.
    pub end: usize,
}

/// The line of a finding, ready to be shown: secrets are redacted, control characters escaped, long lines cut to a
/// window around the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// One line of printable text.
    pub text: String,
    /// The part that the finding is about, on character boundaries of `text`.
    pub mark: Mark,
}

/// A rule matched in a unit.
///
/// Invariant: `span` lies inside the unit's content, and `excerpt` shows no secret in clear.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule, as reports describe it.
    pub rule: Arc<RuleInfo>,
    /// The unit's path.
    pub path: RepoPath,
    /// Where the unit came from.
    pub provenance: Provenance,
    /// The blob that the content is; none for messages and files.
    pub blob: Option<Oid>,
    /// The reported bytes: the secret, or the dangerous construct.
    pub span: Span,
    /// First line and column of `span`.
    pub start: Position,
    /// Line and column behind the last character of `span`.
    pub end: Position,
    /// What must not be shown, for rules of category secret.
    pub secret: Option<Secret>,
    /// What was undone to find the secret, from the outside in, printable; empty when it stands there in clear.
    pub decoded: Vec<String>,
    /// The secret as it stands there, when it was decoded; none when that is long, as of an archive.
    pub encoded: Option<Secret>,
    /// What this very match adds to the rule's message, such as the name of a dependency; printable.
    pub detail: Option<String>,
    /// A fix for this very match that is better than the rule's remediation; printable.
    pub fix: Option<String>,
    /// Severity after configuration.
    pub severity: Severity,
    /// Confidence after validators, path class and configuration.
    pub confidence: Confidence,
    /// The line as shown.
    pub excerpt: Excerpt,
    /// How somebody may say that it is fine as it is.
    pub waivable: Waivable,
    /// Identifies the finding across runs, moves and reformatting: `v1:` and 32 hexadecimal digits.
    pub fingerprint: String,
    /// What its history tells of it, when that was scanned.
    pub sightings: Option<Box<Sightings>>,
}

/// Where an exception from a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waivable {
    /// In a comment beside it, or in the team's file.
    Comment,
    /// In the team's file.
    File,
    /// Nowhere.
    Nowhere,
}

impl Finding {
    /// True when nobody has to do anything: the least severity and confidence, as of a value that everybody may read.
    pub fn is_information(&self) -> bool {
        (self.severity, self.confidence) == (Severity::Low, Confidence::Low)
    }
}
