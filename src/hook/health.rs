//! Tells whether git still runs our hooks as they were installed; changes nothing, and does not know how to repair it.

mod canary;
mod gits;
mod look;
mod problem;

use std::path::{Path, PathBuf};

use super::global::UserPlaces;
use super::place::{self, Door, Place};
use super::record::{Folder, Record};
use super::{HookError, HookName, Reach, configured, files, git, husky, shim};
pub use canary::Trial;
pub use gits::Git;
use look::check_folder;
pub use problem::Problem;

/// Whose installation a repository lives with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installation {
    /// Its own.
    Repository,
    /// That of the user.
    User {
        /// Which repositories it guards.
        reach: Reach,
    },
    /// None.
    Nobody,
}

/// What was found out about the hooks of one repository.
#[derive(Debug)]
pub struct Health {
    /// The folder from which git runs hooks.
    pub hooks_dir: PathBuf,
    /// Whose installation was looked at.
    pub installation: Installation,
    /// The hooks that are to be there.
    pub hooks: Vec<HookName>,
    /// What is wrong; nothing when the hooks are healthy.
    pub problems: Vec<Problem>,
    /// Every git on `PATH`.
    pub gits: Vec<Git>,
    /// What happened to a planted secret; nothing was planted where the hooks are wrong already.
    pub trials: Vec<Trial>,
}

/// Looks at the hooks of the repository around `dir`, and lets git try them in a repository that is thrown away.
pub fn examine(dir: &Path, user: &UserPlaces) -> Result<Health, HookError> {
    let gits = gits::on_path(&user.path);
    let common_dir = place::common_dir(dir)?;
    let own = Record::read(&common_dir)?;
    let shared = Record::read(&user.config_dir)?;
    let (installation, base, record) = match (own.hooks().is_empty(), shared.hooks().is_empty()) {
        (false, _) => (Installation::Repository, common_dir, own),
        (true, false) => {
            let reach = reach(&shared, &user.config_dir)?;
            (Installation::User { reach }, user.config_dir.clone(), shared)
        }
        (true, true) => (Installation::Nobody, common_dir, own),
    };
    let hooks = record.hooks();
    let place = match place::locate(dir) {
        Ok(place) => place,
        Err(error @ (HookError::EmptyHooksPath | HookError::PassingHooksPath { .. })) => {
            let problems = vec![Problem::HooksPath(error.to_string())];
            let hooks_dir = PathBuf::new();
            return Ok(Health { hooks_dir, installation, hooks, problems, gits, trials: Vec::new() });
        }
        Err(error) => return Err(error),
    };
    let mut problems = Vec::new();
    if installation == Installation::Nobody {
        problems.push(Problem::NotInstalled);
    }
    check_folders(&record, &base, &place, &mut problems)?;
    check_scripts(&record, &base, &place, &mut problems)?;
    check_settings(&record, &base, &place, &mut problems)?;
    let passed_over = installation == Installation::User { reach: Reach::Configured };
    if passed_over && !place.top.join(".portcullis").is_dir() {
        problems.push(Problem::NotConfigured);
    }
    let in_configuration = record.is_in_configuration();
    problems.extend(gits.iter().filter_map(|git| git.problem(in_configuration)));
    let mut trials = Vec::new();
    if problems.is_empty() {
        trials = canary::plant(&place, &hooks)?;
        problems.extend(trials.iter().filter_map(Trial::problem));
    }
    Ok(Health { hooks_dir: place.hooks_dir, installation, hooks, problems, gits, trials })
}

/// The first thing that is wrong with the other hooks beside the one in `hooks_dir` that runs now. This costs the
/// reading of a few small files and no process; who runs hooks elsewhere by now, it cannot tell.
pub fn quick(common_dir: &Path, hooks_dir: &Path) -> Option<Problem> {
    let record = Record::read(common_dir).ok()?;
    let here = hooks_dir.canonicalize().ok()?;
    let is_here =
        |folder: &&Folder| common_dir.join(&folder.path).canonicalize().is_ok_and(|dir| dir == here);
    let folder = record.folders.iter().find(is_here)?;
    let mut problems = Vec::new();
    check_folder(hooks_dir, folder, &mut problems).ok()?;
    problems.into_iter().next()
}

