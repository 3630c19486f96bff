//! Reads `pubspec.yaml` of Dart and Flutter. What comes with an SDK is no package.

use super::syntax::{Entry, Value, yaml_document};
use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope, Source};

const TABLES: [(&str, Scope); 3] = [
    ("dependencies", Scope::Runtime),
    ("dev_dependencies", Scope::Dev),
    ("dependency_overrides", Scope::Runtime),
];

/// Reads a `pubspec.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for (table, scope) in TABLES {
        for entry in root.table(&[table])? {
            manifest.dependencies.push(package(entry, scope)?);
        }
    }
    Ok(manifest)
}

fn package(entry: &Entry, scope: Scope) -> Result<Dependency, Misread> {
    let mut dependency = Dependency { scope, ..Dependency::new(Ecosystem::Pub, &entry.key, entry.span) };
    match &entry.node.value {
        Value::Null => {}
        Value::Text(version) => version.clone_into(&mut dependency.requirement),
        Value::List(_) => return Err(Misread::wrong_type(&entry.key, "a version or a table", entry.span)),
        Value::Map(_) => {
            let node = &entry.node;
            let url = |key: &str| node.str(key).or(node.at(&[key, "url"]).and_then(|url| url.node.text()));
            let pin = node.at(&["git", "ref"]).and_then(|pin| pin.node.text()).or(node.str("version"));
            pin.unwrap_or_default().clone_into(&mut dependency.requirement);
            let hosted = url("hosted").filter(|url| !is_pub_dev(url));
            let name = node.at(&["hosted", "name"]).and_then(|name| name.node.text());
            if let Some(name) = name.filter(|name| *name != entry.key) {
                dependency.key = Some(std::mem::replace(&mut dependency.name, name.to_owned()));
            }
            dependency.source = match (url("git"), node.str("path"), hosted) {
                (Some(git), _, _) => Source::Git(git.to_owned()),
                (None, Some(path), _) => Source::Path(path.to_owned()),
                (None, None, Some(url)) => Source::OtherRegistry(url.to_owned()),
                (None, None, None) if node.get("sdk").is_some() => Source::Workspace,
                (None, None, None) => Source::Registry,
            };
        }
    }
    Ok(dependency)
}

fn is_pub_dev(url: &str) -> bool {
    matches!(url.trim_end_matches('/'), "https://pub.dev" | "https://pub.dartlang.org")
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Pubspec;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn packages_are_read_with_their_sources() {
        check(
            Pubspec,
            "name: x\ndependencies:\n  flutter:\n    sdk: flutter\n  a: ^1.0\n  b:\n  c:\n    git: {url: 'https://h.example/c', ref: v1}\n  d: {hosted: 'https://h.example', version: '1'}\n  e: {path: ../e}\ndev_dependencies:\n  f: any\ndependency_overrides:\n  a: {git: 'https://h.example/a'}\n",
            &[
                "3:3 flutter = runtime workspace",
                "5:3 a =^1.0 runtime registry",
                "6:3 b = runtime registry",
                "7:3 c =v1 runtime git:h.example/c",
                "9:3 d =1 runtime registry:h.example",
                "10:3 e = runtime path",
                "12:3 f =any dev registry",
                "14:3 a = runtime git:h.example/a",
            ],
        );
        check_refused(Pubspec, "dependencies:\n  - a\n", "1:1 dependencies: expected a table");
    }
}
