//! Reads `pnpm-workspace.yaml`: catalogs, overrides and what pnpm itself is extended with.

use super::syntax::{Entry, yaml_document};
use super::{Manifest, Misread, Note, npm, npm_spec};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Reads a `pnpm-workspace.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut found = Vec::new();
    for (path, scope) in [(&["catalog"], Scope::Runtime), (&["configDependencies"], Scope::Tool)] {
        for entry in root.table(path)? {
            found.push(package(entry, &entry.key, scope)?);
        }
    }
    for catalog in root.table(&["catalogs"])? {
        for entry in catalog.table()? {
            found.push(package(entry, &entry.key, Scope::Runtime)?);
        }
    }
    for entry in root.table(&["overrides"])? {
        let text = entry.required_text()?;
        if text != "-" && !text.starts_with('$') {
            let mut dependency = package(entry, npm::overridden(&entry.key), Scope::Runtime)?;
            // A version for what is there anyway is indirect; another package or place is a declaration.
            if dependency.key.is_none() && dependency.source == Source::Registry {
                dependency.scope = Scope::Indirect;
            }
            found.push(dependency);
        }
    }
    for extension in root.table(&["packageExtensions"])? {
        for table in ["dependencies", "optionalDependencies", "peerDependencies"] {
            for entry in extension.node.table(&[table])? {
                found.push(package(entry, &entry.key, Scope::Runtime)?);
            }
        }
    }
    let mut notes = Vec::new();
    for package in root.list(&["onlyBuiltDependencies"])? {
        notes.push(Note::script_of(package.text().unwrap_or_default(), package.span));
    }
    for package in root.table(&["allowBuilds"])?.iter().filter(|entry| entry.node.text() == Some("true")) {
        notes.push(Note::script_of(&package.key, package.span));
    }
    Ok(Manifest { dependencies: found, notes, ..Manifest::default() })
}

fn package(entry: &Entry, key: &str, scope: Scope) -> Result<Dependency, Misread> {
    // `configDependencies` may hold a table with version and integrity.
    let text = match entry.node.str("version") {
        Some(version) => version,
        None => entry.required_text()?,
    };
    let spec = npm_spec::parse(text);
    let name = spec.name.unwrap_or_else(|| key.to_owned());
    Ok(Dependency {
        key: (name != key).then(|| key.to_owned()),
        scope,
        requirement: spec.requirement,
        source: spec.source,
        ..Dependency::new(Ecosystem::Npm, name, entry.span)
    })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::PnpmWorkspace;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn catalogs_and_overrides_are_read() {
        check(
            PnpmWorkspace,
            "packages: ['x']\ncatalog:\n  a: ^1\n  b: npm:evil@1\ncatalogs:\n  old:\n    '@s/c': '2'\noverrides:\n  d@1>e: '3'\n  f: npm:g@1\n  h: '-'\nconfigDependencies:\n  i: 1+sha512-x\n",
            &[
                "3:3 a =^1 runtime registry",
                "4:3 evil(b) =1 runtime registry",
                "7:5 @s/c =2 runtime registry",
                "9:3 e =3 indirect registry",
                "10:3 g(f) =1 runtime registry",
                "13:3 i =1+sha512-x tool registry",
            ],
        );
        check_refused(PnpmWorkspace, "catalog:\n  a: [1]\n", "2:3 a: expected a string");
    }
}
