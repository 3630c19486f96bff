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
    /// Somebody else's package, as a file of the repository; what kind it is.
    Package(&'static str),
}

/// Packages by the end of their names.
const PACKAGES: [(&str, &str); 12] = [
    (".jar", "Java archive"),
    (".aar", "Android archive"),
    (".war", "Java archive"),
    (".whl", "wheel of Python"),
    (".egg", "egg of Python"),
    (".gem", "gem"),
    (".nupkg", "package of NuGet"),
    (".crate", "crate"),
    (".phar", "archive of PHP"),
    (".tgz", "archive of npm"),
    (".conda", "package of Conda"),
    (".vsix", "extension of an editor"),
];

/// Files that are read, by name or by the end of their path.
const READ: [(&str, Format); 81] = [
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
    ("setup.py", Format::SetupPy),
    ("setup.cfg", Format::SetupCfg),
    ("pipfile", Format::Pipfile),
    ("pnpm-workspace.yaml", Format::PnpmWorkspace),
    ("deno.json", Format::Deno),
    ("deno.jsonc", Format::Deno),
    ("import_map.json", Format::Deno),
    ("jsr.json", Format::Deno),
    ("jsr.jsonc", Format::Deno),
    ("go.work", Format::GoWork),
    ("pubspec.yaml", Format::Pubspec),
    ("pubspec.yml", Format::Pubspec),
    ("pubspec_overrides.yaml", Format::Pubspec),
    ("mix.exs", Format::Mix),
    ("gleam.toml", Format::Gleam),
    ("conanfile.txt", Format::ConanTxt),
    ("conanfile.py", Format::ConanPy),
    ("vcpkg.json", Format::Vcpkg),
    ("module.bazel", Format::Bazel),
    ("workspace", Format::Bazel),
    ("workspace.bazel", Format::Bazel),
    ("paket.dependencies", Format::Paket),
    ("dotnet-tools.json", Format::DotnetJson),
    ("global.json", Format::DotnetJson),
    ("terragrunt.hcl", Format::Terraform),
    (".tflint.hcl", Format::Terraform),
    ("chart.yaml", Format::Helm),
    ("requirements.yaml", Format::Helm),
    ("requirements.yml", Format::Ansible),
    ("galaxy.yml", Format::Ansible),
    (".pre-commit-config.yaml", Format::PreCommit),
    ("pixi.toml", Format::Pixi),
    ("kustomization.yaml", Format::Kustomize),
    ("kustomization.yml", Format::Kustomize),
    ("kustomization", Format::Kustomize),
    (".pre-commit-config.yml", Format::PreCommit),
    (".gitmodules", Format::GitModules),
    (".npmrc", Format::Npmrc),
    (".yarnrc", Format::Yarnrc),
    (".yarnrc.yml", Format::YarnrcYml),
    ("bunfig.toml", Format::Bunfig),
    (".pnpmfile.cjs", Format::Pnpmfile),
    (".pnpmfile.mjs", Format::Pnpmfile),
    ("pip.conf", Format::PipConf),
    ("pip.ini", Format::PipConf),
    ("uv.toml", Format::UvToml),
    (".cargo/config", Format::CargoConfig),
    (".cargo/config.toml", Format::CargoConfig),
    (".bundle/config", Format::BundleConfig),
    ("gradle-wrapper.properties", Format::GradleWrapper),
    ("maven-wrapper.properties", Format::GradleWrapper),
    (".mcp.json", Format::Mcp),
    (".cursor/mcp.json", Format::Mcp),
    (".vscode/mcp.json", Format::Mcp),
    ("mcp_config.json", Format::Mcp),
    (".gemini/settings.json", Format::Mcp),
    ("claude_desktop_config.json", Format::Mcp),
    ("makefile", Format::Shell),
    ("gnumakefile", Format::Shell),
    ("justfile", Format::Shell),
];

/// Lock files, by name.
const LOCKS: [(&str, Format); 28] = [
    ("cargo.lock", Format::CargoLock),
    ("package-lock.json", Format::NpmLock),
    ("npm-shrinkwrap.json", Format::NpmLock),
    ("yarn.lock", Format::YarnLock),
    ("pnpm-lock.yaml", Format::PnpmLock),
    ("bun.lock", Format::BunLock),
    ("deno.lock", Format::DenoLock),
    ("poetry.lock", Format::PythonLock),
    ("uv.lock", Format::PythonLock),
    ("pdm.lock", Format::PythonLock),
    ("pylock.toml", Format::PythonLock),
    ("pipfile.lock", Format::PipfileLock),
    ("go.sum", Format::GoSum),
    ("go.work.sum", Format::GoSum),
    ("gradle.lockfile", Format::GradleLock),
    ("buildscript-gradle.lockfile", Format::GradleLock),
    ("verification-metadata.xml", Format::GradleVerification),
    ("packages.lock.json", Format::NugetLock),
    ("gemfile.lock", Format::GemfileLock),
    ("gems.locked", Format::GemfileLock),
    ("podfile.lock", Format::PodfileLock),
    ("composer.lock", Format::ComposerLock),
    ("mix.lock", Format::MixLock),
    ("pubspec.lock", Format::PubspecLock),
    ("package.resolved", Format::SwiftLock),
    ("conan.lock", Format::ConanLock),
    (".terraform.lock.hcl", Format::TerraformLock),
    ("flake.lock", Format::FlakeLock),
];

