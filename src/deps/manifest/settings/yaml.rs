//! Settings in YAML: `.yarnrc.yml`, `.bundle/config`.

use super::super::syntax::yaml_document;
use super::super::{Manifest, Misread, npm_spec};
use super::{looks_in, runs};
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a `.yarnrc.yml`: registries, plugins, and the copy of Yarn that runs.
pub fn yarn(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    let scopes = root.table(&["npmScopes"])?.iter().map(|scope| &scope.node);
    for node in std::iter::once(&root).chain(scopes) {
        if let Some(entry) = node.get("npmRegistryServer") {
            looks_in(entry.node.text().unwrap_or_default(), entry.span, &mut manifest);
        }
    }
    for plugin in root.list(&["plugins"])? {
        let path = plugin.str("path").or(plugin.text()).unwrap_or_default();
        runs(format!("the plugin {path} of Yarn"), plugin.span, &mut manifest);
    }
    for extension in root.table(&["packageExtensions"])? {
        for (table, scope) in [("dependencies", Scope::Runtime), ("peerDependencies", Scope::Peer)] {
            for entry in extension.node.table(&[table])? {
                let spec = npm_spec::parse(entry.node.text().unwrap_or_default());
                let name = spec.name.as_deref().unwrap_or(&entry.key);
                manifest.dependencies.push(Dependency {
                    key: (name != entry.key).then(|| entry.key.clone()),
                    scope,
                    requirement: spec.requirement.clone(),
                    source: spec.source.clone(),
                    ..Dependency::new(Ecosystem::Npm, name, entry.span)
                });
            }
        }
    }
    if let Some(entry) = root.get("yarnPath") {
        runs("the copy of Yarn that yarnPath names", entry.span, &mut manifest);
    }
    if let Some(entry) = root.get("enableScripts").filter(|entry| entry.node.text() == Some("true")) {
        runs("every package's own script, which enableScripts allows,", entry.span, &mut manifest);
    }
    Ok(manifest)
}

/// Reads a `.bundle/config`: mirrors.
pub fn bundler(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for entry in root.entries().iter().filter(|entry| entry.key.starts_with("BUNDLE_MIRROR__")) {
        looks_in(entry.node.text().unwrap_or_default(), entry.span, &mut manifest);
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{BundleConfig, YarnrcYml};
    use crate::deps::manifest::tests::check;

    #[test]
    fn what_is_added_to_packages_of_others_is_a_dependency() {
        check(
            YarnrcYml,
            "packageExtensions:\n  \"x@*\":\n    dependencies:\n      a: ^1\n    peerDependencies:\n      b: \"npm:c@2\"\n",
            &["4:7 a =^1 runtime registry", "6:7 c(b) =2 peer registry"],
        );
    }

    #[test]
    fn registries_and_plugins_are_read() {
        check(
            YarnrcYml,
            "npmRegistryServer: \"https://y.example\"\nnpmScopes:\n  s:\n    npmRegistryServer: https://s.example\n    npmAuthToken: x\nplugins:\n  - path: .yarn/p.cjs\nyarnPath: .yarn/y.cjs\n",
            &[
                "1:1 looks in registry:y.example",
                "4:5 looks in registry:s.example",
                "7:5 runs the plugin .yarn/p.cjs of Yarn",
                "8:1 runs the copy of Yarn that yarnPath names",
            ],
        );
        check(
            BundleConfig,
            "---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"https://m.example\"\nBUNDLE_PATH: x\n",
            &["2:1 looks in registry:m.example"],
        );
    }
}
