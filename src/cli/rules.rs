//! `portcullis rules`: what the rules are, and whether their examples hold.

mod page;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{BLOCKED, CLEAN, CliError, Output, named, setup};
use crate::config::{TeamFile, TeamFiles};
use crate::engine::builtin;
use crate::model::Category;
use crate::report::wire;
use crate::rules::{Example, Rule, check_file};
use crate::scan::{Dependencies, Scanner};
use crate::text::toml_doc::nearest;
use crate::verify::{self, Failure};

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// List the active rules
    List(ListArgs),
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

/// Which rules to list, and how.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only rules of this category
    #[arg(long, value_parser = named(&Category::NAMES))]
    category: Option<Category>,
    /// Only rules about this topic, such as sql
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// The shape of the list.
    #[arg(long, default_value = "text", value_parser = named(&SHAPES))]
    format: Shape,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Json,
}

const SHAPES: [(&str, Shape); 2] = [("text", Shape::Text), ("json", Shape::Json)];

/// Runs `portcullis rules`.
pub fn run(command: RulesCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    match command {
        RulesCommand::List(args) => list(&args, dir, output),
        RulesCommand::Show { id } => show(&id, dir, output),
        RulesCommand::Test { path: None } => test_builtin(output),
        RulesCommand::Test { path: Some(path) } => test_files(&dir.join(path), output),
    }
}

/// A rule in a list for programs.
#[derive(Serialize)]
struct Listed<'r> {
    id: &'r str,
    title: &'r str,
    pack: &'r str,
    category: String,
    topic: Option<&'r str>,
    severity: String,
    confidence: String,
    languages: Vec<String>,
}

fn list(args: &ListArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let (engine, _) = setup::engine_and_policy(&setup::files_on_disk(&setup::home(dir))?)?;
    let wanted = |rule: &&Rule| {
        args.category.is_none_or(|category| rule.info.category == category)
            && args.topic.as_ref().is_none_or(|topic| rule.info.topic == *topic)
    };
    let rules: Vec<&Rule> = engine.rules().filter(wanted).collect();
    match args.format {
        Shape::Text => output.line(&table(&rules))?,
        Shape::Json => {
            let rules: Vec<Listed<'_>> = rules.iter().map(|rule| listed(rule)).collect();
            output.write(|out| wire::document(&rules, out))?;
        }
    }
    Ok(CLEAN)
}

fn table(rules: &[&Rule]) -> String {
    let widest = rules.iter().map(|rule| rule.info.id.as_str().len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in rules {
        let info = &rule.info;
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{:widest$}  {:8}  {:6}  {}", info.id, info.severity, info.confidence, info.title);
    }
    let _ = write!(text, "{} rules", rules.len());
    text
}

fn listed(rule: &Rule) -> Listed<'_> {
    let info = &rule.info;
    Listed {
        id: info.id.as_str(),
        title: &info.title,
        pack: &info.pack,
        category: info.category.to_string(),
        topic: Some(&*info.topic).filter(|topic| !topic.is_empty()),
        severity: info.severity.to_string(),
        confidence: info.confidence.to_string(),
        languages: rule.languages.iter().map(ToString::to_string).collect(),
    }
}

fn show(id: &str, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let files = setup::files_on_disk(&setup::home(dir))?;
    let (engine, policy) = setup::engine_and_policy(&files)?;
    if !engine.rules().any(|rule| rule.info.id.as_str() == id) {
        let names: Vec<&str> = engine.rules().map(|rule| rule.info.id.as_str()).collect();
        return Err(CliError::UnknownRule { id: id.to_owned(), nearest: nearest(id, &names) });
    }
    let examples = examples_of(id, &files)?;
    let dependencies = Some(Dependencies::for_examples());
    let scanner = Scanner { engine, policy, dependencies, known: None, clean: None };
    for rule in scanner.engine.rules().filter(|rule| rule.info.id.as_str() == id) {
        output.line(&page::page(rule, &examples, &scanner)?)?;
    }
    Ok(CLEAN)
}

/// The examples of a rule, from the file that it stands in.
fn examples_of(id: &str, files: &TeamFiles) -> Result<Vec<Example>, CliError> {
    let own = files.rules.iter().map(|file| (file.name.as_str(), String::from_utf8_lossy(&file.content)));
    let builtin = builtin::FILES.iter().map(|(name, text)| (*name, Cow::Borrowed(*text)));
    let mut found = Vec::new();
    for (name, text) in builtin.chain(own).filter(|(_, text)| text.contains(id)) {
        let examples = check_file(name, &text, false)?.examples;
        found.extend(examples.into_iter().filter(|example| example.rule == id));
    }
    Ok(found)
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
