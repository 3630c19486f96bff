//! Names of packages in the one form under which they are compared. Knows the spelling rules of each ecosystem, not
//! which packages exist.

use std::fmt;

use crate::model::Ecosystem;

/// A name as its registry compares names; ASCII only, so that look-alike letters cannot pass for each other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalName(String);

/// Why a name is refused. It is never folded into a similar one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A registry would refuse it, or it is a look-alike.
    #[error("the name {0:?} holds a character that is not ASCII, so it can look like another name")]
    NotAscii(String),
    /// Not a name in this ecosystem.
    #[error("{0:?} is not a package name")]
    Form(String),
}

impl CanonicalName {
    /// Brings `name` into the form in which its ecosystem compares names.
    pub fn parse(ecosystem: Ecosystem, name: &str) -> Result<Self, NameError> {
        if !name.is_ascii() {
            return Err(NameError::NotAscii(name.to_owned()));
        }
        let canonical = match ecosystem {
            Ecosystem::Cargo => cargo(name),
            Ecosystem::Npm => npm(name),
            Ecosystem::Pypi => pypi(name),
            Ecosystem::Golang => golang(name),
            Ecosystem::Swift | Ecosystem::Git => located(name),
            Ecosystem::Nuget
            | Ecosystem::Composer
            | Ecosystem::Hex
            | Ecosystem::Docker
            | Ecosystem::Terraform
            | Ecosystem::Conda
            | Ecosystem::Actions => plain(name).map(|name| name.to_ascii_lowercase()),
            Ecosystem::Maven => plain(name).filter(|name| name.contains(':')),
            Ecosystem::Gem
            | Ecosystem::Pub
            | Ecosystem::Cocoapods
            | Ecosystem::Conan
            | Ecosystem::Vcpkg
            | Ecosystem::Bazel
            | Ecosystem::Helm
            | Ecosystem::Ansible => plain(name),
        };
        canonical.map(CanonicalName).ok_or_else(|| NameError::Form(name.to_owned()))
    }

    /// A package as people write it, `npm:left-pad`; nothing when no ecosystem stands in front.
    pub fn parse_package(text: &str) -> Option<Result<(Ecosystem, Self), NameError>> {
        let (prefix, name) = text.split_once(':')?;
        let (_, ecosystem) = Ecosystem::NAMES.iter().find(|(known, _)| *known == prefix)?;
        Some(CanonicalName::parse(*ecosystem, name).map(|name| (*ecosystem, name)))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CanonicalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// crates.io takes `-` and `_` for the same letter and ignores case.
fn cargo(name: &str) -> Option<String> {
    let fits = starts_with(name, |byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    fits.then(|| name.to_ascii_lowercase().replace('_', "-"))
}

/// Case is ignored: a few old names have capitals, and nobody may register their lower-case twins.
fn npm(name: &str) -> Option<String> {
    // Deno's imports from a URL are named by it.
    if name.contains("://") {
        return name.bytes().all(|byte| byte.is_ascii_graphic()).then(|| name.to_owned());
    }
    let bare = match name.strip_prefix('@') {
        Some(scoped) => {
            let (scope, bare) = scoped.split_once('/')?;
            npm_part(scope).then_some(bare)?
        }
        None => name,
    };
    (npm_part(bare) && !bare.starts_with(['.', '_'])).then(|| name.to_ascii_lowercase())
}

fn npm_part(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~!'()*".contains(&byte))
}

/// PEP 503: runs of `-`, `_` and `.` are one `-`. A requirement without a name is named by its location.
fn pypi(name: &str) -> Option<String> {
    if name.contains('/') || name.starts_with('.') {
        return name.bytes().all(|byte| byte.is_ascii_graphic()).then(|| name.to_owned());
    }
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    let inner = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    if !edge(bytes.first()) || !edge(bytes.last()) || !bytes.iter().all(inner) {
        return None;
    }
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    Some(parts.join("-").to_ascii_lowercase())
}

/// Module paths are compared byte by byte; `/v2` is another module.
fn golang(name: &str) -> Option<String> {
    let fits = starts_with(name, |byte| byte.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/+".contains(&byte))
        && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    fits.then(|| name.to_owned())
}

/// A repository's host and path; the public hosts ignore case.
fn located(name: &str) -> Option<String> {
    plain(name).map(|name| super::origin::repository(&name))
}

/// Letters, digits and the punctuation of names; nothing that a template, a variable or a shell would mean.
fn plain(name: &str) -> Option<String> {
    let fits = starts_with(name, |byte| byte.is_ascii_alphanumeric() || b"_.@~/".contains(&byte))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:+@".contains(&byte));
    fits.then(|| name.to_owned())
}

fn starts_with(name: &str, fits: impl Fn(u8) -> bool) -> bool {
    name.bytes().next().is_some_and(fits)
}

#[cfg(test)]
mod tests {
    use super::CanonicalName;
    use crate::model::Ecosystem::{self, Actions, Cargo, Golang, Maven, Npm, Nuget, Pub, Pypi, Swift};

    #[track_caller]
    fn check(ecosystem: Ecosystem, name: &str, expected: Option<&str>) {
        let canonical = CanonicalName::parse(ecosystem, name).ok();
        assert_eq!(canonical.as_ref().map(CanonicalName::as_str), expected, "{name}");
    }

    #[test]
    fn names_are_compared_as_their_registry_compares_them() {
        check(Cargo, "Serde_JSON", Some("serde-json"));
        check(Npm, "@Scope/Name", Some("@scope/name"));
        check(Npm, "JSONStream", Some("jsonstream"));
        check(Pypi, "FrIeNdLy-._.-bArD", Some("friendly-bard"));
        check(Pypi, "github.com/Org/repo", Some("github.com/Org/repo"));
        check(Golang, "github.com/BurntSushi/toml/v2", Some("github.com/BurntSushi/toml/v2"));
        check(Maven, "org.Example:Thing", Some("org.Example:Thing"));
        check(Nuget, "Newtonsoft.Json", Some("newtonsoft.json"));
        check(Actions, "Actions/Checkout", Some("actions/checkout"));
        check(Swift, "github.com/Apple/swift-nio.git", Some("github.com/apple/swift-nio"));
        check(Pub, "http", Some("http"));
    }

    #[test]
    fn what_is_no_name_is_refused_and_never_folded() {
        check(Pypi, "fl\u{430}sk", None);
        check(Npm, "l\u{3bf}dash", None);
        check(Npm, "@scope", None);
        check(Npm, "@a/b/c", None);
        check(Npm, "_hidden", None);
        check(Cargo, "", None);
        check(Cargo, "a b", None);
        check(Pypi, "-flask", None);
        check(Golang, "example.com/../x", None);
        check(Golang, "./local", None);
        check(Maven, "junit", None);
        check(Maven, "${group}:junit", None);
        check(Actions, "actions/{{ x }}", None);
    }
}
