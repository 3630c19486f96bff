//! Reads `Cargo.toml` as cargo does. Knows one file: what it inherits from a workspace elsewhere stays "workspace".

use toml_edit::TableLike;

use super::toml::{Entry, Toml};
use super::{Manifest, Misread, Problem};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// The tables of dependencies, and whether the spelling is one that edition 2024 refuses.
const TABLES: [(&str, Scope, bool); 5] = [
    ("dependencies", Scope::Runtime, false),
    ("dev-dependencies", Scope::Dev, false),
    ("dev_dependencies", Scope::Dev, true),
    ("build-dependencies", Scope::Build, false),
    ("build_dependencies", Scope::Build, true),
];

/// Editions in which `dev_dependencies` still counts.
const OLD_EDITIONS: [&str; 3] = ["2015", "2018", "2021"];

/// Reads a `Cargo.toml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let root = toml.root();
    let mut reader = Reader { toml: &toml, shared: toml.table(root, &["workspace"])?, found: Vec::new() };
    let workspace = reader.shared;
    if let Some(workspace) = workspace {
        reader.table(workspace, ("dependencies", Scope::Runtime))?;
    }
    let old_edition = is_old_edition(&toml)?;
    reader.dependency_tables(root, old_edition)?;
    for target in toml.entries(root, &["target"])? {
        reader.dependency_tables(toml.as_table(&target)?, old_edition)?;
    }
    reader.patches()?;
    for entry in toml.entries(root, &["replace"])? {
        reader.replacement(entry)?;
    }
    Ok(Manifest { dependencies: reader.found, ..Manifest::default() })
}

/// The patches of a configuration, which look like those of a manifest.
pub fn patches(toml: &Toml) -> Result<Vec<Dependency>, Misread> {
    let mut reader = Reader { toml, shared: None, found: Vec::new() };
    reader.patches()?;
    Ok(reader.found)
}

/// An edition that is inherited or left out may be an old one.
fn is_old_edition(toml: &Toml) -> Result<bool, Misread> {
    let package = toml.table(toml.root(), &["package"])?;
    let edition = package.and_then(|package| toml.get(package, "edition"));
    let edition = edition.and_then(|edition| edition.item.as_str());
    Ok(edition.is_none_or(|edition| OLD_EDITIONS.contains(&edition)))
}

struct Reader<'t> {
    toml: &'t Toml,
    /// The table `[workspace]`, when this file is the workspace's root.
    shared: Option<&'t dyn TableLike>,
    found: Vec<Dependency>,
}

impl<'t> Reader<'t> {
    fn patches(&mut self) -> Result<(), Misread> {
        let toml = self.toml;
        for patched in toml.entries(toml.root(), &["patch"])? {
            for entry in toml.entries_of(toml.as_table(&patched)?) {
                self.dependency(entry, Scope::Runtime)?;
            }
        }
        Ok(())
    }

    fn dependency_tables(&mut self, parent: &'t dyn TableLike, old_edition: bool) -> Result<(), Misread> {
        for (name, scope, old) in TABLES {
            if let Some(entry) = self.toml.get(parent, name).filter(|_| old && !old_edition) {
                return Err(Misread::new(Problem::OldSpelling(name.to_owned()), entry.span));
            }
            self.table(parent, (name, scope))?;
        }
        Ok(())
    }

    fn table(&mut self, parent: &'t dyn TableLike, (name, scope): (&str, Scope)) -> Result<(), Misread> {
        for entry in self.toml.entries(parent, &[name])? {
            self.dependency(entry, scope)?;
        }
        Ok(())
    }

    fn dependency(&mut self, entry: Entry<'t>, scope: Scope) -> Result<(), Misread> {
        let mut dependency = blank(&entry, scope);
        if let Some(version) = entry.item.as_str() {
            dependency.requirement = required(version, &entry)?;
        } else {
            let table = self.toml.as_table(&entry)?;
            let optional = self.toml.get(table, "optional").and_then(|optional| optional.item.as_bool());
            if optional == Some(true) {
                dependency.scope = Scope::Optional;
            }
            self.detailed(table, &entry, &mut dependency)?;
        }
        self.found.push(dependency);
        Ok(())
    }

