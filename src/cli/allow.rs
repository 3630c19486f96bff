//! `portcullis allow`: writes a reviewed exception for what is found at a place. Decides nothing about the finding.

use std::fs;
use std::path::Path;

use clap::Args;

use super::scan::scanner_on_disk;
use super::{CLEAN, CliError, Output, agents, approvals, explain, key, setup, whole};
use crate::config::{TeamFile, TeamFiles};
use crate::deps::Date;
use crate::explain::Place;
use crate::model::{Category, Finding, Position, Verdict, Waivable};
use crate::policy::waiver_file::{HEADER, Path as Glob};
use crate::policy::{FileWaiver, WAIVERS, says_why};
use crate::source::{Reader, tree};
use crate::text::escape;

/// What to let pass, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Writes an entry of .portcullis/waivers.toml for a reviewer to see. It covers this very finding: \
                  another secret, and another statement, are found again."
)]
pub struct AllowArgs {
    /// Where it is found: FILE:LINE or FILE:LINE:COLUMN
    #[arg(value_name = "FILE:LINE")]
    place: String,
    /// Why it is no danger here
    #[arg(long)]
    reason: String,
    /// Which rule, where several have found something
    #[arg(long, value_name = "ID")]
    rule: Option<String>,
    /// Who answers for it; git's user when left out
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// The last day on which it counts
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::deps::date, conflicts_with = "days")]
    expires: Option<Date>,
    /// The same as a number of days from today
    #[arg(long)]
    days: Option<u16>,
    /// The person who has looked at it, where an AI agent runs the command
    #[arg(long, value_name = "NAME")]
    reviewed_by: Option<String>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AllowError {
    /// Not a reason.
    #[error("the reason has to say why, in a few words that a reviewer can judge")]
    Reason,
    /// Nobody answers for it.
    #[error("nobody answers for it: git knows no user.name here")]
    NoOwner,
    /// An agent asks.
    #[error("an AI agent may not let findings pass by itself")]
    Agent,
    /// There is nothing.
    #[error("{0}: nothing is found there")]
    Nothing(String),
    /// It passes already.
    #[error("{place}: passes already: {reason}")]
    Already {
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// Several rules.
    #[error("{place}: several rules have found something: {rules}")]
    Several {
        /// Where.
        place: String,
        /// Which.
        rules: String,
    },
    /// Not by a waiver.
    #[error("{0}: is not what this command waives")]
    NotWaivable(String),
    /// Nobody may let it pass.
    #[error("{rule}: is locked by {by}, and cannot be waived")]
    Locked {
        /// Which rule.
        rule: String,
        /// Who has locked it, as `FILE:LINE`.
        by: String,
    },
    /// A path that no glob can name.
    #[error("{0}: has a name that is not UTF-8, which no waiver can name")]
    Path(String),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl AllowError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            AllowError::NoOwner => Some("say who does with --owner NAME"),
            AllowError::Agent => Some(
                "change the code, or ask the user, who looks at it and names himself with --reviewed-by NAME",
            ),
            AllowError::Nothing(_) => Some("`portcullis explain FILE:LINE` tells why not"),
            AllowError::Several { .. } => Some("name one with --rule ID, and look at the others as well"),
            AllowError::NotWaivable(_) => Some(
                "`portcullis rules show` tells how it is settled, for a package: portcullis deps approve",
            ),
            AllowError::Locked { .. } => Some("change the code, or ask whoever has locked the rule"),
            AllowError::Reason | AllowError::Already { .. } | AllowError::Path(_) | AllowError::Random(_) => {
                None
            }
        }
    }
}

