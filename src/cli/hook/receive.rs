//! pre-receive: what a push brings into this repository, judged by the policy of its default branch or of its server.

use std::ffi::OsString;
use std::path::Path;

use anstream::ColorChoice;

use super::{format, then_chained};
use crate::cli::deadline::{self, Deadline};
use crate::cli::output::{Audience, Occasion, stderr_line};
use crate::cli::setup::{self, Base};
use crate::cli::{BLOCKED, CLEAN, COULD_NOT_TELL, CliError, Output, files, stdin};
use crate::config::{Doors, OnTimeout, TeamFiles};
use crate::git::{GitError, Repo};
use crate::hook::HookName;
use crate::model::Oid;
use crate::report::Action;
use crate::scan::Scanner;
use crate::source::Reader;
use crate::source::range;
use crate::source::receive::{self, RefChange};
use crate::source::swept;

/// Ours first, then the chained hook with its own copy of what git told us.
pub fn run(args: &[OsString], repo: &Repo) -> Result<u8, CliError> {
    let stdin = stdin::read()?;
    let changes = receive::parse_changes(&stdin)?;
    // What is written here goes over the wire, and a terminal of the server's says nothing about the one there.
    let output = Output::new(ColorChoice::Never);
    let code = scan(&changes, repo, &output, |doors| start_clock(doors, args, &stdin))?;
    if code == BLOCKED && std::env::var("GL_PROTOCOL").is_ok_and(|protocol| protocol == "web") {
        // GitLab's web pages show lines with this mark, and no others.
        output.line("GL-HOOK-ERR: portcullis has stopped this; push it from a terminal to see why.")?;
    }
    then_chained(code, HookName::PreReceive, args, &stdin)
}

fn scan(
    changes: &[RefChange],
    repo: &Repo,
    output: &Output,
    clock: impl FnOnce(&Doors) -> Deadline,
) -> Result<u8, CliError> {
    let tips: Vec<Oid> = changes.iter().map(|change| change.new).filter(|oid| !oid.is_zero()).collect();
    if tips.is_empty() {
        return Ok(CLEAN);
    }
    let scanner = scanner(repo, &tips)?;
    let next_policy = to_default_branch(repo, changes);
    for change in &next_policy {
        setup::check_files_of_commit(repo, &change.new.to_string())?;
    }
    let clock = clock(&scanner.policy.config().doors);
    let mut listing = receive::list(repo, changes)?;
    for change in next_policy.iter().filter(|change| !change.old.is_zero()) {
        swept::add(repo, (change.old, change.new), &mut listing)?;
    }
    let report = scanner.run(listing, &|| Reader::new(Some(repo)))?;
    drop(clock);
    let more = "portcullis scan range @{push}..HEAD --format concise";
    let occasion =
        Occasion { format: format(), action: Action::Push, more, audience: Audience::Server, tips: &tips };
    output.report(&report, &scanner.engine, &occasion)
}

/// Never from what is pushed: from the folder that `portcullis.policy` names, or from the default branch as it is.
fn scanner(repo: &Repo, tips: &[Oid]) -> Result<Scanner, CliError> {
    let files = if let Some(folder) = server_folder(repo)? {
        let folder = Path::new(&folder);
        folder.read_dir().map_err(|source| CliError::File { path: folder.to_owned(), source })?;
        setup::files_in_folder(folder)?
    } else if repo.git().head_is_unborn()? {
        // Nobody has decided anything yet, and a first push cannot wait for approvals that it brings itself.
        return setup::scanner_without_dependencies(&TeamFiles::default());
    } else {
        setup::files_of_commit(repo, "HEAD")?
    };
    let scanner = setup::scanner(&files, Base::unchanged(&files), files::in_commits(repo, tips))?;
    setup::with_witnesses(scanner, repo, range::commit(repo, "HEAD")?)
}

/// What is pushed to the default branch is the policy of the next push.
fn to_default_branch<'c>(repo: &Repo, changes: &'c [RefChange]) -> Vec<&'c RefChange> {
    // A detached HEAD is no branch, and no push changes it.
    let head = repo.git().run("symbolic-ref", &["-q", "HEAD"]).unwrap_or_default();
    let is_default = |change: &&RefChange| change.name == head.trim_ascii_end() && !change.new.is_zero();
    changes.iter().filter(is_default).collect()
}

/// What the server's administrator has put into `portcullis.policy`.
fn server_folder(repo: &Repo) -> Result<Option<String>, CliError> {
    match repo.git().run("config", &["--type=path", "--get", "portcullis.policy"]) {
        Ok(output) => {
            let folder =
                String::from_utf8(output).map_err(|_| CliError::NotUtf8("portcullis.policy".into()))?;
            Ok(Some(folder.trim_end_matches('\n').to_owned()))
        }
        Err(GitError::Failed { status: Some(1), .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A push that is taken in unseen is still the chained hook's to judge.
fn start_clock(doors: &Doors, args: &[OsString], stdin: &[u8]) -> Deadline {
    let (seconds, on_timeout) = (doors.receive_seconds, doors.on_timeout);
    let (args, stdin) = (args.to_vec(), stdin.to_vec());
    let tell = move |words: &str| {
        // Where standard error is closed the exit code still says it.
        let _ = stderr_line(&format!("portcullis: {words} in {seconds} seconds"));
    };
    deadline::start(seconds, move || match on_timeout {
        OnTimeout::Reject => {
            tell("push stopped: it could not be looked at to the end");
            let _ = stderr_line("  push fewer commits at a time, or ask for more: [receive] max_seconds");
            COULD_NOT_TELL
        }
        OnTimeout::Accept => {
            tell("warning: push taken in unseen, it could not be looked at to the end");
            then_chained(CLEAN, HookName::PreReceive, &args, &stdin).unwrap_or(COULD_NOT_TELL)
        }
    })
}
