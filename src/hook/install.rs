//! Puts our hooks into a repository, in the way that fits who runs hooks there; what stood there keeps running.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::shown;
use super::files::{self, Found, Rights};
use super::folder::{FolderPlan, missing_folders};
use super::git::Version;
use super::name::GIT_HOOKS;
use super::place::{self, Door, Place};
use super::plan::Plan;
use super::step::Step;
use super::{HookError, HookName, configured, husky, shim};

/// How git is made to run us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As it is done already; for a repository by scripts, which every git runs.
    Auto,
    /// Scripts in a hooks folder.
    Shim,
    /// Commands in git's configuration.
    Config,
}

impl Method {
    /// Every method with its name on the command line.
    pub const NAMES: [(&'static str, Method); 3] =
        [("auto", Method::Auto), ("shim", Method::Shim), ("config", Method::Config)];
}

/// What to install, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallRequest {
    /// A folder in the work tree of the repository.
    pub dir: PathBuf,
    /// The absolute path of the program that the hooks are to run first of all.
    pub binary: PathBuf,
    /// The hooks; those that are installed already are brought up to date with them.
    pub hooks: Vec<HookName>,
    /// How git is made to run us.
    pub method: Method,
    /// Whether a hook that was kept earlier makes room for one that stands there now.
    pub force: bool,
    /// Only plan; change nothing.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The folder or the file in which the hooks are.
    pub place: PathBuf,
    /// The hooks that are there now.
    pub hooks: Vec<HookName>,
    /// The changes in their order; none when everything was in place.
    pub steps: Vec<Step>,
    /// What else there is to know.
    pub remark: Option<Remark>,
    /// True when nothing was changed because only the plan was asked for.
    pub dry_run: bool,
}

/// Something about an installation that the reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// The hooks are files of the work tree, and so may be committed.
    InWorkTree,
    /// The hooks are lines in scripts that are committed.
    InScripts,
    /// The repository no longer uses the folder that all repositories share, whose hooks run after ours.
    TakenBack(PathBuf),
    /// The hooks do nothing where there is no folder `.portcullis`.
    OnlyConfigured,
}

/// Puts our hooks into the repository around `request.dir`. A second time changes nothing; an error has changed nothing.
pub fn install(request: &InstallRequest) -> Result<Installed, HookError> {
    check_binary(&request.binary)?;
    let place = place::locate(&request.dir)?;
    if place.is_bare() && request.hooks != [HookName::PreReceive] {
        return Err(HookError::Bare(place.common_dir));
    }
    let mut plan = Plan::new(&place.common_dir)?;
    let known = plan.record.hooks();
    let hooks: Vec<HookName> = HookName::NAMES.into_iter().map(|(_, hook)| hook).collect();
    let hooks: Vec<HookName> =
        hooks.into_iter().filter(|hook| request.hooks.contains(hook) || known.contains(hook)).collect();
    let is_configured = plan.record.is_in_configuration();
    let (target, remark) = match request.method {
        Method::Config if !known.is_empty() && !is_configured => return Err(HookError::OtherMethod("shim")),
        Method::Shim if is_configured => return Err(HookError::OtherMethod("config")),
        Method::Auto if is_configured => configure(&mut plan, request, &hooks)?,
        Method::Config => configure(&mut plan, request, &hooks)?,
        Method::Auto | Method::Shim => write_scripts(&mut plan, &place, request, &hooks)?,
    };
    let steps = plan.carry_out(request.dry_run)?;
    Ok(Installed { place: target, hooks, steps, remark, dry_run: request.dry_run })
}

/// Refuses a program that the hooks would not find.
pub(super) fn check_binary(binary: &Path) -> Result<(), HookError> {
    if binary.is_absolute() && binary.is_file() {
        return Ok(());
    }
    Err(HookError::Binary(binary.to_owned()))
}

type Done = (PathBuf, Option<Remark>);

fn configure(plan: &mut Plan, request: &InstallRequest, hooks: &[HookName]) -> Result<Done, HookError> {
    let version = Version::of("git".as_ref());
    if version.is_none_or(|version| version < Version::CONFIG_HOOKS) {
        return Err(HookError::OldGit { git: PathBuf::from("git"), version });
    }
    let file = plan.base.join("config");
    for &hook in hooks {
        plan.set(
            &file,
            &configured::command_key(hook.as_str()),
            &configured::command(hook, &request.binary)?,
        )?;
        plan.set(&file, &configured::event_key(hook.as_str()), hook.as_str())?;
    }
    Ok((file, None))
}

fn write_scripts(
    plan: &mut Plan,
    place: &Place,
    request: &InstallRequest,
    hooks: &[HookName],
) -> Result<Done, HookError> {
    match &place.door {
        Door::Own => own_folder(plan, place, &place.hooks_dir, request, hooks),
        Door::Dispatcher => own_folder(plan, place, &place.usual_hooks_dir(), request, hooks),
        Door::Husky => husky_scripts(plan, &place.hooks_dir, hooks),
        Door::Shared { path } => take_back(plan, place, path, request, hooks),
    }
}

