//! commit-msg: the message that is about to be committed, for secrets, and for what protected paths take.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::{format, then_chained};
use crate::cli::output::{Audience, Occasion};
use crate::cli::scan::scan;
use crate::cli::{CliError, Output, known, setup, skip};
use crate::git::{Repo, trailers};
use crate::hook::HookName;
use crate::model::{Category, Entry, Locator};
use crate::policy::Message;
use crate::report::Action;
use crate::scan::PROTECTED;
use crate::source;
use crate::source::index::Snapshot;
use crate::source::range;

/// Scans the file that git names, then runs the chained hook, which may write it anew: that is its owner's business.
pub fn run(args: &[OsString], repo: &Repo, output: &Output) -> Result<u8, CliError> {
    let [file] = args else { return Err(CliError::HookArguments("commit-msg")) };
    // Git names it from the top of the work tree, which is where it starts the hook.
    let path = PathBuf::from(file);
    let text = fs::read(&path).map_err(|source| CliError::File { path, source })?;
    let index = Snapshot::read(repo);
    let files = setup::files_in_index(repo, &index.policy_files(repo)?.finish()?)?;
    let mut scanner = setup::scanner_without_dependencies(&files)?;
    scanner.policy = skip::apply(scanner.policy, &scanner.engine)?;
    // A message is no program: what looks like code in it runs nowhere.
    scanner.engine.retain(|info| info.category == Category::Secret || info.id == PROTECTED);
    let occasion = Occasion {
        format: format(),
        action: Action::Message,
        more: "PORTCULLIS_FORMAT=concise git commit",
        audience: Audience::Hook,
        tips: &[],
    };
    let mut listing = source::message::list(&text);
    if !scanner.policy.config().protected.is_empty() {
        // Which paths change is known before, who has a part in it only now.
        let changes = source::staged::start(repo, &index)?.finish()?;
        let nothing = |entry| Entry { locator: Locator::Inline([].into()), before: Vec::new(), ..entry };
        listing.entries.extend(changes.entries.into_iter().map(nothing));
        let message = Message { trailers: trailers(&text), author: setup::author().unwrap_or_default() };
        let policy = setup::with_owners(scanner.policy, repo, range::commit(repo, "HEAD")?)?;
        scanner.policy = policy.with_message(message);
    }
    known::add(&mut scanner, &mut listing, repo, known::Search::start(repo), || index)?;
    let code = scan(&scanner, listing, Some(repo), output, &occasion)?;
    then_chained(code, HookName::CommitMsg, args, b"")
}
