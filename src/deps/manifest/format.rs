//! The formats that are read: what each is called, whose packages it names, and its reader. Knows no file names.

use super::{Manifest, Misread};
use crate::model::Ecosystem;

type Reader = fn(&[u8]) -> Result<Manifest, Misread>;

macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident, $name:literal, $ecosystem:ident, $kind:ident, $reader:expr;)*) => {
        /// A format that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Format {
            $($(#[$doc])* $format,)*
        }

        impl Format {
            /// Every format with its name in reports.
            pub const NAMES: [(&'static str, Format); [$($name),*].len()] = [$(($name, Format::$format)),*];

            /// The ecosystem whose names the format holds, most of all.
            pub fn ecosystem(self) -> Ecosystem {
                match self {
                    $(Format::$format => Ecosystem::$ecosystem,)*
                }
            }

            /// True for files that package managers write: what they hold was brought in by manifests.
            pub fn is_lock(self) -> bool {
                match self {
                    $(Format::$format => Kind::$kind == Kind::Lock,)*
                }
            }

            pub(super) fn reader(self) -> Reader {
                match self {
                    $(Format::$format => $reader,)*
                }
            }
        }
    };
}

#[derive(PartialEq, Eq)]
enum Kind {
    Manifest,
    Lock,
}

formats! {
    /// `Cargo.toml`.
    Cargo, "cargo-toml", Cargo, Manifest, super::cargo::read;
    /// `package.json`.
    Npm, "package-json", Npm, Manifest, super::npm::read;
    /// Files for `pip install -r`.
    Requirements, "requirements-txt", Pypi, Manifest, super::requirements::read;
    /// Files for `pip install -c`.
    Constraints, "constraints-txt", Pypi, Manifest, super::requirements::read_constraints;
    /// `pyproject.toml`.
    Pyproject, "pyproject-toml", Pypi, Manifest, super::pyproject::read;
    /// `go.mod`.
    GoMod, "go-mod", Golang, Manifest, super::gomod::read;
    /// `pom.xml`, `.mvn/extensions.xml`.
    Maven, "pom-xml", Maven, Manifest, super::maven::read;
    /// `build.gradle`, `settings.gradle`, in Groovy or Kotlin.
    Gradle, "gradle", Maven, Manifest, super::gradle::read;
    /// `libs.versions.toml`.
    VersionCatalog, "gradle-version-catalog", Maven, Manifest, super::version_catalog::read;
    /// Project files of .NET, `packages.config`, `*.nuspec`, `nuget.config`.
    Nuget, "nuget-xml", Nuget, Manifest, super::nuget::read;
    /// `*.props`, `*.targets`.
    NugetShared, "msbuild-props", Nuget, Manifest, super::nuget::read_shared;
    /// `Gemfile`, `gems.rb`.
    Gemfile, "gemfile", Gem, Manifest, super::gemfile::read;
    /// `*.gemspec`.
    Gemspec, "gemspec", Gem, Manifest, super::gemspec::read;
    /// `composer.json`.
    Composer, "composer-json", Composer, Manifest, super::composer::read;
    /// `Podfile`.
    Podfile, "podfile", Cocoapods, Manifest, super::cocoapods::read;
    /// `*.podspec`.
    Podspec, "podspec", Cocoapods, Manifest, super::cocoapods::read_podspec;
    /// Workflows and actions.
    Actions, "github-actions", Actions, Manifest, super::actions::read;
    /// Dockerfiles.
    Dockerfile, "dockerfile", Docker, Manifest, super::dockerfile::read;
    /// Compose files.
    Compose, "compose", Docker, Manifest, super::compose::read;
}
