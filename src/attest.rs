//! Tells prepare-commit-msg that pre-commit has seen what is about to be committed; does not know what was found.
//!
//! The proof is a digest of the index file, the parents and the rules: equal bytes make an equal tree, and reading the
//! end of a file costs less than a `git write-tree`. It counts once. Nothing is written until somebody has asked.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::cache::Digest;
use crate::git::Repo;
use crate::source::{self, SourceError, staged};

/// As many bytes as the longer of git's two hashes; the index ends with the hash of all before.
const TAIL: i64 = 32;

/// What stands for the commit that `repo` is about to make, judged by what `rules` stands for; none when the index
/// cannot be read.
pub fn proof(repo: &Repo, rules: Digest) -> Result<Option<Digest>, SourceError> {
    let Ok(index) = index(&source::index::path(repo)) else { return Ok(None) };
    let mut parents = staged::other_parents(repo)?;
    parents.sort();
    let parents: String = parents.iter().map(|oid| format!("{oid}\n")).collect();
    Ok(Some(Digest::of([rules.as_bytes(), &index, &head(repo), parents.as_bytes()])))
}

/// True when somebody asks for proofs here.
pub fn is_wanted(repo: &Repo) -> bool {
    path(repo).exists()
}

/// Leaves a proof.
pub fn leave(repo: &Repo, proof: Digest) -> io::Result<()> {
    fs::write(path(repo), proof.as_bytes())
}

/// True when this very proof was left; it is gone afterwards, and the next one is wanted.
pub fn take(repo: &Repo, proof: Option<Digest>) -> io::Result<bool> {
    let path = path(repo);
    let left = fs::read(&path).unwrap_or_default();
    fs::create_dir_all(path.parent().unwrap_or(&path))?;
    fs::write(&path, b"")?;
    Ok(proof.is_some_and(|proof| proof.as_bytes() == left))
}

fn path(repo: &Repo) -> PathBuf {
    repo.git_dir().join("portcullis/attest")
}

/// The size and the hash at the end; all of it where git was told to leave the hash out.
fn index(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::End(-TAIL))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes.iter().rev().take(20).all(|&byte| byte == 0) {
        return fs::read(path);
    }
    bytes.extend_from_slice(&size.to_le_bytes());
    Ok(bytes)
}

/// What HEAD is as far as plain files tell; a proof is used up before the next commit anyway.
fn head(repo: &Repo) -> Vec<u8> {
    let head = fs::read(repo.git_dir().join("HEAD")).unwrap_or_default();
    let branch = head.strip_prefix(b"ref: ").and_then(|name| std::str::from_utf8(name.trim_ascii_end()).ok());
    let commit = branch.and_then(|branch| fs::read(repo.common_dir().join(branch)).ok());
    [head, commit.unwrap_or_default()].concat()
}

#[cfg(test)]
mod tests {
    use super::index;

    #[test]
    fn an_index_with_another_byte_is_another_index() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index");
        let of = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            index(&path).ok()
        };
        let hash = [7; 32];
        let [one, other] = [b"one", b"two"].map(|text| [&text[..], &[0; 32]].concat());
        assert_ne!(of(&one), of(&other), "without a hash every byte counts");
        assert_ne!(of(&[&b"1"[..], &hash].concat()), of(&[&b"12"[..], &hash].concat()));
        assert_eq!(of(b"short"), None);
    }
}
