//! Judges one declaration by the record: who let the package in, from where, for what, until when.

use super::{Case, DepFinding};
use crate::config::SameChange;
use crate::deps::approvals::Approval;
use crate::deps::version::Versions;
use crate::deps::wording::{self, Words};
use crate::deps::{Approvals, CanonicalName, Date, Origin, baseline, builtin};
use crate::model::{Dependency, Scope};

/// A declaration with its name and source as they are compared.
#[derive(Clone, Copy)]
struct Declared<'d> {
    dependency: &'d Dependency,
    name: &'d CanonicalName,
    origin: &'d Origin,
}

impl Case<'_> {
    /// What the record says against a declaration.
    pub(super) fn dependency(&self, dependency: &Dependency) -> Option<DepFinding> {
        let lies_here = self.format.is_lock() || self.is_local(dependency);
        let name = match CanonicalName::parse(dependency.ecosystem, &dependency.name) {
            Ok(name) => name,
            Err(_) if lies_here => return None,
            Err(error) => return Some(wording::no_name(dependency, &error)),
        };
        if let Some(denied) = self.denied(dependency, &name) {
            return Some(denied);
        }
        // What a lock file holds was brought in by manifests, which are judged.
        if lies_here {
            return None;
        }
        let origin = Origin::of(&dependency.source);
        let declared = Declared { dependency, name: &name, origin: &origin };
        let before = self.before.map(|before| wording::change(dependency, before));
        let words = Words { dependency, name: &name, origin: &origin, before };
        let objection = match self.approval(self.gate.counting(), declared) {
            Ok(_) => return self.pending(declared).or_else(|| self.major(&words)),
            Err(objection) => objection,
        };
        // A version for something that is there anyway, from the usual place, is told once.
        if dependency.scope == Scope::Indirect && origin.is_default() && !objection.is_about_an_approval() {
            return words.is_new().then(|| words.indirect());
        }
        Some(self.object(&objection, &words))
    }

    /// A package that a script installs is judged by the same record, and told once.
    pub(super) fn command(&self, dependency: &Dependency) -> Option<DepFinding> {
        let name = CanonicalName::parse(dependency.ecosystem, &dependency.name).ok()?;
        if let Some(denied) = self.denied(dependency, &name) {
            return Some(denied);
        }
        let origin = Origin::of(&dependency.source);
        let declared = Declared { dependency, name: &name, origin: &origin };
        if self.is_local(dependency) || self.approval(self.gate.counting(), declared).is_ok() {
            return None;
        }
        let is_new = self.before.is_none_or(|before| {
            !before
                .commands
                .iter()
                .any(|old| old.name == dependency.name && old.ecosystem == dependency.ecosystem)
        });
        is_new.then(|| wording::command(dependency, &name))
    }

    /// What was kept out before the change stays out in the change. What everybody keeps out, a team may let in by name.
    fn denied(&self, dependency: &Dependency, name: &CanonicalName) -> Option<DepFinding> {
        let records = [Some(self.gate.approvals), self.gate.base].into_iter().flatten();
        let place = (dependency, name, self.path);
        if let Some(denial) = records.clone().find_map(|record| record.denial(place)) {
            return Some(wording::denied(dependency, denial));
        }
        let by_name =
            |entry: &Approval| entry.subject.is_name() && entry.approved_by != baseline::APPROVED_BY;
        let let_in = records.clone().any(|record| record.about(dependency.ecosystem, name).any(by_name));
        let denial = builtin::denied().denial(place).filter(|_| !let_in)?;
        Some(wording::denied(dependency, denial))
    }

    /// The entry that lets a declaration in, or what stands against it.
    fn approval<'r>(
        &self,
        record: &'r Approvals,
        declared: Declared<'_>,
    ) -> Result<&'r Approval, Objection<'r>> {
        let mut objection = Objection::Unknown;
        for entry in record.about(declared.dependency.ecosystem, declared.name) {
            match self.objection(record, entry, declared) {
                None => return Ok(entry),
                Some(found) => objection = objection.max(found),
            }
        }
        Err(objection)
    }

    fn objection<'r>(
        &self,
        record: &'r Approvals,
        entry: &'r Approval,
        declared: Declared<'_>,
    ) -> Option<Objection<'r>> {
        let Declared { dependency, origin, .. } = declared;
        let trusted = entry.origin.is_default() && record.trusts(dependency.ecosystem, origin);
        if entry.origin != *origin && !trusted {
            return Some(Objection::OtherSource(entry));
        }
        if !entry.paths.cover(self.path) {
            return Some(Objection::Elsewhere(entry));
        }
        let missing = |tag: &str| !entry.besides.tags.iter().any(|known| known == tag);
        if self.gate.policy.tags_at(self.path).any(missing) {
            return Some(Objection::NotTagged);
        }
        if !entry.is_for(dependency.scope) {
            return Some(Objection::OtherScope(entry));
        }
        if !self.gate.policy.may_approve(&entry.approved_by) && entry.approved_by != baseline::APPROVED_BY {
            return Some(Objection::NoApprover(entry));
        }
        let last = entry.expires.or_else(|| Some(entry.date.plus(self.gate.policy.max_days?)));
        if let Some(day) = last.filter(|day| *day < self.gate.today) {
            return Some(Objection::Expired(day));
        }
        admits(entry, dependency).then_some(Objection::OtherVersion(entry))
    }

    fn object(&self, objection: &Objection<'_>, words: &Words<'_>) -> DepFinding {
        match objection {
            Objection::Unknown => {
                let alone = self.approval(self.gate.approvals, words.declared()).ok();
                words.unapproved(self.gate.approvals, alone.map(|entry| entry.approved_by.as_str()))
            }
            Objection::Elsewhere(approval) => words.approved_elsewhere(approval),
            Objection::NotTagged => {
                let tags: Vec<&str> = self.gate.policy.tags_at(self.path).collect();
                words.not_tagged(&tags.join(", "))
            }
            Objection::OtherScope(approval) => words.other_scope(approval),
            Objection::OtherSource(approval) => words.other_source(approval),
            Objection::OtherVersion(approval) => words.other_version(approval),
            Objection::NoApprover(approval) => words.no_approver(approval),
            Objection::Expired(day) => words.expired(*day),
        }
    }

    /// An approval that the base does not hold was written by the change itself. The baseline of a team that has just
    /// begun is not worth a remark on every line.
    fn pending(&self, declared: Declared<'_>) -> Option<DepFinding> {
        if self.gate.policy.same_change == SameChange::Allow {
            return None;
        }
        let entry = self.approval(self.gate.approvals, declared).ok()?;
        let in_base = match self.gate.base {
            Some(base) => self.approval(base, declared).is_ok(),
            None => entry.approved_by == baseline::APPROVED_BY,
        };
        (!in_base).then(|| wording::same_change(declared.dependency, entry))
    }

    /// An approval that names no version was given for the major version of its day.
    fn major(&self, words: &Words<'_>) -> Option<DepFinding> {
        let major = |one: &Dependency| Versions::parse(one.ecosystem, &one.requirement)?.major();
        let before = wording::twins(words.dependency, self.before?);
        let now = major(words.dependency)?;
        let old: Vec<_> = before.iter().filter_map(|old| major(old)).collect();
        let was = before.first().filter(|_| !old.is_empty() && !old.contains(&now) && now != (0, 0))?;
        Some(words.other_major(&was.requirement))
    }
}

