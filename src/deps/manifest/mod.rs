//! From the bytes of a manifest to the dependencies it declares. Knows formats, not approvals, git or the disk.

mod actions;
mod bazel;
mod cargo;
mod cocoapods;
mod commands;
mod compose;
mod composer;
mod conan;
mod conda;
mod csharp;
mod deno;
mod deno_script;
mod dockerfile;
mod dotnet_json;
mod format;
mod gemfile;
mod gemspec;
mod gitmodules;
mod gleam;
mod gomod;
mod gradle;
mod gradle_catalog;
mod helm;
mod helmfile;
mod image;
mod ini;
mod kubernetes;
mod kustomize;
mod lock;
mod maven;
mod mcp;
mod mix;
mod notebook;
mod npm;
mod npm_spec;
mod nuget;
mod own;
mod paket;
mod pep508;
mod pep723;
mod pipfile;
mod pixi;
mod pnpm_workspace;
mod pre_commit;
mod pub_spec;
mod pyproject;
mod python;
mod rebar;
mod recognise;
mod requirements;
mod requirements_lines;
mod ruby;
mod sbt;
mod settings;
mod setup_cfg;
mod shell;
mod swift;
mod syntax;
mod terraform;
#[cfg(test)]
mod tests;
mod toml;
mod tox;
mod vcpkg;
mod version_catalog;

pub use format::Format;
pub use gitmodules::tells_of as tells_of_submodule;
pub use own::own_names;
pub use recognise::{Recognised, holds, recognise};

use crate::model::{Dependency, Ecosystem, Position, Source, Span};
use crate::text::Lines;

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// Every declaration, in the order of the file.
    pub dependencies: Vec<Dependency>,
    /// Other files whose declarations count as well.
    pub includes: Vec<Include>,
    /// What else decides about the packages that get installed.
    pub notes: Vec<Note>,
    /// Packages that commands in the file install.
    pub commands: Vec<Dependency>,
    /// In a lock file: the keys under which the project itself depends on something, where the format tells.
    pub direct: Vec<(String, Span)>,
}

/// Another file that a manifest takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    /// Path or URL as written, relative to the manifest's folder.
    pub target: String,
    /// True when the file only narrows versions (`-c`) and installs nothing by itself.
    pub constraint: bool,
    /// The place.
    pub span: Span,
}

/// Something besides declarations that decides about what gets installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Packages are looked up in this registry.
    Registry {
        /// Where it is; always `Source::OtherRegistry`, so that it is compared like the source of a dependency.
        source: Source,
        /// The place.
        span: Span,
    },
    /// A command looks for packages in this registry.
    CommandRegistry {
        /// Whose packages.
        ecosystem: Ecosystem,
        /// Where it is; always `Source::OtherRegistry`.
        source: Source,
        /// The place.
        span: Span,
    },
    /// Dependencies that only running the build would tell.
    Computed {
        /// What is computed, such as `project.dependencies`.
        what: String,
        /// The place.
        span: Span,
    },
    /// A command installs what a file lists that is not known as a manifest.
    UnknownList {
        /// The file as the command names it.
        file: String,
        /// The place.
        span: Span,
    },
    /// Code that runs when packages are installed, or leave for packages to run theirs.
    InstallCode {
        /// Which one.
        what: String,
        /// The package whose code it is; none for code of the repository or of a tool.
        package: Option<String>,
        /// The place.
        span: Span,
    },
}

impl Note {
    /// The script of a package, which runs when the package is installed.
    fn script_of(package: &str, span: Span) -> Note {
        let what = format!("the script of {package}");
        Note::InstallCode { what, package: Some(package.to_owned()), span }
    }

    /// The note without its place.
    pub fn says(&self) -> (&str, String) {
        match self {
            Note::Registry { source, .. } | Note::CommandRegistry { source, .. } => {
                ("registry", format!("{source:?}"))
            }
            Note::Computed { what, .. } => ("computed", what.clone()),
            Note::UnknownList { file, .. } => ("unknown list", file.clone()),
            Note::InstallCode { what, .. } => ("install code", what.clone()),
        }
    }
}

