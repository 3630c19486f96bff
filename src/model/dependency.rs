//! A declared dependency, whatever the ecosystem.

use std::fmt;

use super::Span;

/// The ecosystem whose package manager reads the manifest; names are package-URL types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Rust crates.
    Cargo,
    /// JavaScript packages.
    Npm,
    /// Python distributions.
    Pypi,
    /// Go modules.
    Golang,
}

impl Ecosystem {
    /// Every ecosystem with its package-URL type.
    pub const NAMES: [(&'static str, Ecosystem); 4] = [
        ("cargo", Ecosystem::Cargo),
        ("npm", Ecosystem::Npm),
        ("pypi", Ecosystem::Pypi),
        ("golang", Ecosystem::Golang),
    ];
}

/// What a dependency is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Shipped.
    Runtime,
    /// Tests and development.
    Dev,
    /// Building.
    Build,
    /// Expected from the host package.
    Peer,
    /// Only with a feature or an extra.
    Optional,
    /// A tool that runs on developers' machines.
    Tool,
    /// Brought in by another dependency; written down only to choose its version.
    Indirect,
}

impl Scope {
    /// Every value with its name in approvals and reports.
    pub const NAMES: [(&'static str, Scope); 7] = [
        ("runtime", Scope::Runtime),
        ("dev", Scope::Dev),
        ("build", Scope::Build),
        ("peer", Scope::Peer),
        ("optional", Scope::Optional),
        ("tool", Scope::Tool),
        ("indirect", Scope::Indirect),
    ];
}

/// Where a dependency is fetched from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// The ecosystem's default registry.
    Registry,
    /// Another registry, by host or name.
    OtherRegistry(String),
    /// A git repository.
    Git(String),
    /// A file at a URL.
    Url(String),
    /// A path on disk, as written.
    Path(String),
    /// Inherited from the workspace's own manifest.
    Workspace,
}

/// One declaration of a dependency in a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The package that really gets installed, as written.
    pub name: String,
    /// The key it is declared under when that differs (an alias).
    pub key: Option<String>,
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// What it is for.
    pub scope: Scope,
    /// The version requirement, as written; empty when there is none.
    pub requirement: String,
    /// Where it comes from.
    pub source: Source,
    /// The declaration in the manifest's bytes.
    pub span: Span,
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, known)| known == self).map_or("?", |(name, _)| name);
        f.pad(name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, known)| known == self).map_or("?", |(name, _)| name);
        f.pad(name)
    }
}
