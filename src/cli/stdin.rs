//! Reads standard input to its end; one that leads nowhere is no answer, for it would look like "nothing to scan".

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::PathBuf;

use super::CliError;

/// Everything that comes.
pub fn read() -> Result<Vec<u8>, CliError> {
    let read = || {
        if leads_nowhere()? {
            return Err(io::Error::other("is closed, so nothing can come from it"));
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| CliError::File { path: PathBuf::from("standard input"), source })
}

/// True for the null device, which Rust also opens in the place of a closed stream.
fn leads_nowhere() -> io::Result<bool> {
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?).metadata()?;
    let null = fs::metadata("/dev/null").map(|null| null.rdev()).ok();
    Ok(stdin.file_type().is_char_device() && Some(stdin.rdev()) == null)
}
