//! The registry of manifest names: which file is read by which reader, and which are known but not read yet. Knows
//! names only; names are compared without regard to case, because some file systems do so.

use super::Format;
use crate::model::RepoPath;

mod names;

use names::{
    LOCKS, MARKED, NOT_READ, NOT_READ_ENDINGS, NOT_READ_WITH, PACKAGES, READ, READ_ENDINGS, WORKFLOWS,
};

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
