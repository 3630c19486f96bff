//! Holds a lock file against its version before, and against the manifest beside it: a version whose hash changed, an
//! address that belongs to another package, a direct dependency that nobody declared.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, DepFinding};
use crate::config::Transitive;
use crate::deps::codes::{INDIRECT, INSTALL_CODE, LOCK_BEHIND, TAMPERED};
use crate::deps::manifest::{self, Format, Manifest};
use crate::deps::{CanonicalName, Origin, wording};
use crate::model::{Dependency, Ecosystem, Scope, Source};
use crate::text::escape;

/// Hashes by name and version.
type Known<'m> = BTreeMap<(&'m str, &'m str), Vec<&'m Dependency>>;

impl Case<'_> {
    /// What there is to say about the file as a lock file, or about the lock file beside it.
    pub(super) fn lock(&self, manifest: &Manifest) -> Vec<DepFinding> {
        if !self.format.is_lock() {
            return self.behind(manifest);
        }
        let known = by_version(self.before);
        let mut hosts: BTreeSet<Origin> = self.before.map(origins).unwrap_or_default();
        let mut findings = Vec::new();
        for dependency in &manifest.dependencies {
            findings.extend(changed(dependency, &known));
            findings.extend(misnamed(dependency));
            findings.extend(self.moved(dependency));
            let origin = Origin::of(&dependency.source);
            let elsewhere = matches!(dependency.source, Source::OtherRegistry(_));
            let trusted = self.gate.counting().trusts(dependency.ecosystem, &origin);
            if elsewhere && !trusted && hosts.insert(origin.clone()) {
                findings.push(foreign(dependency, &origin));
            }
            let ran = known.get(&key(dependency)).into_iter().flatten().any(|old| old.locked.runs_code);
            if dependency.locked.runs_code
                && !ran
                && self.before.is_some()
                && !self.was_looked_at(&dependency.name)
            {
                findings.push(runs_code(dependency));
            }
        }
        findings.extend(self.undeclared(manifest));
        findings.extend(self.brought_in(manifest));
        findings
    }

    /// Packages that come in with the lock file: its version before does not hold them, and the record does not know
    /// them. What a manifest declares is in the record by then, or stops the change there.
    fn brought_in(&self, lock: &Manifest) -> Vec<DepFinding> {
        let needs_approval = match (self.gate.policy.transitive, self.before) {
            // In a new lock file all would be new.
            (Transitive::Off, _) | (Transitive::Report, None) => return Vec::new(),
            (Transitive::Report, Some(_)) => false,
            (Transitive::Block, _) => true,
        };
        // These hold the hashes of versions that were looked at, not what is built.
        if matches!(self.format, Format::GoSum | Format::GradleVerification) {
            return Vec::new();
        }
        let held = self.before.into_iter().flat_map(|before| &before.dependencies);
        let mut known: BTreeSet<(Ecosystem, CanonicalName)> = held.filter_map(package).collect();
        let record = self.gate.counting();
        let fresh = lock.dependencies.iter().filter(|one| {
            let is_ours = matches!(one.source, Source::Path(_) | Source::Workspace);
            !is_ours
                && package(one).is_some_and(|package| {
                    record.about(package.0, &package.1).next().is_none() && known.insert(package)
                })
        });
        let fresh: Vec<&Dependency> = fresh.collect();
        if needs_approval { fresh.into_iter().map(wording::brought_in).collect() } else { told(&fresh) }
    }

    /// A package that comes from a repository or file now: from a registry before, or approved from elsewhere.
    fn moved(&self, dependency: &Dependency) -> Option<DepFinding> {
        let is_elsewhere = matches!(dependency.source, Source::Git(_) | Source::Url(_));
        let name = canonical(dependency).filter(|_| is_elsewhere)?;
        let origin = Origin::of(&dependency.source);
        let held = self.before.into_iter().flat_map(|before| &before.dependencies);
        let olds: Vec<Origin> = held
            .filter(|old| canonical(old).as_ref() == Some(&name))
            .map(|old| Origin::of(&old.source))
            .collect();
        let mut approved = self.gate.counting().about(dependency.ecosystem, &name).peekable();
        let known = approved.peek().is_some();
        if olds.contains(&origin) || approved.any(|entry| entry.origin == origin) || !known && olds.is_empty()
        {
            return None;
        }
        let was =
            olds.first().map_or("approved from elsewhere".to_owned(), |old| format!("from {old} before"));
        let detail = format!("{} comes from {origin} here, {was}", subject(dependency));
        let fix =
            "take the entry back, or declare the new place in the manifest and let an approver look at it";
        Some(DepFinding::new(TAMPERED, dependency.span, escape(detail.as_bytes()), fix))
    }

    /// Direct dependencies of the lock file that the manifest beside it does not declare.
    fn undeclared(&self, lock: &Manifest) -> Vec<DepFinding> {
        if lock.direct.is_empty() {
            return Vec::new();
        }
        let Some(declared) = self.beside(&[("package.json", Format::Npm)]) else { return Vec::new() };
        let keys: BTreeSet<&str> =
            declared.dependencies.iter().map(|one| one.key.as_deref().unwrap_or(&one.name)).collect();
        let missing = lock.direct.iter().filter(|(name, _)| !keys.contains(name.as_str()));
        let finding = |(name, span): &(String, _)| {
            let name = escape(name.as_bytes());
            DepFinding::new(
                INDIRECT,
                *span,
                format!(
                    "{name} is a direct dependency here, but the manifest beside the lock file does not declare it"
                ),
                "run the package manager again, so that both say the same",
            )
        };
        missing.map(finding).collect()
    }

    /// New declarations that the lock file beside the manifest does not hold yet.
    fn behind(&self, manifest: &Manifest) -> Vec<DepFinding> {
        let locks: &[(&str, Format)] = match self.format {
            Format::Cargo => &[("Cargo.lock", Format::CargoLock)],
            Format::Npm => &[
                ("package-lock.json", Format::NpmLock),
                ("yarn.lock", Format::YarnLock),
                ("pnpm-lock.yaml", Format::PnpmLock),
                ("bun.lock", Format::BunLock),
            ],
            Format::Pyproject => &[
                ("uv.lock", Format::PythonLock),
                ("poetry.lock", Format::PythonLock),
                ("pdm.lock", Format::PythonLock),
            ],
            Format::Pipfile => &[("Pipfile.lock", Format::PipfileLock)],
            Format::Composer => &[("composer.lock", Format::ComposerLock)],
            Format::Gemfile => &[("Gemfile.lock", Format::GemfileLock)],
            _ => return Vec::new(),
        };
        let fresh: Vec<&Dependency> =
            manifest.dependencies.iter().filter(|one| self.is_new_name(one) && is_locked(one)).collect();
        if fresh.is_empty() {
            return Vec::new();
        }
        let Some(lock) = self.beside(locks) else { return Vec::new() };
        let held: BTreeSet<CanonicalName> = lock.dependencies.iter().filter_map(canonical).collect();
        let missing =
            fresh.into_iter().filter(|one| canonical(one).is_some_and(|name| !held.contains(&name)));
        let finding = |one: &Dependency| {
            DepFinding::new(
                LOCK_BEHIND,
                one.span,
                format!(
                    "{}:{} is declared, but not in the lock file",
                    one.ecosystem,
                    escape(one.name.as_bytes())
                ),
                "let the package manager write the lock file again, and commit both",
            )
        };
        missing.map(finding).collect()
    }

    /// The first of these files that lies beside the one under judgement, when it reads.
    fn beside(&self, files: &[(&str, Format)]) -> Option<Manifest> {
        let folder = crate::deps::local::folders_above(self.path).into_iter().next()?;
        let read =
            |(name, format): &(&str, Format)| Some((*format, (self.gate.files.read)(&folder.join(name))?));
        let (format, content) = files.iter().find_map(read)?;
        manifest::read(format, &content).ok()
    }
}

