//! The record of what `install` did, kept in the repository so that `uninstall` can undo it; writes nothing itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::HookError;
use super::install::HOOKS;

const HEADER: &str = "# Written by `portcullis install`, read by `portcullis uninstall`.\n";
const FORMAT: u32 = 1;

/// Every folder of one repository into which we have put hooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    format: u32,
    #[serde(default, rename = "folder")]
    pub folders: Vec<Folder>,
}

/// One hooks folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Folder {
    /// Where it is; relative to the common git folder when it is inside, so that a repository can be moved.
    pub path: String,
    /// The hooks that we wrote into it.
    pub hooks: Vec<String>,
    /// Folders that were not there before, outermost first.
    #[serde(default)]
    pub created: Vec<String>,
}

impl Record {
    /// Where the record of a repository is kept.
    pub fn path(common_dir: &Path) -> PathBuf {
        common_dir.join("portcullis").join("install.toml")
    }

    /// Reads the record; without a file it is empty.
    pub fn read(common_dir: &Path) -> Result<Record, HookError> {
        let path = Self::path(common_dir);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Record { format: FORMAT, folders: Vec::new() });
            }
            Err(error) => return Err(HookError::io(&path, "read")(error)),
        };
        let record: Record = toml::from_str(&text)
            .map_err(|error| HookError::Record { path: path.clone(), message: error.message().to_owned() })?;
        if record.format != FORMAT {
            let message = format!("format {} is not known to this version of portcullis", record.format);
            return Err(HookError::Record { path, message });
        }
        Ok(record)
    }

    /// The record as a file.
    pub fn to_bytes(&self, common_dir: &Path) -> Result<Vec<u8>, HookError> {
        let text = toml::to_string(self).map_err(|error| HookError::Record {
            path: Self::path(common_dir),
            message: error.to_string(),
        })?;
        Ok(format!("{HEADER}{text}").into_bytes())
    }

    /// Notes that all our hooks are in `hooks_dir`, and which folders had to be made for that.
    pub fn add(&mut self, hooks_dir: &Path, created: &[PathBuf], common_dir: &Path) -> Result<(), HookError> {
        let path = relative(hooks_dir, common_dir)?;
        let hooks = HOOKS.iter().map(|hook| hook.as_str().to_owned()).collect();
        let created = created.iter().map(|dir| relative(dir, common_dir)).collect::<Result<Vec<_>, _>>()?;
        match self.folders.iter_mut().find(|folder| folder.path == path) {
            Some(folder) => {
                folder.hooks = hooks;
                folder.created.extend(created);
            }
            None => self.folders.push(Folder { path, hooks, created }),
        }
        Ok(())
    }
}

fn relative(path: &Path, common_dir: &Path) -> Result<String, HookError> {
    let short = path.strip_prefix(common_dir).unwrap_or(path);
    short.to_str().map(str::to_owned).ok_or_else(|| HookError::NotUtf8(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Record;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn a_record_is_read_back_as_written() {
        let common = tempfile::tempdir().unwrap();
        let mut record = Record::read(common.path()).unwrap();
        let inside = common.path().join("hooks");
        record.add(&inside, &[], common.path()).unwrap();
        record.add(Path::new("/else/where\n"), &[PathBuf::from("/else")], common.path()).unwrap();
        fs::create_dir(common.path().join("portcullis")).unwrap();
        fs::write(Record::path(common.path()), record.to_bytes(common.path()).unwrap()).unwrap();
        assert_eq!(Record::read(common.path()).unwrap(), record);
        assert_eq!(record.folders[0].path, "hooks");
    }

    #[test]
    fn a_record_that_cannot_be_understood_is_an_error() {
        let common = tempfile::tempdir().unwrap();
        fs::create_dir(common.path().join("portcullis")).unwrap();
        for text in ["", "format = 2", "format = 1\nfolders = 3", "format = 1\nnew = 1", "format"] {
            fs::write(Record::path(common.path()), text).unwrap();
            assert!(Record::read(common.path()).is_err(), "{text}");
        }
    }
}
