//! `portcullis install` and `uninstall`: the hooks of one repository.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{CLEAN, CliError, Output};
use crate::hook::{self, InstallRequest, UninstallRequest};

/// Arguments of `install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// A folder of the repository; the current one when left out.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
}

/// Arguments of `uninstall`.
#[derive(Debug, Args)]
pub struct UninstallArgs {
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// A folder of the repository; the current one when left out.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
}

/// Writes the hooks.
pub fn install(args: InstallArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let binary = std::env::current_exe()
        .map_err(|source| CliError::File { path: PathBuf::from("portcullis"), source })?;
    let dir = args.repo.map_or_else(|| dir.to_owned(), |repo| dir.join(repo));
    let done = hook::install(&InstallRequest { dir, binary, dry_run: args.dry_run })?;
    output.line(done.to_string().trim_end())?;
    Ok(CLEAN)
}

/// Takes the hooks out.
pub fn uninstall(args: UninstallArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let dir = args.repo.map_or_else(|| dir.to_owned(), |repo| dir.join(repo));
    let done = hook::uninstall(&UninstallRequest { dir, dry_run: args.dry_run })?;
    output.line(done.to_string().trim_end())?;
    Ok(CLEAN)
}
