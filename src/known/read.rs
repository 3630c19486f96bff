//! Reads one file of a developer's, and nothing that is not a small regular file of the folder it stands in.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::model::SkipReason;

/// Larger files are no files that somebody keeps secrets in.
const MOST_BYTES: u64 = 1 << 20;

/// The content of `path`, which is taken from `top` when it is relative. A link counts only when it leads to a file
/// below `top`; whatever could wait for somebody else (a pipe, a socket, a device) is not opened.
pub fn read(top: &Path, path: &Path) -> Result<Zeroizing<Vec<u8>>, SkipReason> {
    let unread = |_| SkipReason::SecretFileUnread;
    let full = top.join(path);
    let mut meta = full.symlink_metadata().map_err(unread)?;
    if meta.is_symlink() {
        let target = full.canonicalize().map_err(unread)?;
        if !top.canonicalize().is_ok_and(|top| target.starts_with(top)) {
            return Err(SkipReason::SecretFileElsewhere);
        }
        meta = target.symlink_metadata().map_err(unread)?;
    }
    if !meta.is_file() {
        return Err(SkipReason::NotAFile);
    }
    if meta.len() > MOST_BYTES {
        return Err(SkipReason::SecretFileLarge(meta.len()));
    }
    let mut content = Zeroizing::new(Vec::with_capacity(meta.len() as usize + 1));
    let file = File::open(&full).map_err(unread)?;
    file.take(MOST_BYTES).read_to_end(&mut content).map_err(unread)?;
    Ok(content)
}
