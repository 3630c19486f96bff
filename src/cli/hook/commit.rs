//! pre-commit and pre-merge-commit: what is staged, again when the chained hook has staged something else.

use std::ffi::OsString;

use super::{exit_code, format};
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::Staged;
use crate::cli::{CLEAN, CliError, Output};
use crate::git::Repo;
use crate::hook::{ChainOutcome, HookName, chain};
use crate::report::Action;

/// Ours first, then the chained hook; when that changes what is staged, ours again.
pub fn run(
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
        audience: Audience::Hook,
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
