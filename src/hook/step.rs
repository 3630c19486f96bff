//! One change to files or to git's settings, as data: it can be told before it is made, made, and taken back.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::shown;
use super::files::{self, Rights};
use super::{HookError, git};

/// One change to files or to git's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Makes a folder.
    CreateDir(PathBuf),
    /// Renames a file, over the one that may be there.
    Move {
        /// From here.
        from: PathBuf,
        /// To here.
        to: PathBuf,
    },
    /// Writes a file.
    Write {
        /// Where.
        path: PathBuf,
        /// Its content.
        bytes: Vec<u8>,
        /// The content it replaces.
        before: Option<Vec<u8>>,
        /// Who may do what with it.
        rights: Rights,
    },
    /// Gives a key of git's configuration a value, or takes it out.
    Set {
        /// The file of the configuration.
        file: PathBuf,
        /// The key.
        key: String,
        /// Its value; none takes it out.
        value: Option<String>,
        /// The value it replaces.
        before: Option<String>,
    },
    /// Removes a file of ours.
    Remove(PathBuf),
    /// Removes a file that is there only because of us, unless somebody keeps something in it.
    RemoveEmpty(PathBuf),
    /// Removes a folder of ours, unless somebody keeps something in it.
    RemoveDir(PathBuf),
}

/// Makes the changes up to the first that fails; each is right by itself.
pub fn apply_each(steps: &[Step]) -> Result<(), HookError> {
    steps.iter().try_for_each(Step::apply)
}

/// Makes all changes, or none: what was done before a failure is taken back. Removals come last, they are final.
pub fn apply_all(steps: &[Step]) -> Result<(), HookError> {
    for (done, step) in steps.iter().enumerate() {
        if let Err(error) = step.apply() {
            steps[..done].iter().rev().for_each(Step::take_back);
            return Err(error);
        }
    }
    Ok(())
}

impl Step {
    fn apply(&self) -> Result<(), HookError> {
        match self {
            Step::CreateDir(path) => fs::create_dir(path).map_err(HookError::io(path, "created")),
            Step::Move { from, to } => fs::rename(from, to).map_err(HookError::io(from, "moved")),
            Step::Write { path, bytes, before: _, rights } => files::write_whole(path, bytes, *rights),
            Step::Set { file, key, value, before: _ } => git::set(file, key, value.as_deref()),
            Step::RemoveEmpty(path) => match fs::metadata(path) {
                Ok(metadata) if metadata.len() == 0 => {
                    fs::remove_file(path).map_err(HookError::io(path, "removed"))
                }
                _ => Ok(()),
            },
            Step::Remove(path) => fs::remove_file(path).map_err(HookError::io(path, "removed")),
            Step::RemoveDir(path) => match fs::remove_dir(path) {
                Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => {
                    Err(HookError::io(path, "removed")(error))
                }
                _ => Ok(()),
            },
        }
    }

    /// Best effort: the failure that led here is what gets reported.
    fn take_back(&self) {
        match self {
            Step::CreateDir(path) => drop(fs::remove_dir(path)),
            Step::Move { from, to } => drop(fs::rename(to, from)),
            Step::Write { path, before: Some(bytes), rights, .. } => {
                drop(files::write_whole(path, bytes, *rights));
            }
            Step::Write { path, before: None, .. } => drop(fs::remove_file(path)),
            Step::Set { file, key, value: _, before } => drop(git::set(file, key, before.as_deref())),
            Step::Remove(_) | Step::RemoveDir(_) | Step::RemoveEmpty(_) => {}
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::CreateDir(path) => write!(f, "create the folder {}", shown(path)),
            Step::Move { from, to } => write!(f, "move {} to {}", shown(from), shown(to)),
            Step::Write { path, before: None, .. } => write!(f, "write {}", shown(path)),
            Step::Write { path, before: Some(_), .. } => write!(f, "write {} anew", shown(path)),
            Step::Set { file, key, value: Some(value), before: _ } => {
                write!(f, "set {key} to {} in {}", shown(value), shown(file))
            }
            Step::Set { file, key, value: None, before: _ } => {
                write!(f, "take {key} out of {}", shown(file))
            }
            Step::Remove(path) => write!(f, "remove {}", shown(path)),
            Step::RemoveEmpty(path) => write!(f, "remove {} if it is empty", shown(path)),
            Step::RemoveDir(path) => write!(f, "remove the folder {} if it is empty", shown(path)),
        }
    }
}

/// The step that makes `path` a folder, if there has to be one; refuses what is no folder.
pub fn folder(path: &Path) -> Result<Option<Step>, HookError> {
    match files::look(path)? {
        files::Found::Nothing => Ok(Some(Step::CreateDir(path.to_owned()))),
        files::Found::Folder => Ok(None),
        files::Found::Link | files::Found::DanglingLink => Err(HookError::Link(path.to_owned())),
        files::Found::Shim(_) | files::Found::File(_) | files::Found::Other => {
            Err(HookError::NotAFolder(path.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rights, Step, apply_all};
    use std::fs;

    #[test]
    fn a_failure_takes_back_what_was_done() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("a"), "a").unwrap();
        fs::write(at("b"), "old").unwrap();
        let write = |name: &str, before: Option<&str>| Step::Write {
            path: at(name),
            bytes: b"new".to_vec(),
            before: before.map(|text| text.as_bytes().to_vec()),
            rights: Rights::Data,
        };
        let steps = [
            Step::CreateDir(at("made")),
            Step::Move { from: at("a"), to: at("made/a") },
            write("a", None),
            write("b", Some("old")),
            Step::Move { from: at("missing"), to: at("c") },
        ];
        assert!(apply_all(&steps).is_err());
        let mut names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(fs::read_to_string(at("a")).unwrap(), "a");
        assert_eq!(fs::read_to_string(at("b")).unwrap(), "old");
    }
}
