//! The formats that are read: what each is called, whose packages it names, and its reader. Knows no file names.

use super::{Manifest, Misread, lock};
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
    /// `setup.py`.
    SetupPy, "setup-py", Pypi, Manifest, super::python::read;
    /// `setup.cfg`.
    SetupCfg, "setup-cfg", Pypi, Manifest, super::setup_cfg::read;
    /// `Pipfile`.
    Pipfile, "pipfile", Pypi, Manifest, super::pipfile::read;
    /// `environment.yml`.
    Conda, "conda-environment", Conda, Manifest, super::conda::read;
    /// `pnpm-workspace.yaml`.
    PnpmWorkspace, "pnpm-workspace", Npm, Manifest, super::pnpm_workspace::read;
    /// `deno.json`, import maps.
    Deno, "deno-json", Npm, Manifest, super::deno::read;
    /// `go.work`.
    GoWork, "go-work", Golang, Manifest, super::gomod::read_work;
    /// `pubspec.yaml`.
    Pubspec, "pubspec-yaml", Pub, Manifest, super::pub_spec::read;
    /// `mix.exs`.
    Mix, "mix-exs", Hex, Manifest, super::mix::read;
    /// `rebar.config`.
    Rebar, "rebar-config", Hex, Manifest, super::rebar::read;
    /// `gleam.toml`.
    Gleam, "gleam-toml", Hex, Manifest, super::gleam::read;
    /// `Package.swift`.
    Swift, "package-swift", Swift, Manifest, super::swift::read;
    /// `conanfile.txt`.
    ConanTxt, "conanfile-txt", Conan, Manifest, super::conan::read;
    /// `conanfile.py`.
    ConanPy, "conanfile-py", Conan, Manifest, super::conan::read_py;
    /// `vcpkg.json`.
    Vcpkg, "vcpkg-json", Vcpkg, Manifest, super::vcpkg::read;
    /// `MODULE.bazel`, `WORKSPACE`, `*.bzl`.
    Bazel, "bazel", Bazel, Manifest, super::bazel::read;
    /// `*.sbt`, `project/*.scala`.
    Sbt, "sbt", Maven, Manifest, super::sbt::read;
    /// `paket.dependencies`.
    Paket, "paket-dependencies", Nuget, Manifest, super::paket::read;
    /// `dotnet-tools.json`, `global.json`.
    DotnetJson, "dotnet-json", Nuget, Manifest, super::dotnet_json::read;
    /// `*.tf`, `terragrunt.hcl`.
    Terraform, "terraform", Terraform, Manifest, super::terraform::read;
    /// `Chart.yaml`, `requirements.yaml`.
    Helm, "helm-chart", Helm, Manifest, super::helm::read;
    /// `helmfile.yaml`.
    Helmfile, "helmfile", Helm, Manifest, super::helmfile::read;
    /// `requirements.yml`, `galaxy.yml`.
    Ansible, "ansible-requirements", Ansible, Manifest, super::helm::read_ansible;
    /// `.pre-commit-config.yaml`.
    PreCommit, "pre-commit-config", Git, Manifest, super::pre_commit::read;
    /// `prek.toml`.
    Prek, "prek-toml", Git, Manifest, super::pre_commit::read_toml;
    /// `pixi.toml`.
    Pixi, "pixi-toml", Conda, Manifest, super::pixi::read;
    /// `kustomization.yaml`.
    Kustomize, "kustomization", Docker, Manifest, super::kustomize::read;
    /// Objects of Kubernetes, templates of them.
    Kubernetes, "kubernetes", Docker, Manifest, super::kubernetes::read;
    /// `values.yaml` of a chart.
    HelmValues, "helm-values", Docker, Manifest, super::kubernetes::read_values;
    /// `tox.ini`.
    Tox, "tox-ini", Pypi, Manifest, super::tox::read;
    /// Single files of C# and F# that name packages.
    NugetScript, "dotnet-script", Nuget, Manifest, super::csharp::read;
    /// JavaScript and TypeScript that name packages with their registry.
    DenoScript, "deno-script", Npm, Manifest, super::deno_script::read;
    /// `.gitmodules`.
    GitModules, "gitmodules", Git, Manifest, super::gitmodules::read;
    /// The block of a Python script that says what it needs.
    Script, "python-script", Pypi, Manifest, super::pep723::read;
    /// `.npmrc`.
    Npmrc, "npmrc", Npm, Manifest, super::settings::npmrc;
    /// `.yarnrc` of Yarn 1.
    Yarnrc, "yarnrc", Npm, Manifest, super::settings::yarnrc;
    /// `.yarnrc.yml`.
    YarnrcYml, "yarnrc-yml", Npm, Manifest, super::settings::yarn;
    /// `bunfig.toml`.
    Bunfig, "bunfig", Npm, Manifest, super::settings::bunfig;
    /// `.pnpmfile.cjs`.
    Pnpmfile, "pnpmfile", Npm, Manifest, super::settings::pnpmfile;
    /// `pip.conf`.
    PipConf, "pip-conf", Pypi, Manifest, super::settings::pip_conf;
    /// `uv.toml`.
    UvToml, "uv-toml", Pypi, Manifest, super::settings::uv;
    /// `.cargo/config.toml`.
    CargoConfig, "cargo-config", Cargo, Manifest, super::settings::cargo;
    /// `.bundle/config`.
    BundleConfig, "bundle-config", Gem, Manifest, super::settings::bundler;
    /// `gradle-wrapper.properties`, `maven-wrapper.properties`.
    GradleWrapper, "gradle-wrapper", Maven, Manifest, super::settings::gradle_wrapper;
    /// Servers that agents start.
    Mcp, "mcp-servers", Npm, Manifest, super::mcp::read;
    /// Scripts of a shell, makefiles.
    Shell, "shell", Pypi, Manifest, super::shell::read;
    /// Cells of Jupyter notebooks: `!pip install x`.
    Notebook, "notebook", Pypi, Manifest, super::notebook::read;
    /// `Cargo.lock`.
    CargoLock, "cargo-lock", Cargo, Lock, lock::cargo;
    /// `package-lock.json`, `npm-shrinkwrap.json`.
    NpmLock, "package-lock", Npm, Lock, lock::npm;
    /// `yarn.lock`.
    YarnLock, "yarn-lock", Npm, Lock, lock::yarn;
    /// `pnpm-lock.yaml`.
    PnpmLock, "pnpm-lock", Npm, Lock, lock::pnpm;
    /// `bun.lock`.
    BunLock, "bun-lock", Npm, Lock, lock::bun;
    /// `deno.lock`.
    DenoLock, "deno-lock", Npm, Lock, lock::deno;
    /// `poetry.lock`, `uv.lock`, `pdm.lock`, `pylock.toml`.
    PythonLock, "python-lock", Pypi, Lock, lock::python;
    /// `Pipfile.lock`.
    PipfileLock, "pipfile-lock", Pypi, Lock, lock::pipenv;
    /// `go.sum`.
    GoSum, "go-sum", Golang, Lock, lock::go_sum;
    /// `vendor/modules.txt`.
    GoVendor, "go-vendor", Golang, Lock, lock::go_vendor;
    /// `gradle.lockfile`.
    GradleLock, "gradle-lock", Maven, Lock, lock::gradle;
    /// `verification-metadata.xml`.
    GradleVerification, "gradle-verification", Maven, Lock, lock::gradle_verification;
    /// `packages.lock.json`.
    NugetLock, "packages-lock", Nuget, Lock, lock::nuget;
    /// `Gemfile.lock`, `gems.locked`.
    GemfileLock, "gemfile-lock", Gem, Lock, lock::ruby;
    /// `Podfile.lock`.
    PodfileLock, "podfile-lock", Cocoapods, Lock, lock::cocoapods;
    /// `composer.lock`.
    ComposerLock, "composer-lock", Composer, Lock, lock::composer;
    /// `mix.lock`.
    MixLock, "mix-lock", Hex, Lock, lock::mix;
    /// `pubspec.lock`.
    PubspecLock, "pubspec-lock", Pub, Lock, lock::pub_lock;
    /// `Package.resolved`.
    SwiftLock, "package-resolved", Swift, Lock, lock::swift;
    /// `conan.lock`.
    ConanLock, "conan-lock", Conan, Lock, lock::conan;
    /// `.terraform.lock.hcl`.
    TerraformLock, "terraform-lock", Terraform, Lock, lock::terraform;
    /// `flake.lock`.
    FlakeLock, "flake-lock", Git, Lock, lock::flake;
}