/// What a package manager writes into its lock file.
fn is_locked(dependency: &Dependency) -> bool {
    dependency.source == Source::Registry
        && !matches!(dependency.scope, Scope::Indirect | Scope::Peer | Scope::Build | Scope::Tool)
}

fn canonical(dependency: &Dependency) -> Option<CanonicalName> {
    CanonicalName::parse(dependency.ecosystem, &dependency.name).ok()
}

fn package(dependency: &Dependency) -> Option<(Ecosystem, CanonicalName)> {
    Some((dependency.ecosystem, canonical(dependency)?))
}

/// How many new packages are named; the rest is counted.
const NAMED: usize = 5;

/// One remark for all of them, at the first.
fn told(fresh: &[&Dependency]) -> Vec<DepFinding> {
    let Some(first) = fresh.first() else { return Vec::new() };
    let named: Vec<String> = fresh.iter().take(NAMED).map(|one| subject(one)).collect();
    let more = fresh.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let detail = format!("brings in what nobody declares or has approved: {}{more}", named.join(", "));
    let fix = "look at who publishes them; `transitive = \"block\"` under [dependencies] makes each need an approval";
    vec![DepFinding::new(INDIRECT, first.span, detail, fix)]
}

fn key(dependency: &Dependency) -> (&str, &str) {
    (&dependency.name, &dependency.requirement)
}

