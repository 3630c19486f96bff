//! Looks at the files in a hooks folder; does not know whether git runs them.

use std::path::Path;

use super::Problem;
use crate::hook::files::{self, Found};
use crate::hook::name::GIT_HOOKS;
use crate::hook::place::{Door, Place};
use crate::hook::record::Folder;
use crate::hook::{HookError, HookName, chain, shim};

/// Collects what is wrong with the hooks that we have put into `dir`.
pub fn check_folder(dir: &Path, folder: &Folder, acc: &mut Vec<Problem>) -> Result<(), HookError> {
    for hook in folder.hooks.iter().filter_map(|name| HookName::parse(name)) {
        acc.extend(check_hook(dir, hook)?);
    }
    Ok(())
}

fn check_hook(dir: &Path, hook: HookName) -> Result<Option<Problem>, HookError> {
    let path = dir.join(hook.as_str());
    match files::look(&path)? {
        Found::Nothing => Ok(Some(Problem::Missing(path))),
        Found::Shim(bytes) => check_shim(&path, hook, &bytes),
        Found::File(bytes) => {
            let [legacy, old] = chain::siblings(hook).map(|name| dir.join(name));
            match (files::look(&legacy)?, files::look(&old)?) {
                // It runs us before anything else.
                (Found::Shim(ours), _) if chain::runs_legacy(&bytes) => check_shim(&legacy, hook, &ours),
                (Found::Shim(_), _) => Ok(Some(Problem::TakenOver { path, ours: Some(legacy) })),
                (_, Found::Shim(_)) => Ok(Some(Problem::TakenOver { path, ours: Some(old) })),
                _ => Ok(Some(Problem::TakenOver { path, ours: None })),
            }
        }
        Found::Link | Found::DanglingLink | Found::Folder | Found::Other => {
            Ok(Some(Problem::TakenOver { path, ours: None }))
        }
    }
}

fn check_shim(path: &Path, hook: HookName, bytes: &[u8]) -> Result<Option<Problem>, HookError> {
    if !files::is_executable(path).map_err(HookError::io(path, "read"))? {
        return Ok(Some(Problem::NotExecutable(path.to_owned())));
    }
    let Some(program) = shim::binary(bytes) else {
        return Ok(Some(Problem::Outdated(path.to_owned())));
    };
    if !shim::is_current(bytes, hook, &program) {
        return Ok(Some(Problem::Outdated(path.to_owned())));
    }
    let runs = program.is_file() && files::is_executable(&program).unwrap_or(false);
    Ok((!runs).then(|| Problem::ProgramGone { path: path.to_owned(), program }))
}

/// Collects shared hooks that nothing runs since the repository has a folder of its own.
pub fn check_forwarders(place: &Place, acc: &mut Vec<Problem>) -> Result<(), HookError> {
    let Door::Shared { path: shared } = &place.door else { return Ok(()) };
    for name in GIT_HOOKS {
        let hook = place.top.join(shared).join(name);
        if hook.exists() && files::look(&place.own_hooks_dir().join(name))? == Found::Nothing {
            acc.push(Problem::NotForwarded(hook));
        }
    }
    Ok(())
}
