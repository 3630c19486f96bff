//! Which patterns of names stand for a namespace that somebody owns. Knows each ecosystem's spelling, no record.

use crate::deps::CanonicalName;
use crate::model::Ecosystem;

/// Hosts on which anybody may own a first folder: a namespace there needs the owner's name.
const SHARED_HOSTS: [&str; 6] =
    ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gopkg.in", "sr.ht"];

/// The prefix that an owned namespace stands for; anybody may publish `react-*`, nobody else `@myorg/*`.
pub(super) fn namespace(ecosystem: Ecosystem, pattern: &str) -> Result<String, String> {
    let separator = if ecosystem == Ecosystem::Maven { ':' } else { '/' };
    let owner = pattern.strip_suffix('*').and_then(|owner| owner.strip_suffix(separator));
    let Some(owner) = owner.filter(|owner| !owner.contains('*')) else {
        return Err(format!("a pattern is a namespace followed by `{separator}*`, such as `@myorg/*`"));
    };
    let owned = match ecosystem {
        Ecosystem::Npm => {
            owner.starts_with('@') && CanonicalName::parse(ecosystem, &format!("{owner}/x")).is_ok()
        }
        Ecosystem::Golang | Ecosystem::Swift | Ecosystem::Git => {
            let host = owner.split('/').next().unwrap_or(owner);
            let named = CanonicalName::parse(ecosystem, owner).is_ok() && host.contains('.');
            named && (owner.contains('/') || !SHARED_HOSTS.contains(&host))
        }
        Ecosystem::Maven => owner.contains('.') && !owner.contains(':'),
        // One name in front: an account of the registry.
        Ecosystem::Composer | Ecosystem::Actions | Ecosystem::Terraform => !owner.contains('/'),
        // `host/account`; a bare account is one of Docker Hub.
        Ecosystem::Docker => owner.contains('/') || !owner.contains('.'),
        Ecosystem::Cargo
        | Ecosystem::Pypi
        | Ecosystem::Nuget
        | Ecosystem::Gem
        | Ecosystem::Hex
        | Ecosystem::Pub
        | Ecosystem::Cocoapods
        | Ecosystem::Conda
        | Ecosystem::Conan
        | Ecosystem::Vcpkg
        | Ecosystem::Bazel
        | Ecosystem::Helm
        | Ecosystem::Ansible => {
            return Err(format!("{ecosystem} has no namespaces that somebody owns; name the packages"));
        }
    };
    let owned = owned && owner.is_ascii() && !owner.is_empty();
    let keeps_case = matches!(ecosystem, Ecosystem::Golang | Ecosystem::Maven);
    let prefix = if keeps_case { owner.to_owned() } else { owner.to_ascii_lowercase() };
    owned.then(|| format!("{prefix}{separator}")).ok_or_else(|| format!("nobody owns all of `{pattern}`"))
}
