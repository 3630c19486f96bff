//! What is said about a new declaration whoever approves it: versions that may change by themselves, references that are
//! bound to nothing, names that look like others. Advice; what is approved by name is not asked about again.

use super::{Case, DepFinding};
use crate::config::Pin;
use crate::deps::codes::{FLOATING, SIMILAR_NAME, UNPINNED, WRONG_NAME};
use crate::deps::manifest::Format;
use crate::deps::{CanonicalName, baseline, hints, origin, wording};
use crate::model::{Dependency, Ecosystem, Scope, Source};
use crate::text::escape;

/// Accounts of the service that runs the workflow anyway: what they publish there needs no closer binding than a tag.
const OWN_ACTIONS: [&str; 2] = ["actions/", "github/"];

impl Case<'_> {
    /// What is worth a remark about a declaration that is new, or has another version. How it is bound matters once the
    /// package is let in.
    pub(super) fn habits(&self, dependency: &Dependency, let_in: bool) -> Vec<DepFinding> {
        if self.format.is_lock() || dependency.scope == Scope::Indirect || self.is_local(dependency) {
            return Vec::new();
        }
        let mut findings = Vec::new();
        if let_in && self.is_new_requirement(dependency) {
            findings.extend(self.loose(dependency));
        }
        if self.is_new_name(dependency)
            && let Ok(name) = CanonicalName::parse(dependency.ecosystem, &dependency.name)
            && dependency.source == Source::Registry
            && !self.is_known(dependency, &name)
        {
            findings.extend(named(dependency, &name));
        }
        findings
    }

    /// True for a package that the version before does not declare.
    pub(super) fn is_new_name(&self, dependency: &Dependency) -> bool {
        self.before.is_none_or(|before| wording::twins(dependency, before).is_empty())
    }

    fn is_new_requirement(&self, dependency: &Dependency) -> bool {
        self.before.is_none_or(|before| {
            !wording::twins(dependency, before).iter().any(|old| old.requirement == dependency.requirement)
        })
    }

    /// A person has looked at the name before this change.
    fn is_known(&self, dependency: &Dependency, name: &CanonicalName) -> bool {
        let record = self.gate.base.unwrap_or(self.gate.approvals);
        record
            .about(dependency.ecosystem, name)
            .any(|entry| entry.subject.is_name() && entry.approved_by != baseline::APPROVED_BY)
    }

    fn loose(&self, dependency: &Dependency) -> Option<DepFinding> {
        let revision = match &dependency.source {
            Source::Git(url) => origin::revision(url),
            Source::Registry
            | Source::OtherRegistry(_)
            | Source::Url(_)
            | Source::Path(_)
            | Source::Workspace => None,
        };
        let requirement = match dependency.requirement.trim() {
            "" => revision.as_deref().unwrap_or_default(),
            requirement => requirement,
        };
        let subject = format!("{}:{}", dependency.ecosystem, escape(dependency.name.as_bytes()));
        let shown = escape(requirement.as_bytes());
        let (found, usual) = match (dependency.ecosystem, &dependency.source) {
            (Ecosystem::Docker, Source::Registry) => (image_pin(requirement), Pin::Tag),
            (Ecosystem::Actions, Source::Registry | Source::OtherRegistry(_)) => {
                let own = OWN_ACTIONS.iter().any(|own| dependency.name.to_ascii_lowercase().starts_with(own));
                (git_pin(requirement), if own { Pin::Tag } else { Pin::Hash })
            }
            (_, Source::Git(_)) | (Ecosystem::Git, _) if self.format != Format::GitModules => {
                (git_pin(requirement), Pin::Tag)
            }
            (_, Source::Registry) => {
                return self.floats(dependency).then(|| {
                    let version = if requirement.is_empty() { "no version at all" } else { &shown };
                    DepFinding::new(
                        FLOATING,
                        dependency.span,
                        format!("{subject} may be any version that is ever published: {version}"),
                        "say at least which major version was looked at",
                    )
                });
            }
            (
                _,
                Source::OtherRegistry(_)
                | Source::Git(_)
                | Source::Url(_)
                | Source::Path(_)
                | Source::Workspace,
            ) => {
                return None;
            }
        };
        let wanted = self.gate.policy.pin_of(&dependency.name.to_ascii_lowercase()).unwrap_or(usual);
        if found >= wanted {
            return None;
        }
        let code = match dependency.ecosystem {
            Ecosystem::Docker | Ecosystem::Actions => UNPINNED,
            _ => FLOATING,
        };
        let reference = if requirement.is_empty() {
            "bound to nothing".to_owned()
        } else {
            format!("bound to `{shown}`, which may move")
        };
        let fix = match wanted {
            Pin::Hash => "name the commit or the digest, with the version in a comment",
            Pin::Tag | Pin::Branch | Pin::Any => "name a version",
        };
        Some(DepFinding::new(code, dependency.span, format!("{subject} is {reference}"), fix))
    }

    /// A version that is left to the day of the installation, where nothing else writes it down.
    fn floats(&self, dependency: &Dependency) -> bool {
        let requirement = dependency.requirement.trim();
        match dependency.ecosystem {
            Ecosystem::Npm => {
                matches!(requirement, "" | "*" | "x" | "latest" | "next" | "canary" | "beta")
                    && !matches!(dependency.scope, Scope::Peer | Scope::Tool)
            }
            Ecosystem::Cargo | Ecosystem::Composer | Ecosystem::Nuget | Ecosystem::Pub => requirement == "*",
            Ecosystem::Maven => {
                requirement == "+"
                    || ["LATEST", "RELEASE", "latest.release", "latest.integration"].contains(&requirement)
            }
            // A file for an installation; in `pyproject.toml` and `setup.py` libraries leave versions open on purpose.
            Ecosystem::Pypi => self.format == Format::Requirements && requirement.is_empty(),
            Ecosystem::Golang
            | Ecosystem::Gem
            | Ecosystem::Hex
            | Ecosystem::Swift
            | Ecosystem::Cocoapods
            | Ecosystem::Conda
            | Ecosystem::Conan
            | Ecosystem::Vcpkg
            | Ecosystem::Bazel
            | Ecosystem::Terraform
            | Ecosystem::Helm
            | Ecosystem::Ansible
            | Ecosystem::Docker
            | Ecosystem::Actions
            | Ecosystem::Git => false,
        }
    }
}

