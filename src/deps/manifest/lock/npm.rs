//! `package-lock.json` and `npm-shrinkwrap.json` of every version.

use super::super::syntax::{Entry, Node, STRICT, json};
use super::super::{Manifest, Misread};
use super::{answer, facts, from_url, integrity, locked};
use crate::model::{Dependency, Ecosystem, Locked, Source};

/// Hosts of npm's registry.
pub const REGISTRIES: [&str; 2] = ["registry.npmjs.org/", "registry.yarnpkg.com/"];

/// Reads a lock file of npm: `packages` where there is one, else the nested `dependencies` of version 1.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut found = Vec::new();
    let mut direct = Vec::new();
    match root.get("packages") {
        Some(packages) => {
            found.extend(packages.table()?.iter().filter_map(package));
            if let Some(project) = packages.node.get("") {
                for table in ["dependencies", "devDependencies", "optionalDependencies"] {
                    direct
                        .extend(project.node.table(&[table])?.iter().map(|one| (one.key.clone(), one.span)));
                }
            }
        }
        None => nested(&root, &mut found)?,
    }
    Ok(Manifest { direct, ..answer(found) })
}

/// `node_modules/a/node_modules/@s/b`; other keys are folders of the repository, and links lead to them.
fn package(entry: &Entry) -> Option<Dependency> {
    let (_, key) = entry.key.rsplit_once("node_modules/")?;
    if entry.node.str("link") == Some("true") {
        return None;
    }
    // An alias says its real name.
    let name = entry.node.str("name").unwrap_or(key);
    Some(entry_of(name, key, entry))
}

fn nested(node: &Node, acc: &mut Vec<Dependency>) -> Result<(), Misread> {
    for entry in node.table(&["dependencies"])? {
        let version = entry.node.str("version").unwrap_or_default();
        let alias =
            version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@')).map(|(name, _)| name);
        acc.push(entry_of(alias.unwrap_or(&entry.key), &entry.key, entry));
        nested(&entry.node, acc)?;
    }
    Ok(())
}

fn entry_of(name: &str, key: &str, entry: &Entry) -> Dependency {
    let version = entry.node.str("version").unwrap_or_default();
    let plain = version
        .rsplit_once('@')
        .filter(|_| version.starts_with("npm:"))
        .map_or(version, |(_, version)| version);
    let url = entry.node.str("resolved").unwrap_or(if version.contains(':') && plain == version {
        version
    } else {
        ""
    });
    let source = match from_url(url, &REGISTRIES) {
        // A mirror serves the same path.
        Source::Url(url) if url.contains("/-/") => Source::OtherRegistry(
            url.split("/-/")
                .next()
                .unwrap_or(&url)
                .rsplit_once(name)
                .map_or(url.clone(), |(host, _)| host.to_owned()),
        ),
        other => other,
    };
    let key = (key != name).then(|| key.to_owned());
    let fetched = Some(url).filter(|url| url.contains("://"));
    let runs_code = entry.node.str("hasInstallScript") == Some("true");
    let locked_as = Locked { runs_code, ..facts(fetched, integrity(entry.node.str("integrity"))) };
    Dependency { key, source, locked: locked_as, ..locked(Ecosystem::Npm, name, plain, entry.span) }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::NpmLock;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_of_versions_two_and_three_are_read() {
        check(
            NpmLock,
            "{\"packages\": {\"\": {\"dependencies\": {\"a\": \"1\"}},\n\"node_modules/a\": {\"version\": \"1\", \"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\"},\n\"node_modules/a/node_modules/@s/b\": {\"version\": \"2\", \"name\": \"evil\"},\n\"node_modules/w\": {\"link\": true, \"resolved\": \"w\"}, \"w\": {},\n\"node_modules/c\": {\"resolved\": \"git+ssh://git@github.com/o/c.git#x\"},\n\"node_modules/d\": {\"resolved\": \"https://m.example/npm/d/-/d-1.tgz\"}}}",
            &[
                "2:1 a =1 indirect registry",
                "3:1 evil(@s/b) =2 indirect registry",
                "5:1 c = indirect git:github.com/o/c",
                "6:1 d = indirect registry:m.example/npm",
            ],
        );
    }

    #[test]
    fn nested_packages_of_version_one_are_read() {
        check(
            NpmLock,
            "{\"dependencies\": {\"a\": {\"version\": \"1\", \"dependencies\": {\n\"b\": {\"version\": \"npm:c@2\"}}}}}",
            &["1:19 a =1 indirect registry", "2:1 c(b) =2 indirect registry"],
        );
        check_refused(NpmLock, "{\"packages\": 1}", "1:2 packages: expected a table");
    }
}
