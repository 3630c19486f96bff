//! `portcullis leak`: what to do about a secret that is in the history.

mod text;

use std::path::Path;

use clap::Args;

use super::scan::open;
use super::{CliError, Output, history};
use crate::model::{Category, Finding, Report};
use crate::sightings::{self, Group};
use crate::source::history::{Query, Scope};

/// Digits of a fingerprint below which it is a guess.
const SHORTEST: usize = 6;

/// What to tell about.
#[derive(Debug, Args)]
pub struct LeakArgs {
    /// The beginning of a finding's fingerprint, or FILE:LINE as a report names it
    finding: String,
}

/// Runs it. Nothing is changed: what it tells are suggestions.
pub fn run(args: &LeakArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let repo = open(dir)?;
    let query = Query { scope: Scope::Everything, since: None };
    let (report, graph) = history::findings(&repo, &query)?;
    let groups = sightings::split(report.findings, &graph);
    let group = the_one(groups, &args.finding)?;
    let holders = sightings::holders(&group, &graph, &repo)?;
    let receipt = report.receipt;
    let report = Report { findings: group.members.clone(), receipt };
    output.write(|out| text::write(&group, &holders, &report, out))?;
    if report.receipt.unread.is_empty() {
        return Ok(super::CLEAN);
    }
    Err(CliError::Unread(report.receipt.unread.len()))
}

/// The secret that `wanted` means.
fn the_one(groups: Vec<Group>, wanted: &str) -> Result<Group, CliError> {
    let means = |group: &Group| group.members.iter().any(|judged| is_meant(&judged.finding, wanted));
    let mut meant: Vec<Group> = groups.into_iter().filter(means).collect();
    let secret = |group: &Group| group.first().finding.rule.category == Category::Secret;
    if !meant.is_empty() && !meant.iter().any(secret) {
        return Err(CliError::NoSecret(wanted.to_owned()));
    }
    meant.retain(secret);
    match (meant.pop(), meant.is_empty()) {
        (Some(group), true) => Ok(group),
        (Some(group), false) => {
            let all = meant.iter().chain([&group]);
            let names = all.map(|group| group.first().finding.fingerprint.clone()).collect();
            Err(CliError::SeveralFindings(wanted.to_owned(), names))
        }
        (None, _) => Err(CliError::NoFinding(wanted.to_owned())),
    }
}

fn is_meant(finding: &Finding, wanted: &str) -> bool {
    let version = finding.fingerprint.find(':').map_or("", |colon| &finding.fingerprint[..=colon]);
    let digits = wanted.strip_prefix(version).unwrap_or(wanted);
    let is_fingerprint =
        digits.len() >= SHORTEST && digits.bytes().take(SHORTEST).all(|byte| byte.is_ascii_hexdigit());
    if is_fingerprint && finding.fingerprint[version.len()..].starts_with(digits) {
        return true;
    }
    wanted.rsplit_once(':').is_some_and(|(file, line)| {
        let line = line.parse::<usize>().ok();
        file.as_bytes() == finding.path.as_bytes()
            && line.is_some_and(|line| (finding.start.line..=finding.end.line).contains(&line))
    })
}
