//! Hints about names: which well-known package one looks like, which package an import belongs to, what took a package's
//! place. Advice only: a name that resembles nothing may be invented all the same.

mod typo;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::CanonicalName;
use crate::model::Ecosystem;
use crate::text::toml_doc::{Document, Outline, Problems, Table};

const IMPORTS: &str = include_str!("../../../packages/imports.toml");
const MODULES: &str = include_str!("../../../packages/modules.toml");
const REPLACED: &str = include_str!("../../../packages/replaced.toml");

/// Names that many people mean, one a line, sorted.
fn known(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Cargo => include_str!("../../../packages/known/cargo.txt"),
        Ecosystem::Npm => include_str!("../../../packages/known/npm.txt"),
        Ecosystem::Pypi => include_str!("../../../packages/known/pypi.txt"),
        Ecosystem::Gem => include_str!("../../../packages/known/gem.txt"),
        Ecosystem::Golang
        | Ecosystem::Maven
        | Ecosystem::Nuget
        | Ecosystem::Composer
        | Ecosystem::Hex
        | Ecosystem::Pub
        | Ecosystem::Swift
        | Ecosystem::Cocoapods
        | Ecosystem::Conda
        | Ecosystem::Conan
        | Ecosystem::Vcpkg
        | Ecosystem::Bazel
        | Ecosystem::Terraform
        | Ecosystem::Helm
        | Ecosystem::Ansible
        | Ecosystem::Docker
        | Ecosystem::Actions
        | Ecosystem::Git => "",
    }
}

/// True for a name of the list.
pub fn is_well_known(ecosystem: Ecosystem, name: &CanonicalName) -> bool {
    let canonical = |known: &str| CanonicalName::parse(ecosystem, known).as_ref() == Ok(name);
    known(ecosystem).lines().any(|known| known == name.as_str() || canonical(known))
}

/// The well-known name that somebody probably meant.
pub fn looks_like(ecosystem: Ecosystem, name: &CanonicalName) -> Option<&'static str> {
    if is_well_known(ecosystem, name) {
        return None;
    }
    known(ecosystem).lines().find(|known| {
        CanonicalName::parse(ecosystem, known).is_ok_and(|known| typo::is_typo(name.as_str(), known.as_str()))
    })
}

/// The package that an import belongs to, when `name` is what code imports.
pub fn package_of_import(ecosystem: Ecosystem, name: &CanonicalName) -> Option<&'static str> {
    if ecosystem != Ecosystem::Pypi {
        return None;
    }
    imports().get(name.as_str()).map(|(_, package)| package.as_str())
}

/// The packages that hold a module of Python, where they are not called like it.
pub fn distributions_of(module: &str) -> &'static [String] {
    static READ: OnceLock<Modules> = OnceLock::new();
    let modules = READ.get_or_init(|| read_modules(MODULES).unwrap_or_default());
    let root = module.split('.').next().unwrap_or_default();
    modules.get(root).map_or(&[], Vec::as_slice)
}

/// What took the place of a package, and why.
pub fn replacement(ecosystem: Ecosystem, name: &CanonicalName) -> Option<(&'static str, &'static str)> {
    static READ: OnceLock<Replaced> = OnceLock::new();
    let replaced = READ.get_or_init(|| read_replaced(REPLACED).unwrap_or_default());
    replaced.get(&(ecosystem, name.clone())).map(|(other, why)| (other.as_str(), why.as_str()))
}

/// What took a package's place, and why.
type Replaced = BTreeMap<(Ecosystem, CanonicalName), (String, String)>;

/// Imports and packages, by the import as a name of PyPI.
type Imports = BTreeMap<String, (String, String)>;

/// Packages by the module that they hold.
type Modules = BTreeMap<String, Vec<String>>;

fn read_modules(text: &str) -> Result<Modules, Problems> {
    let doc = Document::parse("packages/modules.toml", text);
    let mut found = Modules::new();
    if let Some(table) = doc.root().table("pypi") {
        for key in table.keys() {
            let packages = table.text(key.value).unwrap_or_default().split(' ').map(str::to_owned).collect();
            found.insert(key.value.to_owned(), packages);
        }
    }
    doc.into_result(found)
}

fn imports() -> &'static Imports {
    static READ: OnceLock<Imports> = OnceLock::new();
    READ.get_or_init(|| read_imports(IMPORTS).unwrap_or_default())
}

