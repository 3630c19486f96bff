//! Code against the manifests around it: packages that it imports and nobody declares, and names that the declared version
//! no longer has. Knows imports as text; runs nothing, and resolves nothing that a package manager would.

mod around;
mod cursor;
mod go;
mod import;
mod javascript;
mod outdated;
mod packages;
mod python;
mod rust;

use std::collections::BTreeSet;

use self::around::Around;
pub use self::import::Import;
pub use self::outdated::outline_of_outdated;
use self::packages::Package;
use super::codes::UNDECLARED;
use super::{Approvals, DepFinding, Files};
use crate::lang::{self, Lexed};
use crate::model::{Ecosystem, Language, RepoPath};
use crate::text::escape;

/// A file of code as a change leaves it, in a language whose imports are read.
pub struct Code<'c> {
    path: &'c RepoPath,
    content: &'c [u8],
    language: Language,
    ecosystem: Ecosystem,
}

impl<'c> Code<'c> {
    /// None for a file without imports that are read.
    pub fn new(path: &'c RepoPath, content: &'c [u8]) -> Option<Code<'c>> {
        let language = lang::detect(path, content)?;
        let (ecosystem, words): (_, &[&str]) = match language {
            Language::Python => (Ecosystem::Pypi, &["import"]),
            Language::JavaScript | Language::TypeScript => (Ecosystem::Npm, &["import", "require", "from"]),
            Language::Rust => (Ecosystem::Cargo, &["use ", "extern crate", "::"]),
            Language::Go => (Ecosystem::Golang, &["import"]),
            Language::Java
            | Language::Kotlin
            | Language::Scala
            | Language::Groovy
            | Language::Ruby
            | Language::Php
            | Language::CSharp
            | Language::C
            | Language::Cpp
            | Language::Shell
            | Language::Sql
            | Language::Yaml
            | Language::Toml
            | Language::Hcl
            | Language::Dockerfile
            | Language::Html
            | Language::Nginx
            | Language::Json
            | Language::Xml
            | Language::Swift
            | Language::Dart
            | Language::Lua
            | Language::Perl
            | Language::Elixir
            | Language::PowerShell
            | Language::Makefile => return None,
        };
        let imports = words.iter().any(|word| memchr::memmem::find(content, word.as_bytes()).is_some());
        imports.then_some(Code { path, content, language, ecosystem })
    }

    /// What this code uses and no version in `before` does, as far as the manifests around it say otherwise.
    pub fn judge(&self, before: &[Vec<u8>], files: Files<'_>, record: &Approvals) -> Vec<DepFinding> {
        // Most changes import nothing new: then nobody has to look for manifests.
        let used = self.uses(self.content);
        let known: BTreeSet<String> =
            before.iter().flat_map(|old| self.uses(old)).map(|using| using.says()).collect();
        let new: Vec<Using> = used.into_iter().filter(|using| !known.contains(&using.says())).collect();
        if new.is_empty() {
            return Vec::new();
        }
        let Some(around) = Around::of(self, files) else { return Vec::new() };
        let mut told = BTreeSet::new();
        let mut findings = Vec::new();
        for using in new.iter().filter(|using| told.insert(using.says())) {
            findings.extend(match using {
                Using::Package(package) => (!around.has(package, record)).then(|| undeclared(package)),
                Using::Outdated(used) => used.told(&around.declared(used.ecosystem(), used.package())),
            });
        }
        findings
    }

    fn uses(&self, content: &[u8]) -> Vec<Using> {
        let lexed = lang::lex(self.language, content);
        let imports = self.imports(&lexed, content);
        let mut found: Vec<Using> = imports
            .iter()
            .filter(|import| !import.excused)
            .filter_map(|import| Package::of(self.ecosystem, import))
            .map(Using::Package)
            .collect();
        found.extend(outdated::used(self.ecosystem, &imports, &lexed.code).into_iter().map(Using::Outdated));
        found
    }

    fn imports(&self, lexed: &Lexed, content: &[u8]) -> Vec<Import> {
        match self.ecosystem {
            Ecosystem::Pypi => python::imports(&lexed.code),
            Ecosystem::Npm => javascript::imports(lexed, content),
            Ecosystem::Cargo => rust::imports(&lexed.code),
            _ => go::imports(lexed, content),
        }
    }
}

/// Every import of a file of code; none of a file in another language.
pub fn imports_of(path: &RepoPath, content: &[u8]) -> Vec<Import> {
    let code = Code::new(path, content);
    code.map(|code| code.imports(&lang::lex(code.language, content), content)).unwrap_or_default()
}

/// Something that code uses.
enum Using {
    Package(Package),
    Outdated(outdated::Used),
}

impl Using {
    fn says(&self) -> String {
        match self {
            Using::Package(package) => package.name.clone(),
            Using::Outdated(used) => used.says(),
        }
    }
}

