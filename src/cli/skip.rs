//! Lets somebody pass a rule for one run, by the environment: with a reason, in a log, and told again at the next push.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use super::output::stderr_line;
use super::{CliError, setup};
use crate::engine::Engine;
use crate::git::Repo;
use crate::model::RuleId;
use crate::policy::{Policy, Skip, says_why};
use crate::text::escape;
use crate::text::toml_doc::nearest;

const RULES: &str = "PORTCULLIS_SKIP";
const REASON: &str = "PORTCULLIS_SKIP_REASON";

/// Where skips are written down, in the folder that all work trees share.
const LOG: &str = "portcullis/skips";

/// Why nothing is skipped.
#[derive(Debug, thiserror::Error)]
pub enum SkipError {
    /// No reason.
    #[error("{RULES} needs {REASON}, with a reason that a reviewer can judge")]
    NoReason,
    /// Not a rule.
    #[error("{RULES}: there is no rule `{id}`{}", .nearest.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?")))]
    NoRule {
        /// As written.
        id: String,
        /// The most similar one.
        nearest: Option<String>,
    },
    /// A locked rule.
    #[error("{RULES}: `{id}` is locked by {by}")]
    Locked {
        /// The rule.
        id: RuleId,
        /// Who has locked it.
        by: String,
    },
}

/// The policy with what the environment skips; `engine` has all rules.
pub fn apply(policy: Policy, engine: &Engine) -> Result<Policy, CliError> {
    let Some(rules) = variable(RULES) else { return Ok(policy) };
    let reason = variable(REASON).filter(|reason| says_why(reason)).ok_or(SkipError::NoReason)?;
    let mut ids = Vec::new();
    for name in rules.split([',', ' ']).filter(|name| !name.is_empty()) {
        let Some(id) = RuleId::parse(name).filter(|id| engine.knows(id)) else {
            let names: Vec<&str> = engine.rules().map(|rule| rule.info.id.as_str()).collect();
            return Err(
                SkipError::NoRule { id: escape(name.as_bytes()), nearest: nearest(name, &names) }.into()
            );
        };
        if let Some(lock) = policy.lock(&id) {
            return Err(SkipError::Locked { id, by: lock.by.clone() }.into());
        }
        ids.push(id);
    }
    Ok(policy.skipping(Skip { rules: ids, reason }))
}

fn variable(name: &str) -> Option<String> {
    Some(std::env::var_os(name)?.to_string_lossy().into_owned()).filter(|value| !value.trim().is_empty())
}

/// Writes down that a hook has skipped rules; what cannot be written down is not skipped.
pub fn log(policy: &Policy, repo: &Repo) -> Result<(), CliError> {
    let Some(Skip { rules, reason }) = policy.skip() else { return Ok(()) };
    let names: Vec<&str> = rules.iter().map(RuleId::as_str).collect();
    let line = format!("{} skipped {}: {}\n", setup::today(), names.join(", "), escape(reason.as_bytes()));
    let path = path(repo);
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(repo.common_dir()))?;
        OpenOptions::new().create(true).append(true).open(&path)?.write_all(line.as_bytes())
    };
    write().map_err(|source| CliError::File { path: path.clone(), source })
}

/// Tells what was skipped since the last push.
pub fn repeat(repo: &Repo) {
    let lines = fs::read_to_string(path(repo)).unwrap_or_default();
    for line in lines.lines() {
        // Whoever closed standard error does not want to know.
        let _ = stderr_line(&format!("portcullis: since the last push: {line}"));
    }
}

/// Forgets what a push that goes on has told.
pub fn forget(repo: &Repo) {
    // What stays is told again.
    let _ = fs::remove_file(path(repo));
}

fn path(repo: &Repo) -> PathBuf {
    repo.common_dir().join(LOG)
}
