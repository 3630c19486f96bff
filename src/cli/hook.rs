//! What the hooks run: our scan, and the hook that stood there before.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::output::Occasion;
use super::scan::{Staged, scan, scanner_of_index};
use super::{BLOCKED, CLEAN, CliError, Output};
use crate::git::{GitEnv, Repo};
use crate::hook::{ChainOutcome, HookName, chain};
use crate::model::Oid;
use crate::report::{Action, Format};
use crate::source::push::{self, RefUpdate};
use crate::source::{NewRemote, Remote};

/// Runs the hook that git calls `name`.
pub fn run(name: &str, args: &[OsString], dir: &Path, output: &Output) -> Result<u8, CliError> {
    let hook = HookName::parse(name).ok_or_else(|| CliError::UnknownHook(name.to_owned()))?;
    let repo = Repo::open_in_hook(dir, GitEnv::from_vars(std::env::vars_os()))?;
    match hook {
        HookName::PreCommit => commit(hook, args, Action::Commit, &repo, output),
        HookName::PreMergeCommit => commit(hook, args, Action::Merge, &repo, output),
        HookName::PrePush => push(args, &repo, output),
        HookName::PrepareCommitMsg | HookName::CommitMsg | HookName::PreReceive => {
            Err(CliError::UnknownHook(name.to_owned()))
        }
    }
}

/// Ours first, then the chained hook; when that changes what is staged, ours again.
fn commit(
    hook: HookName,
    args: &[OsString],
    action: Action,
    repo: &Repo,
    output: &Output,
) -> Result<u8, CliError> {
    let occasion = Occasion {
        format: format(),
        action,
        more: "portcullis scan staged --format concise",
        hook: true,
        tips: &[],
    };
    let code = Staged::read(repo)?.scan(repo, output, &occasion)?;
    let Some(hooks_dir) = chain::hooks_dir().filter(|_| code == CLEAN) else { return Ok(code) };
    match chain::run(hook, args, b"", &hooks_dir)? {
        ChainOutcome::Absent | ChainOutcome::Inert | ChainOutcome::Running => Ok(CLEAN),
        ChainOutcome::Passed { index_changed: false } => Ok(CLEAN),
        ChainOutcome::Passed { index_changed: true } => Staged::read(repo)?.scan(repo, output, &occasion),
        ChainOutcome::Failed { code } => Ok(exit_code(code)),
    }
}

fn push(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let [name, url] = args else { return Err(CliError::HookArguments("pre-push")) };
    let mut stdin = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut stdin);
    read.map_err(|source| CliError::File { path: PathBuf::from("standard input"), source })?;
    let updates = push::parse_updates(&stdin)?;
    let code = scan_push(&updates, Remote { name: name.as_bytes(), url: url.as_bytes() }, repo, output)?;
    let Some(hooks_dir) = chain::hooks_dir().filter(|_| code == CLEAN) else { return Ok(code) };
    match chain::run(HookName::PrePush, args, &stdin, &hooks_dir)? {
        ChainOutcome::Absent | ChainOutcome::Inert | ChainOutcome::Running | ChainOutcome::Passed { .. } => {
            Ok(CLEAN)
        }
        ChainOutcome::Failed { code } => Ok(exit_code(code)),
    }
}

fn scan_push(
    updates: &[RefUpdate],
    remote: Remote<'_>,
    repo: &Repo,
    output: &Output,
) -> Result<u8, CliError> {
    let listing = push::list(repo, updates, remote, NewRemote::ByHost)?;
    if listing.entries.is_empty() && listing.skipped.is_empty() {
        return Ok(CLEAN);
    }
    let tips: Vec<Oid> = updates.iter().map(|update| update.local).filter(|oid| !oid.is_zero()).collect();
    let more = "portcullis scan range @{push}..HEAD --format concise";
    let occasion = Occasion { format: format(), action: Action::Push, more, hook: true, tips: &tips };
    scan(&scanner_of_index(repo)?, listing, Some(repo), output, &occasion)
}

/// `PORTCULLIS_FORMAT`, for editors and agents that read what a hook says; text when it is no format.
fn format() -> Format {
    let wanted = std::env::var("PORTCULLIS_FORMAT").unwrap_or_default();
    Format::NAMES.iter().find(|(name, _)| *name == wanted).map_or(Format::Text, |(_, format)| *format)
}

/// A chained hook's code as ours; one that does not fit still stops.
fn exit_code(code: i32) -> u8 {
    u8::try_from(code).ok().filter(|code| *code != CLEAN).unwrap_or(BLOCKED)
}