fn undeclared(package: &Package) -> DepFinding {
    let name = escape(package.name.as_bytes());
    let detail = format!("`{name}` is imported, but no manifest around this file declares it");
    let fix = match package.usual {
        Some(usual) => format!("declare `{usual}`, where that is what you mean"),
        None => "declare the package that provides it, after somebody has looked at it".to_owned(),
    };
    DepFinding::new(UNDECLARED, package.span, detail, fix)
}

#[cfg(test)]
mod tests {
    use super::Code;
    use crate::deps::{Approvals, Files};
    use crate::model::RepoPath;
    use crate::text::Lines;

    /// What the team has written down.
    const RECORD: &str = "schema = 1\n[[approve]]\necosystem = 'pypi'\nname = 'acme-tools'\nimports = ['hammer']\n\
        reason = 'our own tools'\napproved_by = 'lead'\ndate = 2026-01-01\n";

    /// `LINE DETAIL` of everything that is told of `text` at `path`, which is new, in a repository of `files`.
    #[track_caller]
    fn check(files: &[(&str, &str)], path: &str, text: &str, expected: &[&str]) {
        check_change(files, path, (&[], text), expected);
    }

    #[track_caller]
    fn check_change(files: &[(&str, &str)], path: &str, (before, text): (&[&str], &str), expected: &[&str]) {
        let content = |wanted: &RepoPath| {
            let found = files.iter().find(|(path, _)| path.as_bytes() == wanted.as_bytes());
            found.map(|(_, text)| text.as_bytes().to_vec())
        };
        let paths = || files.iter().map(|(path, _)| RepoPath::from(*path)).collect();
        let files = Files { exists: &|path| content(path).is_some(), read: &content, paths: &paths };
        let lines = Lines::new(text.as_bytes());
        let before: Vec<Vec<u8>> = before.iter().map(|old| old.as_bytes().to_vec()).collect();
        let record = Approvals::read("r", RECORD).expect("a valid record");
        let found = Code::new(&path.into(), text.as_bytes()).map(|code| code.judge(&before, files, &record));
        let shown: Vec<String> = found
            .unwrap_or_default()
            .into_iter()
            .map(|one| format!("{} {}", lines.position(one.span.start).line, one.detail))
            .collect();
        assert_eq!(shown, expected, "{path}: {text}");
    }

    #[test]
    fn imports_that_nobody_declares_are_told_once_where_they_are_new() {
        let files = [(
            "pyproject.toml",
            "[project]\ndependencies = ['requests', 'PyYAML', 'google-cloud-storage']\n",
        )];
        let told = "`evil` is imported, but no manifest around this file declares it";
        check(&files, "a/b.py", "import os, requests, yaml\nfrom google.cloud import storage\n", &[]);
        check(&files, "a/b.py", "import evil.x\nimport evil.y\n", &[&format!("1 {told}")]);
        check_change(&files, "a/b.py", (&["import evil\n"], "\nimport evil\n"), &[]);
        check_change(
            &files,
            "a/b.py",
            (&["import requests\n"], "import requests\nimport evil\n"),
            &[&format!("2 {told}")],
        );
    }

    #[test]
    fn a_package_is_imported_as_its_approval_says() {
        let told = "1 `hammer` is imported, but no manifest around this file declares it";
        check(&[("requirements.txt", "Acme_Tools\n")], "a.py", "import hammer.x\n", &[]);
        check(&[("requirements.txt", "other\n")], "a.py", "import hammer.x\n", &[told]);
    }

    #[test]
    fn every_manifest_above_the_file_counts() {
        let files = [
            ("package.json", "{\"devDependencies\": {\"a\": \"1\"}}"),
            (
                "web/package.json",
                "{\"name\": \"@o/web\", \"dependencies\": {\"b\": \"npm:c@1\", \"@types/s__t\": \"1\"}}",
            ),
            ("api/package.json", "{\"name\": \"@o/api\", \"dependencies\": {\"d\": \"1\"}}"),
            ("web/tsconfig.json", "{\"compilerOptions\": {\"paths\": {\"$x/*\": [], \"app/*\": [\"x/*\"]}}}"),
            ("web/components/x.ts", ""),
        ];
        let fine = "import 'a'; import 'b/c'; import '@o/api'; import '@s/t'; import 'app/y'; import 'components/x'; import '@components/x'\n";
        check(&files, "web/src/x.ts", fine, &[]);
        check(
            &files,
            "web/src/x.ts",
            "import 'd'\nimport 'c'\n",
            &[
                "1 `d` is imported, but no manifest around this file declares it",
                "2 `c` is imported, but no manifest around this file declares it",
            ],
        );
    }

