//! Plans the changes in one hooks folder: ours go in, what stood there is kept and never overwritten.

use std::fs;
use std::path::{Path, PathBuf};

use super::files::{self, Found, Rights};
use super::step::{self, Step};
use super::{HookError, HookName, chain};

/// The changes in one hooks folder.
pub struct FolderPlan<'p> {
    hooks_dir: &'p Path,
    force: bool,
    chain_dir: PathBuf,
    moves: Vec<Step>,
    writes: Vec<Step>,
    removals: Vec<Step>,
}

impl<'p> FolderPlan<'p> {
    /// Nothing yet. With `force`, what was kept earlier makes room for what stands there now.
    pub fn new(hooks_dir: &'p Path, force: bool) -> Self {
        let chain_dir = chain::folder(hooks_dir);
        FolderPlan {
            hooks_dir,
            force,
            chain_dir,
            moves: Vec::new(),
            writes: Vec::new(),
            removals: Vec::new(),
        }
    }

    /// Puts `bytes` in the place of `hook`, and what is there into the chain.
    pub fn add(&mut self, hook: HookName, bytes: Vec<u8>) -> Result<(), HookError> {
        let path = self.hooks_dir.join(hook.as_str());
        let before = match files::look(&path)? {
            Found::Nothing => None,
            Found::Shim(before) => {
                let runs = files::is_executable(&path).map_err(HookError::io(&path, "read"))?;
                if before == bytes && runs {
                    return Ok(());
                }
                Some(before)
            }
            found @ (Found::File(_) | Found::Link) => {
                self.keep(hook, &found)?;
                None
            }
            Found::DanglingLink => return Err(HookError::DanglingLink(path)),
            Found::Folder => return Err(HookError::HookIsFolder(path)),
            Found::Other => return Err(HookError::NotAFile(path)),
        };
        self.writes.push(Step::Write { path, bytes, before, rights: Rights::Program });
        Ok(())
    }

    /// Moves the hook that stands where ours belongs, with the siblings it may call.
    fn keep(&mut self, hook: HookName, found: &Found) -> Result<(), HookError> {
        let path = self.hooks_dir.join(hook.as_str());
        let kept_path = self.chain_dir.join(hook.as_str());
        let kept = files::look(&kept_path)?;
        let mut is_free = kept == Found::Nothing || chain::succeeds(found, &kept);
        for sibling in chain::siblings(hook) {
            let from = self.hooks_dir.join(&sibling);
            let to = self.chain_dir.join(&sibling);
            match files::look(&from)? {
                // Another manager put itself before us. It goes behind us now, and what we had kept becomes its
                // sibling: the state that it would have made without us.
                Found::Shim(_) => {
                    self.removals.push(Step::Remove(from));
                    if !is_free {
                        self.add_move(kept_path.clone(), to)?;
                        is_free = true;
                    }
                }
                Found::File(_) | Found::Link | Found::DanglingLink => self.add_move(from, to)?,
                Found::Nothing | Found::Folder | Found::Other => {}
            }
        }
        if !is_free && self.force {
            self.add_move(kept_path.clone(), chain::set_aside(self.hooks_dir, hook))?;
        } else if !is_free {
            return Err(HookError::ChainOccupied { hook: path, kept: kept_path });
        }
        self.moves.push(Step::Move { from: path, to: kept_path });
        Ok(())
    }

    fn add_move(&mut self, from: PathBuf, to: PathBuf) -> Result<(), HookError> {
        if files::look(&to)? != Found::Nothing {
            return Err(HookError::ChainOccupied { hook: from, kept: to });
        }
        self.moves.push(Step::Move { from, to });
        Ok(())
    }

    /// Puts a script that only runs another into the hooks folder itself.
    pub fn add_forwarder(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), HookError> {
        self.write_ours(self.hooks_dir.join(name), bytes)
    }

    /// Puts a script that only runs another where the hook that we keep for `hook` is, unless one is kept there.
    pub fn add_kept_forwarder(&mut self, hook: HookName, bytes: Vec<u8>) -> Result<(), HookError> {
        let path = self.chain_dir.join(hook.as_str());
        let is_taken = self.moves.iter().any(|step| matches!(step, Step::Move { to, .. } if *to == path));
        if is_taken || matches!(files::look(&path)?, Found::File(_) | Found::Link) {
            return Ok(());
        }
        self.write_ours(path, bytes)
    }

    fn write_ours(&mut self, path: PathBuf, bytes: Vec<u8>) -> Result<(), HookError> {
        let before = match files::look(&path)? {
            Found::Nothing => None,
            Found::Shim(before) if before == bytes => return Ok(()),
            Found::Shim(before) => Some(before),
            Found::File(_) | Found::Link | Found::DanglingLink | Found::Folder | Found::Other => {
                return Err(HookError::NotOurs(path));
            }
        };
        self.writes.push(Step::Write { path, bytes, before, rights: Rights::Program });
        Ok(())
    }

    /// The changes in an order in which each is possible.
    pub fn into_steps(self) -> Result<Vec<Step>, HookError> {
        let in_chain = |step: &Step| match step {
            Step::Move { .. } => true,
            Step::Write { path, .. } => path.starts_with(&self.chain_dir),
            Step::CreateDir(_)
            | Step::Set { .. }
            | Step::Remove(_)
            | Step::RemoveEmpty(_)
            | Step::RemoveDir(_) => false,
        };
        let needs_chain = self.moves.iter().chain(&self.writes).any(in_chain);
        let chain = if needs_chain { step::folder(&self.chain_dir)? } else { None };
        let steps: Vec<Step> =
            chain.into_iter().chain(self.moves).chain(self.writes).chain(self.removals).collect();
        let is_read_only = |dir: &Path| fs::metadata(dir).is_ok_and(|found| found.permissions().readonly());
        if !steps.is_empty() && is_read_only(self.hooks_dir) {
            return Err(HookError::ReadOnly(self.hooks_dir.to_owned()));
        }
        Ok(steps)
    }
}

/// The folders that have to be made so that `dir` exists, outermost first.
pub fn missing_folders(dir: &Path) -> Result<Vec<PathBuf>, HookError> {
    let mut missing = Vec::new();
    step::folder(dir)?;
    for folder in dir.ancestors().take_while(|folder| !folder.exists()) {
        missing.push(folder.to_owned());
    }
    missing.reverse();
    Ok(missing)
}
