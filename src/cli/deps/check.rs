//! `portcullis deps check`: judges the manifests of a work tree as a commit of all of them would be judged.

use std::io::Write;

use super::args::CheckArgs;
use super::disk::{manifests, read_file, to_path};
use super::{Context, DepsCliError, Outcome};
use crate::cli::files;
use crate::cli::setup::{self, Base};
use crate::deps::approvals::PATH;
use crate::deps::gate::DepFinding;
use crate::engine::Proof;
use crate::model::{Provenance, RepoPath, Verdict};
use crate::scan::Scanner;
use crate::text::{Lines, escape};

/// Judges every manifest; what is only advice is counted, and shown when it is asked for.
pub fn run(args: &CheckArgs, context: &Context<'_>, out: &mut dyn Write) -> Result<Outcome, DepsCliError> {
    let team = |error: crate::cli::CliError| DepsCliError::Team(error.to_string());
    let of_team = setup::files_on_disk(context.dir).map_err(team)?;
    // The work tree has no version before: what it holds is judged as approved all along.
    let repo_files = files::on_disk(context.dir.to_owned());
    let mut scanner = setup::scanner(&of_team, Base::unchanged(&of_team), repo_files).map_err(team)?;
    if let Some(dependencies) = &mut scanner.dependencies {
        dependencies.today = context.today;
    }
    let mut paths = manifests(context.dir)?;
    paths.extend(of_team.approved.is_some().then(|| RepoPath::from(PATH)));
    let (mut blocking, mut advice) = (0, 0);
    for path in paths.iter().filter(|path| scanner.policy.excluded(path).is_none()) {
        let content = read_file(&context.dir.join(to_path(path)))?;
        let lines = Lines::new(&content);
        let found = scanner
            .dependencies
            .as_ref()
            .map(|it| it.judge((path, &Provenance::WorkTree), &content, &[]))
            .unwrap_or_default();
        for finding in found {
            let line = lines.span(lines.index_at(finding.span.start));
            let Some(verdict) = verdict(&scanner, path, line, &finding) else { continue };
            match verdict {
                Verdict::Blocking => blocking += 1,
                Verdict::Advisory => advice += 1,
                Verdict::Suppressed { .. } => continue,
            }
            if verdict == Verdict::Blocking || args.all {
                let at = lines.position(finding.span.start);
                let file = escape(path.as_bytes());
                writeln!(out, "{file}:{}:{}: {}: {}", at.line, at.column, finding.code, finding.detail)?;
                writeln!(out, "    {}", finding.fix)?;
            }
        }
    }
    if advice > 0 && !args.all {
        writeln!(out, "{advice} remarks that block nothing; --all shows them")?;
    }
    Ok(if blocking > 0 { Outcome::Blocked } else { Outcome::Clean })
}

/// What the policy says about a finding; nothing where the team has switched its rule off.
fn verdict(
    scanner: &Scanner,
    path: &RepoPath,
    line: crate::model::Span,
    finding: &DepFinding,
) -> Option<Verdict> {
    let info = scanner.engine.info_of(&finding.code)?;
    if let Some(reason) = scanner.policy.excluded_for(path, info) {
        return Some(Verdict::Suppressed { reason: reason.to_owned() });
    }
    let (severity, confidence) = scanner.policy.weigh(info, path, line, Proof::Plain);
    Some(scanner.policy.verdict(&info.id, severity, confidence))
}
