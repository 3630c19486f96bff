//! The record of a team that begins: everything that is declared today, approved as found. Knows no disk.

use std::collections::BTreeMap;

use super::approvals::{Approval, Approvals, Besides, Paths, Subject, TrustedRegistry};
use super::manifest::{Format, Manifest, Note};
use super::{CanonicalName, Date, Origin, record};
use crate::model::{Dependency, Ecosystem, RepoPath, Scope, Source};
use crate::text::escape;
use crate::text::toml_doc::Problems;

/// Who approved what was there before anybody looked.
pub const APPROVED_BY: &str = "baseline";

const REASON: &str = "declared when portcullis was adopted";

/// Why no baseline was written.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// A baseline is for the beginning; later, packages are approved one by one.
    #[error(
        ".portcullis/approved.toml: holds {0} entries already; approve packages one by one, or extend it"
    )]
    Exists(usize),
    /// The record does not read.
    #[error(transparent)]
    Record(#[from] Problems),
    /// The record is no TOML.
    #[error(transparent)]
    Toml(#[from] toml_edit::TomlError),
    /// What is no name cannot be approved.
    #[error("{path}: {error}")]
    Name {
        /// The manifest.
        path: String,
        /// What is wrong with it.
        error: super::NameError,
    },
}

/// What a baseline is made of.
pub struct Baseline<'a> {
    /// Manifests by path.
    pub manifests: &'a [(RepoPath, Format, Manifest)],
    /// The record as it is, if there is one.
    pub current: Option<&'a str>,
    /// Add to entries that are there.
    pub extend: bool,
    /// The day.
    pub today: Date,
}

/// The record's new text, and how many entries it gained.
pub fn write(baseline: &Baseline<'_>) -> Result<(String, usize), BaselineError> {
    let text = baseline.current.unwrap_or(record::HEADER);
    let approvals = Approvals::read(super::approvals::PATH, text)?;
    if !approvals.approved.is_empty() && !baseline.extend {
        return Err(BaselineError::Exists(approvals.approved.len()));
    }
    let mut entries = BTreeMap::new();
    let mut registries = BTreeMap::new();
    for (path, format, manifest) in baseline.manifests.iter().filter(|(_, format, _)| !format.is_lock()) {
        for dependency in manifest.dependencies.iter().filter(|dependency| needs_approval(dependency)) {
            let (name, entry) = entry(path, dependency, baseline.today)?;
            let known = approvals.about(dependency.ecosystem, &name).any(|old| old.origin == entry.origin);
            if !known {
                entries.insert((record::sort_key(&entry), entry.origin.as_str().to_owned()), entry);
            }
        }
        for note in &manifest.notes {
            let entry = registry(format.ecosystem(), note, baseline.today);
            let entry = entry.filter(|entry| !approvals.trusts(entry.ecosystem, &entry.origin));
            registries.extend(entry.map(|entry| ((entry.ecosystem, entry.origin.clone()), entry)));
        }
    }
    let mut text = text.to_owned();
    for entry in entries.values() {
        text = record::insert(&text, entry)?;
    }
    for entry in registries.values() {
        text = record::append_registry(&text, entry);
    }
    Ok((text, entries.len() + registries.len()))
}

/// What a team without a record has let in: everything that the manifest at `path` declares. A name that is none is
/// left out, and so is judged as nobody's.
pub fn assume(path: &RepoPath, format: Format, manifest: &Manifest, today: Date) -> Approvals {
    let needed = manifest.dependencies.iter().filter(|dependency| needs_approval(dependency));
    let entries = needed.filter_map(|dependency| entry(path, dependency, today).ok());
    Approvals {
        approved: entries.map(|(_, approval)| approval).collect(),
        denied: Vec::new(),
        registries: manifest
            .notes
            .iter()
            .filter_map(|note| registry(format.ecosystem(), note, today))
            .collect(),
    }
}

/// What lies in the repository needs nobody's approval, nor does the version of something indirect.
fn needs_approval(dependency: &Dependency) -> bool {
    match &dependency.source {
        Source::Registry => dependency.scope != Scope::Indirect,
        Source::OtherRegistry(_) | Source::Git(_) | Source::Url(_) => true,
        Source::Path(_) | Source::Workspace => false,
    }
}

