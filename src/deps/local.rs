//! Paths that manifests name, seen from the repository's top. Knows text, not the disk.

use crate::model::RepoPath;

/// Where a path of a manifest leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// To a file or folder of the repository.
    Inside(Folder),
    /// Out of the repository, or nobody can tell without a disk.
    Outside,
}

/// A file or folder of the repository; empty for its top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(String);

impl Folder {
    /// Itself as a path.
    pub fn path(&self) -> RepoPath {
        RepoPath::new(self.0.as_bytes())
    }

    /// A file in it.
    pub fn join(&self, name: &str) -> RepoPath {
        if self.0.is_empty() { RepoPath::from(name) } else { RepoPath::new(format!("{}/{name}", self.0)) }
    }
}

/// Resolves `target`, which the manifest at `manifest` names, against the manifest's folder.
pub fn place_of(manifest: &RepoPath, target: &str) -> Place {
    let drive = target.as_bytes().get(1) == Some(&b':');
    if target.starts_with(['/', '~']) || drive || target.contains("://") || target.contains('\0') {
        return Place::Outside;
    }
    let Ok(manifest) = std::str::from_utf8(manifest.as_bytes()) else {
        return Place::Outside;
    };
    let mut parts: Vec<&str> = manifest.split('/').collect();
    parts.pop();
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => match parts.pop() {
                Some(_) => {}
                None => return Place::Outside,
            },
            part => parts.push(part),
        }
    }
    Place::Inside(Folder(parts.join("/")))
}

/// The folder of a manifest and every folder above it, up to the repository's top.
pub fn folders_above(manifest: &RepoPath) -> Vec<Folder> {
    let text = String::from_utf8_lossy(manifest.as_bytes());
    let slashes = text.rmatch_indices('/').map(|(at, _)| Folder(text[..at].to_owned()));
    slashes.chain([Folder(String::new())]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Place, folders_above, place_of};

    #[test]
    fn paths_are_resolved_against_the_folder_of_the_manifest() {
        for (manifest, target, expected) in [
            ("Cargo.toml", "../x", None),
            ("a/Cargo.toml", "../x", Some("x")),
            ("a/Cargo.toml", "./b/../../x/", Some("x")),
            ("a/Cargo.toml", "..", Some("")),
            ("a/Cargo.toml", "../../a", None),
            ("a/package.json", "..\\x", Some("x")),
            ("a/Cargo.toml", "/etc", None),
            ("a/Cargo.toml", "~/x", None),
            ("a/Cargo.toml", "C:\\x", None),
            ("a/Cargo.toml", "file:///x", None),
        ] {
            let found = match place_of(&manifest.into(), target) {
                Place::Inside(folder) => Some(folder.0),
                Place::Outside => None,
            };
            assert_eq!(found.as_deref(), expected, "{manifest} {target}");
        }
    }

    #[test]
    fn folders_above_reach_the_top() {
        let names: Vec<String> = folders_above(&"a/b/c".into()).into_iter().map(|folder| folder.0).collect();
        assert_eq!(names, ["a/b", "a", ""]);
    }
}
