//! The changes of one installation with the record of them, which is written before anything else.

use std::path::{Path, PathBuf};

use super::files::{self, Found, Rights};
use super::folder::missing_folders;
use super::record::Record;
use super::step::{self, Step};
use super::{HookError, HookName, git};

/// What an installation is going to do.
pub struct Plan {
    /// The folder in which the record is kept: the common git folder, or the user's folder for configuration.
    pub base: PathBuf,
    /// What will have been done.
    pub record: Record,
    /// The changes in their order, without that of the record.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Nothing beyond what is recorded.
    pub fn new(base: &Path) -> Result<Plan, HookError> {
        Ok(Plan { base: base.to_owned(), record: Record::read(base)?, steps: Vec::new() })
    }

    /// Adds the changes in one hooks folder, after making the folders it needs.
    pub fn add_folder(
        &mut self,
        hooks_dir: &Path,
        hooks: &[HookName],
        created: Vec<PathBuf>,
        changes: Vec<Step>,
    ) -> Result<(), HookError> {
        // Those are made for the record.
        let for_record = self.base.join("portcullis");
        let created: Vec<PathBuf> = created.into_iter().filter(|dir| !for_record.starts_with(dir)).collect();
        self.record.add_folder(hooks_dir, hooks, &created, &self.base)?;
        self.steps.extend(created.into_iter().map(Step::CreateDir));
        self.steps.extend(changes);
        Ok(())
    }

    /// Sets a key of git's configuration, unless it has that value.
    pub fn set(&mut self, file: &Path, key: &str, value: &str) -> Result<(), HookError> {
        let before = git::setting(file, key)?;
        self.record.add_setting(file, key, value, &self.base)?;
        if before.as_deref() != Some(value) {
            let value = Some(value.to_owned());
            self.steps.push(Step::Set { file: file.to_owned(), key: key.to_owned(), value, before });
        }
        Ok(())
    }

    /// Makes the changes, or only tells them. Whatever happens after the first, `uninstall` knows where to look.
    pub fn carry_out(mut self, dry_run: bool) -> Result<Vec<Step>, HookError> {
        let created = missing_folders(&self.base.join("portcullis"))?;
        self.record.add_created(&created)?;
        let mut steps: Vec<Step> = created.into_iter().map(Step::CreateDir).collect();
        steps.extend(self.record_step()?);
        steps.extend(self.steps);
        if !dry_run {
            step::apply_all(&steps)?;
        }
        Ok(steps)
    }

    fn record_step(&self) -> Result<Option<Step>, HookError> {
        let path = Record::path(&self.base);
        let bytes = self.record.to_bytes(&self.base)?;
        let before = match files::look(&path)? {
            Found::Nothing => None,
            Found::File(before) if before == bytes => return Ok(None),
            Found::File(before) | Found::Shim(before) => Some(before),
            Found::Link | Found::DanglingLink => return Err(HookError::Link(path)),
            Found::Folder | Found::Other => return Err(HookError::NotAFile(path)),
        };
        Ok(Some(Step::Write { path, bytes, before, rights: Rights::Data }))
    }
}
