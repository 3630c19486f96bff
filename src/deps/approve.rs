//! Lets a package in: the record's new text, and the facts a person should see first. Knows no disk and no person.

use super::approvals::{
    Approval, Approvals, Besides, Denial, PATH, Paths, SHORTEST_REASON, Subject, says_something,
};
use super::version::Versions;
use super::{CanonicalName, Date, NameError, Origin, builtin, hints, record, wording};
use crate::model::{Dependency, Ecosystem, RepoPath, Scope, Source};
use crate::text::escape;
use crate::text::toml_doc::Problems;

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// `npm:left-pad`, or `left-pad` when some manifest declares it.
    pub package: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub approved_by: String,
    /// Versions that may be declared.
    pub version: Option<String>,
    /// Only in these scopes.
    pub scopes: Vec<Scope>,
    /// Only in these manifests.
    pub paths: Vec<String>,
    /// From where, in an approval's words; as declared when left out.
    pub source: Option<String>,
    /// Until when.
    pub expires: Option<Date>,
    /// What else is to be written down.
    pub besides: Besides,
}

/// A declaration and its place.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// The manifest.
    pub path: &'a RepoPath,
    /// The line, from 1.
    pub line: usize,
    /// The declaration.
    pub dependency: &'a Dependency,
}

/// The new record and what a person should know about it.
#[derive(Debug)]
pub struct Approved<'a> {
    /// The record's new text.
    pub text: String,
    /// The entry.
    pub approval: Approval,
    /// What is known about the package.
    pub facts: Facts<'a>,
}

/// What a person should know about a package.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Its name.
    pub name: CanonicalName,
    /// Where it is declared.
    pub declared: Vec<Declared<'a>>,
    /// Approved names that look like this one.
    pub similar: Vec<String>,
    /// What is worth a second look; printable.
    pub hints: Vec<String>,
}

