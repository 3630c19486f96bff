//! `portcullis rules`: what the rules are, and whether their examples hold.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{BLOCKED, CLEAN, CliError, Output, setup};
use crate::config::{TeamFile, TeamFiles};
use crate::engine::{Engine, builtin};
use crate::rules::{Rule, check_file};
use crate::text::toml_doc::nearest;
use crate::verify::{self, Failure};

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the active rules
    List,
    /// Show everything about one rule
    Show {
        /// The rule's id.
        id: String,
    },
    /// Run the examples of the built-in rules, or of the rule files in PATH
    Test {
        /// A rule file or a folder of them.
        path: Option<PathBuf>,
    },
}

/// Runs `portcullis rules`.
pub fn run(command: RulesCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    match command {
        RulesCommand::List => list(dir, output),
        RulesCommand::Show { id } => show(&id, dir, output),
        RulesCommand::Test { path: None } => test_builtin(output),
        RulesCommand::Test { path: Some(path) } => test_files(&dir.join(path), output),
    }
}

fn active(dir: &Path) -> Result<Engine, CliError> {
    Ok(setup::engine_and_policy(&setup::files_on_disk(&setup::home(dir))?)?.0)
}

fn list(dir: &Path, output: &Output) -> Result<u8, CliError> {
    let engine = active(dir)?;
    let rules: Vec<&Rule> = engine.rules().collect();
    let widest = rules.iter().map(|rule| rule.info.id.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in &rules {
        let info = &rule.info;
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{:widest$}  {:8}  {:6}  {}", info.id, info.severity, info.confidence, info.title);
    }
    let _ = write!(text, "{} rules", rules.len());
    output.line(&text)?;
    Ok(CLEAN)
}

fn show(id: &str, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let engine = active(dir)?;
    let found = engine.rules().find(|rule| rule.info.id.as_str() == id);
    let Some(rule) = found else {
        let names: Vec<&str> = engine.rules().map(|rule| rule.info.id.as_str()).collect();
        return Err(CliError::UnknownRule { id: id.to_owned(), nearest: nearest(id, &names) });
    };
    output.line(&page(rule))?;
    Ok(CLEAN)
}

fn page(rule: &Rule) -> String {
    let info = &rule.info;
    let mut text = format!("{}: {}\n", info.id, info.title);
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:12} {value}");
        }
    };
    let topic = if info.topic.is_empty() { String::new() } else { format!(" / {}", info.topic) };
    field("pack", format!("{} ({}{topic})", info.pack, info.category));
    field("severity", info.severity.to_string());
    field("confidence", info.confidence.to_string());
    field("why", info.message.to_string());
    field("fix", info.remediation.to_string());
    field("cwe", info.cwe.iter().map(|number| format!("CWE-{number}")).collect::<Vec<_>>().join(", "));
    field("owasp", info.owasp.join(", "));
    field("languages", rule.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    field("paths", rule.paths.join(", "));
    let keywords = rule.keywords.iter().map(|keyword| keyword.bytes.escape_ascii().to_string());
    field("keywords", keywords.collect::<Vec<_>>().join(", "));
    field("pattern", rule.pattern.as_ref().map(|pattern| pattern.source.to_string()).unwrap_or_default());
    for page in info.references.iter() {
        field("see", page.to_string());
    }
    field("exception", format!("portcullis: allow({}) reason, on the line or the line before", info.id));
    text.trim_end().to_owned()
}

fn test_builtin(output: &Output) -> Result<u8, CliError> {
    let (engine, policy) = setup::engine_and_policy(&TeamFiles::default())?;
    let mut examples = Vec::new();
    for (name, text) in builtin::FILES {
        examples.push((name.to_owned(), check_file(name, text, true)?.examples));
    }
    tell(verify::run(engine, policy, &examples)?, examples.iter().map(|(_, all)| all.len()).sum(), output)
}

fn test_files(path: &Path, output: &Output) -> Result<u8, CliError> {
    let mut files = TeamFiles::default();
    let read_error = |source| CliError::File { path: path.to_owned(), source };
    if path.is_dir() {
        for entry in fs::read_dir(path).map_err(read_error)? {
            let path = entry.map_err(read_error)?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.rules.push(rule_file(&path)?);
            }
        }
        files.rules.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        files.rules.push(rule_file(path)?);
    }
    let (engine, policy) = setup::engine_and_policy(&files)?;
    let mut examples = Vec::new();
    for file in &files.rules {
        let text = std::str::from_utf8(&file.content).map_err(|_| CliError::NotUtf8(file.name.clone()))?;
        examples.push((file.name.clone(), check_file(&file.name, text, false)?.examples));
    }
    tell(verify::run(engine, policy, &examples)?, examples.iter().map(|(_, all)| all.len()).sum(), output)
}

fn rule_file(path: &Path) -> Result<TeamFile, CliError> {
    let content = fs::read(path).map_err(|source| CliError::File { path: path.to_owned(), source })?;
    Ok(TeamFile { name: path.display().to_string(), content })
}

fn tell(failures: Vec<Failure>, count: usize, output: &Output) -> Result<u8, CliError> {
    for failure in &failures {
        output.line(&failure.to_string())?;
    }
    output.line(&format!("{count} examples, {} wrong", failures.len()))?;
    Ok(if failures.is_empty() { CLEAN } else { BLOCKED })
}
