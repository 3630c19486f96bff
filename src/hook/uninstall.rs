//! Plans and makes the changes that take our hooks out of a repository and put back what stood there before.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::shown;
use super::files::{self, Found};
use super::global::UserPlaces;
use super::name::GIT_HOOKS;
use super::place::{self, Door};
use super::record::Record;
use super::step::{self, Step};
use super::{HookError, HookName, chain, git, husky};

/// Folders of what is found out again whenever it is needed.
const REMEMBERED: [&str; 4] = ["clean", "exceptions", "history", "rules"];

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
    plan.undo(&record, &common_dir)?;
    // Shims that no record tells of: it was deleted, or the hooks were copied with a template.
    if let Ok(place) = place::locate(&request.dir)
        && place.door == Door::Own
        && !record.folders.iter().any(|folder| common_dir.join(&folder.path) == place.hooks_dir)
    {
        plan.clear(&place.hooks_dir, false)?;
    }
    plan.forget(&common_dir)?;
    plan.finish(&record, &common_dir, request.dry_run)
}

/// Takes our hooks away from before all repositories of a user.
pub fn uninstall_global(user: &UserPlaces, dry_run: bool) -> Result<Uninstalled, HookError> {
    let record = Record::read(&user.config_dir)?;
    let mut plan = Plan::default();
    plan.undo(&record, &user.config_dir)?;
    plan.finish(&record, &user.config_dir, dry_run)
}

/// What is in a folder; nothing where there is none.
fn inside(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = std::fs::read_dir(folder).ok().into_iter().flatten();
    entries.flatten().map(|entry| entry.path())
}

#[derive(Default)]
struct Plan {
    steps: Vec<Step>,
    kept: Vec<Kept>,
}

impl Plan {
    /// Settings first: git must not look into a folder that is half cleared.
    fn undo(&mut self, record: &Record, base: &Path) -> Result<(), HookError> {
        for setting in &record.settings {
            let file = base.join(&setting.file);
            let before = git::setting(&file, &setting.key)?;
            if before.as_ref() == Some(&setting.value) {
                let key = setting.key.clone();
                self.steps.push(Step::Set { file: file.clone(), key, value: None, before });
            }
        }
        for setting in record.settings.iter().filter(|setting| setting.created) {
            let step = Step::RemoveEmpty(base.join(&setting.file));
            if !self.steps.contains(&step) {
                self.steps.push(step);
            }
        }
        for script in &record.scripts {
            self.restore(&base.join(&script.path), script.created)?;
        }
        for folder in &record.folders {
            self.clear(&base.join(&folder.path), !folder.hooks.is_empty())?;
            for created in folder.created.iter().rev() {
                self.remove_dir(base.join(created))?;
            }
        }
        Ok(())
    }

    /// What hooks and scans have remembered: clean contents, what was checked, and in the folder of each work tree what was
    /// seen.
    fn forget(&mut self, common_dir: &Path) -> Result<(), HookError> {
        for name in REMEMBERED {
            let folder = common_dir.join("portcullis").join(name);
            self.steps.extend(inside(&folder).map(Step::Remove));
            self.remove_dir(folder)?;
        }
        let linked = inside(&common_dir.join("worktrees"));
        for git_dir in [common_dir.to_owned()].into_iter().chain(linked) {
            let attest = git_dir.join("portcullis/attest");
            if attest.is_file() {
                self.steps.push(Step::Remove(attest));
                self.remove_dir(git_dir.join("portcullis"))?;
            }
        }
        Ok(())
    }

    fn finish(mut self, record: &Record, base: &Path, dry_run: bool) -> Result<Uninstalled, HookError> {
        let path = Record::path(base);
        if files::look(&path)? != Found::Nothing {
            self.steps.push(Step::Remove(path));
        }
        self.remove_dir(base.join("portcullis"))?;
        for created in record.created().iter().rev() {
            self.remove_dir(created.clone())?;
        }
        if !dry_run {
            step::apply_each(&self.steps)?;
        }
        Ok(Uninstalled { steps: self.steps, kept: self.kept, dry_run })
    }

    /// Takes our lines out of a script of somebody else.
    fn restore(&mut self, path: &Path, created: bool) -> Result<(), HookError> {
        let (Found::File(before) | Found::Shim(before)) = files::look(path)? else { return Ok(()) };
        let bytes = husky::without_lines(&before);
        if created && bytes.is_empty() {
            self.steps.push(Step::Remove(path.to_owned()));
        } else if bytes != before {
            let rights = files::rights(path)?;
            self.steps.push(Step::Write { path: path.to_owned(), bytes, before: Some(before), rights });
        }
        Ok(())
    }

    /// Clears one hooks folder; `expected` tells whether we know to have written hooks there.
    fn clear(&mut self, hooks_dir: &Path, expected: bool) -> Result<(), HookError> {
        if files::look(hooks_dir)? != Found::Folder {
            return Ok(());
        }
        let chain_dir = chain::folder(hooks_dir);
        for (name, hook) in HookName::NAMES {
            let path = hooks_dir.join(name);
            let kept = chain_dir.join(name);
            let kept_found = files::look(&kept)?;
            if matches!(kept_found, Found::Shim(_)) {
                self.steps.push(Step::Remove(kept.clone()));
            }
            let is_kept = !matches!(kept_found, Found::Nothing | Found::Shim(_));
            let set_aside = chain::set_aside(hooks_dir, hook);
            if files::look(&set_aside)? != Found::Nothing {
                self.kept.push(Kept::Chained { hook: path.clone(), kept: set_aside });
            }
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
        for name in GIT_HOOKS.into_iter().filter(|name| HookName::parse(name).is_none()) {
            let path = hooks_dir.join(name);
            if matches!(files::look(&path)?, Found::Shim(_)) {
                self.steps.push(Step::Remove(path));
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
        let mut is_kept = !matches!(kept_found, Found::Nothing | Found::Shim(_));
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
