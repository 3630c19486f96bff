//! Finds the commit of HEAD in plain files; gives up on everything unusual, and git is asked then.
//!
//! Source: gitrepository-layout(5) and git-pack-refs(1).

use std::fs;

use super::Repo;
use crate::model::Oid;

/// The commit that HEAD names, directly or by a branch. None where plain files do not tell: no commit yet, a branch of a
/// reference store that is not made of files, a reference to a reference.
pub fn head(repo: &Repo) -> Option<Oid> {
    let head = fs::read(repo.git_dir().join("HEAD")).ok()?;
    let Some(name) = head.strip_prefix(b"ref: ") else { return id(&head) };
    let name = std::str::from_utf8(name.trim_ascii_end()).ok()?;
    // Branches belong to the whole repository, other references may belong to one work tree.
    if !name.starts_with("refs/heads/") || name.split('/').any(|part| part == "..") {
        return None;
    }
    match fs::read(repo.common_dir().join(name)) {
        Ok(file) => id(&file),
        Err(_) => packed(&fs::read(repo.common_dir().join("packed-refs")).ok()?, name),
    }
}

/// Lines of id, space, name; others say what tags name, or how the file is sorted.
fn packed(file: &[u8], name: &str) -> Option<Oid> {
    let end = format!(" {name}");
    let line = file.split(|&byte| byte == b'\n').find(|line| line.ends_with(end.as_bytes()))?;
    id(line.strip_suffix(end.as_bytes())?)
}

fn id(hex: &[u8]) -> Option<Oid> {
    Oid::from_hex(hex.trim_ascii_end()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_references_are_found_by_their_whole_name() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let file = format!("# pack-refs with: peeled\n{a} refs/heads/x/main\n{b} refs/heads/main\n^{a}\n");
        let found = |name| packed(file.as_bytes(), name).map(|oid| oid.to_string());
        assert_eq!(found("refs/heads/main"), Some(b));
        assert_eq!(found("refs/heads/x/main"), Some(a));
        assert_eq!(found("main"), None);
        assert_eq!(found("refs/heads/m"), None);
    }
}
