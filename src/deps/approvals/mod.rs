//! The team's record of dependencies that were let in or kept out: `.portcullis/approved.toml`, checked. Knows the file's
//! text, not where it lies, who wrote it or what a manifest declares.

mod read;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::{CanonicalName, Date, Origin};
use crate::model::{Ecosystem, RepoPath, Scope};
use crate::text::toml_doc::Problems;

/// Where the record lies in a repository.
pub const PATH: &str = ".portcullis/approved.toml";

/// Approvals with fewer characters of reason say nothing.
pub const SHORTEST_REASON: usize = 12;

/// The whole record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Approvals {
    /// What may be declared.
    pub approved: Vec<Approval>,
    /// What may not, whatever is approved.
    pub denied: Vec<Denial>,
    /// Registries besides the ecosystem's own from which approved packages may come.
    pub registries: Vec<TrustedRegistry>,
}

/// Which packages an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// One package.
    Name(CanonicalName),
    /// Everything below a namespace that somebody owns, with its slash: `@myorg/`.
    Namespace(String),
}

/// A package, or the packages of a namespace, that a person has let in.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// Whose names these are.
    pub ecosystem: Ecosystem,
    /// Which packages.
    pub subject: Subject,
    /// Versions that were looked at; shown, not compared.
    pub version: Option<String>,
    /// Scopes it may be declared in; all when empty.
    pub scopes: Vec<Scope>,
    /// Manifests it may be declared in; all when empty.
    pub paths: Paths,
    /// Where it may come from.
    pub origin: Origin,
    /// Why.
    pub reason: String,
    /// Who let it in.
    pub approved_by: String,
    /// When.
    pub date: Date,
    /// The last day on which it counts.
    pub expires: Option<Date>,
}

/// A package that stays out.
#[derive(Debug, Clone, PartialEq)]
pub struct Denial {
    /// Whose names these are.
    pub ecosystem: Ecosystem,
    /// Which packages.
    pub subject: Subject,
    /// Why.
    pub reason: String,
    /// What to take instead.
    pub use_instead: Option<String>,
}

/// A registry that a person has let in.
#[derive(Debug, Clone, PartialEq)]
pub struct TrustedRegistry {
    /// Whose packages it holds.
    pub ecosystem: Ecosystem,
    /// Which one.
    pub origin: Origin,
    /// Why.
    pub reason: String,
    /// Who let it in.
    pub approved_by: String,
    /// When.
    pub date: Date,
}

/// Globs over the paths of manifests; none at all cover every path.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    written: Vec<String>,
    set: GlobSet,
}

impl Approvals {
    /// Reads the record; `file` names it in problems, all of which are told at once.
    pub fn read(file: &str, text: &str) -> Result<Approvals, Problems> {
        read::record(file, text)
    }

    /// The entry that keeps a package out.
    pub fn denial(&self, ecosystem: Ecosystem, name: &CanonicalName) -> Option<&Denial> {
        self.denied.iter().find(|denial| denial.ecosystem == ecosystem && denial.subject.covers(name))
    }

    /// Every entry that is about a package.
    pub fn about(&self, ecosystem: Ecosystem, name: &CanonicalName) -> impl Iterator<Item = &Approval> {
        self.approved.iter().filter(move |entry| entry.ecosystem == ecosystem && entry.subject.covers(name))
    }

    /// True when packages of the ecosystem may come from this registry.
    pub fn trusts(&self, ecosystem: Ecosystem, origin: &Origin) -> bool {
        self.registries.iter().any(|entry| entry.ecosystem == ecosystem && entry.origin == *origin)
    }
}

impl Subject {
    /// True when the entry is about `name`.
    pub fn covers(&self, name: &CanonicalName) -> bool {
        match self {
            Subject::Name(known) => known == name,
            Subject::Namespace(prefix) => name.as_str().starts_with(prefix.as_str()),
        }
    }
}

impl Paths {
    /// Compiles globs; they count from the repository's top.
    pub fn new(globs: &[&str]) -> Result<Paths, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            set.add(GlobBuilder::new(glob).literal_separator(true).build()?);
        }
        Ok(Paths { written: globs.iter().map(|glob| (*glob).to_owned()).collect(), set: set.build()? })
    }

    /// True when a manifest at `path` is meant.
    pub fn cover(&self, path: &RepoPath) -> bool {
        self.written.is_empty() || self.set.is_match(String::from_utf8_lossy(path.as_bytes()).as_ref())
    }

    /// The globs as written.
    pub fn written(&self) -> &[String] {
        &self.written
    }
}

impl PartialEq for Paths {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

/// True for a text that gives a reason and not just the name again.
pub fn says_something(reason: &str, subject: Option<&Subject>) -> bool {
    let repeats = subject.is_some_and(|subject| match subject {
        Subject::Name(name) => name.as_str().eq_ignore_ascii_case(reason.trim()),
        Subject::Namespace(prefix) => {
            reason.trim().starts_with(prefix.as_str()) && !reason.trim().contains(' ')
        }
    });
    reason.trim().chars().count() >= SHORTEST_REASON && !repeats
}
