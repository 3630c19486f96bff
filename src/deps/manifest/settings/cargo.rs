//! `.cargo/config.toml`: registries, replaced sources, patches, and programs that run in place of the compiler.

use super::super::toml::Toml;
use super::super::{Include, Manifest, Misread, cargo};
use super::{looks_in, runs};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `.cargo/config.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let root = toml.root();
    let mut manifest = Manifest { dependencies: cargo::patches(&toml)?, ..Manifest::default() };
    for source in toml.entries(root, &["source"])? {
        let table = toml.as_table(&source)?;
        for key in ["registry", "git", "local-registry", "directory"] {
            let Some(entry) = toml.get(table, key) else { continue };
            // What lies in the repository was vendored, and is looked at there.
            if matches!(key, "registry" | "git") || !inside(toml.as_str(&entry)?) {
                looks_in(toml.as_str(&entry)?, entry.span, &mut manifest);
            }
        }
    }
    // Packages in these folders take the place of others.
    for (path, span) in toml.strings(root, &["paths"])? {
        let source = Source::Path(path.to_owned());
        manifest.dependencies.push(Dependency { source, ..Dependency::new(Ecosystem::Cargo, path, span) });
    }
    if let Some(include) = toml.get(root, "include") {
        let one = include.item.as_str().map(|path| (path, include.span));
        let list = include.item.as_array().into_iter().flatten().map(|value| {
            let path = value.as_inline_table().and_then(|table| table.get("path")?.as_str());
            (value.as_str().or(path).unwrap_or_default(), include.span)
        });
        manifest.includes.extend(one.into_iter().chain(list).map(|(target, span)| Include {
            target: target.to_owned(),
            constraint: false,
            span,
        }));
    }
    for registry in toml.entries(root, &["registries"])? {
        if let Some(index) = toml.get(toml.as_table(&registry)?, "index") {
            looks_in(toml.as_str(&index)?, index.span, &mut manifest);
        }
    }
    for (table, keys) in [("build", ["rustc", "rustc-wrapper", "rustc-workspace-wrapper"])] {
        let Some(build) = toml.table(root, &[table])? else { continue };
        for entry in keys.iter().filter_map(|key| toml.get(build, key)) {
            runs(format!("the program that {table}.{} names", entry.key), entry.span, &mut manifest);
        }
    }
    for target in toml.entries(root, &["target"])? {
        if let Some(entry) = toml.get(toml.as_table(&target)?, "runner") {
            runs(format!("the runner of {}", target.key), entry.span, &mut manifest);
        }
    }
    Ok(manifest)
}

fn inside(path: &str) -> bool {
    !path.starts_with(['/', '~']) && !path.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::CargoConfig;
    use crate::deps::manifest::tests::check;

    #[test]
    fn other_configurations_and_folders_that_replace_packages_are_told() {
        check(
            CargoConfig,
            "paths = ['../x', 'y']\ninclude = ['a.toml', { path = 'b.toml', optional = true }]\n",
            &[
                "1:10 ../x = runtime path",
                "1:18 y = runtime path",
                "2:1 includes a.toml",
                "2:1 includes b.toml",
            ],
        );
        check(CargoConfig, "include = 'c.toml'\n", &["1:1 includes c.toml"]);
    }

    #[test]
    fn what_redirects_cargo_is_told() {
        check(
            CargoConfig,
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'sparse+https://c.example/i/'\n[source.v]\ndirectory = 'vendor'\n[registries.r]\nindex = 'sparse+https://r.example/'\n[patch.crates-io]\nx = { git = 'https://h.example/x' }\n[build]\nrustc-wrapper = 'w'\njobs = 2\n[target.x86_64]\nrunner = 'r'\nlinker = 'lld'\n",
            &[
                "10:1 x = runtime git:h.example/x",
                "4:1 looks in registry:c.example/i",
                "8:1 looks in registry:r.example",
                "12:1 runs the program that build.rustc-wrapper names",
                "15:1 runs the runner of x86_64",
            ],
        );
    }
}
