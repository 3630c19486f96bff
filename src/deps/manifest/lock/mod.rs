//! Lock files: what package managers wrote down about everything that gets installed. Knows no manifest; that is why every
//! entry counts as indirect.

mod cargo;
mod dotted;
mod gems;
mod json;
mod lines;
mod npm;
mod pnpm;
mod python;
mod yarn;

pub use cargo::read as cargo;
pub use dotted::{mix, terraform};
pub use gems::{cocoapods, ruby};
pub use json::{bun, composer, conan, deno, flake, nuget, pipenv, pub_lock, swift};
pub use lines::{go_sum, go_vendor, gradle, gradle_verification};
pub use npm::read as npm;
pub use pnpm::read as pnpm;
pub use python::read as python;
pub use yarn::read as yarn;

use super::{Manifest, Misread, Problem, text_of};
use crate::model::{Dependency, Ecosystem, Locked, Scope, Source, Span};

/// An entry of a lock file.
fn locked(ecosystem: Ecosystem, name: impl Into<String>, version: &str, span: Span) -> Dependency {
    let requirement = version.to_owned();
    Dependency { scope: Scope::Indirect, requirement, ..Dependency::new(ecosystem, name, span) }
}

/// The address and the hashes of an entry.
fn facts(url: Option<&str>, hashes: impl IntoIterator<Item = String>) -> Locked {
    Locked { hashes: hashes.into_iter().collect(), url: url.map(str::to_owned), runs_code: false }
}

/// Several hashes in one text, as `integrity` holds them.
fn integrity(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// `entries` as the answer of a reader.
fn answer(dependencies: Vec<Dependency>) -> Manifest {
    Manifest { dependencies, ..Manifest::default() }
}

/// Lines with their places, without the white space at their ends.
fn lines_of(content: &[u8]) -> Result<Vec<(&str, Span)>, Misread> {
    let (text, mark) = text_of(content)?;
    let mut start = mark;
    let mut found = Vec::new();
    for raw in text.split_inclusive('\n') {
        let line = raw.trim_end();
        let indent = line.len() - line.trim_start().len();
        found.push((line, Span::new(start + indent, start + line.len().max(indent))));
        start += raw.len();
    }
    Ok(found)
}

/// A line that no reader of the format would understand.
fn unexpected(line: &str, span: Span) -> Misread {
    Misread::new(Problem::Syntax(format!("unexpected line {:?}", line.trim())), span)
}

/// The source that an address stands for, when it is not the usual registry.
fn from_url(url: &str, usual: &[&str]) -> Source {
    let place = url.split_once("://").map_or(url, |(_, rest)| rest);
    if url.is_empty() || usual.iter().any(|host| place.starts_with(host)) {
        return Source::Registry;
    }
    if let Some(path) = url.strip_prefix("file:") {
        return Source::Path(path.to_owned());
    }
    let git = ["git+", "git@", "git:"].iter().any(|start| url.starts_with(start));
    if git { Source::Git(url.to_owned()) } else { Source::Url(url.to_owned()) }
}