/// Runs `portcullis allow`.
pub fn run(args: &AllowArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    if !says_why(&args.reason) {
        return Err(AllowError::Reason.into());
    }
    if agents::is_running_us() && args.reviewed_by.is_none() {
        return Err(AllowError::Agent.into());
    }
    let owner = args.reviewed_by.clone().or_else(|| args.owner.clone()).or_else(|| approvals::git_user(dir));
    let owner = owner.ok_or(AllowError::NoOwner)?;
    let home = setup::home(dir);
    key::ensure(&home)?;
    let finding = find(args, dir, &home)?;
    let path = std::str::from_utf8(finding.path.as_bytes());
    let path = path.map_err(|_| AllowError::Path(escape(finding.path.as_bytes())))?;
    let today = setup::today();
    let expires = args.expires.or_else(|| args.days.map(|days| today.plus(days)));
    let waiver = FileWaiver {
        rules: vec![finding.rule.id.clone()],
        path: Glob::literal(path).ok(),
        fingerprint: Some(finding.fingerprint.split('-').next().unwrap_or_default().to_owned()),
        reason: args.reason.trim().to_owned(),
        owner,
        expires,
        span: crate::model::Span::new(0, 0),
        line: 0,
    };
    let line = append(&home, &waiver)?;
    let until = expires.map_or_else(String::new, |day| format!(" until {day}"));
    let (id, path) = (&finding.rule.id, escape(path.as_bytes()));
    output.line(&format!(
        "{path}:{}: {id} may pass{until}, as {WAIVERS}:{line} says\n  commit it together with what it is about: \
         git add {WAIVERS} .portcullis/key.toml",
        finding.start.line
    ))?;
    Ok(CLEAN)
}

/// What is found at the place, by one rule.
fn find(args: &AllowArgs, dir: &Path, home: &Path) -> Result<Finding, CliError> {
    let (file, place) = explain::parse(&args.place).ok_or_else(|| CliError::NoPlace(args.place.clone()))?;
    let scanner = scanner_on_disk(home)?;
    let listing = tree::list(home, &[dir.join(file)], tree::Ignored::Scanned)?;
    let report = scanner.run(listing, &|| Reader::new(None))?;
    if !report.receipt.unread.is_empty() {
        return Err(CliError::Unread(report.receipt.unread.len()));
    }
    let is_there = |finding: &Finding| match place {
        Place::Line(line) => (finding.start.line..=finding.end.line).contains(&line),
        Place::Character(at) => {
            let Position { line, column } = at;
            (finding.start..=finding.end).contains(&Position { line, column })
        }
        Place::Everything => true,
    };
    let is_meant = |finding: &Finding| {
        args.rule.as_ref().is_none_or(|rule| rule == finding.rule.id.as_str()) && is_there(finding)
    };
    let found: Vec<_> = report.findings.into_iter().filter(|judged| is_meant(&judged.finding)).collect();
    let mut open = Vec::new();
    let mut reason = None;
    for judged in found {
        match judged.verdict {
            Verdict::Blocking | Verdict::Advisory => open.push(judged.finding),
            Verdict::Suppressed { reason: why } => reason = Some(why),
        }
    }
    let place = args.place.clone();
    let mut rules: Vec<&str> = open.iter().map(|finding| finding.rule.id.as_str()).collect();
    rules.dedup();
    if rules.len() > 1 {
        return Err(AllowError::Several { place, rules: rules.join(", ") }.into());
    }
    match (open.into_iter().next(), reason) {
        (Some(finding), _) => {
            let rule = finding.rule.id.to_string();
            match (finding.rule.category, finding.waivable) {
                (Category::Dependency | Category::Policy, _) => Err(AllowError::NotWaivable(rule).into()),
                (Category::Secret | Category::Code, Waivable::Comment | Waivable::File) => Ok(finding),
                (Category::Secret | Category::Code, Waivable::Nowhere) => {
                    let by = scanner.policy.lock(&finding.rule.id).map(|lock| lock.by.clone());
                    Err(AllowError::Locked { rule, by: by.unwrap_or_default() }.into())
                }
            }
        }
        (None, Some(reason)) => Err(AllowError::Already { place, reason }.into()),
        (None, None) => Err(AllowError::Nothing(place).into()),
    }
}

/// Writes the entry behind the others; the line of its header.
fn append(home: &Path, waiver: &FileWaiver) -> Result<usize, CliError> {
    let path = home.join(WAIVERS);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEADER.to_owned(),
        Err(source) => return Err(CliError::File { path, source }),
    };
    let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
    let before = format!("{text}{gap}");
    let text = format!("{before}{}", waiver.to_toml());
    // The team's folder judges from now on: what does not read there is not written.
    let file = TeamFile { name: WAIVERS.to_owned(), content: text.clone().into_bytes() };
    setup::engine_and_policy(&TeamFiles { waivers: Some(file), ..setup::files_on_disk(home)? })?;
    write(&path, &text)?;
    Ok(before.lines().count() + 1)
}

/// Writes one of the team's files.
pub fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let error = |source| CliError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(error)?;
    }
    whole::write(path, text.as_bytes()).map_err(error)
}