/// Why nothing was approved.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// The record does not read.
    #[error(transparent)]
    Record(#[from] Problems),
    /// The record is no TOML.
    #[error(transparent)]
    Toml(#[from] toml_edit::TomlError),
    /// Not a name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Nobody knows which registry's name it is.
    #[error("{0}: say the ecosystem, as in npm:{0}; no manifest, or more than one kind, declares it")]
    Ecosystem(String),
    /// It is declared from several places.
    #[error("{name}: declared from {found}; say which with --source")]
    Sources {
        /// The name.
        name: String,
        /// The sources.
        found: String,
    },
    /// Not a source.
    #[error("{0:?} is no source; one of registry, registry:HOST/PATH, git:HOST/PATH, url:URL, path")]
    Source(String),
    /// The reason says nothing.
    #[error("the reason needs {SHORTEST_REASON} characters that say more than the name")]
    Reason,
    /// Not a glob.
    #[error(transparent)]
    Glob(#[from] globset::Error),
    /// Denied packages are let in by removing the denial.
    #[error("{name}: denied: {reason}")]
    Denied {
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// There is such an entry.
    #[error("{0}: approved already")]
    Already(String),
}

/// Adds an approval to `current`.
pub fn approve<'a>(
    current: Option<&str>,
    request: &Request,
    declared: &[Declared<'a>],
    today: Date,
) -> Result<Approved<'a>, ApproveError> {
    let text = current.unwrap_or(record::HEADER);
    let approvals = Approvals::read(PATH, text)?;
    let facts = facts(&request.package, declared, &approvals)?;
    let (ecosystem, name) = (facts.ecosystem, &facts.name);
    if let Some(Denial { reason, .. }) = approvals.total_denial(ecosystem, name) {
        return Err(ApproveError::Denied { name: name.to_string(), reason: reason.clone() });
    }
    let globs: Vec<&str> = request.paths.iter().map(String::as_str).collect();
    let approval = Approval {
        ecosystem,
        origin: origin(request, name, &facts.declared)?,
        subject: Subject::Name(name.clone()),
        version: request.version.clone(),
        scopes: request.scopes.clone(),
        paths: Paths::new(&globs)?,
        reason: request.reason.trim().to_owned(),
        approved_by: request.approved_by.clone(),
        date: today,
        expires: request.expires,
        besides: request.besides.clone(),
    };
    if !says_something(&approval.reason, Some(&approval.subject)) {
        return Err(ApproveError::Reason);
    }
    let same = |old: &Approval| {
        old.origin == approval.origin
            && old.version == approval.version
            && old.scopes == approval.scopes
            && old.paths == approval.paths
            && old.expires.is_none()
    };
    if approvals.about(ecosystem, name).any(same) {
        return Err(ApproveError::Already(name.to_string()));
    }
    let text = record::insert(text, &approval)?;
    // What is written must be what is read.
    Approvals::read(PATH, &text)?;
    Ok(Approved { text, approval, facts })
}

/// What is known about the package that `text` names.
pub fn facts<'a>(
    text: &str,
    declared: &[Declared<'a>],
    approvals: &Approvals,
) -> Result<Facts<'a>, ApproveError> {
    let (ecosystem, name) = package(text, declared)?;
    let declared = of_package(ecosystem, &name, declared);
    let similar = wording::similar(ecosystem, &name, approvals);
    let mut notes = Vec::new();
    if let Some(known) = hints::looks_like(ecosystem, &name) {
        notes.push(format!("looks like the well-known `{known}`: make sure that this is the one you mean"));
    }
    if let Some(package) = hints::package_of_import(ecosystem, &name) {
        notes.push(format!("is the name under which `{package}` is imported, not the name of that package"));
    }
    if let Some((other, why)) = hints::replacement(ecosystem, &name) {
        notes.push(format!("{why}; use {other} instead"));
    }
    if let Some(entry) = approvals.successor(ecosystem, &name) {
        notes.push(format!(
            "{}:{} was let in to take its place: {}",
            entry.ecosystem,
            entry.subject,
            escape(entry.reason.as_bytes())
        ));
    }
    let everywhere =
        builtin::denied().denied.iter().find(|one| one.ecosystem == ecosystem && one.subject.covers(&name));
    if let Some(denial) = everywhere {
        let versions =
            denial.versions.as_ref().map_or_else(String::new, |versions| format!(" in version {versions}"));
        notes.push(format!("is denied everywhere{versions}: {}", denial.reason));
    }
    let floating = |one: &&Declared<'_>| {
        let versions = Versions::parse(ecosystem, &one.dependency.requirement);
        versions.is_some_and(|versions| versions.is_open()) && one.dependency.source == Source::Registry
    };
    if let Some(open) = declared.iter().find(floating) {
        let path = escape(open.path.as_bytes());
        notes.push(format!("{path}:{} takes any later version as well", open.line));
    }
    Ok(Facts { ecosystem, name, declared, similar, hints: notes })
}

/// Where a package is declared.
pub(super) fn of_package<'a>(
    ecosystem: Ecosystem,
    name: &CanonicalName,
    declared: &[Declared<'a>],
) -> Vec<Declared<'a>> {
    let is_meant = |one: &&Declared<'_>| {
        one.dependency.ecosystem == ecosystem && canonical(one.dependency).as_ref() == Some(name)
    };
    declared.iter().filter(is_meant).copied().collect()
}

fn canonical(dependency: &Dependency) -> Option<CanonicalName> {
    CanonicalName::parse(dependency.ecosystem, &dependency.name).ok()
}

/// The ecosystem in front of the name, or the only one that declares it.
pub(super) fn package(
    text: &str,
    declared: &[Declared<'_>],
) -> Result<(Ecosystem, CanonicalName), ApproveError> {
    if let Some(package) = CanonicalName::parse_package(text) {
        return Ok(package?);
    }
    let mut found: Vec<(Ecosystem, CanonicalName)> = declared
        .iter()
        .filter_map(|one| canonical(one.dependency).map(|name| (one.dependency.ecosystem, name)))
        .filter(|(ecosystem, name)| CanonicalName::parse(*ecosystem, text).as_ref() == Ok(name))
        .collect();
    found.sort();
    found.dedup();
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_) | None, _) => Err(ApproveError::Ecosystem(text.to_owned())),
    }
}

