//! Packs on disk, in folders named by their content. What is read is compared with its name every time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

/// The files of a pack by their relative paths.
pub type Contents = BTreeMap<String, Vec<u8>>;

/// Why there is no pack.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It was never fetched.
    #[error("pack {0}: is not on this machine")]
    Missing(String),
    /// It is not what was looked at.
    #[error("pack {name}: {} holds something else than the lock says: {found}", path.display())]
    Tampered {
        /// Which.
        name: String,
        /// Where.
        path: PathBuf,
        /// What it holds.
        found: String,
    },
    /// A file that would not lie in the folder of its pack.
    #[error("{0:?} is no path of a pack")]
    Path(String),
    /// Reading or writing.
    #[error("{}: {source}", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// `sha256:` over relative path, length and hash of every file, in the order of their paths.
pub fn digest(contents: &Contents) -> String {
    let mut all = Sha256::new();
    for (path, content) in contents {
        all.update(path.as_bytes());
        all.update([0]);
        all.update((content.len() as u64).to_le_bytes());
        all.update([0]);
        all.update(Sha256::digest(content));
    }
    let digits: String = all.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

/// A folder of packs.
pub struct Store(PathBuf);

impl Store {
    /// The store in this folder, which need not be there.
    pub fn new(folder: PathBuf) -> Store {
        Store(folder)
    }

    /// Where content of this digest lies.
    fn folder(&self, digest: &str) -> PathBuf {
        self.0.join(digest.replace(':', "-"))
    }

    /// The pack `name` with this digest.
    pub fn get(&self, name: &str, digest: &str) -> Result<Contents, StoreError> {
        check(name, &self.folder(digest), digest)
    }

    /// Keeps a pack; one that is there already is written anew.
    pub fn put(&self, contents: &Contents) -> Result<(), StoreError> {
        let folder = self.folder(&digest(contents));
        if folder.exists() && read(&folder).is_ok_and(|found| found == *contents) {
            return Ok(());
        }
        let error = |source| StoreError::File { path: folder.clone(), source };
        fs::create_dir_all(&self.0).map_err(error)?;
        let fresh = tempfile::tempdir_in(&self.0).map_err(error)?;
        write(fresh.path(), contents)?;
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(error)?;
        }
        fs::rename(fresh.keep(), &folder).map_err(error)
    }
}

/// The pack in a folder, compared with the lock.
pub fn check(name: &str, folder: &Path, expected: &str) -> Result<Contents, StoreError> {
    let contents = match read(folder) {
        Ok(contents) => contents,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing(name.to_owned()));
        }
        Err(source) => return Err(StoreError::File { path: folder.to_owned(), source }),
    };
    compare(name, folder, contents, expected)
}

/// The pack when it is what the lock says.
pub fn compare(
    name: &str,
    folder: &Path,
    contents: Contents,
    expected: &str,
) -> Result<Contents, StoreError> {
    let found = digest(&contents);
    if found == expected {
        return Ok(contents);
    }
    Err(StoreError::Tampered { name: name.to_owned(), path: folder.to_owned(), found })
}

/// Every file below a folder.
fn read(folder: &Path) -> io::Result<Contents> {
    let mut contents = Contents::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, below)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else {
                contents.insert(name, fs::read(entry.path())?);
            }
        }
    }
    Ok(contents)
}

/// A path that stays below its folder, on any system, to a file that packs have.
pub fn is_plain(path: &str) -> bool {
    let is_odd = |char: char| char.is_control() || ['\\', ':'].contains(&char);
    path.ends_with(".toml")
        && path.split('/').all(|part| !["", ".", ".."].contains(&part))
        && !path.contains(is_odd)
}

/// Writes the files of a pack below a folder. One that leads out of it is not written, wherever it came from.
pub fn write(folder: &Path, contents: &Contents) -> Result<(), StoreError> {
    if let Some(odd) = contents.keys().find(|name| !is_plain(name)) {
        return Err(StoreError::Path(crate::text::escape(odd.as_bytes())));
    }
    for (name, content) in contents {
        let path = folder.join(name);
        let error = |source| StoreError::File { path: path.clone(), source };
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(error)?;
        fs::write(&path, content).map_err(error)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Contents, Store, StoreError, digest};

    fn contents(files: &[(&str, &str)]) -> Contents {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_pack_is_what_its_digest_says_or_no_pack() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(dir.path().join("packs"));
        let pack = contents(&[("a.toml", "x"), ("sub/b.toml", "y")]);
        let name = digest(&pack);
        assert!(matches!(store.get("p", &name), Err(StoreError::Missing(_))));
        store.put(&pack).unwrap();
        assert_eq!(store.get("p", &name).unwrap(), pack);
        let file = dir.path().join("packs").join(name.replace(':', "-")).join("a.toml");
        std::fs::write(&file, "z").unwrap();
        assert!(matches!(store.get("p", &name), Err(StoreError::Tampered { .. })));
        // Fetched again it is whole again.
        store.put(&pack).unwrap();
        assert_eq!(store.get("p", &name).unwrap(), pack);
        std::fs::write(file.with_file_name("more.toml"), "z").unwrap();
        assert!(matches!(store.get("p", &name), Err(StoreError::Tampered { .. })));
    }

    #[test]
    fn names_and_contents_do_not_run_into_each_other() {
        let digests = [
            contents(&[("a", "bc")]),
            contents(&[("ab", "c")]),
            contents(&[("a", "b"), ("c", "")]),
            contents(&[]),
        ]
        .map(|contents| digest(&contents));
        for (idx, one) in digests.iter().enumerate() {
            assert!(!digests[..idx].contains(one), "{idx}");
        }
    }
}
