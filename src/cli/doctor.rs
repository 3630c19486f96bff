//! `portcullis doctor`: whether git runs our hooks here, and repairs them when asked.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::install::{binary, user_places};
use super::{BLOCKED, CLEAN, CliError, Output, named};
use crate::hook::health::{self, Health, Installation};
use crate::hook::{self, GlobalRequest, HookName, InstallRequest, Method, Reach};
use crate::text::escape;

/// The shape of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Json,
}

const SHAPES: [(&str, Shape); 2] = [("text", Shape::Text), ("json", Shape::Json)];

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Install the hooks again when something is wrong with them.
    #[arg(long)]
    fix: bool,
    /// The shape of the answer.
    #[arg(long, default_value = "text", value_parser = named(&SHAPES))]
    format: Shape,
    /// A folder of the repository; the current one when left out.
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
}

/// Examines the hooks; 0 only when they are healthy.
pub fn run(args: DoctorArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let dir = args.repo.map_or_else(|| dir.to_owned(), |repo| dir.join(repo));
    let user = user_places()?;
    let mut health = health::examine(&dir, &user)?;
    if args.fix && !health.problems.is_empty() {
        fix(&health, &dir)?;
        health = health::examine(&dir, &user)?;
    }
    match args.format {
        Shape::Text => output.write(|out| out.write_all(text(&health).as_bytes()))?,
        Shape::Json => output.line(&json(&health))?,
    }
    Ok(if health.problems.is_empty() { CLEAN } else { BLOCKED })
}

/// Installs again what is installed.
fn fix(health: &Health, dir: &Path) -> Result<(), CliError> {
    let binary = binary()?;
    let hooks = if health.hooks.is_empty() { HookName::DEFAULT.to_vec() } else { health.hooks.clone() };
    match health.installation {
        Installation::Repository | Installation::Nobody => {
            let dir = dir.to_owned();
            let method = Method::Auto;
            hook::install(&InstallRequest { dir, binary, hooks, method, force: false, dry_run: false })?;
        }
        Installation::User { reach } => {
            let user = user_places()?;
            let method = Method::Auto;
            hook::install_global(&GlobalRequest { user, binary, hooks, method, reach, dry_run: false })?;
        }
    }
    Ok(())
}

fn text(health: &Health) -> String {
    let mut lines = Vec::new();
    let names: Vec<&str> = health.hooks.iter().map(|hook| hook.as_str()).collect();
    if !names.is_empty() {
        let of = match health.installation {
            Installation::Repository | Installation::Nobody => "",
            Installation::User { reach: Reach::Configured } => ", for repositories with a folder .portcullis",
            Installation::User { reach: Reach::Always } => ", for all repositories",
        };
        lines.push(format!("hooks: {}{of}", names.join(", ")));
    }
    lines.push(format!("git runs hooks from {}", escape(health.hooks_dir.as_os_str().as_encoded_bytes())));
    for git in &health.gits {
        let version = git.version.map_or_else(|| "unknown".to_owned(), |version| version.to_string());
        lines.push(format!("git {version} is {}", escape(git.path.as_os_str().as_encoded_bytes())));
        lines.extend(git.remarks().into_iter().map(|remark| format!("  {remark}")));
    }
    for trial in health.trials.iter().filter(|trial| trial.problem().is_none()) {
        lines.push(format!("{} stopped a planted secret", trial.hook));
    }
    lines.extend(health.problems.iter().map(|problem| format!("problem: {problem}")));
    lines.push(match health.problems.len() {
        0 => "healthy".to_owned(),
        _ => "not healthy: `portcullis doctor --fix` installs the hooks again".to_owned(),
    });
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[derive(Serialize)]
struct Answer<'h> {
    version: u32,
    healthy: bool,
    hooks_dir: String,
    hooks: Vec<&'static str>,
    problems: Vec<AnswerProblem>,
    gits: Vec<AnswerGit>,
    trials: Vec<AnswerTrial<'h>>,
}

#[derive(Serialize)]
struct AnswerProblem {
    kind: &'static str,
    message: String,
}

#[derive(Serialize)]
struct AnswerGit {
    path: String,
    version: Option<String>,
    remarks: Vec<&'static str>,
}

#[derive(Serialize)]
struct AnswerTrial<'h> {
    hook: &'h str,
    stopped: bool,
    found: bool,
}

fn json(health: &Health) -> String {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let problems = health.problems.iter();
    let gits = health.gits.iter();
    let trials = health.trials.iter();
    let answer = Answer {
        version: 1,
        healthy: health.problems.is_empty(),
        hooks_dir: path(&health.hooks_dir),
        hooks: health.hooks.iter().map(|hook| hook.as_str()).collect(),
        problems: problems.map(|it| AnswerProblem { kind: it.kind(), message: it.to_string() }).collect(),
        gits: gits
            .map(|it| AnswerGit {
                path: path(&it.path),
                version: it.version.map(|version| version.to_string()),
                remarks: it.remarks(),
            })
            .collect(),
        trials: trials
            .map(|it| AnswerTrial { hook: it.hook.as_str(), stopped: it.stopped, found: it.found })
            .collect(),
    };
    // Strings, numbers and lists: there is nothing that JSON could refuse.
    serde_json::to_string_pretty(&answer).unwrap_or_default()
}
