//! Puts our hooks before all repositories of a user; what a repository has itself keeps running.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::folder::{FolderPlan, missing_folders};
use super::git::{self, Version, gits_on};
use super::install::{Installed, Method, Remark, check_binary};
use super::name::GIT_HOOKS;
use super::plan::Plan;
use super::shim::{self, Reach};
use super::{HookError, HookName, configured};

/// The places of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPlaces {
    /// The folder for configuration, often `~/.config`.
    pub config_dir: PathBuf,
    /// Git's configuration file for the user.
    pub git_config: PathBuf,
    /// `PATH`: where programs are.
    pub path: OsString,
}

/// What to install for all repositories of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalRequest {
    /// The user.
    pub user: UserPlaces,
    /// The absolute path of the program.
    pub binary: PathBuf,
    /// The hooks; those that are installed already are brought up to date with them.
    pub hooks: Vec<HookName>,
    /// How git is made to run us.
    pub method: Method,
    /// Which repositories are guarded.
    pub reach: Reach,
    /// Only plan; change nothing.
    pub dry_run: bool,
}

/// Puts our hooks before all repositories of the user. A second time changes nothing; an error has changed nothing.
pub fn install_global(request: &GlobalRequest) -> Result<Installed, HookError> {
    check_binary(&request.binary)?;
    let mut plan = Plan::new(&request.user.config_dir)?;
    let known = plan.record.hooks();
    let hooks: Vec<HookName> = HookName::NAMES.into_iter().map(|(_, hook)| hook).collect();
    let hooks: Vec<HookName> =
        hooks.into_iter().filter(|hook| request.hooks.contains(hook) || known.contains(hook)).collect();
    let is_configured = plan.record.is_in_configuration();
    let place = match request.method {
        Method::Config if !known.is_empty() && !is_configured => return Err(HookError::OtherMethod("shim")),
        Method::Shim if is_configured => return Err(HookError::OtherMethod("config")),
        Method::Config => {
            if let Some((git, version)) = old_git(&request.user.path) {
                return Err(HookError::OldGit { git, version });
            }
            configure(&mut plan, request, &hooks)?
        }
        Method::Auto if is_configured || (known.is_empty() && old_git(&request.user.path).is_none()) => {
            configure(&mut plan, request, &hooks)?
        }
        Method::Auto | Method::Shim => write_dispatchers(&mut plan, request, &hooks)?,
    };
    let steps = plan.carry_out(request.dry_run)?;
    let remark = (request.reach == Reach::Configured).then_some(Remark::OnlyConfigured);
    Ok(Installed { place, hooks, steps, remark, dry_run: request.dry_run })
}

/// A git on `path` that does not run hooks named in its configuration.
fn old_git(path: &OsStr) -> Option<(PathBuf, Option<Version>)> {
    let gits = gits_on(path);
    let versions = gits.into_iter().map(|git| (git.clone(), Version::of(git.as_os_str())));
    let mut old =
        versions.filter(|(_, version)| version.is_none_or(|version| version < Version::CONFIG_HOOKS));
    old.next()
}

fn configure(plan: &mut Plan, request: &GlobalRequest, hooks: &[HookName]) -> Result<PathBuf, HookError> {
    let file = &request.user.git_config;
    for &hook in hooks {
        let command = match request.reach {
            Reach::Configured => configured::command_where_configured(hook, &request.binary)?,
            Reach::Always => configured::command(hook, &request.binary)?,
        };
        plan.set(file, &configured::command_key(hook.as_str()), &command)?;
        plan.set(file, &configured::event_key(hook.as_str()), hook.as_str())?;
    }
    Ok(file.clone())
}

fn write_dispatchers(
    plan: &mut Plan,
    request: &GlobalRequest,
    hooks: &[HookName],
) -> Result<PathBuf, HookError> {
    let hooks_dir = request.user.config_dir.join("portcullis").join("hooks");
    let value = hooks_dir.to_str().ok_or_else(|| HookError::NotUtf8(hooks_dir.clone()))?;
    refuse_other_folder(&hooks_dir)?;
    let created = missing_folders(&hooks_dir)?;
    let mut folder = FolderPlan::new(&hooks_dir, false);
    for &hook in hooks {
        folder.add(hook, shim::dispatcher(hook, &request.binary, request.reach))?;
        folder.add_kept_forwarder(hook, shim::forward_own(hook.as_str()))?;
    }
    for name in GIT_HOOKS.into_iter().filter(|name| !hooks.iter().any(|hook| hook.as_str() == *name)) {
        folder.add_forwarder(name, shim::forward_own(name))?;
    }
    plan.add_folder(&hooks_dir, hooks, created, folder.into_steps()?)?;
    plan.set(&request.user.git_config, "core.hooksPath", value)?;
    Ok(hooks_dir)
}

/// All repositories share one folder at most, and the hooks of another are not ours to move. Git has several files in
/// which it may be named, and so is asked itself, where no repository is.
fn refuse_other_folder(ours: &Path) -> Result<(), HookError> {
    let answer = git::run(Path::new("/"), &["config", "--type=path", "--get", "core.hooksPath"])?;
    if answer.code == Some(1) {
        return Ok(());
    }
    let named = git::one_line(answer)?;
    if named == ours { Ok(()) } else { Err(HookError::SharedHooksPath(named)) }
}
