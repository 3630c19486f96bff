//! Settings of package managers: where packages are looked up, and what runs besides. They declare no dependency, but
//! decide where every one of them comes from. Credentials in them are never read into anything.

mod cargo;
mod lines;
mod toml;
mod yaml;

pub use cargo::read as cargo;
pub use lines::{gradle_wrapper, npmrc, pip_conf, yarnrc};
pub use toml::{bunfig, uv};
pub use yaml::{bundler, yarn};

use super::{Manifest, Misread, Note};
use crate::model::{Source, Span};

/// Addresses of the registries that package managers use without being told.
const USUAL: [&str; 11] = [
    "https://registry.npmjs.org",
    "https://registry.yarnpkg.com",
    "https://registry.npmjs.com",
    "https://pypi.org/simple",
    "https://pypi.org",
    "https://pypi.python.org/simple",
    "https://index.crates.io",
    "sparse+https://index.crates.io",
    "https://github.com/rust-lang/crates.io-index",
    "https://rubygems.org",
    "https://services.gradle.org",
];

/// True for the registries that package managers take by themselves.
pub(super) fn is_usual(url: &str) -> bool {
    USUAL.contains(&url.trim().trim_end_matches('/'))
}

/// Packages are looked up at `url`, unless that is the usual place.
fn looks_in(url: &str, span: Span, acc: &mut Manifest) {
    let plain = url.trim().trim_matches(['"', '\'']).trim_end_matches('/');
    if !plain.is_empty() && !USUAL.contains(&plain) {
        acc.notes.push(Note::Registry { source: Source::OtherRegistry(plain.to_owned()), span });
    }
}

/// Code that runs besides.
fn runs(what: impl Into<String>, span: Span, acc: &mut Manifest) {
    acc.notes.push(Note::InstallCode { what: what.into(), package: None, span });
}

/// `.pnpmfile.cjs`, a program that pnpm runs in every installation.
pub fn pnpmfile(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    runs(
        "this program, which may change what every package depends on,",
        Span::new(0, content.len().min(1)),
        &mut manifest,
    );
    Ok(manifest)
}
