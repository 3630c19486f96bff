//! `portcullis deps`: reads files of the work tree, asks the dependencies room, prints the answer, writes the record.
//! Decides nothing about dependencies.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::deps::approvals::PATH;
use crate::deps::approve::{ApproveError, Approved, Declared, Request, approve};
use crate::deps::baseline::{self, Baseline, BaselineError};
use crate::deps::manifest::{self, Format, Manifest, ManifestError, Recognised, recognise};
use crate::deps::{Approvals, Date, Gate, list};
use crate::model::{RepoPath, Scope};
use crate::text::toml_doc::Problems;
use crate::text::{Lines, escape};

/// What `portcullis deps` can do.
#[derive(Debug, Subcommand)]
pub enum DepsCommand {
    /// Show what manifests declare; needs no repository.
    List(ListArgs),
    /// Judge the manifests of the work tree.
    Check,
    /// Let a package in.
    Approve(ApproveArgs),
    /// Approve everything that is declared today, once, at the beginning.
    Baseline(BaselineArgs),
}

/// Arguments of `deps list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// How to print.
    #[arg(long, value_enum, default_value = "text")]
    format: ListFormat,
    /// Manifests.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
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

/// Arguments of `deps approve`.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// `npm:left-pad`, or `left-pad` when a manifest declares it.
    package: String,
    /// Why it is needed and why it can be trusted.
    #[arg(long)]
    reason: String,
    /// Who approves; the user of git when left out.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Versions that were looked at; shown, not compared.
    #[arg(long)]
    version: Option<String>,
    /// Only in this scope; may be repeated.
    #[arg(long = "scope", value_parser = scope)]
    scopes: Vec<Scope>,
    /// Only in manifests that match this glob; may be repeated.
    #[arg(long = "path", value_name = "GLOB")]
    paths: Vec<String>,
    /// From where: registry, registry:HOST/PATH, git:HOST/PATH, url:URL, path.
    #[arg(long)]
    source: Option<String>,
    /// The last day on which it counts.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    expires: Option<Date>,
}

/// Arguments of `deps baseline`.
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Add to a record that holds entries already.
    #[arg(long)]
    extend: bool,
}

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
        DepsCommand::List(args) => run_list(args, context.dir, out),
        DepsCommand::Check => run_check(context, out),
        DepsCommand::Approve(args) => run_approve(args, context, out),
        DepsCommand::Baseline(args) => run_baseline(args, context, out),
    }
}

fn run_list(args: &ListArgs, dir: &Path, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let read = |path: &Path| std::fs::read(dir.join(path));
    let reports: Vec<_> = args.files.iter().map(|file| list::list(file, &read)).collect();
    match args.format {
        ListFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?,
        ListFormat::Jsonl => {
            for report in &reports {
                writeln!(out, "{}", serde_json::to_string(report)?)?;
            }
        }
        ListFormat::Text => {
            for report in &reports {
                print_list(report, out)?;
            }
        }
    }
    let unread = reports.iter().any(|report| report.error.is_some());
    Ok(if unread { Outcome::NoAnswer } else { Outcome::Clean })
}

fn print_list(report: &list::FileReport, out: &mut dyn Write) -> io::Result<()> {
    let plain = |text: &str| escape(text.as_bytes());
    for one in &report.dependencies {
        let file = plain(one.included_from.as_ref().unwrap_or(&report.file));
        let key = one.key.as_ref().map(|key| format!(" (as {})", plain(key))).unwrap_or_default();
        let (name, requirement) = (plain(&one.name), plain(&one.requirement));
        writeln!(
            out,
            "{file}:{}: {name}{key} {requirement} [{}, {}]",
            one.line,
            one.scope,
            plain(&one.source)
        )?;
    }
    for note in &report.notes {
        writeln!(out, "{}: {}", plain(&report.file), plain(note))?;
    }
    match &report.error {
        Some(error) => writeln!(out, "{}: no answer: {}", plain(&report.file), plain(error)),
        None => Ok(()),
    }
}

fn run_check(context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let approvals = match read_record(context.dir)? {
        Some(text) => Approvals::read(PATH, &text)?,
        None => Approvals::default(),
    };
    let exists = |path: &RepoPath| context.dir.join(to_path(path)).is_file();
    // The work tree has no version before: what it holds is judged as approved all along.
    let gate = Gate { approvals: &approvals, base: Some(&approvals), today: context.today, exists: &exists };
    let mut outcome = Outcome::Clean;
    for path in manifests(context.dir)? {
        let content = read_file(&context.dir.join(to_path(&path)))?;
        let lines = Lines::new(&content);
        for finding in gate.examine(&path, &content, None) {
            let at = lines.position(finding.span.start);
            let file = escape(path.as_bytes());
            writeln!(out, "{file}:{}:{}: {}: {}", at.line, at.column, finding.code, finding.detail)?;
            writeln!(out, "    {}", finding.fix)?;
            if !finding.is_advice() {
                outcome = Outcome::Blocked;
            }
        }
    }
    Ok(outcome)
}

