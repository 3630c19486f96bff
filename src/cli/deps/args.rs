//! The arguments of `portcullis deps`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::deps::{CanonicalName, Date};
use crate::model::{Ecosystem, Scope};
use crate::report::Format;

/// What `portcullis deps` can do.
#[derive(Debug, Subcommand)]
pub enum DepsCommand {
    /// Show what manifests declare: files, in a repository or not, or all of the repository's with who let them in
    List(ListArgs),
    /// Judge the manifests of the work tree, of what is staged or of a range
    Check(CheckArgs),
    /// Let a package in
    Approve(ApproveArgs),
    /// Keep a package out
    Deny(DenyArgs),
    /// Print what to send to an approver; writes nothing
    Request(RequestArgs),
    /// Approve everything that is declared today, once, at the beginning
    Baseline(BaselineArgs),
    /// List approvals that nothing needs any more, or that run out soon
    Stale,
    /// Take approvals out that nothing needs any more
    Prune,
    /// Bring the record into its canonical form
    Fmt(FmtArgs),
    /// Say what a code means
    Explain(ExplainArgs),
}

/// Arguments of `deps list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
    /// Only packages of this ecosystem, such as npm.
    #[arg(long, value_parser = ecosystem, conflicts_with = "files")]
    pub eco: Option<Ecosystem>,
    /// Only what may not stay as it is.
    #[arg(long, conflicts_with = "files")]
    pub unapproved: bool,
    /// Only this package: where it is declared, who let it in and why.
    #[arg(long, value_name = "NAME", conflicts_with = "files")]
    pub why: Option<String>,
    /// Manifests; all of the repository when left out.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// How to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Lines for people.
    Text,
    /// One array.
    Json,
    /// One object a line.
    Jsonl,
}

/// Arguments of `deps check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Also tell what does not block.
    #[arg(long, conflicts_with = "change")]
    pub all: bool,
    /// What the next commit would bring in.
    #[arg(long, group = "change")]
    pub staged: bool,
    /// Every commit of a range, such as main..HEAD.
    #[arg(long, value_name = "A..B", group = "change")]
    pub range: Option<String>,
    /// The shape of the report on what is staged or a range.
    #[arg(long, requires = "change", default_value = "text", value_parser = crate::cli::named(&Format::NAMES))]
    pub format: Format,
}

/// Arguments of `deps approve`.
#[derive(Debug, Clone, Args)]
pub struct ApproveArgs {
    /// `npm:left-pad`, or `left-pad` when a manifest declares it.
    #[arg(required_unless_present = "pending")]
    pub package: Option<String>,
    /// Why it is needed and why it can be trusted.
    #[arg(long, required_unless_present = "pending")]
    pub reason: Option<String>,
    /// Ask about everything that nobody has approved, one package after the other, and take the reasons from the answers.
    #[arg(long, conflicts_with_all = ["package", "reason"])]
    pub pending: bool,
    /// Who approves; the user of git when left out.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// The person who has looked at it, when a program runs this command for somebody.
    #[arg(long, value_name = "NAME", conflicts_with = "by")]
    pub reviewed_by: Option<String>,
    /// Versions that may be declared, as the package manager writes them.
    #[arg(long)]
    pub version: Option<String>,
    /// Only in this scope; may be repeated.
    #[arg(long = "scope", value_parser = scope)]
    pub scopes: Vec<Scope>,
    /// Only in manifests that match this glob; may be repeated.
    #[arg(long = "path", value_name = "GLOB")]
    pub paths: Vec<String>,
    /// From where: registry, registry:HOST/PATH, git:HOST/PATH, url:URL, path.
    #[arg(long)]
    pub source: Option<String>,
    /// The last day on which it counts, or after how long: 90d, 26w, 1y.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = expiry)]
    pub expires: Option<Expiry>,
    /// Where it was talked about.
    #[arg(long)]
    pub ticket: Option<String>,
    /// What it was looked at for, such as pci; may be repeated.
    #[arg(long = "tag", value_name = "WORD")]
    pub tags: Vec<String>,
    /// A name under which code imports it; may be repeated.
    #[arg(long = "imported-as", value_name = "NAME")]
    pub imports: Vec<String>,
    /// A package whose place it takes, such as pypi:opencv-python; may be repeated.
    #[arg(long, value_name = "PACKAGE", value_parser = package)]
    pub replaces: Vec<(Ecosystem, CanonicalName)>,
    /// The code that it runs when it is installed was looked at.
    #[arg(long)]
    pub install_scripts: bool,
}

