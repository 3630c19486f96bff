//! Reads `vcpkg.json`.

use super::syntax::{Node, STRICT, json};
use super::{Manifest, Misread};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a `vcpkg.json`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = json(content, &STRICT)?;
    let mut manifest = Manifest::default();
    for node in root.list(&["dependencies"])? {
        manifest.dependencies.push(package(node, Scope::Runtime)?);
    }
    for feature in root.table(&["features"])? {
        for node in feature.node.list(&["dependencies"])? {
            manifest.dependencies.push(package(node, Scope::Optional)?);
        }
    }
    for node in root.list(&["overrides"])? {
        manifest.dependencies.push(package(node, Scope::Indirect)?);
    }
    Ok(manifest)
}

fn package(node: &Node, scope: Scope) -> Result<Dependency, Misread> {
    let name = node.text().or(node.str("name"));
    let name = name.ok_or_else(|| Misread::wrong_type("dependencies", "names", node.span))?;
    let host = node.str("host") == Some("true");
    let scope = if host && scope == Scope::Runtime { Scope::Build } else { scope };
    let requirement = ["version>=", "version", "version-string", "version-semver"]
        .into_iter()
        .find_map(|key| node.str(key));
    let requirement = requirement.unwrap_or_default().to_owned();
    Ok(Dependency { scope, requirement, ..Dependency::new(Ecosystem::Vcpkg, name, node.span) })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Vcpkg;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn dependencies_and_features_are_read() {
        check(
            Vcpkg,
            "{\"dependencies\": [\"a\",\n{\"name\": \"b\", \"version>=\": \"1\", \"host\": true}],\n\"features\": {\"x\": {\"dependencies\": [\"c\"]}}, \"overrides\": [{\"name\": \"a\", \"version\": \"2\"}]}",
            &[
                "1:19 a = runtime registry",
                "2:1 b =1 build registry",
                "3:37 c = optional registry",
                "3:59 a =2 indirect registry",
            ],
        );
        check_refused(Vcpkg, "{\"dependencies\": [1, {}]}", "1:22 dependencies: expected names");
    }
}
