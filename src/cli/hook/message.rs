//! commit-msg: the message that is about to be committed, for secrets only.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::{format, then_chained};
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::{files_of_index, scan};
use crate::cli::{CliError, Output, known, setup, skip};
use crate::git::Repo;
use crate::hook::HookName;
use crate::model::Category;
use crate::report::Action;
use crate::source;
use crate::source::index::Snapshot;

/// Scans the file that git names, then runs the chained hook, which may write it anew: that is its owner's business.
pub fn run(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let [file] = args else { return Err(CliError::HookArguments("commit-msg")) };
    // Git names it from the top of the work tree, which is where it starts the hook.
    let path = PathBuf::from(file);
    let text = fs::read(&path).map_err(|source| CliError::File { path, source })?;
    let mut scanner = setup::scanner_without_dependencies(&files_of_index(repo)?)?;
    scanner.policy = skip::apply(scanner.policy, &scanner.engine)?;
    // A message is no program: what looks like code in it runs nowhere.
    scanner.engine.retain(|info| info.category == Category::Secret);
    let occasion = Occasion {
        format: format(),
        action: Action::Message,
        more: "PORTCULLIS_FORMAT=concise git commit",
        audience: Audience::Hook,
        tips: &[],
    };
    let mut listing = source::message::list(&text);
    known::add(&mut scanner, &mut listing, repo, known::Search::start(repo), || Snapshot::read(repo))?;
    let code = scan(&scanner, listing, Some(repo), output, &occasion)?;
    then_chained(code, HookName::CommitMsg, args, b"")
}