/// Why a manifest has no answer: it is refused by its own package manager, or by us because readers differ on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", position.line, position.column)]
pub struct ManifestError {
    /// What is wrong.
    pub problem: Problem,
    /// Where, in bytes.
    pub span: Span,
    /// Where, for people.
    pub position: Position,
}

/// What is wrong with a manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The parser's own words.
    #[error("{0}")]
    Syntax(String),
    /// Only UTF-8 is read.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// Both sides of a merge stand in the file.
    #[error("a conflict of a merge is not resolved")]
    Conflict,
    /// Package managers take different ones of the two.
    #[error("duplicate key {0:?}: package managers differ on which one counts")]
    DuplicateKey(String),
    /// The value has another type than the package manager expects.
    #[error("{key}: expected {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What would be right.
        expected: &'static str,
    },
    /// No version, path or source.
    #[error("dependency {0}: says neither version nor path, git or workspace")]
    NoSource(String),
    /// Two sources at once.
    #[error("dependency {0}: names more than one source")]
    ManySources(String),
    /// `workspace = true` without an entry in the workspace's table.
    #[error("dependency {0}: not declared in workspace.dependencies")]
    NotInWorkspace(String),
    /// An old spelling that the edition refuses.
    #[error("table {0}: this spelling ended with edition 2024")]
    OldSpelling(String),
    /// A key that only nightly versions take.
    #[error("key {0}: stable versions of the package manager refuse it")]
    Unstable(String),
    /// A line or string that is no requirement.
    #[error("not a requirement: {0:?}")]
    Requirement(String),
    /// An option that pip does not know or that could mean several.
    #[error("unknown or ambiguous option: {0:?}")]
    Option(String),
    /// A declared encoding that is not read.
    #[error("the file declares the encoding {0:?}; only UTF-8 is read")]
    Encoding(String),
}

/// Reads a manifest.
pub fn read(format: Format, content: &[u8]) -> Result<Manifest, ManifestError> {
    let read = no_conflict(content).and_then(|()| format.reader()(content));
    let mut manifest = read.map_err(|Misread { problem, span }| ManifestError {
        problem,
        span,
        position: Lines::new(content).position(span.start),
    })?;
    manifest.dependencies.sort_by_key(|dependency| dependency.span);
    manifest.commands.sort_by_key(|command| command.span);
    Ok(manifest)
}

/// A problem and its bytes: what readers return, before lines are counted.
#[derive(Debug)]
struct Misread {
    problem: Problem,
    span: Span,
}

impl Misread {
    fn new(problem: Problem, span: Span) -> Self {
        Misread { problem, span }
    }

    fn wrong_type(key: &str, expected: &'static str, span: Span) -> Self {
        Misread::new(Problem::WrongType { key: key.to_owned(), expected }, span)
    }
}

/// A merge that nobody has finished; every format would read one of the sides as something else.
fn no_conflict(content: &[u8]) -> Result<(), Misread> {
    let line_with = |mark: &[u8], from: usize| {
        let mut found = memchr::memmem::find_iter(&content[from..], mark).map(|at| at + from);
        found.find(|at| *at == 0 || content[at - 1] == b'\n')
    };
    let Some(ours) = line_with(b"<<<<<<< ", 0) else { return Ok(()) };
    match line_with(b"=======", ours).and_then(|middle| line_with(b">>>>>>> ", middle)) {
        Some(_) => Err(Misread::new(Problem::Conflict, Span::new(ours, ours + 7))),
        None => Ok(()),
    }
}

/// The content as text, and the length of the byte order mark in front of it.
fn text_of(content: &[u8]) -> Result<(&str, usize), Misread> {
    let text = std::str::from_utf8(content).map_err(|error| {
        let at = error.valid_up_to();
        Misread::new(Problem::NotUtf8, Span::new(at, (at + 1).min(content.len())))
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => (text, '\u{feff}'.len_utf8()),
        None => (text, 0),
    })
}
