//! Plans and makes the changes that put our hooks into a repository; what stood there is kept, and never overwritten.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::shown;
use super::files::{self, Found};
use super::place::{self, Place};
use super::record::Record;
use super::step::{self, Step};
use super::{HookError, HookName, chain, shim};

/// The hooks that do something.
pub(super) const HOOKS: [HookName; 3] = [HookName::PreCommit, HookName::PreMergeCommit, HookName::PrePush];

/// What to install, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallRequest {
    /// A folder in the work tree of the repository.
    pub dir: PathBuf,
    /// The absolute path of the program that the hooks are to run first of all.
    pub binary: PathBuf,
    /// Only plan; change nothing.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The folder from which git runs the hooks.
    pub hooks_dir: PathBuf,
    /// The changes in their order; none when everything was in place.
    pub steps: Vec<Step>,
    /// True when the hooks are files of the work tree, and so may be committed.
    pub in_work_tree: bool,
    /// True when nothing was changed because only the plan was asked for.
    pub dry_run: bool,
}

/// Puts our hooks into the repository around `request.dir`. A second time changes nothing; an error has changed nothing.
pub fn install(request: &InstallRequest) -> Result<Installed, HookError> {
    if !request.binary.is_absolute() || !request.binary.is_file() {
        return Err(HookError::Binary(request.binary.clone()));
    }
    let place = place::locate(&request.dir)?;
    let steps = plan(&place, &request.binary)?;
    if !request.dry_run {
        step::apply_all(&steps)?;
    }
    let Place { hooks_dir, in_work_tree, common_dir: _ } = place;
    Ok(Installed { hooks_dir, steps, in_work_tree, dry_run: request.dry_run })
}

fn plan(place: &Place, binary: &Path) -> Result<Vec<Step>, HookError> {
    let created = missing_folders(&place.hooks_dir)?;
    let mut hooks = HookPlan::new(&place.hooks_dir);
    for hook in HOOKS {
        hooks.add(hook, binary)?;
    }
    // The record comes first: whatever happens after it, `uninstall` knows where to look.
    let mut steps = record_steps(place, &created)?;
    steps.extend(created.into_iter().map(Step::CreateDir));
    let hooks = hooks.into_steps()?;
    if !hooks.is_empty() && fs::metadata(&place.hooks_dir).is_ok_and(|found| found.permissions().readonly()) {
        return Err(HookError::ReadOnly(place.hooks_dir.clone()));
    }
    steps.extend(hooks);
    Ok(steps)
}

/// The folders that have to be made so that `dir` exists, outermost first.
fn missing_folders(dir: &Path) -> Result<Vec<PathBuf>, HookError> {
    let mut missing = Vec::new();
    step::folder(dir)?;
    for folder in dir.ancestors().take_while(|folder| !folder.exists()) {
        missing.push(folder.to_owned());
    }
    missing.reverse();
    Ok(missing)
}

fn record_steps(place: &Place, created: &[PathBuf]) -> Result<Vec<Step>, HookError> {
    let mut record = Record::read(&place.common_dir)?;
    record.add(&place.hooks_dir, created, &place.common_dir)?;
    let path = Record::path(&place.common_dir);
    let bytes = record.to_bytes(&place.common_dir)?;
    let mut steps: Vec<Step> = step::folder(&place.common_dir.join("portcullis"))?.into_iter().collect();
    let before = match files::look(&path)? {
        Found::Nothing => None,
        Found::File(before) if before == bytes => return Ok(steps),
        Found::File(before) | Found::Shim(before) => Some(before),
        Found::Link | Found::DanglingLink => return Err(HookError::Link(path)),
        Found::Folder | Found::Other => return Err(HookError::NotAFile(path)),
    };
    steps.push(Step::Write { path, bytes, before, executable: false });
    Ok(steps)
}

/// The changes in one hooks folder.
struct HookPlan<'p> {
    hooks_dir: &'p Path,
    chain_dir: PathBuf,
    moves: Vec<Step>,
    writes: Vec<Step>,
    removals: Vec<Step>,
}

impl<'p> HookPlan<'p> {
    fn new(hooks_dir: &'p Path) -> Self {
        let chain_dir = chain::folder(hooks_dir);
        HookPlan { hooks_dir, chain_dir, moves: Vec::new(), writes: Vec::new(), removals: Vec::new() }
    }

    fn add(&mut self, hook: HookName, binary: &Path) -> Result<(), HookError> {
        let path = self.hooks_dir.join(hook.as_str());
        let bytes = shim::text(hook, binary);
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
        self.writes.push(Step::Write { path, bytes, before, executable: true });
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
        if !is_free {
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

    fn into_steps(self) -> Result<Vec<Step>, HookError> {
        let chain = if self.moves.is_empty() { None } else { step::folder(&self.chain_dir)? };
        Ok(chain.into_iter().chain(self.moves).chain(self.writes).chain(self.removals).collect())
    }
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hooks_dir = shown(&self.hooks_dir);
        if self.steps.is_empty() {
            return writeln!(f, "nothing to do: the hooks in {hooks_dir} are in place");
        }
        if self.dry_run {
            writeln!(f, "install would:")?;
            return self.steps.iter().try_for_each(|step| writeln!(f, "  {step}"));
        }
        let names: Vec<&str> = HOOKS.iter().map(|hook| hook.as_str()).collect();
        writeln!(f, "installed {} in {hooks_dir}", names.join(", "))?;
        for step in &self.steps {
            if let Step::Move { from, to } = step {
                writeln!(f, "moved {} to {}; what git ran there runs after ours", shown(from), shown(to))?;
            }
        }
        if self.in_work_tree {
            writeln!(
                f,
                "this folder is part of the work tree: do not commit the hooks, they hold a path of this machine"
            )?;
        }
        Ok(())
    }
}
