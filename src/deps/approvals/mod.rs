//! The team's record of dependencies that were let in or kept out: `.portcullis/approved.toml`, checked. Knows the file's
//! text, not where it lies, who wrote it or what a manifest declares.

mod namespace;
mod read;

pub use read::outline;

use std::fmt;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::version::Versions;
use super::{CanonicalName, Date, Origin};
use crate::model::{Dependency, Ecosystem, RepoPath, Scope};
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
    /// Versions that were looked at; all when none are named.
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
    /// What else was written down.
    pub besides: Besides,
}

/// What an approval may say besides: none of it lets a package in by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Besides {
    /// Where it was talked about.
    pub ticket: Option<String>,
    /// What its versions were looked at for, such as `pci`; folders may ask for it.
    pub tags: Vec<String>,
    /// Names under which code imports it.
    pub imports: Vec<String>,
    /// Packages whose place it takes.
    pub replaces: Vec<(Ecosystem, CanonicalName)>,
    /// True when somebody has looked at the code that it runs when it is installed.
    pub install_scripts: bool,
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
    /// Only these versions; all when none are named.
    pub versions: Option<String>,
    /// Only in these manifests; everywhere when empty.
    pub paths: Paths,
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

    /// The entry that keeps a package out, in the version and the manifest in which it is declared.
    pub fn denial(
        &self,
        (dependency, name, path): (&Dependency, &CanonicalName, &RepoPath),
    ) -> Option<&Denial> {
        self.denied.iter().find(|denial| {
            denial.ecosystem == dependency.ecosystem
                && denial.subject.covers(name)
                && denial.paths.cover(path)
                && denial.is_about(dependency)
        })
    }

    /// The entry that keeps a package out everywhere and in every version.
    pub fn total_denial(&self, ecosystem: Ecosystem, name: &CanonicalName) -> Option<&Denial> {
        let mut denied =
            self.denied.iter().filter(|denial| denial.is_total() && denial.ecosystem == ecosystem);
        denied.find(|denial| denial.subject.covers(name))
    }

    /// The entry whose package was let in to take the place of another one.
    pub fn successor(&self, ecosystem: Ecosystem, name: &CanonicalName) -> Option<&Approval> {
        let is_meant =
            |(other, replaced): &(Ecosystem, CanonicalName)| *other == ecosystem && replaced == name;
        self.approved.iter().find(|entry| entry.besides.replaces.iter().any(is_meant))
    }

    /// Every entry that is about a package.
    pub fn about(&self, ecosystem: Ecosystem, name: &CanonicalName) -> impl Iterator<Item = &Approval> {
        self.approved.iter().filter(move |entry| entry.ecosystem == ecosystem && entry.subject.covers(name))
    }

    /// True when somebody has looked at the code that a package runs on installation.
    pub fn lets_run(&self, ecosystem: Ecosystem, name: &str) -> bool {
        CanonicalName::parse(ecosystem, name)
            .is_ok_and(|name| self.about(ecosystem, &name).any(|entry| entry.besides.install_scripts))
    }

    /// True when code imports the package `declared` as `import`.
    pub fn imported_as(&self, (ecosystem, declared): (Ecosystem, &str), import: &str) -> bool {
        CanonicalName::parse(ecosystem, declared).is_ok_and(|name| {
            self.about(ecosystem, &name).any(|entry| entry.besides.imports.iter().any(|one| one == import))
        })
    }

    /// True when packages of the ecosystem may come from this registry.
    pub fn trusts(&self, ecosystem: Ecosystem, origin: &Origin) -> bool {
        self.registries.iter().any(|entry| entry.ecosystem == ecosystem && entry.origin == *origin)
    }
}

impl Denial {
    /// True when it is about every version, in every manifest.
    pub fn is_total(&self) -> bool {
        self.versions.is_none() && self.paths.written().is_empty()
    }

    /// A declaration is meant when it admits nothing but these versions; a range that goes beyond them does not ask for
    /// them, and the lock file tells which one it got.
    fn is_about(&self, dependency: &Dependency) -> bool {
        let Some(denied) = &self.versions else { return true };
        let read = |text: &str| Versions::parse(dependency.ecosystem, text);
        match (read(denied), exactly(dependency).as_deref().and_then(read)) {
            (Some(denied), Some(declared)) => declared.within(&denied),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }
}

/// What a lock file holds is one version, not what is compatible with it.
fn exactly(dependency: &Dependency) -> Option<String> {
    let requirement = dependency.requirement.as_str();
    if dependency.scope != Scope::Indirect || requirement.starts_with(|char: char| !char.is_ascii_digit()) {
        return Some(requirement.to_owned());
    }
    Some(format!("=={requirement}"))
}

impl Approval {
    /// What ships is trusted for every purpose; everything else only for the purpose that is named.
    pub fn is_for(&self, scope: Scope) -> bool {
        self.scopes.is_empty()
            || self.scopes.contains(&scope)
            || self.scopes.contains(&Scope::Runtime)
            || scope == Scope::Indirect
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Name(name) => write!(f, "{name}"),
            Subject::Namespace(prefix) => write!(f, "{prefix}*"),
        }
    }
}

impl Subject {
    /// True for one package.
    pub fn is_name(&self) -> bool {
        match self {
            Subject::Name(_) => true,
            Subject::Namespace(_) => false,
        }
    }

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