    /// `serde = { version = "1", package = "other", .. }`.
    fn detailed(
        &self,
        table: &'t dyn TableLike,
        entry: &Entry<'t>,
        acc: &mut Dependency,
    ) -> Result<(), Misread> {
        if let Some(inherited) = self.toml.get(table, "workspace") {
            return match inherited.item.as_bool() {
                Some(true) => self.inherited(entry, acc),
                Some(false) | None => Err(Misread::wrong_type("workspace", "true", inherited.span)),
            };
        }
        if let Some(artifact) = self.toml.get(table, "artifact") {
            return Err(Misread::new(Problem::Unstable("artifact".to_owned()), artifact.span));
        }
        if let Some(package) = self.string(table, "package")? {
            rename(package, acc);
        }
        let version = self.string(table, "version")?;
        if let Some(version) = version {
            acc.requirement = required(version, entry)?;
        }
        let git = self.string(table, "git")?.map(|url| Source::Git(url.to_owned()));
        let path = self.string(table, "path")?.map(|path| Source::Path(path.to_owned()));
        let index = self.string(table, "registry-index")?;
        let registry = match self.string(table, "registry")? {
            Some("crates-io") => None,
            Some(name) => Some(name),
            None => index,
        };
        let registry = registry.map(|name| Source::OtherRegistry(name.to_owned()));
        let declared = [git.is_some(), path.is_some() || registry.is_some()];
        if declared == [true, true] {
            return Err(Misread::new(Problem::ManySources(entry.key.to_owned()), entry.span));
        }
        for pin in ["branch", "tag", "rev"] {
            if let Some(value) = self.string(table, pin)?.filter(|_| git.is_some()) {
                acc.requirement = format!("{pin} {value}");
            }
        }
        acc.source = match git.or(path).or(registry) {
            Some(source) => source,
            None if version.is_some() => Source::Registry,
            None => return Err(Misread::new(Problem::NoSource(entry.key.to_owned()), entry.span)),
        };
        Ok(())
    }

    /// The workspace's table says what the key stands for; in a member's file only the key is known.
    fn inherited(&self, entry: &Entry<'t>, acc: &mut Dependency) -> Result<(), Misread> {
        acc.source = Source::Workspace;
        let Some(workspace) = self.shared else {
            return Ok(());
        };
        let table = self.toml.table(workspace, &["dependencies"])?;
        let Some(declared) = table.and_then(|table| self.toml.get(table, entry.key)) else {
            return Err(Misread::new(Problem::NotInWorkspace(entry.key.to_owned()), entry.span));
        };
        if let Some(table) = declared.item.as_table_like()
            && let Some(package) = self.string(table, "package")?
        {
            rename(package, acc);
        }
        Ok(())
    }

    /// `[replace]`: the key is a package id such as `serde:1.0.0` or `https://index#serde@1.0.0`.
    fn replacement(&mut self, entry: Entry<'t>) -> Result<(), Misread> {
        let id = entry.key.rsplit('#').next().unwrap_or(entry.key);
        let name = id.split([':', '@']).next().unwrap_or(id);
        let mut dependency = blank(&entry, Scope::Runtime);
        self.detailed(self.toml.as_table(&entry)?, &entry, &mut dependency)?;
        // What gets built is the package in the new place, whatever the id says.
        if dependency.key.is_none() {
            dependency.name = name.to_owned();
        }
        self.found.push(dependency);
        Ok(())
    }