fn by_version(before: Option<&Manifest>) -> Known<'_> {
    let mut known = Known::new();
    for old in before.into_iter().flat_map(|before| &before.dependencies) {
        known.entry(key(old)).or_default().push(old);
    }
    known
}

fn origins(before: &Manifest) -> BTreeSet<Origin> {
    before.dependencies.iter().map(|one| Origin::of(&one.source)).collect()
}

/// A version does not change once it is published. Files may be added to it, so one common hash is enough; hashes of
/// different kinds say nothing about each other.
fn changed(dependency: &Dependency, known: &Known<'_>) -> Option<DepFinding> {
    let olds = known.get(&key(dependency))?;
    let now = &dependency.locked.hashes;
    let subject = subject(dependency);
    if now.is_empty() {
        let had = olds.iter().all(|old| !old.locked.hashes.is_empty() && old.source == dependency.source);
        return had.then(|| {
            let detail = format!("the hash of {subject} is gone, so that any content would be accepted");
            DepFinding::new(
                TAMPERED,
                dependency.span,
                detail,
                "take the entry back, or write the lock file anew from the registry",
            )
        });
    }
    let kind =
        |hash: &str| hash.split(['-', ':']).next().filter(|kind| kind.len() < hash.len()).map(str::to_owned);
    let comparable = |old: &&&Dependency| {
        old.locked.hashes.iter().any(|one| now.iter().any(|other| kind(one) == kind(other)))
    };
    let same = |old: &&Dependency| old.locked.hashes.iter().any(|one| now.contains(one));
    let differs = olds.iter().any(|old| comparable(&old)) && !olds.iter().any(same);
    differs.then(|| {
        let detail =
            format!("{subject} has another hash than before, although a published version does not change");
        DepFinding::new(
            TAMPERED,
            dependency.span,
            detail,
            "find out which of the two the registry serves before anybody installs it",
        )
    })
}

/// `https://registry.npmjs.org/NAME/-/BASE-VERSION.tgz` names the package a second time.
fn misnamed(dependency: &Dependency) -> Option<DepFinding> {
    let url = dependency.locked.url.as_deref().filter(|_| dependency.ecosystem == Ecosystem::Npm)?;
    let plain = url.starts_with("http://");
    let path = url.split_once("://")?.1;
    let (front, file) = path.split_once("/-/")?;
    let decoded = front.replace("%2f", "/").replace("%2F", "/");
    let base = dependency.name.rsplit('/').next().unwrap_or(&dependency.name);
    let named = decoded.ends_with(&format!("/{}", dependency.name));
    let file = file.split(['#', '?']).next().unwrap_or(file);
    let file = file.rsplit('/').next().unwrap_or(file);
    let versioned = file == format!("{base}-{}.tgz", dependency.requirement);
    let subject = subject(dependency);
    let what = match (named, versioned, plain) {
        (false, _, _) => format!("{subject} is fetched from the address of another package"),
        (true, false, _) => format!("{subject} is fetched from the address of another version"),
        (true, true, true) => format!("{subject} is fetched without encryption"),
        (true, true, false) => return None,
    };
    let detail = format!("{what}: {}", escape(crate::deps::origin::without_credentials(url).as_bytes()));
    Some(DepFinding::new(
        TAMPERED,
        dependency.span,
        detail,
        "take the entry back, or write the lock file anew from the registry",
    ))
}

fn foreign(dependency: &Dependency, origin: &Origin) -> DepFinding {
    let detail = format!(
        "{} and maybe others are fetched from {}, which is not approved",
        subject(dependency),
        escape(origin.as_str().as_bytes())
    );
    DepFinding::new(
        TAMPERED,
        dependency.span,
        detail,
        "take the entries back, or let an approver add a [[registry]] entry to .portcullis/approved.toml",
    )
}

fn runs_code(dependency: &Dependency) -> DepFinding {
    let detail = format!("{} runs a script when it is installed", subject(dependency));
    DepFinding::new(
        INSTALL_CODE,
        dependency.span,
        detail,
        "read what the script does, or install with scripts switched off",
    )
}

fn subject(dependency: &Dependency) -> String {
    let text = format!("{}:{} {}", dependency.ecosystem, dependency.name, dependency.requirement);
    escape(text.trim_end().as_bytes())
}