/// Of several folders the one counts from which git runs hooks; if there is none, all of ours are shadowed.
fn check_folders(
    record: &Record,
    base: &Path,
    place: &Place,
    acc: &mut Vec<Problem>,
) -> Result<(), HookError> {
    let used = match place.door {
        Door::Dispatcher if base == place.common_dir => place.usual_hooks_dir(),
        Door::Own | Door::Husky | Door::Shared { .. } | Door::Dispatcher => place.hooks_dir.clone(),
    };
    let folders = record.folders.iter().map(|folder| (base.join(&folder.path), folder));
    let folders: Vec<_> = folders.filter(|(_, folder)| !folder.hooks.is_empty()).collect();
    if let Some((dir, folder)) = folders.iter().find(|(dir, _)| *dir == used) {
        check_folder(dir, folder, acc)?;
        return look::check_forwarders(place, acc);
    }
    let by_scripts = place.door == Door::Husky && !record.scripts.is_empty();
    match folders.last() {
        Some((ours, _)) if !by_scripts => acc.push(Problem::Shadowed { used, ours: ours.clone() }),
        Some(_) | None => {}
    }
    if !record.scripts.is_empty() && place.door != Door::Husky {
        let ours = base.join(&record.scripts[0].path);
        acc.push(Problem::Shadowed { used: place.hooks_dir.clone(), ours });
    }
    Ok(())
}

fn check_scripts(
    record: &Record,
    base: &Path,
    place: &Place,
    acc: &mut Vec<Problem>,
) -> Result<(), HookError> {
    for script in &record.scripts {
        let path = base.join(&script.path);
        // Husky's own files are in no commit, and so are missing in a new work tree until somebody starts husky.
        let caller = place.hooks_dir.join(&script.hook);
        if place.door == Door::Husky && !caller.exists() {
            acc.push(Problem::Missing(caller));
        }
        match files::look(&path)? {
            files::Found::File(bytes) => {
                let current = HookName::parse(&script.hook).map(|hook| husky::with_lines(&bytes, hook));
                if !husky::has_lines(&bytes) {
                    acc.push(Problem::NotCalled(path));
                } else if current.as_ref() != Some(&bytes) {
                    acc.push(Problem::Outdated(path));
                }
            }
            files::Found::Nothing
            | files::Found::Shim(_)
            | files::Found::Link
            | files::Found::DanglingLink
            | files::Found::Folder
            | files::Found::Other => acc.push(Problem::NotCalled(path)),
        }
    }
    Ok(())
}

fn check_settings(
    record: &Record,
    base: &Path,
    place: &Place,
    acc: &mut Vec<Problem>,
) -> Result<(), HookError> {
    for setting in &record.settings {
        let file = base.join(&setting.file);
        if git::setting(&file, &setting.key)?.as_ref() != Some(&setting.value) {
            acc.push(Problem::SettingChanged { key: setting.key.clone(), file });
        }
    }
    for hook in record.hooks().into_iter().filter(|_| record.is_in_configuration()) {
        for key in [format!("hook.{hook}.enabled"), format!("{}{hook}.enabled", configured::PREFIX)] {
            let args = ["config", "--type=bool", "--get", &key];
            let answer = git::run(&place.top, &args)?;
            if answer.code == Some(0) && git::one_line(answer)? == Path::new("false") {
                acc.push(Problem::Disabled(key));
            }
        }
    }
    Ok(())
}

/// Which repositories the hooks of a user guard, as they are written.
fn reach(record: &Record, base: &Path) -> Result<Reach, HookError> {
    let mut waits = record.settings.iter().any(|setting| configured::waits_for_folder(&setting.value));
    for folder in &record.folders {
        for hook in &folder.hooks {
            if let files::Found::Shim(bytes) = files::look(&base.join(&folder.path).join(hook))? {
                waits |= shim::waits_for_folder(&bytes);
            }
        }
    }
    Ok(if waits { Reach::Configured } else { Reach::Always })
}
