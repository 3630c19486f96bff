//! Judges what a manifest declares by the team's record. By state, not by difference: what a touched manifest declares
//! must be approved, however it got there; the version before only chooses the words. Knows no git and no clock.

use super::approvals::Approval;
use super::local::{Place, folders_above, place_of};
use super::manifest::{self, Format, Include, Manifest, ManifestError, Note, Recognised, recognise};
use super::wording;
use super::{Approvals, CanonicalName, Date, Origin};
use crate::model::{Dependency, Ecosystem, RepoPath, RuleId, Scope, Source, Span};

/// Declared, but nobody let it in.
pub const UNAPPROVED: RuleId = RuleId::from_static("DEP001");
/// Declared, although the team keeps it out.
pub const DENIED: RuleId = RuleId::from_static("DEP002");
/// Comes from somewhere else than the place that was approved.
pub const OTHER_SOURCE: RuleId = RuleId::from_static("DEP003");
/// The approval has run out.
pub const EXPIRED: RuleId = RuleId::from_static("DEP006");
/// Approved by the very change that needs the approval.
pub const SAME_CHANGE: RuleId = RuleId::from_static("DEP007");
/// No answer: the manifest, or a file it takes in, cannot be read.
pub const UNREADABLE: RuleId = RuleId::from_static("DEP008");
/// Known to decide about dependencies, but not read.
pub const NOT_READ: RuleId = RuleId::from_static("DEP009");
/// Written down as brought in by something else, not approved, and new.
pub const INDIRECT: RuleId = RuleId::from_static("DEP010");

/// What the judgement says about one place of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepFinding {
    /// The rule.
    pub code: RuleId,
    /// The declaration in the manifest's bytes.
    pub span: Span,
    /// What this declaration is; printable.
    pub detail: String,
    /// What to do about it; printable.
    pub fix: String,
}

impl DepFinding {
    /// True for what the built-in rules only tell; the configuration may decide otherwise.
    pub fn is_advice(&self) -> bool {
        [SAME_CHANGE, NOT_READ, INDIRECT].contains(&self.code)
    }
}

/// What manifests are judged by.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The record as the change leaves it.
    pub approvals: &'a Approvals,
    /// The record before the change; `None` when there was none.
    pub base: Option<&'a Approvals>,
    /// The day of the judgement.
    pub today: Date,
    /// True for the paths of files that the change leaves in the repository.
    pub exists: &'a dyn Fn(&RepoPath) -> bool,
}

/// One manifest under judgement.
struct Case<'a> {
    gate: &'a Gate<'a>,
    path: &'a RepoPath,
    format: Format,
    before: Option<&'a Manifest>,
}

impl Gate<'_> {
    /// Everything there is to say about a file of the repository; nothing when it is no manifest. `before` are its
    /// bytes before the change.
    pub fn examine(&self, path: &RepoPath, content: &[u8], before: Option<&[u8]>) -> Vec<DepFinding> {
        match recognise(path) {
            None => Vec::new(),
            Some(Recognised::NotRead(what)) => vec![wording::not_read(what)],
            Some(Recognised::Read(format)) => {
                let before = before.and_then(|content| manifest::read(format, content).ok());
                self.judge(path, (format, &manifest::read(format, content)), before.as_ref())
            }
        }
    }

    /// Judges one manifest; `before` is what the same file declared before the change.
    pub fn judge(
        &self,
        path: &RepoPath,
        (format, manifest): (Format, &Result<Manifest, ManifestError>),
        before: Option<&Manifest>,
    ) -> Vec<DepFinding> {
        let manifest = match manifest {
            Ok(manifest) => manifest,
            Err(error) => return vec![wording::unreadable(error)],
        };
        let case = Case { gate: self, path, format, before };
        let declared = manifest.dependencies.iter().filter_map(|dependency| case.dependency(dependency));
        let included = manifest.includes.iter().filter_map(|include| case.include(include));
        let noted = manifest.notes.iter().filter_map(|note| case.note(note));
        let mut findings: Vec<DepFinding> = declared.chain(included).chain(noted).collect();
        findings.sort_by(|one, other| (one.span, &one.code).cmp(&(other.span, &other.code)));
        findings
    }
}