/// Arguments of `deps deny`.
#[derive(Debug, Args)]
pub struct DenyArgs {
    /// `npm:left-pad`, or `left-pad` when a manifest declares it.
    pub package: String,
    /// Why it stays out.
    #[arg(long)]
    pub reason: String,
    /// What to take in its place.
    #[arg(long, value_name = "PACKAGE")]
    pub use_instead: Option<String>,
    /// Only these versions, as the package manager writes them.
    #[arg(long)]
    pub versions: Option<String>,
    /// Only in manifests that match this glob; may be repeated.
    #[arg(long = "path", value_name = "GLOB")]
    pub paths: Vec<String>,
}

/// Arguments of `deps request`.
#[derive(Debug, Args)]
pub struct RequestArgs {
    /// `npm:left-pad`, or `left-pad` when a manifest declares it.
    pub package: String,
    /// Why it is needed.
    #[arg(long)]
    pub reason: String,
}

/// Arguments of `deps baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Add to a record that holds entries already.
    #[arg(long)]
    pub extend: bool,
}

/// Arguments of `deps fmt`.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Write nothing; exit 1 when something would change.
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `deps explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code, such as DEP003; all of them when left out.
    pub code: Option<String>,
}

fn ecosystem(text: &str) -> Result<Ecosystem, String> {
    let names: Vec<&str> = Ecosystem::NAMES.iter().map(|(name, _)| *name).collect();
    let known = Ecosystem::NAMES.iter().find(|(name, _)| *name == text).map(|(_, ecosystem)| *ecosystem);
    known.ok_or_else(|| format!("one of {}", names.join(", ")))
}

fn scope(text: &str) -> Result<Scope, String> {
    let names: Vec<&str> = Scope::NAMES.iter().map(|(name, _)| *name).collect();
    let known = Scope::NAMES.iter().find(|(name, _)| *name == text).map(|(_, scope)| *scope);
    known.ok_or_else(|| format!("one of {}", names.join(", ")))
}

fn package(text: &str) -> Result<(Ecosystem, CanonicalName), String> {
    let package = CanonicalName::parse_package(text);
    package
        .ok_or_else(|| "a package with its ecosystem, such as npm:left-pad".to_owned())?
        .map_err(|error| error.to_string())
}

/// When an approval ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// On this day.
    On(Date),
    /// So many days from today on.
    After(u16),
}

impl Expiry {
    /// The last day on which it counts.
    pub fn from(self, today: Date) -> Date {
        match self {
            Expiry::On(date) => date,
            Expiry::After(days) => today.plus(days),
        }
    }
}

fn expiry(text: &str) -> Result<Expiry, String> {
    let units = [('d', 1), ('w', 7), ('y', 365)];
    let span = units.iter().find_map(|(unit, days)| {
        let count: u16 = text.strip_suffix(*unit)?.parse().ok()?;
        count.checked_mul(*days).filter(|days| *days > 0)
    });
    let day = || Date::parse(text).map(Expiry::On);
    span.map(Expiry::After).or_else(day).ok_or_else(|| "a day such as 2027-01-31, or 90d, 26w, 1y".to_owned())
}

/// A day as people write it.
pub fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day such as 2027-01-31".to_owned())
}
