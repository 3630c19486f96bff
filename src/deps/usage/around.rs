//! What the manifests around a file of code declare, and which names are the repository's own. Gives no answer where a
//! manifest does not read or leaves dependencies to a build: then nothing is undeclared.

use std::cell::OnceCell;
use std::sync::Arc;

use super::{Code, Package, rust};
use crate::deps::local::{Place, folders_above, place_of};
use crate::deps::manifest::{self, Format, Manifest, Note, Recognised, recognise};
use crate::deps::{Approvals, CanonicalName, Files, hints};
use crate::lang::{self, Language};
use crate::model::{Dependency, Ecosystem, RepoPath, Source};

/// Own packages are looked for in so many manifests.
const MOST: usize = 500;

/// The manifests in the folders above a file.
pub struct Around<'a> {
    path: RepoPath,
    ecosystem: Ecosystem,
    declared: Vec<Dependency>,
    paths: Arc<[RepoPath]>,
    files: Files<'a>,
    own: OnceCell<Vec<String>>,
}

impl<'a> Around<'a> {
    /// None where nobody can tell what is declared.
    pub fn of(code: &Code<'_>, files: Files<'a>) -> Option<Around<'a>> {
        let ecosystem = code.ecosystem;
        let paths = (files.paths)();
        let mut open: Vec<(RepoPath, Format)> = above(code.path, &paths)
            .filter_map(|path| Some((path.clone(), declaring(path, ecosystem)?)))
            .collect();
        let mut declared = Vec::new();
        let mut seen = Vec::new();
        while let Some((path, format)) = open.pop() {
            if seen.contains(&path) {
                continue;
            }
            let content = (files.read)(&path)?;
            if format == Format::Cargo && is_first_edition(&content) {
                return None;
            }
            let manifest = manifest::read(format, &content).ok().filter(is_whole)?;
            for include in &manifest.includes {
                let Place::Inside(target) = place_of(&path, &include.target) else { return None };
                open.push((target.path(), Format::Requirements));
            }
            declared.extend(manifest.dependencies);
            seen.push(path);
        }
        // A script says for itself what it needs.
        if ecosystem == Ecosystem::Pypi && memchr::memmem::find(code.content, b"# /// script").is_some() {
            declared.extend(manifest::read(Format::Script, code.content).ok().filter(is_whole)?.dependencies);
        } else if seen.is_empty() {
            return None;
        }
        Some(Around { path: code.path.clone(), ecosystem, declared, paths, files, own: OnceCell::new() })
    }

    /// The declarations of a package, but for those that leave its version to others.
    pub fn declared(&self, ecosystem: Ecosystem, package: &str) -> Vec<&Dependency> {
        let wanted = CanonicalName::parse(ecosystem, package);
        let is_it = |one: &&Dependency| {
            one.ecosystem == ecosystem
                && one.source != Source::Workspace
                && CanonicalName::parse(ecosystem, &one.name) == wanted
        };
        self.declared.iter().filter(is_it).collect()
    }

    /// True when a package is declared, or is no package but something of the repository.
    pub fn has(&self, package: &Package, record: &Approvals) -> bool {
        // Code knows a renamed package by the name that it was given.
        let mut names = self.declared.iter().map(|one| one.key.as_ref().unwrap_or(&one.name));
        names.any(|name| self.provides(name, package) || self.is_known_as(name, package, record))
            || self.is_own(package)
    }

    /// An approver has written down that code imports the package under this name.
    fn is_known_as(&self, declared: &str, package: &Package, record: &Approvals) -> bool {
        record.imported_as((self.ecosystem, declared), &package.name)
    }

    fn provides(&self, declared: &str, package: &Package) -> bool {
        let is = |name: &str| {
            let canonical = |name| CanonicalName::parse(self.ecosystem, name).ok();
            declared == name || canonical(declared).is_some() && canonical(declared) == canonical(name)
        };
        match self.ecosystem {
            Ecosystem::Pypi => {
                let modules = hints::distributions_of(&package.module).iter().any(|name| is(name));
                modules || package.usual.is_some_and(is) || distribution_fits(declared, &package.module)
            }
            Ecosystem::Npm => is(&package.name) || declared == types_of(&package.name),
            Ecosystem::Cargo => is(&package.name),
            _ => package
                .module
                .strip_prefix(declared)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }

    /// True for a name of a file or folder of the repository, and for what its own manifests are called.
    fn is_own(&self, package: &Package) -> bool {
        let first = package.name.split('/').next().unwrap_or_default().trim_start_matches('@');
        let plain = |part: &[u8]| {
            part.to_ascii_lowercase().iter().map(|byte| if *byte == b'-' { b'_' } else { *byte }).collect()
        };
        let wanted: Vec<u8> = plain(first.as_bytes());
        let named = |part: &[u8]| {
            let stem = part.split(|byte| *byte == b'.').next().unwrap_or(part);
            let part: Vec<u8> = plain(stem);
            part == wanted
        };
        let by_path = self.ecosystem != Ecosystem::Golang;
        by_path && self.paths.iter().any(|path| path.as_bytes().split(|byte| *byte == b'/').any(named))
            || self.ecosystem == Ecosystem::Cargo && self.is_renamed(&package.name)
            || self.own().iter().any(|own| match self.ecosystem {
                Ecosystem::Golang => package
                    .module
                    .strip_prefix(own.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
                Ecosystem::Cargo => own.replace('-', "_") == package.name,
                _ => {
                    *own == package.name
                        || own.strip_suffix('*').is_some_and(|start| package.module.starts_with(start))
                }
            })
    }

    /// True for a name that the root of the crate gives to another one.
    fn is_renamed(&self, name: &str) -> bool {
        let is_root = |path: &&RepoPath| matches!(path.file_name(), b"lib.rs" | b"main.rs");
        let roots = above(&self.path, &self.paths).filter(is_root);
        roots
            .filter_map(|path| (self.files.read)(path))
            .any(|content| rust::given_names(&lang::lex(Language::Rust, &content).code).contains(&name))
    }

    /// The names of packages whose manifests lie in the repository, and aliases that compilers are told.
    fn own(&self) -> &[String] {
        self.own.get_or_init(|| {
            let named = |path: &&RepoPath| match (self.ecosystem, path.file_name()) {
                (Ecosystem::Npm, b"package.json")
                | (Ecosystem::Golang, b"go.mod")
                | (Ecosystem::Cargo, b"Cargo.toml") => true,
                (Ecosystem::Npm, name) => {
                    name.ends_with(b".json")
                        && [b"tsconfig".as_slice(), b"jsconfig"].iter().any(|start| name.starts_with(start))
                }
                _ => false,
            };
            let found = self.paths.iter().filter(named).take(MOST);
            found
                .filter_map(|path| Some(manifest::own_names(path, &(self.files.read)(path)?)))
                .flatten()
                .collect()
        })
    }
}

/// Files in the folders above `path`, and in a folder `requirements` there.
fn above<'p>(path: &RepoPath, paths: &'p [RepoPath]) -> impl Iterator<Item = &'p RepoPath> {
    let mut folders: Vec<RepoPath> = Vec::new();
    for folder in folders_above(path) {
        folders.push(folder.join("requirements"));
        folders.push(folder.path());
    }
    paths.iter().filter(move |path| {
        let bytes = path.as_bytes();
        let parent = memchr::memrchr(b'/', bytes).map_or(&b""[..], |slash| &bytes[..slash]);
        folders.iter().any(|folder| folder.as_bytes() == parent)
    })
}

