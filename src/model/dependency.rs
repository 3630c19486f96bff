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
    /// Packages of Maven, Gradle and sbt, as `group:artifact`.
    Maven,
    /// .NET packages.
    Nuget,
    /// Ruby gems.
    Gem,
    /// PHP packages.
    Composer,
    /// Packages of Elixir, Erlang and Gleam.
    Hex,
    /// Dart and Flutter packages.
    Pub,
    /// Swift packages, named by their repository.
    Swift,
    /// Pods.
    Cocoapods,
    /// Conda packages.
    Conda,
    /// C and C++ packages of Conan.
    Conan,
    /// C and C++ packages of vcpkg.
    Vcpkg,
    /// Bazel modules.
    Bazel,
    /// Terraform providers and modules.
    Terraform,
    /// Helm charts.
    Helm,
    /// Ansible roles and collections.
    Ansible,
    /// Container images.
    Docker,
    /// Actions and reusable workflows, as `owner/repository`.
    Actions,
    /// Git repositories that are used as they are: submodules, pre-commit hooks.
    Git,
}

impl Ecosystem {
    /// Every ecosystem with its name, the package-URL type where there is one.
    pub const NAMES: [(&'static str, Ecosystem); 22] = [
        ("cargo", Ecosystem::Cargo),
        ("npm", Ecosystem::Npm),
        ("pypi", Ecosystem::Pypi),
        ("golang", Ecosystem::Golang),
        ("maven", Ecosystem::Maven),
        ("nuget", Ecosystem::Nuget),
        ("gem", Ecosystem::Gem),
        ("composer", Ecosystem::Composer),
        ("hex", Ecosystem::Hex),
        ("pub", Ecosystem::Pub),
        ("swift", Ecosystem::Swift),
        ("cocoapods", Ecosystem::Cocoapods),
        ("conda", Ecosystem::Conda),
        ("conan", Ecosystem::Conan),
        ("vcpkg", Ecosystem::Vcpkg),
        ("bazel", Ecosystem::Bazel),
        ("terraform", Ecosystem::Terraform),
        ("helm", Ecosystem::Helm),
        ("ansible", Ecosystem::Ansible),
        ("docker", Ecosystem::Docker),
        ("github-actions", Ecosystem::Actions),
        ("git", Ecosystem::Git),
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
    /// What a lock file says beyond that.
    pub locked: Locked,
    /// The declaration in the manifest's bytes.
    pub span: Span,
}

/// What a lock file says about one version of a package.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locked {
    /// Hashes of its files, with their kind in front where the lock file names it.
    pub hashes: Vec<String>,
    /// The address that it is fetched from, as written.
    pub url: Option<String>,
    /// True when it runs a script when it is installed.
    pub runs_code: bool,
}

impl Dependency {
    /// A package from the usual registry, shipped, in any version; what a manifest says beyond that is set on top.
    pub fn new(ecosystem: Ecosystem, name: impl Into<String>, span: Span) -> Self {
        Dependency {
            name: name.into(),
            key: None,
            ecosystem,
            scope: Scope::Runtime,
            requirement: String::new(),
            source: Source::Registry,
            locked: Locked::default(),
            span,
        }
    }
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
