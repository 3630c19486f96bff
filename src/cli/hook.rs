//! What the hooks run: our scan, and the hook that stood there before.

mod backstop;
mod commit;
mod message;
mod push;
mod receipt;
mod receive;

use std::ffi::OsString;
use std::path::Path;

use super::output::stderr_line;
use super::{BLOCKED, CLEAN, CliError, Output, agents};
use crate::git::{GitEnv, Repo};
use crate::hook::health::{self, Problem};
use crate::hook::{self, ChainOutcome, HookName, InstallRequest, Method, chain};
use crate::report::{Action, Format};

/// Runs the hook that git calls `name`.
pub fn run(name: &str, args: &[OsString], dir: &Path, output: &Output) -> Result<u8, CliError> {
    let hook = HookName::parse(name).ok_or_else(|| CliError::UnknownHook(name.to_owned()))?;
    let repo = Repo::open_in_hook(dir, GitEnv::from_vars(std::env::vars_os()))?;
    let before = wrong_with_other_hooks(&repo);
    let code = match hook {
        HookName::PreCommit => commit::run(hook, args, Action::Commit, &repo, output),
        HookName::PreMergeCommit => commit::run(hook, args, Action::Merge, &repo, output),
        HookName::CommitMsg => message::run(args, &repo, output),
        HookName::PrePush => {
            // Managers that replace the hooks for commits often leave this one alone.
            before.iter().for_each(|problem| warn(&format!("{problem}; see `portcullis doctor`")));
            push::run(args, &repo, output)
        }
        HookName::PreReceive => receive::run(args, &repo),
        HookName::PostCommit => receipt::run(args, &repo),
        HookName::PrepareCommitMsg => backstop::run(args, &repo, output),
    };
    if agents::is_running_us() && matches!(code, Ok(BLOCKED)) {
        // Whoever closed standard error does not want to know.
        let _ = stderr_line(crate::agent::NO_WAY_AROUND);
    }
    // Lefthook writes its hooks anew from within a hook when its configuration has changed.
    if before.is_none() && wrong_with_other_hooks(&repo).is_some() {
        put_back(&repo);
    }
    code
}

fn wrong_with_other_hooks(repo: &Repo) -> Option<Problem> {
    health::quick(repo.common_dir(), &chain::hooks_dir()?)
}

/// Installs our hooks again, which were there when this one started.
fn put_back(repo: &Repo) {
    let dir = repo.top().unwrap_or(repo.git_dir()).to_owned();
    let again = |binary| {
        let method = Method::Auto;
        hook::install(&InstallRequest {
            dir,
            binary,
            hooks: Vec::new(),
            method,
            force: false,
            dry_run: false,
        })
    };
    match super::install::binary().and_then(|binary| Ok(again(binary)?)) {
        Ok(_) => warn(
            "a chained hook replaced our hooks while it ran; they are back, and it still runs after ours",
        ),
        Err(error) => {
            warn(&format!("a chained hook replaced our hooks while it ran, and they stay away: {error}"))
        }
    }
}

fn warn(text: &str) {
    // Whoever closed standard error does not want to know.
    let _ = stderr_line(&format!("portcullis: warning: {text}"));
}

/// Runs the hook that stood here before, when ours ended with `code` for "clean"; for hooks that cannot stage anything.
fn then_chained(code: u8, hook: HookName, args: &[OsString], stdin: &[u8]) -> Result<u8, CliError> {
    let Some(hooks_dir) = chain::hooks_dir().filter(|_| code == CLEAN) else { return Ok(code) };
    match chain::run(hook, args, stdin, &hooks_dir)? {
        ChainOutcome::Absent | ChainOutcome::Inert | ChainOutcome::Running | ChainOutcome::Passed { .. } => {
            Ok(CLEAN)
        }
        ChainOutcome::Failed { code } => Ok(exit_code(code)),
    }
}

/// `PORTCULLIS_FORMAT`, for editors that read what a hook says; when it is no format, text for people and one line for
/// each finding for agents.
fn format() -> Format {
    let wanted = std::env::var("PORTCULLIS_FORMAT").unwrap_or_default();
    let usual = if agents::is_running_us() { Format::Concise } else { Format::Text };
    Format::NAMES.iter().find(|(name, _)| *name == wanted).map_or(usual, |(_, format)| *format)
}

/// A chained hook's code as ours; one that does not fit still stops.
fn exit_code(code: i32) -> u8 {
    u8::try_from(code).ok().filter(|code| *code != CLEAN).unwrap_or(BLOCKED)
}
