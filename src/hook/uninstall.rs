//! Plans and makes the changes that take our hooks out of a repository and put back what stood there before.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::shown;
use super::files::{self, Found};
use super::record::Record;
use super::step::{self, Step};
use super::{HookError, HookName, chain, place};

/// Where to remove our hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UninstallRequest {
    /// A folder in the repository.
    pub dir: PathBuf,
    /// Only plan; change nothing.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uninstalled {
    /// The changes in their order; none when nothing of ours was there.
    pub steps: Vec<Step>,
    /// What was left alone.
    pub kept: Vec<Kept>,
    /// True when nothing was changed because only the plan was asked for.
    pub dry_run: bool,
}

/// Something that `uninstall` leaves because it is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Somebody else's hook stands where ours was.
    Foreign(PathBuf),
    /// The hook that we kept cannot go back, because its place is taken.
    Chained {
        /// The place.
        hook: PathBuf,
        /// Where it stays.
        kept: PathBuf,
    },
}

/// Takes our hooks out of the repository around `request.dir`. After an error it can be called again and goes on.
pub fn uninstall(request: &UninstallRequest) -> Result<Uninstalled, HookError> {
    let common_dir = place::common_dir(&request.dir)?;
    let record = Record::read(&common_dir)?;
    let mut plan = Plan::default();
    for folder in &record.folders {
        plan.clear(&common_dir.join(&folder.path), !folder.hooks.is_empty())?;
        for created in folder.created.iter().rev() {
            plan.remove_dir(common_dir.join(created))?;
        }
    }
    // Shims that no record tells of: it was deleted, or the hooks were copied with a template.
    if let Ok(place) = place::locate(&request.dir)
        && !record.folders.iter().any(|folder| common_dir.join(&folder.path) == place.hooks_dir)
    {
        plan.clear(&place.hooks_dir, false)?;
    }
    let path = Record::path(&common_dir);
    if files::look(&path)? != Found::Nothing {
        plan.steps.push(Step::Remove(path));
    }
    plan.remove_dir(common_dir.join("portcullis"))?;
    if !request.dry_run {
        step::apply_each(&plan.steps)?;
    }
    Ok(Uninstalled { steps: plan.steps, kept: plan.kept, dry_run: request.dry_run })
}

#[derive(Default)]
struct Plan {
    steps: Vec<Step>,
    kept: Vec<Kept>,
}

impl Plan {
    /// Clears one hooks folder; `expected` tells whether we know to have written hooks there.
    fn clear(&mut self, hooks_dir: &Path, expected: bool) -> Result<(), HookError> {
        if files::look(hooks_dir)? != Found::Folder {
            return Ok(());
        }
        let chain_dir = chain::folder(hooks_dir);
        for (name, hook) in HookName::NAMES {
            let path = hooks_dir.join(name);
            let kept = chain_dir.join(name);
            let is_kept = files::look(&kept)? != Found::Nothing;
            match files::look(&path)? {
                Found::Shim(_) | Found::Nothing if is_kept => {
                    self.steps.push(Step::Move { from: kept, to: path });
                    self.restore_siblings(hook, hooks_dir)?;
                }
                Found::Shim(_) => self.steps.push(Step::Remove(path)),
                Found::Nothing => {}
                found @ (Found::File(_)
                | Found::Link
                | Found::DanglingLink
                | Found::Folder
                | Found::Other) => {
                    self.leave(hook, &found, hooks_dir)?;
                    if expected {
                        self.kept.push(Kept::Foreign(path));
                    }
                }
            }
        }
        self.remove_dir(chain_dir)
    }

    fn restore_siblings(&mut self, hook: HookName, hooks_dir: &Path) -> Result<(), HookError> {
        for sibling in chain::siblings(hook) {
            let from = chain::folder(hooks_dir).join(&sibling);
            let to = hooks_dir.join(&sibling);
            if files::look(&from)? == Found::Nothing {
                continue;
            }
            match files::look(&to)? {
                Found::Nothing | Found::Shim(_) => self.steps.push(Step::Move { from, to }),
                Found::File(_) | Found::Link | Found::DanglingLink | Found::Folder | Found::Other => {
                    self.kept.push(Kept::Chained { hook: to, kept: from });
                }
            }
        }
        Ok(())
    }

    /// Somebody else's hook stays. If it calls our shim as a sibling, what we had kept takes the shim's place there:
    /// the state that the other manager would have made without us.
    fn leave(&mut self, hook: HookName, found: &Found, hooks_dir: &Path) -> Result<(), HookError> {
        let kept = chain::folder(hooks_dir).join(hook.as_str());
        let kept_found = files::look(&kept)?;
        let mut is_kept = kept_found != Found::Nothing;
        if chain::succeeds(found, &kept_found) {
            self.steps.push(Step::Remove(kept.clone()));
            is_kept = false;
        }
        for sibling in chain::siblings(hook) {
            let path = hooks_dir.join(&sibling);
            match files::look(&path)? {
                Found::Shim(_) if is_kept => {
                    self.steps.push(Step::Move { from: kept.clone(), to: path });
                    is_kept = false;
                }
                Found::Shim(_) => self.steps.push(Step::Remove(path)),
                Found::Nothing
                | Found::File(_)
                | Found::Link
                | Found::DanglingLink
                | Found::Folder
                | Found::Other => {}
            }
        }
        if is_kept {
            self.kept.push(Kept::Chained { hook: hooks_dir.join(hook.as_str()), kept });
        }
        Ok(())
    }

    fn remove_dir(&mut self, path: PathBuf) -> Result<(), HookError> {
        if files::look(&path)? == Found::Folder {
            self.steps.push(Step::RemoveDir(path));
        }
        Ok(())
    }
}

impl fmt::Display for Uninstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            writeln!(f, "nothing to do: no hook of portcullis is installed here")?;
        } else if self.dry_run {
            writeln!(f, "uninstall would:")?;
            self.steps.iter().try_for_each(|step| writeln!(f, "  {step}"))?;
        } else {
            writeln!(f, "uninstalled: commits and pushes in this repository are no longer scanned")?;
        }
        for step in self.steps.iter().filter(|_| !self.dry_run) {
            if let Step::Move { from: _, to } = step {
                writeln!(f, "put back {}", shown(to))?;
            }
        }
        self.kept.iter().try_for_each(|kept| writeln!(f, "{kept}"))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kept::Foreign(path) => write!(f, "left {}: it is not ours", shown(path)),
            Kept::Chained { hook, kept } => {
                write!(f, "left {}: its place {} is taken by another hook", shown(kept), shown(hook))
            }
        }
    }
}
