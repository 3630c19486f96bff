//! The record of what `install` did, kept in the repository so that `uninstall` can undo it; writes nothing itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{HookError, HookName, configured};

const HEADER: &str = "# Written by `portcullis install`, read by `portcullis uninstall`.\n";
const FORMAT: u32 = 1;

/// Everything that we have done for one repository, or for all repositories of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    format: u32,
    /// Folders that were not there before the record, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    created: Vec<PathBuf>,
    /// Folders into which we have put hooks.
    #[serde(default, rename = "folder")]
    pub folders: Vec<Folder>,
    /// Scripts of others into which we have put lines.
    #[serde(default, rename = "script")]
    pub scripts: Vec<Script>,
    /// Keys that we have set in git's configuration.
    #[serde(default, rename = "setting")]
    pub settings: Vec<Setting>,
}

/// A script that calls us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Where it is.
    pub path: String,
    /// The hook that it is run as.
    pub hook: String,
    /// True when it was not there before.
    pub created: bool,
}

/// A key of git's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The file of the configuration.
    pub file: String,
    /// The key.
    pub key: String,
    /// What we have set it to.
    pub value: String,
    /// True when the file was not there before.
    pub created: bool,
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
                return Ok(Record::new());
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

    /// Notes that these folders had to be made for the record; the last is the record's own.
    pub fn add_created(&mut self, created: &[PathBuf]) -> Result<(), HookError> {
        if let Some(path) = created.iter().find(|path| path.to_str().is_none()) {
            return Err(HookError::NotUtf8(path.clone()));
        }
        self.created.extend(created.split_last().map_or(&[][..], |(_, outer)| outer).iter().cloned());
        Ok(())
    }

    /// The folders that were made for the record's own, outermost first.
    pub fn created(&self) -> &[PathBuf] {
        &self.created
    }

    /// Notes that `hooks` are in `hooks_dir`, and which folders had to be made for that.
    pub fn add_folder(
        &mut self,
        hooks_dir: &Path,
        hooks: &[HookName],
        created: &[PathBuf],
        common_dir: &Path,
    ) -> Result<(), HookError> {
        let path = relative(hooks_dir, common_dir)?;
        let created = created.iter().map(|dir| relative(dir, common_dir)).collect::<Result<Vec<_>, _>>()?;
        let hooks: Vec<String> = hooks.iter().map(|hook| hook.as_str().to_owned()).collect();
        match self.folders.iter_mut().find(|folder| folder.path == path) {
            Some(folder) => {
                folder.hooks = hooks;
                folder.created.extend(created);
            }
            None => self.folders.push(Folder { path, hooks, created }),
        }
        Ok(())
    }

    /// Notes that the script at `path` calls us as `hook`.
    pub fn add_script(
        &mut self,
        path: &Path,
        hook: HookName,
        created: bool,
        common_dir: &Path,
    ) -> Result<(), HookError> {
        let path = relative(path, common_dir)?;
        if !self.scripts.iter().any(|script| script.path == path) {
            self.scripts.push(Script { path, hook: hook.as_str().to_owned(), created });
        }
        Ok(())
    }

    /// Notes that we have set `key` in `file`.
    pub fn add_setting(
        &mut self,
        file: &Path,
        key: &str,
        value: &str,
        common_dir: &Path,
    ) -> Result<(), HookError> {
        let created = !file.exists();
        let file = relative(file, common_dir)?;
        match self.settings.iter_mut().find(|setting| setting.file == file && setting.key == key) {
            Some(setting) => value.clone_into(&mut setting.value),
            None => {
                self.settings.push(Setting { file, key: key.to_owned(), value: value.to_owned(), created })
            }
        }
        Ok(())
    }

    /// The hooks that are to be there, in whatever way.
    pub fn hooks(&self) -> Vec<HookName> {
        let in_folders = self.folders.iter().flat_map(|folder| folder.hooks.iter());
        let in_scripts = self.scripts.iter().map(|script| &script.hook);
        let named: Vec<&str> = in_folders.chain(in_scripts).map(String::as_str).collect();
        let configured = |name: &str| self.settings.iter().any(|it| it.key == configured::command_key(name));
        let wanted = |name: &str| named.contains(&name) || configured(name);
        HookName::NAMES.into_iter().filter(|(name, _)| wanted(name)).map(|(_, hook)| hook).collect()
    }

    /// True when git's configuration names us as a hook.
    pub fn is_in_configuration(&self) -> bool {
        self.settings.iter().any(|setting| setting.key.starts_with(configured::PREFIX))
    }

    fn new() -> Record {
        Record {
            format: FORMAT,
            created: Vec::new(),
            folders: Vec::new(),
            scripts: Vec::new(),
            settings: Vec::new(),
        }
    }
}

/// Inside the common git folder by a relative path, so that a repository can be moved.
fn relative(path: &Path, common_dir: &Path) -> Result<String, HookError> {
    let short = path.strip_prefix(common_dir).unwrap_or(path);
    short.to_str().map(str::to_owned).ok_or_else(|| HookError::NotUtf8(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Record;
    use crate::hook::HookName;
    use std::fs;
    use std::path::{Path, PathBuf};

    #[test]
    fn a_record_is_read_back_as_written() {
        let common = tempfile::tempdir().unwrap();
        let mut record = Record::read(common.path()).unwrap();
        let inside = common.path().join("hooks");
        let hooks = [HookName::PrePush];
        record.add_folder(&inside, &hooks, &[], common.path()).unwrap();
        let created = [PathBuf::from("/else")];
        record.add_folder(Path::new("/else/where\n"), &[], &created, common.path()).unwrap();
        record
            .add_script(Path::new("/w/.husky/commit-msg"), HookName::CommitMsg, true, common.path())
            .unwrap();
        let config = common.path().join("config");
        record.add_setting(&config, "hook.portcullis-pre-commit.command", "'x' y", common.path()).unwrap();
        fs::create_dir(common.path().join("portcullis")).unwrap();
        fs::write(Record::path(common.path()), record.to_bytes(common.path()).unwrap()).unwrap();
        assert_eq!(Record::read(common.path()).unwrap(), record);
        assert_eq!(record.folders[0].path, "hooks");
        assert_eq!(record.hooks(), [HookName::PreCommit, HookName::CommitMsg, HookName::PrePush]);
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
