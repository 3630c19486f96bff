//! post-commit: leaves a receipt on a commit in which nothing blocks, whatever way it came. Nothing can be stopped here.

use std::ffi::OsString;

use super::{then_chained, warn};
use crate::cli::judges;
use crate::cli::{CLEAN, CliError};
use crate::git::Repo;
use crate::hook::HookName;
use crate::source::receipts::{self, CommitReceipt};
use crate::source::{Reader, SourceError, range};

/// Looks at the commit that was made, by its own policy, and writes down that it did.
pub fn run(args: &[OsString], repo: &Repo) -> Result<u8, CliError> {
    if let Err(error) = leave(repo) {
        warn(&format!("this commit has no receipt: {error}"));
    }
    then_chained(CLEAN, HookName::PostCommit, args, b"")
}

fn leave(repo: &Repo) -> Result<(), CliError> {
    let missing = || SourceError::Range("HEAD".to_owned());
    let head = range::commit(repo, "HEAD")?.ok_or_else(missing)?;
    let judge = judges::of_tips(repo, &[head])?.pop().ok_or_else(missing)?;
    // The commit alone: what it is compared with was looked at in its time.
    let listing = range::list(repo, "HEAD^!")?;
    let report = judge.scanner(repo)?.run(listing, &|| Reader::new(Some(repo)))?;
    if report.blocks() {
        warn(
            "this commit has no receipt, because something in it blocks: `portcullis scan range HEAD^!` shows it",
        );
        return Ok(());
    }
    if !report.receipt.unread.is_empty() {
        return Err(CliError::Unread(report.receipt.unread.len()));
    }
    let [subject] = receipts::subjects(repo, &[head])?[..] else { return Err(missing().into()) };
    let receipt = CommitReceipt { subject, version: env!("CARGO_PKG_VERSION").to_owned() };
    let (scanned, rules, skipped) =
        (report.receipt.scanned, report.receipt.rules, report.receipt.skipped.len());
    let more = format!("\nlooked at {scanned} with {rules} rules, left out {skipped}");
    Ok(receipts::write(repo, head, &receipt, &more)?)
}
