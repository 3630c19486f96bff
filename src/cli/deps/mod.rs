//! `portcullis deps`: lists, judges, approves and denies dependencies of a work tree. Knows the disk, not git.

mod args;
mod check;
mod disk;
mod facts;
mod inventory;
mod listing;
mod record;

use std::io::{self, Write};
use std::path::Path;

pub use args::{ApproveArgs, CheckArgs, DepsCommand, date};
pub use facts::about;
pub use inventory::pending;
pub use record::may_approve;

use crate::deps::Date;
use crate::deps::approvals::PATH;
use crate::deps::approve::ApproveError;
use crate::deps::baseline::BaselineError;
use crate::deps::deny::DenyError;
use crate::deps::manifest::ManifestError;
use crate::text::toml_doc::Problems;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to object to.
    Clean,
    /// Something must not pass.
    Blocked,
    /// Some file gave no answer.
    NoAnswer,
}

/// What a command knows about where it runs.
pub struct Context<'a> {
    /// The repository's top.
    pub dir: &'a Path,
    /// The day.
    pub today: Date,
    /// Who approves when nobody is named.
    pub user: Option<String>,
    /// What shows that a program runs the command for somebody: the name of a variable.
    pub agent: Option<&'static str>,
}

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DepsCliError {
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: String,
        /// Why.
        error: io::Error,
    },
    /// The output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The folders could not be walked.
    #[error(transparent)]
    Walk(#[from] ignore::Error),
    /// The record does not read.
    #[error(transparent)]
    Record(#[from] Problems),
    /// The record is not UTF-8.
    #[error("{PATH}: not UTF-8")]
    NotUtf8,
    /// A manifest does not read.
    #[error("{path}: {error}")]
    Manifest {
        /// Which one.
        path: String,
        /// Why.
        error: ManifestError,
    },
    /// Nothing was approved.
    #[error(transparent)]
    Approve(#[from] ApproveError),
    /// No baseline was written.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// A program does not approve.
    #[error(
        "{0} is set, so a program runs this command; name the person who has looked at the package: --reviewed-by NAME"
    )]
    Agent(&'static str),
    /// The person must be one who may approve.
    #[error("{who} may not approve here; one of: {approvers}")]
    NoRight {
        /// Who.
        who: String,
        /// Who may.
        approvers: String,
    },
    /// Nothing was denied.
    #[error(transparent)]
    Deny(#[from] DenyError),
    /// The record could not be rewritten.
    #[error(transparent)]
    Toml(#[from] toml_edit::TomlError),
    /// The team's files do not read.
    #[error("{0}")]
    Team(String),
    /// No package, or no reason.
    #[error("name a package and a --reason, or let --pending ask about all of them")]
    NothingNamed,
    /// Nobody to approve it.
    #[error("nobody to put down as approver; say --by NAME")]
    NoApprover,
    /// The answer could not be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Runs one command.
pub fn run(
    command: &DepsCommand,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    match command {
        DepsCommand::List(args) if args.files.is_empty() => inventory::run(args, context, out),
        DepsCommand::List(args) => listing::run(args, context.dir, out),
        DepsCommand::Check(args) => check::run(args, context, out),
        DepsCommand::Approve(args) => record::approve(args, context, out),
        DepsCommand::Deny(args) => record::deny(args, context, out),
        DepsCommand::Request(args) => facts::request(args, context, out),
        DepsCommand::Baseline(args) => record::baseline(args, context, out),
        DepsCommand::Stale => record::stale(context, out),
        DepsCommand::Prune => record::prune(context, out),
        DepsCommand::Fmt(args) => record::fmt(args, context, out),
        DepsCommand::Explain(args) => {
            let page = super::rules::about_dependencies(args.code.as_deref(), context.dir);
            writeln!(out, "{}", page.map_err(|error| DepsCliError::Team(error.to_string()))?)?;
            Ok(Outcome::Clean)
        }
    }
}
