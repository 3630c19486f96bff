//! What stands at a path, and how a file gets there whole or not at all; the only file here that knows file modes.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{HookError, shim};

/// What stands at a path, without following a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// A script that some version of us has written.
    Shim(Vec<u8>),
    /// Any other regular file.
    File(Vec<u8>),
    /// A symbolic link to something that exists.
    Link,
    /// A symbolic link to nowhere.
    DanglingLink,
    /// A folder.
    Folder,
    /// A socket, a pipe, a device.
    Other,
}

/// Looks at `path`, and reads it when it is a regular file.
pub fn look(path: &Path) -> Result<Found, HookError> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(HookError::io(path, "read")(error)),
    };
    if kind.is_symlink() {
        return Ok(if path.exists() { Found::Link } else { Found::DanglingLink });
    }
    if kind.is_dir() {
        return Ok(Found::Folder);
    }
    if !kind.is_file() {
        return Ok(Found::Other);
    }
    let bytes = fs::read(path).map_err(HookError::io(path, "read"))?;
    Ok(if shim::is_ours(&bytes) { Found::Shim(bytes) } else { Found::File(bytes) })
}

/// The beginning of a file, enough to tell who wrote a script; hooks can also be large programs.
pub fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// True when somebody may execute the file.
pub fn is_executable(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o111 != 0)
}

/// Who may do what with a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Run, read and write it: whoever may do so with the folder, as `umask` and `core.sharedRepository` asked for.
    Program,
    /// The same without running it.
    Data,
    /// As it was.
    Mode(u32),
}

/// The rights of the file at `path`, as they are.
pub fn rights(path: &Path) -> Result<Rights, HookError> {
    let metadata = fs::metadata(path).map_err(HookError::io(path, "read"))?;
    Ok(Rights::Mode(metadata.permissions().mode() & 0o7777))
}

/// Writes a file beside its place and renames it there, so that nobody ever sees half of it.
pub fn write_whole(path: &Path, bytes: &[u8], rights: Rights) -> Result<(), HookError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let folder_mode = fs::metadata(folder)?.permissions().mode();
        let mode = match rights {
            Rights::Program => folder_mode & 0o777 | 0o700,
            Rights::Data => folder_mode & 0o666 | 0o600,
            Rights::Mode(mode) => mode,
        };
        let mut file = tempfile::Builder::new().prefix(".portcullis-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(HookError::io(path, "written"))
}

#[cfg(test)]
mod tests {
    use super::{Found, Rights, look, write_whole};
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_written_file_has_the_rights_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        for (folder_mode, rights, expected) in [
            (0o755, Rights::Program, 0o755),
            (0o775, Rights::Program, 0o775),
            (0o2770, Rights::Program, 0o770),
            (0o700, Rights::Program, 0o700),
            (0o755, Rights::Data, 0o644),
            (0o775, Rights::Data, 0o664),
            (0o775, Rights::Mode(0o751), 0o751),
        ] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(folder_mode)).unwrap();
            let path = folder.path().join("file");
            write_whole(&path, b"x", rights).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, expected);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing temporary stays");
        }
    }

    #[test]
    fn what_stands_at_a_path_is_told_without_following_links() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), b"#!/bin/sh\n").unwrap();
        fs::write(at("shim"), b"#!/bin/sh\n# portcullis-shim 7 pre-commit\n").unwrap();
        symlink("shim", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        for (name, expected) in [
            ("nothing", Found::Nothing),
            ("file", Found::File(b"#!/bin/sh\n".to_vec())),
            ("shim", Found::Shim(b"#!/bin/sh\n# portcullis-shim 7 pre-commit\n".to_vec())),
            ("link", Found::Link),
            ("dangling", Found::DanglingLink),
            ("file/below", Found::Nothing),
            (".", Found::Folder),
        ] {
            assert_eq!(look(&at(name)).unwrap(), expected, "{name}");
        }
    }
}