/// The name against names that everybody knows.
fn named(dependency: &Dependency, name: &CanonicalName) -> Option<DepFinding> {
    let subject = format!("{}:{}", dependency.ecosystem, escape(dependency.name.as_bytes()));
    if let Some(package) = hints::package_of_import(dependency.ecosystem, name) {
        let detail = format!(
            "{subject} is the name under which `{package}` is imported, not the name of that package"
        );
        return Some(DepFinding::new(
            WRONG_NAME,
            dependency.span,
            detail,
            format!("if you mean that package, declare `{package}`"),
        ));
    }
    let known = hints::looks_like(dependency.ecosystem, name)?;
    let detail = format!("{subject} looks like the well-known `{known}`");
    let fix = format!("make sure that it is the one you mean, or declare `{known}`");
    Some(DepFinding::new(SIMILAR_NAME, dependency.span, detail, fix))
}

/// What an image's tag and digest bind it to; a tag that variables make is somebody's version.
fn image_pin(requirement: &str) -> Pin {
    match requirement {
        _ if requirement.contains("sha256:") => Pin::Hash,
        "" | "latest" => Pin::Any,
        _ => Pin::Tag,
    }
}

/// What a reference of git binds to, in the words of a manifest (`branch main`, `rev 1a2b…`) or by its form.
pub(super) fn git_pin(requirement: &str) -> Pin {
    let (kind, name) = requirement.split_once(' ').unwrap_or(("", requirement));
    let is_hash = name.len() >= 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_version = name.trim_start_matches(['v', 'V']).starts_with(|char: char| char.is_ascii_digit());
    match kind {
        _ if name.is_empty() => Pin::Any,
        // A computed reference is what somebody passes in.
        _ if requirement.contains(['$', '{']) => Pin::Hash,
        _ if is_hash => Pin::Hash,
        "rev" | "ref" if name.len() >= 7 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => Pin::Hash,
        "branch" => Pin::Branch,
        "tag" | "version" => Pin::Tag,
        _ if is_version || name.starts_with("semver:") => Pin::Tag,
        _ => Pin::Branch,
    }
}

#[cfg(test)]
mod tests {
    use super::git_pin;
    use crate::config::Pin::{self, Any, Branch, Hash, Tag};

    #[test]
    fn references_are_bound_as_firmly_as_they_are_written() {
        let hash = "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d";
        let cases: [(&str, Pin); 11] = [
            ("", Any),
            ("main", Branch),
            ("branch v1", Branch),
            ("v4", Tag),
            ("tag x", Tag),
            ("1.2.3", Tag),
            ("semver:^1", Tag),
            (hash, Hash),
            ("rev 1a2b3c4", Hash),
            ("1a2b3c4", Tag),
            ("${{ inputs.ref }}", Hash),
        ];
        for (requirement, expected) in cases {
            assert_eq!(git_pin(requirement), expected, "{requirement}");
        }
    }
}