fn own_folder(
    plan: &mut Plan,
    place: &Place,
    hooks_dir: &Path,
    request: &InstallRequest,
    hooks: &[HookName],
) -> Result<Done, HookError> {
    let created = missing_folders(hooks_dir)?;
    let mut folder = FolderPlan::new(hooks_dir, request.force);
    for &hook in hooks {
        folder.add(hook, shim::text(hook, &request.binary))?;
    }
    plan.add_folder(hooks_dir, hooks, created, folder.into_steps()?)?;
    Ok((hooks_dir.to_owned(), place.is_in_work_tree(hooks_dir).then_some(Remark::InWorkTree)))
}

fn husky_scripts(plan: &mut Plan, hooks_dir: &Path, hooks: &[HookName]) -> Result<Done, HookError> {
    if !hooks_dir.is_dir() {
        return Err(HookError::HuskyAbsent(hooks_dir.to_owned()));
    }
    let folder = hooks_dir.parent().unwrap_or(hooks_dir);
    for &hook in hooks {
        let path = folder.join(hook.as_str());
        let (before, rights) = match files::look(&path)? {
            Found::Nothing => (None, Rights::Data),
            Found::File(before) | Found::Shim(before) => (Some(before), files::rights(&path)?),
            Found::Link | Found::DanglingLink => return Err(HookError::Link(path)),
            Found::Folder => return Err(HookError::HookIsFolder(path)),
            Found::Other => return Err(HookError::NotAFile(path)),
        };
        plan.record.add_script(&path, hook, before.is_none(), &plan.base)?;
        let bytes = husky::with_lines(before.as_deref().unwrap_or_default(), hook);
        if before.as_ref() != Some(&bytes) {
            plan.steps.push(Step::Write { path, bytes, before, rights });
        }
    }
    Ok((folder.to_owned(), Some(Remark::InScripts)))
}

/// Gives the repository a hooks folder of its own, in which ours run, and after them the shared ones.
fn take_back(
    plan: &mut Plan,
    place: &Place,
    shared: &Path,
    request: &InstallRequest,
    hooks: &[HookName],
) -> Result<Done, HookError> {
    let hooks_dir = place.own_hooks_dir();
    let created = missing_folders(&hooks_dir)?;
    let mut folder = FolderPlan::new(&hooks_dir, request.force);
    for &hook in hooks {
        folder.add(hook, shim::text(hook, &request.binary))?;
        folder.add_kept_forwarder(hook, shim::forward_shared(hook.as_str(), &shared.join(hook.as_str())))?;
    }
    for name in GIT_HOOKS {
        let is_ours = hooks.iter().any(|hook| hook.as_str() == name);
        if !is_ours && place.top.join(shared).join(name).exists() {
            folder.add_forwarder(name, shim::forward_shared(name, &shared.join(name)))?;
        }
    }
    plan.add_folder(&hooks_dir, hooks, created, folder.into_steps()?)?;
    let value = hooks_dir.to_str().ok_or_else(|| HookError::NotUtf8(hooks_dir.clone()))?;
    plan.set(&place.common_dir.join("config"), "core.hooksPath", value)?;
    Ok((hooks_dir, Some(Remark::TakenBack(shared.to_owned()))))
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = shown(&self.place);
        if self.steps.is_empty() {
            return writeln!(f, "nothing to do: the hooks in {place} are in place");
        }
        if self.dry_run {
            writeln!(f, "install would:")?;
            return self.steps.iter().try_for_each(|step| writeln!(f, "  {step}"));
        }
        let names: Vec<&str> = self.hooks.iter().map(|hook| hook.as_str()).collect();
        writeln!(f, "installed {} in {place}", names.join(", "))?;
        for step in &self.steps {
            if let Step::Move { from, to } = step {
                writeln!(f, "moved {} to {}; what git ran there runs after ours", shown(from), shown(to))?;
            }
        }
        self.remark.iter().try_for_each(|remark| writeln!(f, "{remark}"))
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::InWorkTree => f.write_str(
                "this folder is part of the work tree: do not commit the hooks, they hold a path of this machine",
            ),
            Remark::InScripts => f.write_str(
                "these scripts are run by husky and committed: commit them, and everybody needs portcullis on PATH, \
                 in ~/.local/bin or in ~/.cargo/bin",
            ),
            Remark::TakenBack(shared) => write!(
                f,
                "the hooks in {}, which all repositories share, run after ours; hooks that are added there later \
                 need another `portcullis install`",
                shown(shared)
            ),
            Remark::OnlyConfigured => f.write_str(
                "only repositories with a folder .portcullis are scanned; `--always` is for all",
            ),
        }
    }
}
