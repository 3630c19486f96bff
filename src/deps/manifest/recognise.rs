//! The registry of manifest names: which file is read by which reader, and which are known but not read yet. Knows
//! names only; names are compared without regard to case, because some file systems do so.

use crate::model::{Ecosystem, RepoPath};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `Cargo.toml`.
    Cargo,
    /// `package.json`.
    Npm,
    /// Files for `pip install -r`.
    Requirements,
    /// Files for `pip install -c`.
    Constraints,
    /// `pyproject.toml`.
    Pyproject,
    /// `go.mod`.
    GoMod,
}

impl Format {
    /// Every format with its name in reports.
    pub const NAMES: [(&'static str, Format); 6] = [
        ("cargo-toml", Format::Cargo),
        ("package-json", Format::Npm),
        ("requirements-txt", Format::Requirements),
        ("constraints-txt", Format::Constraints),
        ("pyproject-toml", Format::Pyproject),
        ("go-mod", Format::GoMod),
    ];

    /// The ecosystem whose names the format holds.
    pub fn ecosystem(self) -> Ecosystem {
        match self {
            Format::Cargo => Ecosystem::Cargo,
            Format::Npm => Ecosystem::Npm,
            Format::Requirements | Format::Constraints | Format::Pyproject => Ecosystem::Pypi,
            Format::GoMod => Ecosystem::Golang,
        }
    }
}

/// What a path is known as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// A manifest that is read.
    Read(Format),
    /// A manifest, or a file that redirects a package manager, that is not read yet; what it belongs to.
    NotRead(&'static str),
}

/// Manifests by their exact names.
const READ: [(&str, Format); 4] = [
    ("cargo.toml", Format::Cargo),
    ("package.json", Format::Npm),
    ("pyproject.toml", Format::Pyproject),
    ("go.mod", Format::GoMod),
];

/// Known files that are not read, by name; sorted by what they belong to.
const NOT_READ: [(&str, &str); 53] = [
    ("cpanfile", "CPAN"),
    ("module.bazel", "Bazel"),
    ("workspace.bazel", "Bazel"),
    ("build.sbt", "sbt"),
    (".bundle/config", "Bundler"),
    ("gemfile", "Bundler"),
    ("gems.rb", "Bundler"),
    (".cargo/config", "Cargo"),
    (".cargo/config.toml", "Cargo"),
    ("cartfile", "Carthage"),
    ("podfile", "CocoaPods"),
    ("composer.json", "Composer"),
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
    ("build.gradle", "Gradle"),
    ("build.gradle.kts", "Gradle"),
    ("settings.gradle", "Gradle"),
    ("settings.gradle.kts", "Gradle"),
    ("gradle-wrapper.properties", "Gradle"),
    ("libs.versions.toml", "Gradle"),
    ("chart.yaml", "Helm"),
    ("mix.exs", "Mix"),
    ("gleam.toml", "Gleam"),
    ("rebar.config", "Rebar"),
    ("pom.xml", "Maven"),
    (".mvn/extensions.xml", "Maven"),
    (".npmrc", "npm"),
    ("bunfig.toml", "Bun"),
    ("pnpm-workspace.yaml", "pnpm"),
    (".pnpmfile.cjs", "pnpm"),
    (".yarnrc", "Yarn"),
    (".yarnrc.yml", "Yarn"),
    ("directory.packages.props", "NuGet"),
    ("packages.config", "NuGet"),
    ("nuget.config", "NuGet"),
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
];

/// Known files that are not read, by the end of their names.
const NOT_READ_ENDINGS: [(&str, &str); 8] = [
    (".csproj", "NuGet"),
    (".fsproj", "NuGet"),
    (".vbproj", "NuGet"),
    (".nuspec", "NuGet"),
    (".gemspec", "Bundler"),
    (".podspec", "CocoaPods"),
    (".opam", "opam"),
    (".cabal", "Cabal"),
];

/// What the file at `path` is, going by its name. Installed packages (`node_modules`) are not manifests of ours.
pub fn recognise(path: &RepoPath) -> Option<Recognised> {
    let path = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or_default();
    if folders.contains(&"node_modules") {
        return None;
    }
    let read = READ.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    if let Some(format) = read.or_else(|| pip_file(name, &folders)) {
        return Some(Recognised::Read(format));
    }
    let exact = |known: &str| name == known || path == known || path.ends_with(&format!("/{known}"));
    NOT_READ
        .iter()
        .find(|(known, _)| exact(known))
        .or_else(|| NOT_READ_ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)))
        .map(|(_, what)| Recognised::NotRead(what))
}

/// pip takes any name; these are the ones in use. `requires.txt` of an installed package has another format.
fn pip_file(name: &str, folders: &[&str]) -> Option<Format> {
    let (stem, extension) = name.rsplit_once('.')?;
    let installed = folders.last().is_some_and(|folder| folder.ends_with(".egg-info"));
    let named = stem.contains("requirement") || stem.ends_with("requires") && !installed;
    let text = matches!(extension, "txt" | "in");
    if text && stem.contains("constraints") {
        Some(Format::Constraints)
    } else if text && (named || folders.contains(&"requirements")) || extension == "pip" {
        Some(Format::Requirements)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Recognised, recognise};

    #[test]
    fn manifests_are_known_by_name_in_any_folder_and_case() {
        use Recognised::{NotRead, Read};
        for (path, expected) in [
            ("Cargo.toml", Some(Read(Format::Cargo))),
            ("a/b/CARGO.TOML", Some(Read(Format::Cargo))),
            ("web/package.json", Some(Read(Format::Npm))),
            ("pyproject.toml", Some(Read(Format::Pyproject))),
            ("go.mod", Some(Read(Format::GoMod))),
            ("requirements.txt", Some(Read(Format::Requirements))),
            ("dev-requirements.in", Some(Read(Format::Requirements))),
            ("requirements/base.txt", Some(Read(Format::Requirements))),
            ("requirements/linux/base.txt", Some(Read(Format::Requirements))),
            ("constraints-3.12.txt", Some(Read(Format::Constraints))),
            ("requirements/constraints.txt", Some(Read(Format::Constraints))),
            ("tools/pip-requires.txt", Some(Read(Format::Requirements))),
            ("x.egg-info/requires.txt", None),
            ("requires-star.txt", None),
            ("deps.pip", Some(Read(Format::Requirements))),
            ("Gemfile", Some(NotRead("Bundler"))),
            ("src/App/App.CSPROJ", Some(NotRead("NuGet"))),
            (".cargo/config.toml", Some(NotRead("Cargo"))),
            ("x/.cargo/config.toml", Some(NotRead("Cargo"))),
            ("x.cargo/config.toml", None),
            ("config.toml", None),
            ("setup.py", Some(NotRead("setuptools"))),
            ("package-lock.json", None),
            ("notes.txt", None),
            ("node_modules/x/package.json", None),
            ("xpackage.json", None),
        ] {
            assert_eq!(recognise(&path.into()), expected, "{path}");
        }
    }
}