fn read_imports(text: &str) -> Result<Imports, Problems> {
    let doc = Document::parse("packages/imports.toml", text);
    let imports = checked_imports(&doc);
    doc.into_result(imports)
}

/// What may stand in `packages/imports.toml`.
pub fn outline_of_imports() -> Outline {
    Document::outline(|doc| drop(checked_imports(doc)))
}

fn checked_imports(doc: &Document<'_>) -> Imports {
    let root = doc.root();
    root.schema();
    let mut found = Imports::new();
    if let Some(table) = root.table("pypi") {
        for key in table.keys() {
            let (Some(package), Ok(name)) =
                (table.text(key.value), CanonicalName::parse(Ecosystem::Pypi, key.value))
            else {
                continue;
            };
            found.insert(name.to_string(), (key.value.to_owned(), package.to_owned()));
        }
    }
    root.finish();
    found
}

fn read_replaced(text: &str) -> Result<Replaced, Problems> {
    let doc = Document::parse("packages/replaced.toml", text);
    let replaced = checked_replaced(&doc);
    doc.into_result(replaced)
}

/// What may stand in `packages/replaced.toml`.
pub fn outline_of_replaced() -> Outline {
    Document::outline(|doc| drop(checked_replaced(doc)))
}

fn checked_replaced(doc: &Document<'_>) -> Replaced {
    let root = doc.root();
    root.schema();
    let read = |table: &Table<'_, '_>| {
        let ecosystem = table.required_one_of("ecosystem", &Ecosystem::NAMES);
        let name = table.required_string("name");
        let (other, why) = (table.required_string("use"), table.required_string("reason"));
        table.finish();
        let (ecosystem, name) = (ecosystem?, name?.value);
        let Ok(name) = CanonicalName::parse(ecosystem, name) else {
            table.invalid("name", "no name in this ecosystem");
            return None;
        };
        Some(((ecosystem, name), (other?.value.to_owned(), why?.value.to_owned())))
    };
    let found = root.tables("replaced").iter().filter_map(read).collect();
    root.finish();
    found
}

#[cfg(test)]
mod tests {
    use super::{
        IMPORTS, MODULES, REPLACED, looks_like, package_of_import, read_imports, read_modules, read_replaced,
        replacement,
    };
    use crate::deps::CanonicalName;
    use crate::model::Ecosystem::{self, Cargo, Golang, Npm, Pypi};

    fn name(ecosystem: Ecosystem, text: &str) -> CanonicalName {
        CanonicalName::parse(ecosystem, text).expect("a name")
    }

    #[test]
    fn the_lists_read() {
        assert!(read_imports(IMPORTS).map_err(|problems| problems.to_string()).expect("valid").len() > 40);
        assert!(read_modules(MODULES).map_err(|problems| problems.to_string()).expect("valid").len() > 60);
        assert!(read_replaced(REPLACED).map_err(|problems| problems.to_string()).expect("valid").len() > 20);
    }

    #[test]
    fn names_that_look_like_well_known_ones_are_told() {
        for (ecosystem, text, expected) in [
            (Pypi, "reqeusts", Some("requests")),
            (Pypi, "requests", None),
            (Pypi, "scikitlearn", Some("scikit-learn")),
            (Pypi, "learn-scikit", Some("scikit-learn")),
            (Pypi, "flask-cors", None),
            (Npm, "expresss", Some("express")),
            (Npm, "cross_env", Some("cross-env")),
            (Npm, "preact", None),
            (Cargo, "serde_jsom", Some("serde_json")),
            (Cargo, "serde-json", None),
            (Golang, "github.com/x/requests", None),
        ] {
            assert_eq!(looks_like(ecosystem, &name(ecosystem, text)), expected, "{text}");
        }
    }

    #[test]
    fn imports_and_successors_are_known() {
        assert_eq!(package_of_import(Pypi, &name(Pypi, "CV2")), Some("opencv-python"));
        assert_eq!(package_of_import(Pypi, &name(Pypi, "rest-framework")), Some("djangorestframework"));
        assert_eq!(package_of_import(Pypi, &name(Pypi, "requests")), None);
        assert_eq!(package_of_import(Npm, &name(Npm, "yaml")), None);
        let (other, _) = replacement(Cargo, &name(Cargo, "failure")).expect("replaced");
        assert_eq!(other, "anyhow or thiserror");
        assert_eq!(replacement(Npm, &name(Npm, "failure")), None);
    }
}
