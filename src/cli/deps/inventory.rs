//! `portcullis deps list` without files: what the manifests of a repository declare, and who let each of it in.

use std::io::{self, Write};

use serde::Serialize;

use super::args::{ListArgs, ListFormat};
use super::check::Judge;
use super::disk::{Loaded, load, read_record};
use super::{Context, DepsCliError, Outcome};
use crate::deps::approvals::PATH;
use crate::deps::{Approvals, CanonicalName, Origin, codes, masked};
use crate::model::{Dependency, Finding, Judged, Verdict};
use crate::text::{Lines, escape};

/// A declaration, as listed.
#[derive(Serialize)]
struct Row {
    file: String,
    /// From 1.
    line: usize,
    ecosystem: String,
    name: String,
    scope: String,
    requirement: String,
    source: String,
    #[serde(flatten)]
    state: State,
}

/// Whether a declaration may stay.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum State {
    /// Somebody let it in.
    Approved { approved_by: String, date: String, reason: String },
    /// Nobody did, or not like this.
    Unapproved { code: String, why: String },
    /// Nobody has to: it lies in the repository, say.
    Free,
}

/// A manifest that does not read.
#[derive(Serialize)]
struct Unread {
    file: String,
    error: String,
}

/// One of the answers in JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Listed<'a> {
    Row(&'a Row),
    Unread(&'a Unread),
}

/// Lists what is declared and asked for; a manifest that does not read is told, and the list goes on.
pub fn run(args: &ListArgs, context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let (mut rows, unread) = everything(context)?;
    rows.retain(|row| row.is_asked_for(args));
    let listed = || rows.iter().map(Listed::Row).chain(unread.iter().map(Listed::Unread));
    match args.format {
        ListFormat::Json => {
            writeln!(out, "{}", serde_json::to_string_pretty(&listed().collect::<Vec<_>>())?)?
        }
        ListFormat::Jsonl => {
            for one in listed() {
                writeln!(out, "{}", serde_json::to_string(&one)?)?;
            }
        }
        ListFormat::Text => {
            rows.iter().try_for_each(|row| row.print(out))?;
            if let (Some(name), true) = (&args.why, rows.is_empty()) {
                writeln!(out, "no manifest declares {}", escape(name.as_bytes()))?;
            }
            for Unread { file, error } in &unread {
                writeln!(out, "{file}: {error}; what it declares is unknown")?;
            }
        }
    }
    Ok(if unread.is_empty() { Outcome::Clean } else { Outcome::NoAnswer })
}

/// The packages that nobody has let in, each once, as `deps approve` takes them.
pub fn pending(context: &Context<'_>) -> Result<Vec<String>, DepsCliError> {
    let (rows, _) = everything(context)?;
    let is_pending = |row: &&Row| match &row.state {
        State::Unapproved { code, .. } => *code == codes::UNAPPROVED.to_string(),
        State::Approved { .. } | State::Free => false,
    };
    let mut packages: Vec<String> =
        rows.iter().filter(is_pending).map(|row| format!("{}:{}", row.ecosystem, row.name)).collect();
    packages.sort();
    packages.dedup();
    Ok(packages)
}

/// Every declaration, and the manifests that do not read.
fn everything(context: &Context<'_>) -> Result<(Vec<Row>, Vec<Unread>), DepsCliError> {
    let judge = Judge::new(context)?;
    let record = read_record(context.dir)?.map(|text| Approvals::read(PATH, &text)).transpose()?;
    let record = record.unwrap_or_default();
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    for file in load(context.dir)?.iter().filter(|file| !file.format.is_lock() && judge.looks_at(&file.path))
    {
        match &file.manifest {
            Ok(manifest) => {
                let mut objections = judge.findings(&file.path, &file.content)?;
                objections.retain(|judged| judged.verdict == Verdict::Blocking);
                rows.extend(rows_of(file, &manifest.dependencies, &objections, &record));
            }
            Err(error) => {
                unread.push(Unread { file: escape(file.path.as_bytes()), error: error.to_string() })
            }
        }
    }
    Ok((rows, unread))
}

fn rows_of(file: &Loaded, declared: &[Dependency], objections: &[Judged], record: &Approvals) -> Vec<Row> {
    let lines = Lines::new(&file.content);
    let row = |dependency: &Dependency| {
        let objection = objections.iter().find(|judged| judged.finding.span == dependency.span);
        Row {
            file: escape(file.path.as_bytes()),
            line: lines.position(dependency.span.start).line,
            ecosystem: dependency.ecosystem.to_string(),
            name: masked(&dependency.name),
            scope: dependency.scope.to_string(),
            requirement: masked(&dependency.requirement),
            source: Origin::of(&dependency.source).to_string(),
            state: state(dependency, objection.map(|judged| &judged.finding), record),
        }
    };
    declared.iter().map(row).collect()
}

fn state(dependency: &Dependency, objection: Option<&Finding>, record: &Approvals) -> State {
    if let Some(Finding { rule, detail, .. }) = objection {
        return State::Unapproved { code: rule.id.to_string(), why: detail.clone().unwrap_or_default() };
    }
    let name = CanonicalName::parse(dependency.ecosystem, &dependency.name).ok();
    let entry = name.and_then(|name| record.about(dependency.ecosystem, &name).next());
    entry.map_or(State::Free, |entry| State::Approved {
        approved_by: entry.approved_by.clone(),
        date: entry.date.to_string(),
        reason: entry.reason.clone(),
    })
}

impl Row {
    fn is_asked_for(&self, args: &ListArgs) -> bool {
        let is_unapproved = match self.state {
            State::Unapproved { .. } => true,
            State::Approved { .. } | State::Free => false,
        };
        let name =
            |asked: &String| *asked == self.name || *asked == format!("{}:{}", self.ecosystem, self.name);
        (is_unapproved || !args.unapproved)
            && args.eco.is_none_or(|eco| eco.to_string() == self.ecosystem)
            && args.why.as_ref().is_none_or(name)
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let plain = |text: &str| escape(text.as_bytes());
        let Row { file, line, ecosystem, name, scope, requirement, source, state } = self;
        let version = if requirement.is_empty() { String::new() } else { format!(" {}", plain(requirement)) };
        writeln!(out, "{file}:{line}: {ecosystem}:{}{version} [{scope}, {}]", plain(name), plain(source))?;
        match state {
            State::Approved { approved_by, date, reason } => {
                writeln!(out, "    approved by {} on {date}: {}", plain(approved_by), plain(reason))
            }
            State::Unapproved { code, why } => writeln!(out, "    {code}: {why}"),
            State::Free => writeln!(out, "    needs no approval"),
        }
    }
}
