//! pre-commit and pre-merge-commit: what is staged, again when the chained hook has staged something else.

use std::ffi::OsString;

use super::{exit_code, format};
use crate::attest;
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::Staged;
use crate::cli::{CLEAN, CliError, Output, setup};
use crate::git::Repo;
use crate::hook::{ChainOutcome, HookName, chain};
use crate::report::Action;

/// Ours first, then the chained hook; when that changes what is staged, ours again. Leaves a proof
/// for the backstop.
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
    let scan = || {
        let staged = Staged::read(repo)?;
        let rules = attest::is_wanted(repo).then(|| setup::digest(staged.files())).flatten();
        Ok::<_, CliError>((staged.scan(repo, output, &occasion)?, rules))
    };
    let (mut code, mut rules) = scan()?;
    if let Some(hooks_dir) = chain::hooks_dir().filter(|_| code == CLEAN) {
        match chain::run(hook, args, b"", &hooks_dir)? {
            ChainOutcome::Absent | ChainOutcome::Inert | ChainOutcome::Running => {}
            ChainOutcome::Passed { index_changed: false } => {}
            ChainOutcome::Passed { index_changed: true } => (code, rules) = scan()?,
            ChainOutcome::Failed { code } => return Ok(exit_code(code)),
        }
    }
    if let Some(rules) = rules.filter(|_| code == CLEAN) {
        // Without a proof the backstop looks again.
        let _ = attest::proof(repo, rules)?.map(|proof| attest::leave(repo, proof));
    }
    Ok(code)
}
