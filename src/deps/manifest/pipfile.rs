//! Reads `Pipfile`. Every table that is not about something else holds packages.

use super::pyproject::Reader;
use super::toml::Toml;
use super::{Manifest, Misread};
use crate::model::Scope;

/// Tables that hold no packages.
const OTHERS: [&str; 4] = ["source", "requires", "pipenv", "scripts"];

/// Reads a `Pipfile`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut reader = Reader::new(&toml);
    reader.registry_tables(toml.root(), &["source"])?;
    for table in toml.entries_of(toml.root()) {
        if OTHERS.contains(&table.key) {
            continue;
        }
        let scope = if table.key == "packages" { Scope::Runtime } else { Scope::Dev };
        for entry in toml.entries_of(toml.as_table(&table)?) {
            reader.package(entry, scope)?;
        }
    }
    Ok(reader.manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Pipfile;
    use crate::deps::manifest::tests::check;

    #[test]
    fn packages_of_every_category_are_read() {
        check(
            Pipfile,
            "[[source]]\nurl = 'https://pypi.org/simple'\nname = 'pypi'\n[[source]]\nurl = 'https://h.example/s'\nname = 'x'\n[packages]\na = '*'\nb = {version = '1', index = 'x'}\nc = {git = 'https://h.example/c', ref = 'v1'}\n[dev-packages]\nd = '*'\n[docs]\ne = {path = '.', editable = true}\n[requires]\npython_version = '3'\n",
            &[
                "8:1 a =* runtime registry",
                "9:1 b =1 runtime registry:h.example/s",
                "10:1 c =ref v1 runtime git:h.example/c",
                "12:1 d =* dev registry",
                "14:1 e = dev path",
                "5:1 looks in registry:h.example/s",
            ],
        );
    }
}
