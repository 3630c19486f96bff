//! `portcullis install` and `uninstall`: the hooks of one repository, or of all that a user has.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{CLEAN, CliError, Output, named};
use crate::hook::{
    self, GlobalRequest, HookName, InstallRequest, Method, Reach, UninstallRequest, UserPlaces,
};

/// Where hooks are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Repo,
    Global,
}

const SCOPES: [(&str, Scope); 2] = [("repo", Scope::Repo), ("global", Scope::Global)];

/// Arguments of `install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// One repository, or all repositories of this user.
    #[arg(long, default_value = "repo", value_parser = named(&SCOPES))]
    scope: Scope,
    /// Scripts in a hooks folder, or commands in git's configuration (git 2.54 and newer).
    #[arg(long, default_value = "auto", value_parser = named(&Method::NAMES))]
    method: Method,
    /// The hooks, separated by commas; pre-commit, pre-merge-commit, commit-msg and pre-push when left out.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = hook_names())]
    hooks: Vec<HookName>,
    /// In a repository that others push to: install pre-receive, and nothing else.
    #[arg(long, conflicts_with_all = ["scope", "method", "hooks", "always"])]
    server: bool,
    /// With `--scope global`: guard every repository, also without a folder .portcullis.
    #[arg(long)]
    always: bool,
    /// Keep the hook that stands here now, and set the one aside that was kept earlier.
    #[arg(long)]
    force: bool,
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
    /// One repository, or all repositories of this user.
    #[arg(long, default_value = "repo", value_parser = named(&SCOPES))]
    scope: Scope,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// A folder of the repository; the current one when left out.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
}

/// The hooks of a work tree; `--server` installs the other one.
fn hook_names() -> impl TypedValueParser<Value = HookName> {
    let names = HookName::NAMES.into_iter().filter(|(_, hook)| *hook != HookName::PreReceive);
    let words: Vec<&'static str> = names.map(|(name, _)| name).collect();
    PossibleValuesParser::new(words).try_map(|word| HookName::parse(&word).ok_or(CliError::UnknownHook(word)))
}

/// Writes the hooks.
pub fn install(args: InstallArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let binary = binary()?;
    let InstallArgs { scope, mut method, mut hooks, server, always, force, dry_run, repo } = args;
    if server {
        // One file, whichever git the server runs.
        (hooks, method) = (vec![HookName::PreReceive], Method::Shim);
    }
    if hooks.is_empty() {
        hooks = HookName::DEFAULT.to_vec();
    }
    let done = match scope {
        Scope::Repo => {
            let dir = repo.map_or_else(|| dir.to_owned(), |repo| dir.join(repo));
            hook::install(&InstallRequest { dir, binary, hooks, method, force, dry_run })?
        }
        Scope::Global => {
            let reach = if always { Reach::Always } else { Reach::Configured };
            let user = user_places()?;
            hook::install_global(&GlobalRequest { user, binary, hooks, method, reach, dry_run })?
        }
    };
    output.line(done.to_string().trim_end())?;
    Ok(CLEAN)
}

/// Takes the hooks out.
pub fn uninstall(args: UninstallArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let done = match args.scope {
        Scope::Repo => {
            let dir = args.repo.map_or_else(|| dir.to_owned(), |repo| dir.join(repo));
            hook::uninstall(&UninstallRequest { dir, dry_run: args.dry_run })?
        }
        Scope::Global => hook::uninstall_global(&user_places()?, args.dry_run)?,
    };
    output.line(done.to_string().trim_end())?;
    Ok(CLEAN)
}

/// The program that this process runs.
pub(super) fn binary() -> Result<PathBuf, CliError> {
    env::current_exe().map_err(|source| CliError::File { path: PathBuf::from("portcullis"), source })
}

/// Where this user has configuration, by the rules of git and of the XDG.
pub(super) fn user_places() -> Result<UserPlaces, CliError> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = folder("HOME").ok_or(CliError::NoHome)?;
    let config_dir = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
    let usual = home.join(".gitconfig");
    let other = config_dir.join("git").join("config");
    let git_config = match folder("GIT_CONFIG_GLOBAL") {
        Some(named) => named,
        None if !usual.exists() && other.exists() => other,
        None => usual,
    };
    let path = env::var_os("PATH").unwrap_or_default();
    Ok(UserPlaces { config_dir, git_config, path })
}
