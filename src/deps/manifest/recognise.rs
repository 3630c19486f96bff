//! The registry of manifest names: which file is read by which reader, and which are known but not read yet. Knows
//! names only; names are compared without regard to case, because some file systems do so.

use super::Format;
use crate::model::RepoPath;

/// What a path is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// A manifest that is read.
    Read(Format),
    /// A manifest, or a file that redirects a package manager, that is not read yet; what it belongs to.
    NotRead(&'static str),
}

/// Files that are read, by name or by the end of their path.
const READ: [(&str, Format); 23] = [
    ("cargo.toml", Format::Cargo),
    ("package.json", Format::Npm),
    ("pyproject.toml", Format::Pyproject),
    ("go.mod", Format::GoMod),
    ("pom.xml", Format::Maven),
    (".mvn/extensions.xml", Format::Maven),
    ("packages.config", Format::Nuget),
    ("nuget.config", Format::Nuget),
    ("gemfile", Format::Gemfile),
    ("gems.rb", Format::Gemfile),
    ("appraisals", Format::Gemfile),
    ("composer.json", Format::Composer),
    ("podfile", Format::Podfile),
    ("action.yml", Format::Actions),
    ("action.yaml", Format::Actions),
    ("dockerfile", Format::Dockerfile),
    ("containerfile", Format::Dockerfile),
    ("docker-compose.yml", Format::Compose),
    ("docker-compose.yaml", Format::Compose),
    ("compose.yml", Format::Compose),
    ("compose.yaml", Format::Compose),
    ("build.gradle", Format::Gradle),
    ("build.gradle.kts", Format::Gradle),
];

/// Files that are read, by the end of their names.
const READ_ENDINGS: [(&str, Format); 17] = [
    (".pom", Format::Maven),
    (".gradle", Format::Gradle),
    (".gradle.kts", Format::Gradle),
    (".versions.toml", Format::VersionCatalog),
    (".csproj", Format::Nuget),
    (".fsproj", Format::Nuget),
    (".vbproj", Format::Nuget),
    (".sqlproj", Format::Nuget),
    (".props", Format::NugetShared),
    (".targets", Format::NugetShared),
    (".nuspec", Format::Nuget),
    (".gemspec", Format::Gemspec),
    (".gemfile", Format::Gemfile),
    (".podspec", Format::Podspec),
    (".dockerfile", Format::Dockerfile),
    (".containerfile", Format::Dockerfile),
    (".pip", Format::Requirements),
];

/// Known files that are not read, by name or by the end of their path.
const NOT_READ: [(&str, &str); 40] = [
    ("cpanfile", "CPAN"),
    ("module.bazel", "Bazel"),
    ("workspace.bazel", "Bazel"),
    ("build.sbt", "sbt"),
    (".bundle/config", "Bundler"),
    (".cargo/config", "Cargo"),
    (".cargo/config.toml", "Cargo"),
    ("cartfile", "Carthage"),
    ("conanfile.py", "Conan"),
    ("conanfile.txt", "Conan"),
    ("environment.yaml", "Conda"),
    ("environment.yml", "Conda"),
    ("pixi.toml", "pixi"),
    ("deno.json", "Deno"),
    ("deno.jsonc", "Deno"),
    ("import_map.json", "Deno"),
    ("jsr.json", "Deno"),
    ("go.work", "Go"),
    ("gradle-wrapper.properties", "Gradle"),
    ("chart.yaml", "Helm"),
    ("mix.exs", "Mix"),
    ("gleam.toml", "Gleam"),
    ("rebar.config", "Rebar"),
    (".npmrc", "npm"),
    ("bunfig.toml", "Bun"),
    ("pnpm-workspace.yaml", "pnpm"),
    (".pnpmfile.cjs", "pnpm"),
    (".yarnrc", "Yarn"),
    (".yarnrc.yml", "Yarn"),
    ("paket.dependencies", "Paket"),
    ("pipfile", "Pipenv"),
    ("pip.conf", "pip"),
    ("setup.py", "setuptools"),
    ("setup.cfg", "setuptools"),
    ("uv.toml", "uv"),
    ("pubspec.yaml", "pub"),
    ("package.swift", "Swift"),
    ("vcpkg.json", "vcpkg"),
    (".pre-commit-config.yaml", "pre-commit"),
    ("bun.lockb", "Bun (a binary lock file)"),
];

/// Known files that are not read, by the end of their names.
const NOT_READ_ENDINGS: [(&str, &str); 2] = [(".opam", "opam"), (".cabal", "Cabal")];

/// Folders in front of workflows.
const WORKFLOWS: [&str; 3] = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"];