fn run_approve(
    args: &ApproveArgs,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    let request = Request {
        package: args.package.clone(),
        reason: args.reason.clone(),
        approved_by: args.by.clone().or_else(|| context.user.clone()).ok_or(DepsCliError::NoApprover)?,
        version: args.version.clone(),
        scopes: args.scopes.clone(),
        paths: args.paths.clone(),
        source: args.source.clone(),
        expires: args.expires,
    };
    let files = load(context.dir)?;
    let mut declared = Vec::new();
    for file in &files {
        // A manifest that does not read is no reason to refuse an approval: the gate reports it.
        let Ok(manifest) = &file.manifest else { continue };
        let lines = Lines::new(&file.content);
        for dependency in &manifest.dependencies {
            let line = lines.position(dependency.span.start).line;
            declared.push(Declared { path: &file.path, line, dependency });
        }
    }
    let current = read_record(context.dir)?;
    let approved = approve(current.as_deref(), &request, &declared, context.today)?;
    print_approved(&approved, out)?;
    write_record(context.dir, &approved.text)?;
    Ok(Outcome::Clean)
}

fn print_approved(approved: &Approved<'_>, out: &mut dyn Write) -> io::Result<()> {
    for one in &approved.declared {
        let path = escape(one.path.as_bytes());
        writeln!(out, "declared in {path}:{} ({})", one.line, one.dependency.scope)?;
    }
    if approved.declared.is_empty() {
        writeln!(out, "no manifest declares it yet")?;
    }
    for name in &approved.similar {
        writeln!(
            out,
            "looks like `{name}`, which is approved as well: make sure that this is the one you mean"
        )?;
    }
    let origin = escape(approved.approval.origin.as_str().as_bytes());
    writeln!(out, "approved from {origin}, written to {PATH}")
}

fn run_baseline(
    args: &BaselineArgs,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> Result<Outcome, DepsCliError> {
    let mut manifests = Vec::new();
    for file in load(context.dir)? {
        let manifest = file
            .manifest
            .map_err(|error| DepsCliError::Manifest { path: escape(file.path.as_bytes()), error })?;
        manifests.push((file.path, file.format, manifest));
    }
    let current = read_record(context.dir)?;
    let asked = Baseline {
        manifests: &manifests,
        current: current.as_deref(),
        extend: args.extend,
        today: context.today,
    };
    let (text, count) = baseline::write(&asked)?;
    write_record(context.dir, &text)?;
    writeln!(out, "{count} entries from {} manifests, written to {PATH}", manifests.len())?;
    Ok(Outcome::Clean)
}

/// A manifest of the work tree.
struct Loaded {
    path: RepoPath,
    format: Format,
    content: Vec<u8>,
    manifest: Result<Manifest, ManifestError>,
}

fn load(dir: &Path) -> Result<Vec<Loaded>, DepsCliError> {
    let mut loaded = Vec::new();
    for path in manifests(dir)? {
        if let Some(Recognised::Read(format)) = recognise(&path) {
            let content = read_file(&dir.join(to_path(&path)))?;
            let manifest = manifest::read(format, &content);
            loaded.push(Loaded { path, format, content, manifest });
        }
    }
    Ok(loaded)
}

/// Manifests below `dir` that git does not ignore, sorted.
fn manifests(dir: &Path) -> Result<Vec<RepoPath>, DepsCliError> {
    let mut paths = Vec::new();
    let not_git = |entry: &ignore::DirEntry| entry.file_name() != ".git";
    for entry in ignore::WalkBuilder::new(dir).hidden(false).filter_entry(not_git).build() {
        let entry = entry?;
        let relative = entry.path().strip_prefix(dir).unwrap_or(entry.path());
        let path = RepoPath::new(relative.as_os_str().as_encoded_bytes());
        if entry.file_type().is_some_and(|kind| kind.is_file()) && recognise(&path).is_some() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

#[cfg(unix)]
fn to_path(path: &RepoPath) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(path.as_bytes()))
}

#[cfg(not(unix))]
fn to_path(path: &RepoPath) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(path.as_bytes()).into_owned())
}

fn read_file(path: &Path) -> Result<Vec<u8>, DepsCliError> {
    std::fs::read(path).map_err(|error| file_error(path, error))
}

fn file_error(path: &Path, error: io::Error) -> DepsCliError {
    DepsCliError::File { path: escape(path.as_os_str().as_encoded_bytes()), error }
}

/// The record's text; `None` when there is no such file.
fn read_record(dir: &Path) -> Result<Option<String>, DepsCliError> {
    let path = dir.join(PATH);
    match std::fs::read(&path) {
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| DepsCliError::NotUtf8),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(&path, error)),
    }
}

/// Writes beside the old file and renames, so that no half-written record is ever read. The file keeps its mode; a new
/// one is made with the mode of any other new file.
fn write_record(dir: &Path, text: &str) -> Result<(), DepsCliError> {
    let path = dir.join(PATH);
    let folder = path.parent().unwrap_or(dir);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().permissions(new_file_mode()).tempfile_in(folder)?;
        if let Ok(old) = std::fs::metadata(&path) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| file_error(&path, error))
}

/// What any program asks for; the umask takes its part away.
#[cfg(unix)]
fn new_file_mode() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

fn scope(text: &str) -> Result<Scope, String> {
    let names: Vec<&str> = Scope::NAMES.iter().map(|(name, _)| *name).collect();
    let known = Scope::NAMES.iter().find(|(name, _)| *name == text).map(|(_, scope)| *scope);
    known.ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// A day as people write it.
pub fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "a day such as 2027-01-31".to_owned())
}
