//! Judges what a manifest declares by the team's record. By state, not by difference: what a touched manifest declares
//! must be approved, however it got there; the version before only chooses the words. Knows no git and no clock.

mod declared;
mod habits;
mod lock;
mod place;
mod record;

use super::local::{Place, place_of};
use super::manifest::{self, Format, Include, Manifest, ManifestError, Note, Recognised, recognise};
use super::{Approvals, Date, Files, Origin, wording};
use crate::config::{DependencyPolicy, SameChange};
use crate::model::{Ecosystem, RepoPath, RuleId, Source, Span};

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
    pub(super) fn new(code: RuleId, span: Span, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        DepFinding { code, span, detail: detail.into(), fix: fix.into() }
    }
}

/// Paths are shorter.
const LONGEST_PATH: usize = 4096;

/// What manifests are judged by.
#[derive(Clone, Copy)]
pub struct Gate<'a> {
    /// The record as the change leaves it.
    pub approvals: &'a Approvals,
    /// The record before the change; `None` when there was none.
    pub base: Option<&'a Approvals>,
    /// What the configuration says, as it was before the change.
    pub policy: &'a DependencyPolicy,
    /// The day of the judgement.
    pub today: Date,
    /// Who makes the change, as `Name <mail>`, where that is known.
    pub author: Option<&'a str>,
    /// The files that the change leaves in the repository.
    pub files: Files<'a>,
}

/// One manifest under judgement.
struct Case<'a> {
    gate: &'a Gate<'a>,
    path: &'a RepoPath,
    format: Format,
    before: Option<&'a Manifest>,
}

/// Whether a path is one that the gate looks at.
pub fn looks_at(path: &RepoPath) -> bool {
    recognise(path).is_some() || record::is_record(path)
}

/// A submodule is let in by its repository's name, which `.gitmodules` tells; nothing to say where that does.
pub fn submodule(path: &RepoPath, read: &dyn Fn(&RepoPath) -> Option<Vec<u8>>) -> Option<DepFinding> {
    let modules = read(&RepoPath::from(".gitmodules"));
    let told = modules.is_some_and(|content| manifest::tells_of_submodule(&content, path.as_bytes()));
    (!told).then(|| wording::submodule(path))
}

impl Gate<'_> {
    /// Everything there is to say about a file of the repository; nothing when it is no manifest. `before` are its
    /// bytes before the change.
    pub fn examine(&self, path: &RepoPath, content: &[u8], before: Option<&[u8]>) -> Vec<DepFinding> {
        if record::is_record(path) {
            return record::judge(self, content);
        }
        if !manifest::holds(path, content) {
            return Vec::new();
        }
        if let Some(finding) = self.link(path, content) {
            return vec![finding];
        }
        match recognise(path) {
            None => Vec::new(),
            Some(Recognised::NotRead(what)) => vec![wording::not_read(what)],
            Some(Recognised::Package(what)) if before.is_none() => vec![wording::vendored(path, what)],
            Some(Recognised::Package(_)) => Vec::new(),
            Some(Recognised::Read(format)) => {
                let before = before.and_then(|content| manifest::read(format, content).ok());
                self.judge(path, (format, &manifest::read(format, content)), before.as_ref())
            }
        }
    }

    /// A link's content is the path that it leads to, without the end of a line. What lies there is judged when it is
    /// known under a name of its own; under any other name nobody would judge it.
    fn link(&self, path: &RepoPath, content: &[u8]) -> Option<DepFinding> {
        let format = recognise(path)?;
        let target = std::str::from_utf8(content).ok().filter(|text| text.len() < LONGEST_PATH)?;
        if target.is_empty() || target.contains(char::is_whitespace) || target.contains('\0') {
            return None;
        }
        match place_of(path, target) {
            Place::Inside(place) => {
                let place = place.path();
                let leads_there = place != *path && (self.files.exists)(&place);
                (leads_there && recognise(&place) != Some(format)).then(|| wording::link(target))
            }
            Place::Outside => target.starts_with(['/', '.']).then(|| wording::link(target)),
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
        let mut findings = Vec::new();
        for dependency in &manifest.dependencies {
            let judged = case.dependency(dependency);
            findings.extend(case.habits(dependency, judged.is_none()));
            findings.extend(judged);
        }
        findings.extend(manifest.commands.iter().filter_map(|command| case.command(command)));
        findings.extend(manifest.includes.iter().filter_map(|include| case.include(include)));
        findings.extend(manifest.notes.iter().filter_map(|note| case.note(note)));
        findings.extend(case.lock(manifest));
        findings.sort_by(|one, other| (one.span, &one.code).cmp(&(other.span, &other.code)));
        findings.dedup();
        findings
    }

    /// The record whose entries count in full: that of the base, where the policy gives the change's own no weight.
    fn counting(&self) -> &Approvals {
        match (self.policy.same_change, self.base) {
            (SameChange::Block, Some(base)) => base,
            (SameChange::Block | SameChange::Pending | SameChange::Allow, _) => self.approvals,
        }
    }
}

impl Case<'_> {
    /// A file that is taken in is judged as a manifest of its own, so it must be known as one.
    fn include(&self, include: &Include) -> Option<DepFinding> {
        if include.target.contains("://") {
            return Some(wording::remote_include(include));
        }
        let known = match place_of(self.path, &include.target) {
            Place::Inside(target) => match recognise(&target.path()) {
                Some(Recognised::Read(Format::Requirements)) => true,
                Some(Recognised::Read(Format::Constraints)) => include.constraint,
                Some(Recognised::Read(_) | Recognised::NotRead(_) | Recognised::Package(_)) | None => false,
            },
            Place::Outside => false,
        };
        (!known).then(|| wording::unknown_include(include))
    }

    fn note(&self, note: &Note) -> Option<DepFinding> {
        match note {
            Note::Computed { what, span } => Some(wording::computed(what, *span)),
            Note::UnknownList { file, span } => Some(wording::unknown_list(file, *span)),
            Note::InstallCode { what, package, span } => {
                let looked_at = package.as_ref().is_some_and(|name| self.was_looked_at(name));
                (!looked_at && self.is_new_note(note)).then(|| wording::install_code(what, *span))
            }
            Note::Registry { source, span } => self.registry(self.format.ecosystem(), source, *span),
            Note::CommandRegistry { ecosystem, source, span } => self.registry(*ecosystem, source, *span),
        }
    }

    fn registry(&self, ecosystem: Ecosystem, source: &Source, span: Span) -> Option<DepFinding> {
        let origin = Origin::of(source);
        if !self.gate.counting().trusts(ecosystem, &origin) {
            return Some(wording::untrusted_registry(ecosystem, &origin, span));
        }
        let in_base = self.gate.base.is_none_or(|base| base.trusts(ecosystem, &origin))
            || self.gate.policy.same_change == SameChange::Allow;
        (!in_base).then(|| wording::registry_of_same_change(&origin, span))
    }

    /// True when an approver has looked at what the package runs on installation.
    fn was_looked_at(&self, package: &str) -> bool {
        self.gate.counting().lets_run(self.format.ecosystem(), package)
    }

    /// True unless the version before says the same, wherever it stood.
    fn is_new_note(&self, note: &Note) -> bool {
        self.before.is_none_or(|before| !before.notes.iter().any(|old| old.says() == note.says()))
    }
}
