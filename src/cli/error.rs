//! Why a command has no answer, with what to do about it.

use std::path::PathBuf;

use super::allow::AllowError;
use super::baseline::BaselineError;
use super::ci::CiError;
use super::deps::DepsCliError;
use super::packs::PacksError;
use super::skip::SkipError;
use crate::engine::EngineError;
use crate::explain::ExplainError;
use crate::git::GitError;
use crate::hook::HookError;
use crate::model::RuleId;
use crate::policy::Lost;
use crate::rules::{PackError, Unmet};
use crate::scan::ScanError;
use crate::source::SourceError;
use crate::text::toml_doc::Problems;

/// Why a command has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The current folder cannot be found out.
    #[error("the current folder cannot be read: {0}")]
    CurrentDir(std::io::Error),
    /// A report or another file that was asked for cannot be written.
    #[error("{} cannot be written: {error}", .path.display())]
    ReportFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file could not be fixed.
    #[error(transparent)]
    Fix(#[from] super::fix::FixError),
    /// An agent got no answer, or its settings stay as they were.
    #[error(transparent)]
    Agent(#[from] super::agents::AgentError),
    /// One of the team's files is wrong.
    #[error("{0}")]
    Problems(#[from] Problems),
    /// A file of the team is no text.
    #[error("{0}: is not UTF-8")]
    NotUtf8(String),
    /// `.portcullis` is no folder, or one of its files is a link or a submodule.
    #[error("{0}: must be a regular file in a folder, not a link or a submodule")]
    NotAFile(String),
    /// Fingerprints without the key that they were made with.
    #[error("{0}: names findings by fingerprint, and .portcullis/key.toml, which makes them, is not there")]
    NoKey(String),
    /// A waiver that cannot count.
    #[error("{file}:{line}: `{rule}` is locked by {by}, and cannot be waived")]
    LockedWaiver {
        /// The waivers.
        file: String,
        /// Where.
        line: usize,
        /// The rule.
        rule: RuleId,
        /// Who has locked it, as `FILE:LINE`.
        by: String,
    },
    /// What the environment wants to skip.
    #[error(transparent)]
    Skip(#[from] SkipError),
    /// Neither a key nor a rule nor a path.
    #[error("`{what}` is no key, no rule and no path{}", .nearest.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?")))]
    NothingToExplain {
        /// As written.
        what: String,
        /// The most similar one.
        nearest: Option<String>,
    },
    /// Two rules with the same id.
    #[error("{file}: there is a rule {id} already; give yours another id")]
    DuplicateRule {
        /// The file that has the second.
        file: String,
        /// The id.
        id: String,
    },
    /// A rule that can never be found.
    #[error(transparent)]
    Unmet(#[from] Unmet),
    /// Rules that do not go together.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// No rule is on.
    #[error("no rule is active: the configuration switches all of them off")]
    NoRules,
    /// There is no such rule.
    #[error("there is no rule `{id}`{}", .nearest.as_ref().map_or_else(String::new, |name| format!(", did you mean `{name}`?")))]
    UnknownRule {
        /// As written.
        id: String,
        /// The most similar one.
        nearest: Option<String>,
    },
    /// What is to be explained is no place.
    #[error("`{0}` is no place")]
    NoPlace(String),
    /// What is to be explained is no single file.
    #[error("{0}: there is no such file")]
    NoFile(String),
    /// An explanation.
    #[error(transparent)]
    Explain(#[from] ExplainError),
    /// A hook that we do not stand in.
    #[error("`{0}` is no hook of portcullis")]
    UnknownHook(String),
    /// `HOME` is not set.
    #[error("HOME: is not set to an absolute path, so nobody knows where this user's configuration is")]
    NoHome,
    /// Nothing was found that is meant.
    #[error("`{0}`: no finding of the history")]
    NoFinding(String),
    /// More than one secret is meant.
    #[error("`{0}` means several secrets: {names}", names = .1.join(", "))]
    SeveralFindings(String, Vec<String>),
    /// What is meant is no secret.
    #[error("`{0}` is no secret, so nothing leaks")]
    NoSecret(String),
    /// A moment that does not lie in the past, or that git does not understand.
    #[error("`{0}` is no date in the past")]
    NotBeforeNow(String),
    /// Called without what git gives the hook.
    #[error("git gives the hook `{0}` arguments that are missing here")]
    HookArguments(&'static str),
    /// A file or stream.
    #[error("{}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The output could not be written; a closed pipe is told by nobody.
    #[error("the report could not be written: {0}")]
    Output(std::io::Error),
    /// Some entries could not be read.
    #[error("{0} of the entries could not be read, so nobody knows what is in them")]
    Unread(usize),
    /// A rule.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The scan.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// What people have accepted cannot be read.
    #[error(transparent)]
    Exceptions(#[from] Lost),
    /// A source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Git.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The hooks.
    #[error(transparent)]
    Hook(#[from] HookError),
    /// What a change in CI is.
    #[error(transparent)]
    Ci(#[from] CiError),
    /// An exception.
    #[error(transparent)]
    Allow(#[from] AllowError),
    /// Shared packs.
    #[error(transparent)]
    Packs(#[from] PacksError),
    /// The baseline.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// Dependencies.
    #[error(transparent)]
    Deps(#[from] DepsCliError),
}

impl CliError {
    /// What to do about it, if there is more to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            CliError::Problems(_)
            | CliError::NotUtf8(_)
            | CliError::DuplicateRule { .. }
            | CliError::Unmet(_) => {
                Some("correct the file; see docs/rule-format.md and docs/configuration.md")
            }
            CliError::NotAFile(_) => Some("commit the file itself; what a link leads to cannot be reviewed"),
            CliError::LockedWaiver { .. } => Some("take the waiver out, or ask whoever has locked the rule"),
            CliError::NothingToExplain { .. } => Some("`portcullis config show --origin` shows every key"),
            CliError::NoKey(_) => {
                Some("commit the key with the file; with a new key every fingerprint is another one")
            }
            CliError::NoRules => Some("switch at least one pack on in .portcullis/config.toml"),
            CliError::UnknownRule { .. } => Some("`portcullis rules list` shows all of them"),
            CliError::NoPlace(_) => Some("write FILE:LINE or FILE:LINE:COLUMN, such as src/app.py:3:10"),
            CliError::NoFinding(_) => Some(
                "write the beginning of a fingerprint, or FILE:LINE, as `portcullis scan history --all-objects` tells them",
            ),
            CliError::SeveralFindings(..) => Some("write the beginning of one of these fingerprints"),
            CliError::NoSecret(_) => Some("correct the line; its past does no harm"),
            CliError::NotBeforeNow(_) => Some("write a date such as 2026-01-31, or `2 weeks ago`"),
            CliError::Hook(error) => error.hint(),
            CliError::Ci(error) => Some(error.hint()),
            CliError::Allow(error) => error.hint(),
            CliError::Packs(error) => error.hint(),
            CliError::Baseline(error) => Some(error.hint()),
            CliError::Unread(_) => {
                Some("the report names each of them; `git fsck` tells whether the repository is damaged")
            }
            CliError::CurrentDir(_)
            | CliError::Pack(_)
            | CliError::Skip(_)
            | CliError::NoFile(_)
            | CliError::Explain(_)
            | CliError::UnknownHook(_)
            | CliError::HookArguments(_)
            | CliError::NoHome
            | CliError::File { .. }
            | CliError::Output(_)
            | CliError::Engine(_)
            | CliError::Scan(_)
            | CliError::Source(_)
            | CliError::Git(_)
            | CliError::ReportFile { .. }
            | CliError::Agent(_)
            | CliError::Fix(_)
            | CliError::Deps(_)
            | CliError::Exceptions(_) => None,
        }
    }

    /// True when the reader of our output went away.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, CliError::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
