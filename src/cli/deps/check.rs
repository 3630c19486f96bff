//! `portcullis deps check`: judges the manifests of a work tree as a commit of all of them would be judged.

use std::io::Write;

use super::args::CheckArgs;
use super::disk::{manifests, read_file, to_path};
use super::{Context, DepsCliError, Outcome};
use crate::cli::files;
use crate::cli::setup::{self, Base};
use crate::deps::approvals::PATH;
use crate::model::{Category, Entry, Finding, Judged, Locator, Provenance, RepoPath, Verdict};
use crate::scan::Scanner;
use crate::text::escape;

/// Judges every manifest; what is only advice is counted, and shown when it is asked for.
pub fn run(args: &CheckArgs, context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let judge = Judge::new(context)?;
    let mut paths = manifests(context.dir)?;
    paths.extend(judge.has_record.then(|| RepoPath::from(PATH)));
    let (mut blocking, mut advice) = (0, 0);
    for path in paths.iter().filter(|path| judge.looks_at(path)) {
        let content = read_file(&context.dir.join(to_path(path)))?;
        for Judged { finding, verdict } in judge.findings(path, &content)? {
            match verdict {
                Verdict::Blocking => blocking += 1,
                Verdict::Advisory => advice += 1,
                Verdict::Suppressed { .. } => continue,
            }
            if verdict == Verdict::Blocking || args.all {
                let Finding { start, rule, detail, fix, .. } = finding;
                let (file, detail) = (escape(path.as_bytes()), detail.unwrap_or_default());
                writeln!(out, "{file}:{}:{}: {}: {detail}", start.line, start.column, rule.id)?;
                writeln!(out, "    {}", fix.as_deref().unwrap_or(&rule.remediation))?;
            }
        }
    }
    if advice > 0 && !args.all {
        writeln!(out, "{advice} remarks that block nothing; --all shows them")?;
    }
    Ok(if blocking > 0 { Outcome::Blocked } else { Outcome::Clean })
}

/// What judges the manifests of a work tree. It has no version before: what it holds is judged as approved all along.
pub struct Judge {
    scanner: Scanner,
    /// Whether the team has approved anything.
    has_record: bool,
}

impl Judge {
    /// Reads the team's files.
    pub fn new(context: &Context<'_>) -> Result<Judge, DepsCliError> {
        let of_team = setup::files_on_disk(context.dir).map_err(team)?;
        let repo_files = files::on_disk(context.dir.to_owned());
        let mut scanner = setup::scanner(&of_team, Base::unchanged(&of_team), repo_files).map_err(team)?;
        scanner.engine.retain(|info| info.category == Category::Dependency);
        if let Some(dependencies) = &mut scanner.dependencies {
            dependencies.today = context.today;
        }
        Ok(Judge { scanner, has_record: of_team.approved.is_some() })
    }

    /// False for what the configuration leaves out.
    pub fn looks_at(&self, path: &RepoPath) -> bool {
        self.scanner.policy.excluded(path).is_none()
    }

    /// What is said about a manifest, and what the policy makes of it; nothing of rules that the team has switched off.
    pub fn findings(&self, path: &RepoPath, content: &[u8]) -> Result<Vec<Judged>, DepsCliError> {
        let entry = Entry {
            path: path.clone(),
            locator: Locator::Inline([].into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::WorkTree,
        };
        self.scanner.scan_content(&entry, content).map_err(|error| team(error.into()))
    }
}

fn team(error: crate::cli::CliError) -> DepsCliError {
    DepsCliError::Team(error.to_string())
}