impl Case<'_> {
    fn dependency(&self, dependency: &Dependency) -> Option<DepFinding> {
        let name = match CanonicalName::parse(dependency.ecosystem, &dependency.name) {
            Ok(name) => name,
            Err(_) if self.format.is_lock() || self.is_local(dependency) => return None,
            Err(error) => return Some(wording::no_name(dependency, &error)),
        };
        // What was kept out before the change stays out in the change.
        let records = [Some(self.gate.approvals), self.gate.base];
        if let Some(denial) =
            records.into_iter().flatten().find_map(|record| record.denial(dependency.ecosystem, &name))
        {
            return Some(wording::denied(dependency, denial));
        }
        // What a lock file holds was brought in by manifests, which are judged.
        if self.format.is_lock() || self.is_local(dependency) {
            return None;
        }
        let origin = Origin::of(&dependency.source);
        let Err(objection) = self.approval(self.gate.approvals, (dependency, &name, &origin)) else {
            return self.pending(dependency, (&name, &origin));
        };
        let before = self.before.map(|before| wording::change(dependency, before));
        let words = wording::Words { dependency, name: &name, origin: &origin, before };
        // A version for something that is there anyway, from the usual place, is told once.
        let merely_indirect = dependency.scope == Scope::Indirect && origin.is_default();
        Some(match objection {
            Objection::Expired(_) | Objection::Unknown | Objection::Elsewhere(_) if merely_indirect => {
                return words.is_new().then(|| words.indirect());
            }
            Objection::Unknown => words.unapproved(self.gate.approvals),
            Objection::Elsewhere(approval) => words.approved_elsewhere(approval),
            Objection::OtherSource(approval) => words.other_source(approval),
            Objection::Expired(day) => words.expired(day),
        })
    }

    /// The entry that lets a declaration in, or what stands against it.
    fn approval<'r>(
        &self,
        record: &'r Approvals,
        (dependency, name, origin): (&Dependency, &CanonicalName, &Origin),
    ) -> Result<&'r Approval, Objection<'r>> {
        let mut objection = Objection::Unknown;
        for entry in record.about(dependency.ecosystem, name) {
            let in_scope = entry.scopes.is_empty() || entry.scopes.contains(&dependency.scope);
            let trusted = entry.origin.is_default() && record.trusts(dependency.ecosystem, origin);
            let fits = in_scope && entry.paths.cover(self.path);
            let found = match (fits, entry.origin == *origin || trusted, entry.expires) {
                (true, true, Some(day)) if day < self.gate.today => Objection::Expired(day),
                (true, true, _) => return Ok(entry),
                (_, false, _) => Objection::OtherSource(entry),
                (false, true, _) => Objection::Elsewhere(entry),
            };
            objection = objection.max(found);
        }
        Err(objection)
    }

    /// An approval that the base does not hold was written by the change itself. The baseline of a team that has just
    /// begun is not worth a remark on every line.
    fn pending(
        &self,
        dependency: &Dependency,
        (name, origin): (&CanonicalName, &Origin),
    ) -> Option<DepFinding> {
        let entry = self.approval(self.gate.approvals, (dependency, name, origin)).ok()?;
        let in_base = match self.gate.base {
            Some(base) => self.approval(base, (dependency, name, origin)).is_ok(),
            None => entry.approved_by == super::baseline::APPROVED_BY,
        };
        (!in_base).then(|| wording::same_change(dependency, entry))
    }

    /// True for what lies in the repository itself. A package manager takes a workspace's member from the disk or fails:
    /// it never asks a registry for it.
    fn is_local(&self, dependency: &Dependency) -> bool {
        let path = match &dependency.source {
            Source::Path(path) => path,
            Source::Workspace => return true,
            Source::Registry | Source::OtherRegistry(_) | Source::Git(_) | Source::Url(_) => return false,
        };
        match dependency.ecosystem {
            Ecosystem::Cargo => self.holds(self.path, path, &["Cargo.toml"]),
            Ecosystem::Npm => self.holds(self.path, path, &["package.json"]),
            Ecosystem::Golang => self.holds(self.path, path, &["go.mod"]),
            // pip looks from the folder it is started in, which is usually one above the file.
            Ecosystem::Pypi => {
                let manifests = ["pyproject.toml", "setup.py", "setup.cfg"];
                let above = folders_above(self.path);
                above.iter().any(|folder| self.holds(&folder.join("requirements"), path, &manifests))
            }
            Ecosystem::Gem => {
                let gemspec = format!("{}.gemspec", dependency.name);
                self.holds(self.path, path, &[&gemspec, "Gemfile"])
            }
            Ecosystem::Composer => self.holds(self.path, path, &["composer.json"]),
            Ecosystem::Hex => self.holds(self.path, path, &["mix.exs", "gleam.toml", "rebar.config"]),
            Ecosystem::Pub => self.holds(self.path, path, &["pubspec.yaml"]),
            Ecosystem::Swift => self.holds(self.path, path, &["Package.swift"]),
            Ecosystem::Helm => self.holds(self.path, path, &["Chart.yaml"]),
            Ecosystem::Bazel => {
                self.holds(self.path, path, &["MODULE.bazel", "WORKSPACE", "BUILD", "BUILD.bazel"])
            }
            Ecosystem::Cocoapods => {
                let podspec = format!("{}.podspec", dependency.name);
                self.holds(self.path, path, &[&podspec])
            }
            Ecosystem::Maven
            | Ecosystem::Nuget
            | Ecosystem::Conda
            | Ecosystem::Conan
            | Ecosystem::Vcpkg
            | Ecosystem::Terraform
            | Ecosystem::Ansible
            | Ecosystem::Docker
            | Ecosystem::Actions => self.holds(self.path, path, &["pom.xml", "main.tf"]),
            // Git looks for `./x` beside or below this repository's remote, never in the work tree.
            Ecosystem::Git => false,
        }
    }

    /// True when `target`, as the file at `from` names it, is a file of the repository or a folder with a manifest.
    fn holds(&self, from: &RepoPath, target: &str, manifests: &[&str]) -> bool {
        match place_of(from, target) {
            Place::Inside(target) => {
                let exists = self.gate.exists;
                exists(&target.path()) || manifests.iter().any(|name| exists(&target.join(name)))
            }
            Place::Outside => false,
        }
    }

    /// A file that is taken in is judged as a manifest of its own, so it must be known as one.
    fn include(&self, include: &Include) -> Option<DepFinding> {
        if include.target.contains("://") {
            return Some(wording::remote_include(include));
        }
        let known = match place_of(self.path, &include.target) {
            Place::Inside(target) => match recognise(&target.path()) {
                Some(Recognised::Read(Format::Requirements)) => true,
                Some(Recognised::Read(Format::Constraints)) => include.constraint,
                Some(Recognised::Read(_) | Recognised::NotRead(_)) | None => false,
            },
            Place::Outside => false,
        };
        (!known).then(|| wording::unknown_include(include))
    }

    fn note(&self, note: &Note) -> Option<DepFinding> {
        match note {
            Note::NotRead { what, span } => Some(wording::table_not_read(what, *span)),
            Note::Computed { what, span } => Some(wording::computed(what, *span)),
            Note::Registry { source, span } => {
                let origin = Origin::of(source);
                if !self.gate.approvals.trusts(self.format.ecosystem(), &origin) {
                    return Some(wording::untrusted_registry(self.format.ecosystem(), &origin, *span));
                }
                let in_base = self.gate.base.is_none_or(|base| base.trusts(self.format.ecosystem(), &origin));
                (!in_base).then(|| wording::registry_of_same_change(&origin, *span))
            }
        }
    }
}

/// What stands against a declaration, the most telling last.
enum Objection<'r> {
    Unknown,
    Elsewhere(&'r Approval),
    OtherSource(&'r Approval),
    Expired(Date),
}

impl<'r> Objection<'r> {
    fn rank(&self) -> u8 {
        match self {
            Objection::Unknown => 0,
            Objection::Elsewhere(_) => 1,
            Objection::OtherSource(_) => 2,
            Objection::Expired(_) => 3,
        }
    }

    fn max(self, other: Objection<'r>) -> Objection<'r> {
        if other.rank() > self.rank() { other } else { self }
    }
}
