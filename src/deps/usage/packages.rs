//! Which package an import comes from, as far as its name tells. Knows standard libraries, not which packages exist.

use super::Import;
use crate::deps::{CanonicalName, hints};
use crate::model::{Ecosystem, Span};

/// The modules of Python's own library, in any version since 3.6.
const PYTHON: &str = include_str!("../../../packages/std/python.txt");

/// The modules that Node.js has without `node:`.
const NODE: &str = include_str!("../../../packages/std/node.txt");

/// A package that code imports.
#[derive(Debug, Clone)]
pub struct Package {
    /// What is imported, as short as it still names the package.
    pub name: String,
    /// The import as it is written.
    pub module: String,
    /// The package that usually provides it, where that has another name.
    pub usual: Option<&'static str>,
    /// Where the import stands.
    pub span: Span,
}

impl Package {
    /// None for what is no package of others: the standard library, a file beside, an alias of a bundler.
    pub fn of(ecosystem: Ecosystem, import: &Import) -> Option<Package> {
        let module = import.module.as_str();
        let name = match ecosystem {
            Ecosystem::Pypi => python(module)?,
            Ecosystem::Npm => node(module)?,
            Ecosystem::Cargo => module.split("::").next()?,
            // The first part of what the standard library holds has no dot.
            _ => Some(module).filter(|path| path.split('/').next().is_some_and(|host| host.contains('.')))?,
        };
        let canonical = CanonicalName::parse(ecosystem, name).ok()?;
        let usual = hints::package_of_import(ecosystem, &canonical);
        Some(Package { name: name.to_owned(), module: module.to_owned(), usual, span: import.span })
    }
}

fn python(module: &str) -> Option<&str> {
    let root = module.split('.').next()?;
    let own = root.starts_with('_') || !root.is_ascii() || is_listed(PYTHON, root);
    (!own).then_some(root)
}

fn node(specifier: &str) -> Option<&str> {
    let path = specifier.split(['?', '!']).next()?;
    let first = path.split('/').next()?;
    // A path, an alias such as `@/x`, `~x`, `#x`, `$lib`, a scheme such as `node:` and `virtual:`, a file.
    let is_alias = first.starts_with(['.', '~', '#', '$']) || matches!(first, "" | "@") || path.contains(':');
    if is_alias || !path.is_ascii() || is_listed(NODE, first) {
        return None;
    }
    let parts = if first.starts_with('@') { 2 } else { 1 };
    let end = path.match_indices('/').nth(parts - 1).map_or(path.len(), |(at, _)| at);
    Some(&path[..end])
}

fn is_listed(list: &str, name: &str) -> bool {
    list.lines().any(|known| known == name)
}

#[cfg(test)]
mod tests {
    use super::{Import, NODE, PYTHON, Package};
    use crate::model::Ecosystem::{self, Cargo, Golang, Npm, Pypi};
    use crate::model::Span;

    #[track_caller]
    fn check(ecosystem: Ecosystem, cases: &[(&str, Option<&str>)]) {
        for (module, expected) in cases {
            let import = Import::new(*module, Span::new(0, 0));
            let found = Package::of(ecosystem, &import).map(|package| package.name);
            assert_eq!(found.as_deref(), *expected, "{module}");
        }
    }

    #[test]
    fn packages_are_told_from_modules() {
        check(
            Pypi,
            &[("os.path", None), ("yaml", Some("yaml")), ("a.b", Some("a")), ("_x", None), ("\u{430}", None)],
        );
        check(
            Npm,
            &[("fs/promises", None), ("node:x", None), ("a/b", Some("a")), ("@s/a/b.css", Some("@s/a"))],
        );
        check(
            Npm,
            &[
                ("./a", None),
                ("@/a", None),
                ("#a", None),
                ("~/a", None),
                ("virtual:x", None),
                ("a?raw", Some("a")),
            ],
        );
        check(Cargo, &[("serde::de", Some("serde"))]);
        check(Golang, &[("net/http", None), ("C", None), ("a.example/b/c", Some("a.example/b/c"))]);
    }

    #[test]
    fn the_lists_are_sorted() {
        for list in [PYTHON, NODE] {
            assert!(list.lines().count() > 40 && list.lines().is_sorted());
        }
    }
}