/// Files that are read, by the end of their names.
const READ_ENDINGS: [(&str, Format); 28] = [
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
    (".bzl", Format::Bazel),
    (".module.bazel", Format::Bazel),
    (".sbt", Format::Sbt),
    (".tf", Format::Terraform),
    (".tofu", Format::Terraform),
    (".sh", Format::Shell),
    (".bash", Format::Shell),
    (".zsh", Format::Shell),
    (".mk", Format::Shell),
    (".ipynb", Format::Notebook),
    (".py", Format::Script),
];

/// Known files that are not read, by name or by the end of their path.
const NOT_READ: [(&str, &str); 25] = [
    ("cpanfile", "CPAN"),
    ("bower.json", "Bower"),
    ("cartfile", "Carthage"),
    (".mvn/settings.xml", "Maven"),
    ("rebar.config", "Rebar"),
    ("bun.lockb", "Bun (a binary lock file)"),
    ("helmfile.yaml", "Helm"),
    ("prek.toml", "pre-commit"),
    ("vcpkg-configuration.json", "vcpkg"),
    ("flake.nix", "Nix"),
    ("deps.edn", "Clojure"),
    ("project.clj", "Clojure"),
    ("elm.json", "Elm"),
    ("dub.json", "Dub"),
    ("shard.yml", "Crystal"),
    ("stack.yaml", "Stack"),
    ("puppetfile", "Puppet"),
    ("jsonnetfile.json", "Jsonnet"),
    (".gitlab-ci.yml", "GitLab CI"),
    (".circleci/config.yml", "CircleCI"),
    ("azure-pipelines.yml", "Azure Pipelines"),
    ("bitbucket-pipelines.yml", "Bitbucket Pipelines"),
    ("mise.toml", "mise"),
    (".tool-versions", "asdf"),
    (".devcontainer/devcontainer.json", "dev containers"),
];

/// Known files that are not read, by the end of their names.
const NOT_READ_ENDINGS: [(&str, &str); 4] =
    [(".opam", "opam"), (".cabal", "Cabal"), (".nimble", "Nimble"), (".rockspec", "LuaRocks")];

/// Folders in front of workflows.
const WORKFLOWS: [&str; 3] = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"];

/// True when a file of such a name is a manifest whatever is in it; a script of Python is one only with its mark.
pub fn holds(path: &RepoPath, content: &[u8]) -> bool {
    recognise(path) != Some(Recognised::Read(Format::Script))
        || memchr::memmem::find(content, super::pep723::MARK).is_some()
}

/// What the file at `path` is, going by its name. Installed packages (`node_modules`) are not manifests of ours.
pub fn recognise(path: &RepoPath) -> Option<Recognised> {
    let path = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
    let mut folders: Vec<&str> = path.split('/').collect();
    let name = folders.pop().unwrap_or_default();
    if folders.contains(&"node_modules") {
        return (name == "package.json").then_some(Recognised::Package("package of npm"));
    }
    if let Some((_, what)) = PACKAGES.iter().find(|(end, _)| name.ends_with(end)) {
        return Some(Recognised::Package(what));
    }
    let exact = |known: &str| {
        name == known || path.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let read = READ.iter().chain(&LOCKS).find(|(known, _)| exact(known)).map(|(_, format)| *format);
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
    let docker = ["dockerfile.", "dockerfile-", "dockerfile_", "containerfile.", "containerfile-"];
    if docker.iter().any(|start| name.starts_with(start)) && !name.ends_with(".dockerignore") {
        return Some(Format::Dockerfile);
    }
    if name.starts_with("pylock.") && name.ends_with(".toml") {
        return Some(Format::PythonLock);
    }
    if name.starts_with("package") && name.ends_with(".swift") {
        return Some(Format::Swift);
    }
    if yaml.is_some_and(|stem| stem.starts_with("environment") || stem.ends_with("environment")) {
        return Some(Format::Conda);
    }
    if name.ends_with(".scala") && folders.last() == Some(&"project") {
        return Some(Format::Sbt);
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
            ("build/Dockerfile_windows", Format::Dockerfile),
            ("app.Dockerfile", Format::Dockerfile),
            ("docker-compose.override.yml", Format::Compose),
            ("Package@swift-5.9.swift", Format::Swift),
            ("environment-dev.yml", Format::Conda),
            ("project/Dependencies.scala", Format::Sbt),
            ("a/package-lock.json", Format::NpmLock),
            ("pylock.dev.toml", Format::PythonLock),
            ("infra/main.tf", Format::Terraform),
            ("x/.cargo/config.toml", Format::CargoConfig),
            ("web/.npmrc", Format::Npmrc),
            ("scripts/setup.sh", Format::Shell),
            ("notes/Analysis.ipynb", Format::Notebook),
            (".mcp.json", Format::Mcp),
            ("roles/requirements.yml", Format::Ansible),
        ] {
            check(path, Read(format));
        }
    }

    #[test]
    fn packages_that_lie_in_the_repository_are_known() {
        check("web/node_modules/x/package.json", Recognised::Package("package of npm"));
        check("web/node_modules/x/index.js", None);
        check("lib/Thing-1.0.JAR", Recognised::Package("Java archive"));
    }

    #[test]
    fn what_is_known_and_not_read_is_told_and_the_rest_is_none() {
        for (path, what) in [("bun.lockb", "Bun (a binary lock file)"), ("x.cabal", "Cabal")] {
            check(path, NotRead(what));
        }
        for path in [
            "x.egg-info/requires.txt",
            "requires-star.txt",
            "x.cargo/config.toml",
            "config.toml",
            "notes.txt",
            "xpackage.json",
            "workflows/ci.yml",
            "Dockerfile.dockerignore",
            "decompose.yml",
        ] {
            check(path, None);
        }
    }
}
