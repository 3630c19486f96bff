//! prepare-commit-msg: what came past pre-commit, as a rebase, a clean cherry-pick and `--no-verify` do.

use std::ffi::OsString;

use super::{format, then_chained};
use crate::attest;
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::{Staged, files_of_index};
use crate::cli::{CLEAN, CliError, Output, setup};
use crate::config::Backstop;
use crate::git::Repo;
use crate::hook::HookName;
use crate::report::Action;

/// Returns at once when pre-commit has seen this commit; scans what is staged otherwise.
pub fn run(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let proof = setup::digest(&files_of_index(repo)?).map(|rules| attest::proof(repo, rules));
    // A proof that cannot be taken away is none: it would count twice.
    let is_seen = attest::take(repo, proof.transpose()?.flatten()).unwrap_or(false);
    let code = if is_seen { CLEAN } else { look(repo, output)? };
    then_chained(code, HookName::PrepareCommitMsg, args, b"")
}

fn look(repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let staged = Staged::read(repo)?;
    let more = "portcullis scan staged --format concise";
    let occasion =
        Occasion { format: format(), action: Action::Commit, more, audience: Audience::Hook, tips: &[] };
    match staged.doors().backstop {
        Backstop::Off => Ok(CLEAN),
        Backstop::Warn => staged.warn(repo, output, &occasion),
        Backstop::Block => staged.scan(repo, output, &occasion),
    }
}