/// What the file at `path` is, going by its name. Installed packages (`node_modules`) are not manifests of ours.
pub fn recognise(path: &RepoPath) -> Option<Recognised> {
    let path = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or_default();
    if folders.contains(&"node_modules") {
        return None;
    }
    let exact = |known: &str| {
        name == known || path.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let read = READ.iter().find(|(known, _)| exact(known)).map(|(_, format)| *format);
    let read = read.or_else(|| pip_file(name, &folders)).or_else(|| numbered(name, &folders));
    let read =
        read.or_else(|| READ_ENDINGS.iter().find(|(end, _)| name.ends_with(end)).map(|(_, format)| *format));
    if let Some(format) = read {
        return Some(Recognised::Read(format));
    }
    let mut known = NOT_READ.iter().filter(|(known, _)| exact(known));
    let ending = || NOT_READ_ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    known.next().or_else(ending).map(|(_, what)| Recognised::NotRead(what))
}

/// pip takes any name; these are the ones in use. `requires.txt` of an installed package has another format.
fn pip_file(name: &str, folders: &[&str]) -> Option<Format> {
    let (stem, extension) = name.rsplit_once('.')?;
    let installed = folders.last().is_some_and(|folder| folder.ends_with(".egg-info"));
    let named = stem.contains("requirement") || stem.ends_with("requires") && !installed;
    let text = matches!(extension, "txt" | "in");
    if text && stem.contains("constraints") {
        Some(Format::Constraints)
    } else if text && (named || folders.contains(&"requirements")) {
        Some(Format::Requirements)
    } else {
        None
    }
}

/// Names that people vary: `Dockerfile.dev`, `docker-compose.prod.yml`, any workflow.
fn numbered(name: &str, folders: &[&str]) -> Option<Format> {
    let yaml = name.strip_suffix(".yml").or(name.strip_suffix(".yaml"));
    let folder = folders.join("/");
    let is_workflow = |known: &&str| folder == **known || folder.ends_with(&format!("/{known}"));
    if yaml.is_some() && WORKFLOWS.iter().any(is_workflow) {
        return Some(Format::Actions);
    }
    let docker = ["dockerfile.", "dockerfile-", "containerfile.", "containerfile-"];
    if docker.iter().any(|start| name.starts_with(start)) && !name.ends_with(".dockerignore") {
        return Some(Format::Dockerfile);
    }
    let compose = |stem: &str| {
        ["docker-compose", "compose."].iter().any(|start| stem.starts_with(start))
            || stem.ends_with("-compose")
    };
    yaml.filter(|stem| compose(stem)).map(|_| Format::Compose)
}

#[cfg(test)]
mod tests {
    use super::Recognised::{NotRead, Read};
    use super::{Format, Recognised, recognise};

    #[track_caller]
    fn check(path: &str, expected: impl Into<Option<Recognised>>) {
        assert_eq!(recognise(&path.into()), expected.into(), "{path}");
    }

    #[test]
    fn manifests_are_known_by_name_in_any_folder_and_case() {
        for (path, format) in [
            ("Cargo.toml", Format::Cargo),
            ("a/b/CARGO.TOML", Format::Cargo),
            ("web/package.json", Format::Npm),
            ("pyproject.toml", Format::Pyproject),
            ("go.mod", Format::GoMod),
            ("requirements.txt", Format::Requirements),
            ("dev-requirements.in", Format::Requirements),
            ("requirements/base.txt", Format::Requirements),
            ("requirements/linux/base.txt", Format::Requirements),
            ("constraints-3.12.txt", Format::Constraints),
            ("requirements/constraints.txt", Format::Constraints),
            ("tools/pip-requires.txt", Format::Requirements),
            ("deps.pip", Format::Requirements),
            ("Gemfile", Format::Gemfile),
            ("gemfiles/rails_7.gemfile", Format::Gemfile),
            ("src/App/App.CSPROJ", Format::Nuget),
            ("Directory.Packages.props", Format::NugetShared),
            ("app/build.gradle.kts", Format::Gradle),
            ("gradle/libs.versions.toml", Format::VersionCatalog),
            (".mvn/extensions.xml", Format::Maven),
            (".github/workflows/ci.yml", Format::Actions),
            ("x/.forgejo/workflows/ci.yaml", Format::Actions),
            (".github/actions/x/action.yml", Format::Actions),
            ("Dockerfile", Format::Dockerfile),
            ("build/Dockerfile.dev", Format::Dockerfile),
            ("app.Dockerfile", Format::Dockerfile),
            ("docker-compose.override.yml", Format::Compose),
        ] {
            check(path, Read(format));
        }
    }

    #[test]
    fn what_is_known_and_not_read_is_told_and_the_rest_is_none() {
        for (path, what) in [
            (".cargo/config.toml", "Cargo"),
            ("x/.cargo/config.toml", "Cargo"),
            ("bun.lockb", "Bun (a binary lock file)"),
            ("x.cabal", "Cabal"),
        ] {
            check(path, NotRead(what));
        }
        for path in [
            "x.egg-info/requires.txt",
            "requires-star.txt",
            "x.cargo/config.toml",
            "config.toml",
            "notes.txt",
            "node_modules/x/package.json",
            "xpackage.json",
            "workflows/ci.yml",
            "Dockerfile.dockerignore",
            "decompose.yml",
        ] {
            check(path, None);
        }
    }
}
