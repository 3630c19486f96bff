//! Reads version catalogs of Gradle (`libs.versions.toml`). Knows the catalog, not what uses it.

use toml_edit::{Item, TableLike};

use super::toml::{Entry, Toml};
use super::{Manifest, Misread, Problem};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a catalog.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let root = toml.root();
    let mut dependencies = Vec::new();
    for entry in toml.entries(root, &["libraries"])? {
        dependencies.push(library(&toml, &entry)?);
    }
    for entry in toml.entries(root, &["plugins"])? {
        dependencies.push(plugin(&toml, &entry)?);
    }
    Ok(Manifest { dependencies, ..Manifest::default() })
}

/// `"g:a:1"`, `{ module = "g:a" }`, `{ group = "g", name = "a" }`.
fn library(toml: &Toml, entry: &Entry<'_>) -> Result<Dependency, Misread> {
    let malformed = || Misread::new(Problem::Requirement(entry.key.to_owned()), entry.span);
    let (name, requirement) = if let Some(text) = entry.item.as_str() {
        let (group, rest) = text.split_once(':').ok_or_else(malformed)?;
        let (name, version) = rest.split_once(':').unwrap_or((rest, ""));
        (format!("{group}:{name}"), version.to_owned())
    } else {
        let table = toml.as_table(entry)?;
        let string = |key| toml.get(table, key).and_then(|entry| entry.item.as_str());
        let name = match (string("module"), string("group"), string("name")) {
            (Some(module), _, _) => module.to_owned(),
            (None, Some(group), Some(name)) => format!("{group}:{name}"),
            (None, _, _) => return Err(malformed()),
        };
        (name, version(toml, entry)?)
    };
    let dependency = Dependency::new(Ecosystem::Maven, name, entry.span);
    Ok(Dependency { key: Some(entry.key.to_owned()), requirement, ..dependency })
}

/// `"id:1"`, `{ id = "..", version = ".." }`.
fn plugin(toml: &Toml, entry: &Entry<'_>) -> Result<Dependency, Misread> {
    let (id, requirement) = if let Some(text) = entry.item.as_str() {
        let (id, version) = text.split_once(':').unwrap_or((text, ""));
        (id.to_owned(), version.to_owned())
    } else {
        let table = toml.as_table(entry)?;
        let id = toml.get(table, "id").and_then(|id| id.item.as_str());
        let id = id.ok_or_else(|| Misread::new(Problem::Requirement(entry.key.to_owned()), entry.span))?;
        (id.to_owned(), version(toml, entry)?)
    };
    let dependency = Dependency::new(Ecosystem::Maven, format!("{id}:{id}.gradle.plugin"), entry.span);
    Ok(Dependency { key: Some(id), scope: Scope::Build, requirement, ..dependency })
}

/// `version = "1"`, `version = { strictly = "1" }`, `version.ref = "name"`.
fn version(toml: &Toml, entry: &Entry<'_>) -> Result<String, Misread> {
    let Some(version) = toml.get(toml.as_table(entry)?, "version") else { return Ok(String::new()) };
    if let Some(text) = version.item.as_str() {
        return Ok(text.to_owned());
    }
    let table = toml.as_table(&version)?;
    let string = |key| toml.get(table, key).and_then(|entry| entry.item.as_str());
    if let Some(reference) = string("ref") {
        let versions = toml.table(toml.root(), &["versions"])?;
        let found = versions.and_then(|versions| toml.get(versions, reference));
        let Some(found) = found else { return Ok(String::new()) };
        return Ok(match found.item.as_str() {
            Some(text) => text.to_owned(),
            None => rich(toml.as_table(&found)?),
        });
    }
    Ok(rich(table))
}

/// `{ strictly = "[1,2[", prefer = "1.5" }`.
fn rich(table: &dyn TableLike) -> String {
    let string = |key| table.get(key).and_then(Item::as_str);
    ["strictly", "require", "prefer"].into_iter().find_map(string).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::VersionCatalog;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn libraries_and_plugins_in_every_notation() {
        check(
            VersionCatalog,
            "[versions]\nv = '2'\nr = { strictly = '[3,4[', prefer = '3.1' }\n[libraries]\na = 'g:a:1'\nb = { module = 'g:b', version.ref = 'v' }\nc = { group = 'g', name = 'c', version = { strictly = '3' } }\nd = { module = 'g:d', version.ref = 'r' }\n[bundles]\nx = ['a']\n[plugins]\np = 'com.p:1'\nq = { id = 'com.q', version.ref = 'v' }\n",
            &[
                "5:1 g:a(a) =1 runtime registry",
                "6:1 g:b(b) =2 runtime registry",
                "7:1 g:c(c) =3 runtime registry",
                "8:1 g:d(d) =[3,4[ runtime registry",
                "12:1 com.p:com.p.gradle.plugin(com.p) =1 build registry",
                "13:1 com.q:com.q.gradle.plugin(com.q) =2 build registry",
            ],
        );
        check_refused(VersionCatalog, "[libraries]\na = 'g'\n", "2:1 not a requirement: \"a\"");
        check_refused(VersionCatalog, "[libraries]\na = { version = '1' }\n", "2:1 not a requirement: \"a\"");
    }
}