    #[test]
    fn rust_and_go_know_their_own() {
        let files = [
            ("Cargo.toml", "[workspace.dependencies]\nlog = '1'\n"),
            (
                "a/Cargo.toml",
                "[package]\nname = 'my-a'\nedition = '2024'\n[dependencies]\nserde-json = '1'\nx = { package = 'y', version = '1' }\nlog = { workspace = true }\n",
            ),
            ("lib-b/Cargo.toml", "[package]\nname = 'c'\n"),
        ];
        check(
            &files,
            "a/src/main.rs",
            "use serde_json::Value; use x::Z;\nuse my_a::f;\nuse lib_b::g;\nuse log::info;\nuse c::X;\n",
            &[],
        );
        let told = "1 `evil` is imported, but no manifest around this file declares it";
        check(&files, "a/src/main.rs", "use evil::f;\n", &[told]);
        let root = |text| [files[0], files[1], ("a/src/lib.rs", text)];
        check(&root("extern crate alloc as evil;\n"), "a/src/x/y.rs", "use evil::f;\n", &[]);
        check(&root("// extern crate alloc as evil;\n"), "a/src/x/y.rs", "use evil::f;\n", &[told]);
        check(&root("extern crate alloc as evil;\n"), "b/src/y.rs", "use evil::f;\n", &[told]);
        let files = [
            ("go.mod", "module o.example/r\nrequire a.example/b v1.0.0\n"),
            ("tools/go.mod", "module o.example/r/tools\n"),
        ];
        check(&files, "x.go", "package x\nimport (\n\"fmt\"\n\"a.example/b/c\"\n\"o.example/r/y\"\n)\n", &[]);
        let told = "2 `a.example/bc` is imported, but no manifest around this file declares it";
        check(&files, "x.go", "package x\nimport \"a.example/bc\"\n", &[told]);
    }

    #[test]
    fn where_nobody_can_tell_nothing_is_told() {
        let code = "import evil\n";
        check(&[], "a.py", code, &[]);
        check(&[("setup.py", "setup(install_requires=read())\n")], "a.py", code, &[]);
        check(&[("requirements.txt", "a b\n")], "a.py", code, &[]);
        check(&[("requirements.txt", "-r https://h.example/r.txt\n")], "a.py", code, &[]);
        check(&[("other/requirements.txt", "a\n")], "a.py", code, &[]);
        check(&[("requirements.txt", "-r deps/all.txt\n"), ("deps/all.txt", "evil\n")], "a.py", code, &[]);
        check(&[("requirements/base.txt", "evil\n")], "a.py", code, &[]);
        check(&[("requirements.txt", "a\n"), ("lib/evil/x.py", "")], "a.py", code, &[]);
        check(
            &[("requirements.txt", "a\n")],
            "a.py",
            "# /// script\n# dependencies = ['evil']\n# ///\nimport evil\n",
            &[],
        );
    }

    #[test]
    fn names_that_ended_are_told_by_the_declared_version() {
        let code =
            "import numpy as np\nfrom pydantic import BaseSettings as B\nx = np.float(np.float64(1))\n";
        let told = [
            "2 `pydantic.BaseSettings` ended with pydantic 2.0, and `~=2.5` is declared",
            "3 `numpy.float` ended with numpy 1.24.4, and `>=1.26,<3` is declared",
        ];
        check(&[("requirements.txt", "numpy>=1.26,<3\npydantic~=2.5\n")], "a.py", code, &told);
        check(&[("requirements.txt", "numpy>=1.20\npydantic<2\n")], "a.py", code, &[]);
        let told = ["3 `numpy.float` ended with numpy 1.24.4, and any version is declared"];
        check(&[("requirements.txt", "numpy\npydantic>=1\n")], "a.py", code, &told);
        let files =
            [("requirements.txt", "numpy>=2\n"), ("setup.cfg", "[options]\ninstall_requires = numpy<2\n")];
        check(&files, "a.py", "import numpy as np\nnp.float\n", &[]);
        check(&files[..1], "a.py", "import numpy as np\nx.np.float\n'np.float'\n", &[]);
        let files = [("Cargo.toml", "[dependencies]\nhyper = '1'\nrand = '0.8'\n")];
        let told = ["1 `hyper::Client` ended with hyper 1, and `1` is declared"];
        check(&files, "src/a.rs", "use hyper::{Client, Uri};\nlet r = rand::thread_rng();\n", &told);
        check(
            &files,
            "src/a.rs",
            "let c = hyper::Client::new();\n",
            &["1 `hyper::Client` ended with hyper 1, and `1` is declared"],
        );
        let files = [("package.json", "{\"dependencies\": {\"react-dom\": \"^19.1.0\"}}")];
        let told = ["1 `react-dom.render` ended with react-dom 19, and `^19.1.0` is declared"];
        check(
            &files,
            "a.jsx",
            "import ReactDOM from 'react-dom';\nReactDOM.render(x);\n",
            &["2 `react-dom.render` ended with react-dom 19, and `^19.1.0` is declared"],
        );
        check(&files, "a.jsx", "import { render as r } from 'react-dom';\n", &told);
    }
}
