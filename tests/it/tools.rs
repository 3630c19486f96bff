//! Programs of others that tests call: fetched from their registries once for all runs. Knows no test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use crate::world::said;

/// A folder that is made once for all runs of the tests; a Python environment cannot be moved into place.
pub fn kept(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    // Tests that want the same one wait for the first.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("managers").join(name);
    let complete = folder.join("complete");
    if !complete.exists() {
        let _ = fs::remove_dir_all(&folder);
        make(&folder)?;
        fs::write(complete, "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

/// A folder below which npm has installed `packages`, without letting them run anything.
pub fn from_npm(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    kept(name, |folder| {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        fs::write(folder.join("package.json"), "{}").map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]);
        run(npm.args(packages))
    })
}

pub fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let last = said(&output).trim().lines().last().unwrap_or_default().to_owned();
    Err(format!("{command:?}: {last}"))
}
