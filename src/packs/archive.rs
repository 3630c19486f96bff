//! Packs in one tar archive, for machines without a network. Knows no disk, and trusts no name in an archive.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::fetch::{MAX_ALL, MAX_FILE};
use super::store::{Contents, digest, is_plain};

/// Why an archive gives no packs.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It does not read.
    #[error("does not read as a tar archive: {0}")]
    Io(#[from] io::Error),
    /// Something that `packs export` does not write.
    #[error("{0}: is nothing that `portcullis packs export` writes")]
    Foreign(String),
    /// Too much.
    #[error("{0}: is larger than a pack may be")]
    TooLarge(String),
    /// A folder is named by another digest than that of its content.
    #[error("{name}: holds something else than its name says: {found}")]
    OtherContent {
        /// The folder.
        name: String,
        /// What it holds.
        found: String,
    },
}

/// The archive of these packs, in folders named by their content. The same packs give the same bytes.
pub fn archive(packs: &[Contents]) -> io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    for contents in packs {
        let folder = digest(contents).replace(':', "-");
        for (path, content) in contents {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(0);
            builder.append_data(&mut header, format!("{folder}/{path}"), content.as_slice())?;
        }
    }
    builder.into_inner()
}

/// The packs of an archive by their digests. One that is not whole is no archive.
pub fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Contents>, ArchiveError> {
    let mut packs: BTreeMap<String, Contents> = BTreeMap::new();
    for entry in tar::Archive::new(bytes).entries()? {
        let entry = entry?;
        let name = crate::text::escape(&entry.path_bytes());
        let is_file = entry.header().entry_type().is_file();
        let parts = name.split_once('/').filter(|(_, path)| is_file && is_plain(path));
        let Some((folder, path)) = parts else { return Err(ArchiveError::Foreign(name)) };
        let mut content = Vec::new();
        entry.take(MAX_FILE as u64 + 1).read_to_end(&mut content)?;
        let pack = packs.entry(folder.to_owned()).or_default();
        let all: usize = pack.values().map(Vec::len).sum();
        if content.len() > MAX_FILE || all + content.len() > MAX_ALL {
            return Err(ArchiveError::TooLarge(name));
        }
        pack.insert(path.to_owned(), content);
    }
    let named = |(name, contents): (String, Contents)| {
        let found = digest(&contents);
        if found.replace(':', "-") == name {
            Ok((found, contents))
        } else {
            Err(ArchiveError::OtherContent { name, found })
        }
    };
    packs.into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::{archive, digest, unpack};
    use crate::packs::Contents;

    fn pack(files: &[(&str, &str)]) -> Contents {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn refused(folder: &str, path: &str) -> String {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        // Past the library, which would not write such a name.
        let name = format!("{folder}/{path}");
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        builder.append(&header, &b"x"[..]).unwrap();
        unpack(&builder.into_inner().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_nothing_else_is() {
        let packs = [pack(&[("a.toml", "x"), ("sub/b.toml", "y")]), pack(&[("a.toml", "z")])];
        let bytes = archive(&packs).unwrap();
        assert_eq!(bytes, archive(&packs).unwrap());
        let expected = packs.iter().map(|pack| (digest(pack), pack.clone())).collect();
        assert_eq!(unpack(&bytes).unwrap(), expected);
        let foreign = "is nothing that `portcullis packs export` writes";
        for path in ["../a.toml", "/etc/a.toml", "a.sh", "a/./b.toml"] {
            assert_eq!(refused("x", path), format!("x/{path}: {foreign}"));
        }
        let found = digest(&pack(&[("a.toml", "x")]));
        assert_eq!(
            refused("sha256-0", "a.toml"),
            format!("sha256-0: holds something else than its name says: {found}")
        );
        let half = unpack(&bytes[..700]).unwrap_err().to_string();
        assert!(
            half.starts_with("does not read as a tar archive") || half.contains("something else"),
            "{half}"
        );
    }
}