    fn string(&self, table: &'t dyn TableLike, key: &str) -> Result<Option<&'t str>, Misread> {
        self.toml.get(table, key).map(|entry| self.toml.as_str(&entry)).transpose()
    }
}

fn blank(entry: &Entry<'_>, scope: Scope) -> Dependency {
    Dependency { scope, ..Dependency::new(Ecosystem::Cargo, entry.key, entry.span) }
}

fn rename(package: &str, acc: &mut Dependency) {
    if package != acc.name {
        acc.key = Some(std::mem::replace(&mut acc.name, package.to_owned()));
    }
}

fn required(version: &str, entry: &Entry<'_>) -> Result<String, Misread> {
    if version.trim().is_empty() {
        return Err(Misread::new(Problem::NoSource(entry.key.to_owned()), entry.span));
    }
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Cargo;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn every_notation_of_a_dependency_is_read() {
        check(Cargo, "[dependencies]\na = '1'\n", &["2:1 a =1 runtime registry"]);
        check(Cargo, "dependencies.a = '1'\n", &["1:14 a =1 runtime registry"]);
        check(
            Cargo,
            "dependencies = { a = '1', b = { version = '2' } }\n",
            &["1:18 a =1 runtime registry", "1:27 b =2 runtime registry"],
        );
        check(Cargo, "[ dependencies . a ]\nversion = '1'\n", &["1:18 a =1 runtime registry"]);
        check(Cargo, "['dependencies'.\"\\u0061\"]\nversion = '1'\n", &["1:17 a =1 runtime registry"]);
        check(Cargo, "[dependencies]\na.version = '1'\na.features = []\n", &["2:1 a =1 runtime registry"]);
        check(Cargo, "\u{feff}[dependencies]\r\na = '1'", &["2:1 a =1 runtime registry"]);
        check(
            Cargo,
            "[dependencies]\na = { version = '1', features = [\n 'x', # [dev-dependencies]\n] }\n",
            &["2:1 a =1 runtime registry"],
        );
    }

    #[test]
    fn every_table_of_dependencies_is_read() {
        check(Cargo, "[dev-dependencies]\na = '1'\n", &["2:1 a =1 dev registry"]);
        check(Cargo, "[dev_dependencies]\na = '1'\n", &["2:1 a =1 dev registry"]);
        check(Cargo, "[build_dependencies]\na = '1'\n", &["2:1 a =1 build registry"]);
        check(Cargo, "[target.'cfg(unix)'.dependencies]\na = '1'\n", &["2:1 a =1 runtime registry"]);
        check(Cargo, "target = { x = { dev-dependencies = { a = '1' } } }", &["1:39 a =1 dev registry"]);
        check(Cargo, "[workspace.dependencies]\na = '1'\n", &["2:1 a =1 runtime registry"]);
        check(
            Cargo,
            "[dependencies]\na = { version = '1', optional = true }\n",
            &["2:1 a =1 optional registry"],
        );
    }

    #[test]
    fn text_that_looks_like_a_table_is_not_one() {
        check(Cargo, "[package]\ndescription = '''\n[dependencies]\na = '1'\n'''\n", &[]);
        check(Cargo, "[package.metadata.x.dependencies]\na = '1'\n", &[]);
        check(Cargo, "[features]\nx = ['dep:a']\n", &[]);
    }

    #[test]
    fn the_package_that_is_built_counts_not_its_key() {
        check(
            Cargo,
            "[dependencies]\na = { package = 'b', version = '1' }\n",
            &["2:1 b(a) =1 runtime registry"],
        );
        check(Cargo, "[dependencies]\na.package = 'b'\na.version = '1'\n", &["2:1 b(a) =1 runtime registry"]);
        let shared = "[dependencies]\na.workspace = true\n[workspace.dependencies]\na = { package = 'b', version = '1' }\n";
        check(Cargo, shared, &["2:1 b(a) = runtime workspace", "4:1 b(a) =1 runtime registry"]);
        check(Cargo, "[dependencies]\na.workspace = true\n", &["2:1 a = runtime workspace"]);
    }

    #[test]
    fn sources_other_than_the_registry_are_told() {
        check(
            Cargo,
            "[dependencies]\na = { git = 'https://h.example/a', branch = 'm' }\n",
            &["2:1 a =branch m runtime git:h.example/a"],
        );
        check(Cargo, "[dependencies]\na = { path = '../a', version = '1' }\n", &["2:1 a =1 runtime path"]);
        check(
            Cargo,
            "[dependencies]\na = { version = '1', registry-index = 'https://h.example/i' }\n",
            &["2:1 a =1 runtime registry:h.example/i"],
        );
        check(
            Cargo,
            "[dependencies]\na = { version = '1', registry = 'own' }\n",
            &["2:1 a =1 runtime registry:own"],
        );
        check(
            Cargo,
            "[dependencies]\na = { version = '1', registry = 'crates-io' }\n",
            &["2:1 a =1 runtime registry"],
        );
        check(
            Cargo,
            "[patch.crates-io]\nx = { git = 'https://h.example/a', package = 'a' }\n",
            &["2:1 a(x) = runtime git:h.example/a"],
        );
        check(
            Cargo,
            "[replace]\n'a:1.0.0' = { git = 'https://h.example/a' }\n",
            &["2:1 a = runtime git:h.example/a"],
        );
    }

    #[test]
    fn what_cargo_refuses_is_refused() {
        check_refused(Cargo, "[dependencies]\na = '1'\na = '2'\n", "3:1 duplicate key");
        check_refused(Cargo, "[dependencies]\n[dependencies]\n", "2:2 duplicate key");
        check_refused(Cargo, "[dependencies\n", "1:14 unclosed table, expected `]`");
        check_refused(
            Cargo,
            "[dependencies]\na = ''\n",
            "2:1 dependency a: says neither version nor path, git or workspace",
        );
        check_refused(
            Cargo,
            "[dependencies]\na = {}\n",
            "2:1 dependency a: says neither version nor path, git or workspace",
        );
        check_refused(Cargo, "[dependencies]\na = 1\n", "2:1 a: expected a table");
        check_refused(
            Cargo,
            "[dependencies]\na = { package = 1, version = '1' }\n",
            "2:7 package: expected a string",
        );
        check_refused(Cargo, "dependencies = 'x'\n", "1:1 dependencies: expected a table");
        check_refused(
            Cargo,
            "[package]\nedition = '2024'\n[dev_dependencies]\na = '1'\n",
            "3:2 table dev_dependencies: this spelling ended with edition 2024",
        );
        check_refused(
            Cargo,
            "[dependencies]\na = { git = 'g', path = 'p' }\n",
            "2:1 dependency a: names more than one source",
        );
        check_refused(
            Cargo,
            "[dependencies]\na = { version = '1', artifact = 'bin' }\n",
            "2:22 key artifact: stable versions of the package manager refuse it",
        );
        check_refused(
            Cargo,
            "[workspace]\n[dependencies]\na.workspace = true\n",
            "3:1 dependency a: not declared in workspace.dependencies",
        );
    }
}
