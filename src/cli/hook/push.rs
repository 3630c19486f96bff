//! pre-push: what the remote does not have yet.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use super::{format, then_chained};
use crate::cache::Clean;
use crate::cli::deadline::{self, Deadline};
use crate::cli::judges::{self, Judge};
use crate::cli::output::{Audience, Occasion, stderr_line};
use crate::cli::{CLEAN, COULD_NOT_TELL, CliError, Output, known, setup, skip, stdin};
use crate::git::Repo;
use crate::hook::HookName;
use crate::report::Action;
use crate::source::index::Snapshot;
use crate::source::push::{self, Part, RefUpdate};
use crate::source::{Reader, Remote};

/// Where contents that were clean are remembered, in the folder that all work trees share.
const MEMORY: &str = "portcullis/clean";

/// Ours first, then the chained hook with its own copy of what git told us.
pub fn run(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let [name, url] = args else { return Err(CliError::HookArguments("pre-push")) };
    let stdin = stdin::read()?;
    let updates = push::parse_updates(&stdin)?;
    let remote = Remote { name: name.as_bytes(), url: url.as_bytes() };
    let code = scan_push(&Push { updates: &updates, remote }, repo, output)?;
    skip::repeat(repo);
    if code == CLEAN {
        skip::forget(repo);
    }
    then_chained(code, HookName::PrePush, args, &stdin)
}

/// What the parts of a push have in common.
struct Push<'p> {
    updates: &'p [RefUpdate],
    remote: Remote<'p>,
}

/// Judges each part by its own policy; the worst answer counts, and every part is told.
fn scan_push(push: &Push<'_>, repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let mut worst = CLEAN;
    let mut seen = Vec::new();
    for judge in judges::of_tips(repo, &push::tips(push.updates))? {
        let part = Part { updates: push.updates, tips: &judge.tips, seen: &seen };
        worst = worst.max(scan_part(&part, &judge, push.remote, repo, output)?);
        seen.extend(&judge.tips);
    }
    Ok(worst)
}

fn scan_part(
    part: &Part<'_>,
    judge: &Judge,
    remote: Remote<'_>,
    repo: &Repo,
    output: &Output,
) -> Result<u8, CliError> {
    let mut scanner = judge.scanner(repo)?;
    scanner.policy = skip::apply(scanner.policy, &scanner.engine)?;
    skip::log(&scanner.policy, repo)?;
    let doors = scanner.policy.config().doors;
    let clock = doors.push_seconds.map(start_clock);
    let mut listing = push::list(repo, part, remote, doors.new_remote)?;
    known::add(&mut scanner, &mut listing, repo, known::Search::start(repo), || Snapshot::read(repo))?;
    let digest = setup::digest(&judge.files);
    scanner.clean = digest.map(|digest| Clean::open(&repo.common_dir().join(MEMORY), digest));
    let report = scanner.run(listing, &|| Reader::new(Some(repo)))?;
    // What cannot be remembered is looked at again.
    let _ = scanner.clean.take().map(Clean::save);
    drop(clock);
    let more = "portcullis scan range @{push}..HEAD --format concise";
    let occasion =
        Occasion { format: format(), action: Action::Push, more, audience: Audience::Hook, tips: part.tips };
    output.report(&report, &scanner.engine, &occasion)
}

fn start_clock(seconds: u64) -> Deadline {
    deadline::start(seconds, move || {
        // Where standard error is closed the exit code still says it.
        let _ = stderr_line(&format!(
            "portcullis: push stopped: it could not be looked at to the end in {seconds} seconds\n  \
             push fewer commits at a time, or raise max_seconds under [push] in .portcullis/config.toml"
        ));
        COULD_NOT_TELL
    })
}
