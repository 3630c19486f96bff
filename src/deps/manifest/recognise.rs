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
const READ: [(&str, Format); 87] = [
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
    ("tox.ini", Format::Tox),
    ("pipfile", Format::Pipfile),
    ("pnpm-workspace.yaml", Format::PnpmWorkspace),
    ("deno.json", Format::Deno),
    ("deno.jsonc", Format::Deno),
    ("import_map.json", Format::Deno),
    ("jsr.json", Format::Deno),
    ("jsr.jsonc", Format::Deno),
    ("go.work", Format::GoWork),
    ("rebar.config", Format::Rebar),
    ("prek.toml", Format::Prek),
    ("helmfile.yaml", Format::Helmfile),
    ("helmfile.yml", Format::Helmfile),
    ("helmfile.yaml.gotmpl", Format::Helmfile),
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
const LOCKS: [(&str, Format); 29] = [
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
    ("vendor/modules.txt", Format::GoVendor),
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
const READ_ENDINGS: [(&str, Format); 38] = [
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
    (".cs", Format::NugetScript),
    (".csx", Format::NugetScript),
    (".fsx", Format::NugetScript),
    (".js", Format::DenoScript),
    (".jsx", Format::DenoScript),
    (".mjs", Format::DenoScript),
    (".ts", Format::DenoScript),
    (".tsx", Format::DenoScript),
    (".mts", Format::DenoScript),
    (".cts", Format::DenoScript),
];

/// Known files that are not read, by name or by the end of their path.
const NOT_READ: [(&str, &str); 48] = [
    (".circleci/config.yml", "CircleCI"),
    (".devcontainer.json", "dev containers"),
    (".devcontainer/devcontainer.json", "dev containers"),
    (".drone.yml", "Drone"),
    (".gitlab-ci.yml", "GitLab CI"),
    (".mvn/settings.xml", "Maven"),
    (".tool-versions", "asdf"),
    (".travis.yml", "Travis CI"),
    (".vscode/extensions.json", "extensions of an editor"),
    (".woodpecker.yml", "Woodpecker"),
    ("azure-pipelines.yml", "Azure Pipelines"),
    ("bitbucket-pipelines.yml", "Bitbucket Pipelines"),
    ("bower.json", "Bower"),
    ("brewfile", "Homebrew"),
    (".buildkite/pipeline.yml", "Buildkite"),
    ("bun.lockb", "Bun (a binary lock file)"),
    ("cartfile", "Carthage"),
    ("cartfile.private", "Carthage"),
    ("conda-lock.yml", "conda-lock"),
    ("cpanfile", "CPAN"),
    ("deps.edn", "Clojure"),
    ("devbox.json", "Devbox"),
    ("dub.json", "Dub"),
    ("dub.sdl", "Dub"),
    ("elm.json", "Elm"),
    ("elm-package.json", "Elm"),
    ("flake.nix", "Nix"),
    ("ivy.xml", "Ivy"),
    ("jsonnetfile.json", "Jsonnet"),
    ("makefile.pl", "CPAN"),
    ("mise.toml", "mise"),
    (".mise.toml", "mise"),
    ("package.json5", "npm (JSON5)"),
    ("packages/manifest.json", "Unity"),
    ("pixi.lock", "pixi"),
    ("project.clj", "Clojure"),
    ("puppetfile", "Puppet"),
    ("rebar.lock", "Rebar"),
    ("renv.lock", "R"),
    ("shadow-cljs.edn", "Clojure"),
    ("shard.lock", "Crystal"),
    ("shard.yml", "Crystal"),
    ("stack.yaml", "Stack"),
    ("stack.yaml.lock", "Stack"),
    ("vcpkg-configuration.json", "vcpkg"),
    ("vendir.lock.yml", "vendir"),
    ("vendir.yml", "vendir"),
    ("west.yml", "Zephyr"),
];

/// Known files that are not read, by the end of their names.
const NOT_READ_ENDINGS: [(&str, &str); 5] = [
    (".opam", "opam"),
    (".cabal", "Cabal"),
    (".nimble", "Nimble"),
    (".rockspec", "LuaRocks"),
    (".wrap", "Meson"),
];

/// Files that are manifests only where they hold one of these: what they say besides is nobody's concern here.
const NOT_READ_WITH: [(&str, &str, &[&[u8]]); 6] = [
    ("cmakelists.txt", "CMake", &CMAKE),
    (".cmake", "CMake", &CMAKE),
    ("package.yaml", "npm or Hackage (YAML)", &[b"dependencies", b"Dependencies"]),
    ("project.toml", "Julia", &JULIA),
    ("juliaproject.toml", "Julia", &JULIA),
    ("manifest.toml", "Julia", &JULIA),
];

/// What only files of Julia hold.
const JULIA: [&[u8]; 3] = [b"[deps]", b"[[deps", b"manifest_format"];

/// Commands of CMake that fetch.
const CMAKE: [&[u8]; 4] =
    [b"FetchContent_Declare", b"CPMAddPackage", b"ExternalProject_Add", b"CPMFindPackage"];

/// Formats of files whose names say nothing: they are manifests where they hold one of these.
const MARKED: [(Format, &[&[u8]]); 4] = [
    (Format::Script, &[super::pep723::MARK]),
    (Format::NugetScript, &super::csharp::MARKS),
    (Format::DenoScript, &super::deno_script::MARKS),
    (Format::Kubernetes, &[b"apiVersion:"]),
];

/// Folders in front of workflows.
const WORKFLOWS: [&str; 3] = [".github/workflows", ".gitea/workflows", ".forgejo/workflows"];

/// True when a file of such a name is a manifest whatever is in it; some are one only with a mark.
pub fn holds(path: &RepoPath, content: &[u8]) -> bool {
    let has = |mark: &[u8]| memchr::memmem::find(content, mark).is_some();
    match recognise(path) {
        Some(Recognised::Read(format)) => {
            let marks = MARKED.iter().find(|(known, _)| *known == format);
            marks.is_none_or(|(_, marks)| marks.iter().any(|mark| has(mark)))
        }
        Some(Recognised::NotRead(what)) => {
            let marks = NOT_READ_WITH.iter().find(|(_, known, _)| *known == what);
            marks.is_none_or(|(_, _, marks)| marks.iter().any(|mark| has(mark)))
        }
        Some(Recognised::Package(_)) | None => true,
    }
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
    if let Some((_, what, _)) =
        NOT_READ_WITH.iter().find(|(end, _, _)| name == *end || end.starts_with('.') && name.ends_with(end))
    {
        return Some(Recognised::NotRead(what));
    }
    if let Some((_, what)) = known.next().or_else(ending) {
        return Some(Recognised::NotRead(what));
    }
    // What nobody else has a name for.
    [".yaml", ".yml"].iter().any(|end| name.ends_with(end)).then_some(Recognised::Read(Format::Kubernetes))
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
    if yaml.is_some() && folders.last() == Some(&"helmfile.d") {
        return Some(Format::Helmfile);
    }
    if yaml.is_some_and(|stem| stem == "values" || stem.starts_with("values-") || stem.starts_with("values."))
    {
        return Some(Format::HelmValues);
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
            ("deploy/helmfile.d/10-x.yaml", Format::Helmfile),
            ("vendor/modules.txt", Format::GoVendor),
            ("chart/values-prod.yaml", Format::HelmValues),
            ("workflows/ci.yml", Format::Kubernetes),
            ("decompose.yml", Format::Kubernetes),
            ("tox.ini", Format::Tox),
        ] {
            check(path, Read(format));
        }
    }

    #[test]
    fn a_file_with_a_mark_is_a_manifest_only_with_it() {
        for (path, content, expected) in [
            ("CMakeLists.txt", "project(x)\n", false),
            ("CMakeLists.txt", "FetchContent_Declare(x GIT_REPOSITORY y)\n", true),
            ("cmake/deps.cmake", "CPMAddPackage(\"gh:o/x#1\")\n", true),
            ("x.yaml", "kind: X\n", false),
            ("x.yaml", "apiVersion: v1\n", true),
            ("x.cs", "// #:package", true),
            ("x.cs", "class X {}", false),
            ("x.ts", "import 'x'", false),
            ("x.ts", "import 'npm:x'", true),
            ("x.py", "import y\n", false),
            ("x.py", "# /// script\n", true),
            ("x.cabal", "", true),
            ("Cargo.toml", "", true),
        ] {
            assert_eq!(super::holds(&path.into(), content.as_bytes()), expected, "{path}: {content}");
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
        let names = super::NOT_READ.iter().map(|(name, what)| ((*name).to_owned(), *what));
        let endings = super::NOT_READ_ENDINGS.iter().map(|(end, what)| (format!("x{end}"), *what));
        let marked = super::NOT_READ_WITH.iter().map(|(end, what, _)| (format!("a/{end}"), *what));
        for (path, what) in names.chain(endings).chain(marked) {
            check(&path, NotRead(what));
            check(&format!("a/b/{}", path.to_uppercase()), NotRead(what));
        }
        for path in [
            "x.egg-info/requires.txt",
            "requires-star.txt",
            "x.cargo/config.toml",
            "config.toml",
            "notes.txt",
            "xpackage.json",
            "Dockerfile.dockerignore",
        ] {
            check(path, None);
        }
    }
}
