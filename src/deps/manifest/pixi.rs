//! Reads `pixi.toml`: packages of Conda and of PyPI, for every platform and feature.

use toml_edit::TableLike;

use super::toml::{Entry, Toml};
use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Tables of packages, from whom they come, and when they are needed.
const TABLES: [(&str, Ecosystem, Scope); 6] = [
    ("dependencies", Ecosystem::Conda, Scope::Runtime),
    ("run-dependencies", Ecosystem::Conda, Scope::Runtime),
    ("host-dependencies", Ecosystem::Conda, Scope::Build),
    ("build-dependencies", Ecosystem::Conda, Scope::Build),
    ("constraints", Ecosystem::Conda, Scope::Indirect),
    (PYPI, Ecosystem::Pypi, Scope::Runtime),
];
const PYPI: &str = "pypi-dependencies";

/// Reads a `pixi.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut manifest = Manifest::default();
    read_table(&toml, toml.root(), &mut manifest)?;
    Ok(manifest)
}

/// Adds what a table in the form of a `pixi.toml` declares.
pub fn read_table(toml: &Toml, table: &dyn TableLike, acc: &mut Manifest) -> Result<(), Misread> {
    platforms(toml, table, None, acc)?;
    for feature in toml.entries(table, &["feature"])? {
        platforms(toml, toml.as_table(&feature)?, Some(Scope::Optional), acc)?;
    }
    if let Some(package) = toml.table(table, &["package"])? {
        platforms(toml, package, None, acc)?;
    }
    Ok(())
}

/// The packages of a table, and those of its platforms.
fn platforms(
    toml: &Toml,
    table: &dyn TableLike,
    scope: Option<Scope>,
    acc: &mut Manifest,
) -> Result<(), Misread> {
    packages(toml, table, scope, acc)?;
    for platform in toml.entries(table, &["target"])? {
        packages(toml, toml.as_table(&platform)?, scope, acc)?;
    }
    Ok(())
}

fn packages(
    toml: &Toml,
    table: &dyn TableLike,
    scope: Option<Scope>,
    acc: &mut Manifest,
) -> Result<(), Misread> {
    for (name, ecosystem, usual) in TABLES {
        for entry in toml.entries(table, &[name])? {
            let scope = scope.unwrap_or(usual);
            acc.dependencies.push(Dependency { scope, ..package(toml, &entry, ecosystem)? });
        }
    }
    Ok(())
}

/// `name = "1.*"`, `name = { version = "1", channel = "c" }`, `name = { git = "…", branch = "b" }`.
fn package(toml: &Toml, entry: &Entry<'_>, ecosystem: Ecosystem) -> Result<Dependency, Misread> {
    let dependency = Dependency::new(ecosystem, entry.key, entry.span);
    if let Some(version) = entry.item.as_str() {
        return Ok(Dependency { requirement: version.to_owned(), ..dependency });
    }
    let table = toml.as_table(entry)?;
    let string = |key: &str| toml.get(table, key).and_then(|entry| entry.item.as_str());
    let usual = |channel: &&str| *channel != "conda-forge";
    let source = if let Some(url) = string("git") {
        Source::Git(url.to_owned())
    } else if let Some(path) = string("path") {
        Source::Path(path.to_owned())
    } else if let Some(url) = string("url") {
        Source::Url(url.to_owned())
    } else {
        let registry = string("channel").filter(usual).or(string("index"));
        registry.map_or(Source::Registry, |registry| Source::OtherRegistry(registry.to_owned()))
    };
    let requirement = ["version", "rev", "tag", "branch"].iter().find_map(|key| string(key));
    Ok(Dependency { requirement: requirement.unwrap_or_default().to_owned(), source, ..dependency })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Pixi;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_of_conda_and_pypi_are_read() {
        check(
            Pixi,
            "[workspace]\nname = 'x'\n[dependencies]\npython = '3.12.*'\na = { version = '>=1', channel = 'bioconda' }\n[build-dependencies]\nb = '*'\n[pypi-dependencies]\nc = { git = 'https://h.example/c', rev = 'f' }\nd = { path = '.', editable = true }\n[target.win-64.dependencies]\ne = '1'\n[feature.test.dependencies]\nf = '2'\n[feature.test.target.linux-64.pypi-dependencies]\ng = '*'\n",
            &[
                "4:1 python =3.12.* runtime registry",
                "5:1 a =>=1 runtime registry:bioconda",
                "7:1 b =* build registry",
                "9:1 c =f runtime git:h.example/c",
                "10:1 d = runtime path",
                "12:1 e =1 runtime registry",
                "14:1 f =2 optional registry",
                "16:1 g =* optional registry",
            ],
        );
        check_refused(Pixi, "[dependencies]\na = 1\n", "2:1 a: expected a table");
    }
}
