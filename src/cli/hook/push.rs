//! pre-push: what the remote does not have yet.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::{format, stdin, then_chained};
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::{scan, scanner_of_index};
use crate::cli::{CLEAN, CliError, Output};
use crate::git::Repo;
use crate::hook::HookName;
use crate::model::Oid;
use crate::report::Action;
use crate::source::push::{self, RefUpdate};
use crate::source::{NewRemote, Remote};

/// Ours first, then the chained hook with its own copy of what git told us.
pub fn run(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let [name, url] = args else { return Err(CliError::HookArguments("pre-push")) };
    let stdin = stdin()?;
    let updates = push::parse_updates(&stdin)?;
    let code = scan_push(&updates, Remote { name: name.as_bytes(), url: url.as_bytes() }, repo, output)?;
    then_chained(code, HookName::PrePush, args, &stdin)
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
    let occasion =
        Occasion { format: format(), action: Action::Push, more, audience: Audience::Hook, tips: &tips };
    scan(&scanner_of_index(repo)?, listing, Some(repo), output, &occasion)
}