fn entry(
    path: &RepoPath,
    dependency: &Dependency,
    today: Date,
) -> Result<(CanonicalName, Approval), BaselineError> {
    let name = CanonicalName::parse(dependency.ecosystem, &dependency.name)
        .map_err(|error| BaselineError::Name { path: escape(path.as_bytes()), error })?;
    let approval = Approval {
        ecosystem: dependency.ecosystem,
        subject: Subject::Name(name.clone()),
        version: None,
        scopes: Vec::new(),
        paths: Paths::default(),
        origin: Origin::of(&dependency.source),
        reason: REASON.to_owned(),
        approved_by: APPROVED_BY.to_owned(),
        date: today,
        expires: None,
        besides: Besides::default(),
    };
    Ok((name, approval))
}

fn registry(ecosystem: Ecosystem, note: &Note, today: Date) -> Option<TrustedRegistry> {
    let (ecosystem, source) = match note {
        Note::Registry { source, .. } => (ecosystem, source),
        Note::CommandRegistry { ecosystem, source, .. } => (*ecosystem, source),
        Note::Computed { .. } | Note::UnknownList { .. } | Note::InstallCode { .. } => return None,
    };
    Some(TrustedRegistry {
        ecosystem,
        origin: Origin::of(source),
        reason: REASON.to_owned(),
        approved_by: APPROVED_BY.to_owned(),
        date: today,
    })
}

#[cfg(test)]
mod tests {
    use super::{Baseline, write};
    use crate::deps::manifest::{Format, read};
    use crate::deps::{Approvals, Date};
    use crate::model::RepoPath;

    fn run(
        manifests: &[(&str, Format, &str)],
        current: Option<&str>,
        extend: bool,
    ) -> Result<(String, usize), String> {
        let read = |(path, format, text): &(&str, Format, &str)| {
            (RepoPath::from(*path), *format, read(*format, text.as_bytes()).expect("readable"))
        };
        let manifests: Vec<_> = manifests.iter().map(read).collect();
        let today = Date::parse("2026-11-21").expect("a day");
        write(&Baseline { manifests: &manifests, current, extend, today }).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_declared_is_approved_once_and_in_order() {
        let (text, count) = run(
            &[
                ("package.json", Format::Npm, r#"{"dependencies": {"b": "1", "a": "u/r", "w": "workspace:*"}, "devDependencies": {"b": "1"}}"#),
                ("requirements.txt", Format::Requirements, "-i https://i.example/simple\nFlask\n./local\n"),
                ("go.mod", Format::GoMod, "require m.example/x v1 // indirect\n"),
            ],
            None,
            false,
        )
        .expect("written");
        let signed = "reason = \"declared when portcullis was adopted\"\napproved_by = \"baseline\"\ndate = 2026-11-21\n";
        let expected = format!(
            "# Approved dependencies; see docs/dependencies.md.\nschema = 1\n\n\
             [[approve]]\necosystem = \"npm\"\nname = \"a\"\nsource = \"git:github.com/u/r\"\n{signed}\n\
             [[approve]]\necosystem = \"npm\"\nname = \"b\"\n{signed}\n\
             [[approve]]\necosystem = \"pypi\"\nname = \"flask\"\n{signed}\n\
             [[registry]]\necosystem = \"pypi\"\nurl = \"i.example/simple\"\n{signed}"
        );
        assert_eq!((text.as_str(), count), (expected.as_str(), 4));
        Approvals::read("a.toml", &text).expect("what is written can be read");
    }

    #[test]
    fn a_second_baseline_has_to_be_asked_for() {
        let one = [("package.json", Format::Npm, r#"{"dependencies": {"a": "1"}}"#)];
        let two = [("package.json", Format::Npm, r#"{"dependencies": {"a": "1", "b": "1"}}"#)];
        let (text, _) = run(&one, None, false).expect("written");
        let refused = run(&two, Some(&text), false).expect_err("refused");
        assert_eq!(
            refused,
            ".portcullis/approved.toml: holds 1 entries already; approve packages one by one, or extend it"
        );
        let (longer, count) = run(&two, Some(&text), true).expect("written");
        assert_eq!(count, 1);
        assert!(longer.starts_with(&text));
    }
}
