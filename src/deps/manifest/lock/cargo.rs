//! `Cargo.lock`.

use super::super::toml::Toml;
use super::super::{Manifest, Misread};
use super::{answer, facts, locked};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `Cargo.lock`: packages without a source are those of the workspace.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut found = Vec::new();
    if let Some(packages) = toml.get(toml.root(), "package") {
        for table in toml.as_tables(&packages)? {
            let Some(name) = toml.get(table, "name") else { continue };
            let string = |key| toml.get(table, key).and_then(|entry| entry.item.as_str());
            let text = toml.as_str(&name)?;
            let source = match string("source") {
                None => Source::Workspace,
                Some(source) if source.ends_with("github.com/rust-lang/crates.io-index") => Source::Registry,
                Some("sparse+https://index.crates.io/") => Source::Registry,
                Some(source) => match source.split_once('+') {
                    Some(("git", url)) => Source::Git(url.to_owned()),
                    Some((_, url)) => Source::OtherRegistry(url.to_owned()),
                    None => Source::OtherRegistry(source.to_owned()),
                },
            };
            let version = string("version").unwrap_or_default();
            let locked_as = facts(None, string("checksum").map(str::to_owned));
            found.push(Dependency {
                source,
                locked: locked_as,
                ..locked(Ecosystem::Cargo, text, version, name.span)
            });
        }
    }
    Ok(answer(found))
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::CargoLock;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_are_read_with_their_source() {
        check(
            CargoLock,
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n[[package]]\nname = \"b\"\nversion = \"2\"\n[[package]]\nname = \"c\"\nversion = \"3\"\nsource = \"git+https://h.example/c?rev=x#abc\"\n",
            &[
                "3:1 a =1 indirect registry",
                "7:1 b =2 indirect workspace",
                "10:1 c =3 indirect git:h.example/c",
            ],
        );
        check_refused(CargoLock, "[[package]]\nname = 1\n", "2:1 name: expected a string");
    }
}