impl<'a> Words<'a> {
    fn declared(&self) -> Declared<'a> {
        Declared { dependency: self.dependency, name: self.name, origin: self.origin }
    }
}

/// True when the declaration admits versions that the entry does not name.
fn admits(entry: &Approval, dependency: &Dependency) -> bool {
    let Some(written) = &entry.version else { return false };
    if *written == dependency.requirement || dependency.scope == Scope::Indirect {
        return false;
    }
    let read = |text: &str| Versions::parse(dependency.ecosystem, text);
    match (read(&dependency.requirement), read(written)) {
        // Where a manifest leaves the version to another file, that file is judged.
        (Some(_), Some(_)) if dependency.requirement.is_empty() => false,
        (Some(declared), Some(approved)) => !declared.within(&approved),
        // What cannot be compared was not approved.
        (None, _) | (_, None) => true,
    }
}

/// What stands against a declaration, the most telling last.
pub(super) enum Objection<'r> {
    Unknown,
    Elsewhere(&'r Approval),
    NotTagged,
    OtherScope(&'r Approval),
    OtherSource(&'r Approval),
    NoApprover(&'r Approval),
    Expired(Date),
    OtherVersion(&'r Approval),
}

impl<'r> Objection<'r> {
    fn rank(&self) -> u8 {
        match self {
            Objection::Unknown => 0,
            Objection::Elsewhere(_) => 1,
            Objection::NotTagged => 2,
            Objection::OtherScope(_) => 3,
            Objection::OtherSource(_) => 4,
            Objection::NoApprover(_) => 5,
            Objection::Expired(_) => 6,
            Objection::OtherVersion(_) => 7,
        }
    }

    fn max(self, other: Objection<'r>) -> Objection<'r> {
        if other.rank() > self.rank() { other } else { self }
    }

    /// True when the package was let in and only from another place or in another version.
    fn is_about_an_approval(&self) -> bool {
        match self {
            Objection::OtherSource(_) | Objection::OtherVersion(_) | Objection::NoApprover(_) => true,
            Objection::Unknown
            | Objection::Elsewhere(_)
            | Objection::NotTagged
            | Objection::OtherScope(_)
            | Objection::Expired(_) => false,
        }
    }
}