/// The format of a manifest that declares packages for code of an ecosystem.
fn declaring(path: &RepoPath, ecosystem: Ecosystem) -> Option<Format> {
    let Some(Recognised::Read(format)) = recognise(path) else { return None };
    let fits = match ecosystem {
        Ecosystem::Pypi => matches!(
            format,
            Format::Requirements
                | Format::Pyproject
                | Format::SetupPy
                | Format::SetupCfg
                | Format::Pipfile
                | Format::Conda
        ),
        Ecosystem::Npm => matches!(format, Format::Npm | Format::Deno),
        Ecosystem::Cargo => format == Format::Cargo,
        _ => format == Format::GoMod,
    };
    fits.then_some(format)
}

/// In a crate of 2015 a path of `use` may begin with any module.
fn is_first_edition(content: &[u8]) -> bool {
    let holds = |text: &[u8]| memchr::memmem::find(content, text).is_some();
    holds(b"[package]") && !holds(b"edition")
}

/// True when nothing is left to a build.
fn is_whole(manifest: &Manifest) -> bool {
    manifest.notes.iter().all(|note| match note {
        Note::Computed { .. } => false,
        Note::Registry { .. }
        | Note::CommandRegistry { .. }
        | Note::UnknownList { .. }
        | Note::InstallCode { .. } => true,
    })
}

/// Whether a distribution of this name may hold the module `module`: names agree but for separators and the affixes that
/// are in use, or one is a part of the other, as `google-cloud-storage` of `google`.
fn distribution_fits(declared: &str, module: &str) -> bool {
    let squeezed = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
    };
    let declared = declared.strip_prefix("types-").unwrap_or(declared);
    let whole = squeezed(declared);
    module.split('.').take(3).map(squeezed).filter(|part| part.len() > 1).any(|part| {
        let parts: Vec<String> = declared.split(['-', '_', '.']).map(squeezed).collect();
        let rest = whole.strip_prefix(&part).or(whole.strip_suffix(&part));
        parts.contains(&part)
            || rest.is_some_and(|rest| {
                ["", "py", "python", "2", "3", "lib", "client", "binary", "x"].contains(&rest)
            })
    }) || squeezed(module).starts_with(&whole) && module.contains('.')
}

/// `@types/a`, `@types/s__a` for `@s/a`.
fn types_of(name: &str) -> String {
    format!("@types/{}", name.trim_start_matches('@').replace('/', "__"))
}
