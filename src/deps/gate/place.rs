//! Tells whether a declaration means something in the repository itself. Knows which files each package manager looks
//! for in a folder.

use super::Case;
use crate::deps::local::{Place, folders_above, place_of};
use crate::model::{Dependency, Ecosystem, RepoPath, Source};

impl Case<'_> {
    /// True for what lies in the repository itself. A package manager takes a workspace's member from the disk or fails:
    /// it never asks a registry for it.
    pub(super) fn is_local(&self, dependency: &Dependency) -> bool {
        let path = match &dependency.source {
            Source::Path(path) => path,
            Source::Workspace => return true,
            Source::Registry | Source::OtherRegistry(_) | Source::Git(_) | Source::Url(_) => return false,
        };
        match dependency.ecosystem {
            Ecosystem::Cargo => self.holds(self.path, path, &["Cargo.toml"]),
            Ecosystem::Npm => self.holds(self.path, path, &["package.json"]),
            Ecosystem::Golang => self.holds(self.path, path, &["go.mod"]),
            // pip looks from the folder it is started in, which is usually one above the file.
            Ecosystem::Pypi => {
                let manifests = ["pyproject.toml", "setup.py", "setup.cfg"];
                let above = folders_above(self.path);
                above.iter().any(|folder| self.holds(&folder.join("requirements"), path, &manifests))
            }
            Ecosystem::Gem => {
                let gemspec = format!("{}.gemspec", dependency.name);
                self.holds(self.path, path, &[&gemspec, "Gemfile"])
            }
            Ecosystem::Composer => self.holds(self.path, path, &["composer.json"]),
            Ecosystem::Hex => self.holds(self.path, path, &["mix.exs", "gleam.toml", "rebar.config"]),
            Ecosystem::Pub => self.holds(self.path, path, &["pubspec.yaml"]),
            Ecosystem::Swift => self.holds(self.path, path, &["Package.swift"]),
            Ecosystem::Helm => self.holds(self.path, path, &["Chart.yaml"]),
            Ecosystem::Bazel => {
                self.holds(self.path, path, &["MODULE.bazel", "WORKSPACE", "BUILD", "BUILD.bazel"])
            }
            Ecosystem::Cocoapods => {
                let podspec = format!("{}.podspec", dependency.name);
                self.holds(self.path, path, &[&podspec])
            }
            Ecosystem::Maven
            | Ecosystem::Nuget
            | Ecosystem::Conda
            | Ecosystem::Conan
            | Ecosystem::Vcpkg
            | Ecosystem::Terraform
            | Ecosystem::Ansible
            | Ecosystem::Docker
            | Ecosystem::Actions => self.holds(self.path, path, &["pom.xml", "main.tf"]),
            // Git looks for `./x` beside or below this repository's remote, never in the work tree.
            Ecosystem::Git => false,
        }
    }

    /// True when `target`, as the file at `from` names it, is a file of the repository or a folder with a manifest.
    fn holds(&self, from: &RepoPath, target: &str, manifests: &[&str]) -> bool {
        match place_of(from, target) {
            Place::Inside(target) => {
                let exists = self.gate.files.exists;
                exists(&target.path()) || manifests.iter().any(|name| exists(&target.join(name)))
            }
            Place::Outside => false,
        }
    }
}
