//! Reads `gleam.toml`.

use super::toml::{Entry, Toml};
use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope, Source};

const TABLES: [(&str, Scope); 3] =
    [("dependencies", Scope::Runtime), ("dev-dependencies", Scope::Dev), ("dev_dependencies", Scope::Dev)];

/// Reads a `gleam.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut manifest = Manifest::default();
    for (table, scope) in TABLES {
        for entry in toml.entries(toml.root(), &[table])? {
            manifest.dependencies.push(package(&toml, &entry, scope)?);
        }
    }
    Ok(manifest)
}

fn package(toml: &Toml, entry: &Entry<'_>, scope: Scope) -> Result<Dependency, Misread> {
    let dependency = Dependency { scope, ..Dependency::new(Ecosystem::Hex, entry.key, entry.span) };
    if let Some(version) = entry.item.as_str() {
        return Ok(Dependency { requirement: version.to_owned(), ..dependency });
    }
    let table = toml.as_table(entry)?;
    let string = |key| toml.get(table, key).and_then(|entry| entry.item.as_str());
    let source = match (string("git"), string("path")) {
        (Some(url), _) => Source::Git(url.to_owned()),
        (None, Some(path)) => Source::Path(path.to_owned()),
        (None, None) => Source::Registry,
    };
    let requirement = string("version").or(string("ref")).unwrap_or_default().to_owned();
    Ok(Dependency { requirement, source, ..dependency })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Gleam;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_are_read() {
        check(
            Gleam,
            "[dependencies]\na = '>= 1'\nb = { path = '../b' }\nc = { git = 'https://h.example/c', ref = 'x' }\n[dev_dependencies]\nd = '1'\n",
            &[
                "2:1 a =>= 1 runtime registry",
                "3:1 b = runtime path",
                "4:1 c =x runtime git:h.example/c",
                "6:1 d =1 dev registry",
            ],
        );
        check_refused(Gleam, "[dependencies]\na = 1\n", "2:1 a: expected a table");
    }
}