/// The source that was asked for, or the one place it is declared to come from.
fn origin(
    request: &Request,
    name: &CanonicalName,
    declared: &[Declared<'_>],
) -> Result<Origin, ApproveError> {
    if let Some(text) = &request.source {
        return Origin::parse(text).ok_or_else(|| ApproveError::Source(text.clone()));
    }
    let mut found: Vec<Origin> = declared
        .iter()
        .map(|one| &one.dependency.source)
        .filter(|source| **source != Source::Workspace)
        .map(Origin::of)
        .collect();
    found.sort();
    found.dedup();
    match (found.pop(), found.is_empty()) {
        (None, _) => Ok(Origin::of(&Source::Registry)),
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            found.push(last);
            let found: Vec<&str> = found.iter().map(Origin::as_str).collect();
            Err(ApproveError::Sources { name: name.to_string(), found: found.join(" and ") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Besides, Declared, Request, approve};
    use crate::deps::manifest::{Format, read};
    use crate::deps::{Approvals, Date};
    use crate::model::RepoPath;

    #[track_caller]
    fn check(package: &str, change: impl Fn(&mut Request), expected: &str) {
        let manifest = r#"{"dependencies": {"left-pad": "1", "re-sourced": "u/r", "both": "1"}, "devDependencies": {"both": "u/r"}}"#;
        let npm = read(Format::Npm, manifest.as_bytes()).expect("readable");
        let path = RepoPath::from("package.json");
        let declared: Vec<Declared<'_>> =
            npm.dependencies.iter().map(|dependency| Declared { path: &path, line: 1, dependency }).collect();
        let current = "schema = 1\n\n[[approve]]\necosystem = \"npm\"\nname = \"left-pads\"\nreason = \"a good reason\"\n\
                       approved_by = \"lead\"\ndate = 2026-11-21\n\n[[deny]]\necosystem = \"npm\"\nname = \"bad\"\nreason = \"old\"\n";
        let mut request = Request {
            package: package.to_owned(),
            reason: "pads on the left side".to_owned(),
            approved_by: "lead".to_owned(),
            version: None,
            scopes: Vec::new(),
            paths: Vec::new(),
            source: None,
            expires: None,
            besides: Besides::default(),
        };
        change(&mut request);
        let today = Date::parse("2026-11-21").expect("a day");
        let shown = match approve(Some(current), &request, &declared, today) {
            Ok(approved) => {
                assert_eq!(Approvals::read("a.toml", &approved.text).expect("valid").approved.len(), 2);
                let (entry, near) = (&approved.approval, approved.facts.similar.join(","));
                format!(
                    "{} {} declared {} near {near}",
                    entry.ecosystem,
                    entry.origin,
                    approved.facts.declared.len()
                )
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expected, "{package}");
    }

    #[test]
    fn what_is_declared_fills_in_what_is_not_said() {
        check("left-pad", |_| {}, "npm registry declared 1 near left-pads");
        check("npm:Left-Pad", |_| {}, "npm registry declared 1 near left-pads");
        check("re-sourced", |_| {}, "npm git:github.com/u/r declared 1 near ");
        check(
            "both",
            |request| request.source = Some("registry".to_owned()),
            "npm registry declared 2 near ",
        );
        check("pypi:new", |_| {}, "pypi registry declared 0 near ");
    }

    #[test]
    fn nothing_is_approved_without_a_reason_or_against_a_denial() {
        check(
            "left-pad",
            |request| request.reason = "because".to_owned(),
            "the reason needs 12 characters that say more than the name",
        );
        check("npm:bad", |_| {}, "bad: denied: old");
        check("npm:left-pads", |_| {}, "left-pads: approved already");
        check(
            "unknown",
            |_| {},
            "unknown: say the ecosystem, as in npm:unknown; no manifest, or more than one kind, declares it",
        );
        check("both", |_| {}, "both: declared from git:github.com/u/r and registry; say which with --source");
        check(
            "npm:l\u{3bf}dash",
            |_| {},
            "the name \"l\u{3bf}dash\" holds a character that is not ASCII, so it can look like another name",
        );
        check(
            "left-pad",
            |request| request.source = Some("svn:x".to_owned()),
            "\"svn:x\" is no source; one of registry, registry:HOST/PATH, git:HOST/PATH, url:URL, path",
        );
    }
}
