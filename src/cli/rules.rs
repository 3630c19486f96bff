//! `portcullis rules`: what the rules are, and whether their examples hold.

mod page;
mod quality;
mod test;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{CLEAN, CliError, Output, named, setup};
use crate::config::TeamFiles;
use crate::engine::builtin;
use crate::model::Category;
use crate::report::wire;
use crate::rules::{Example, Rule, check_file};
use crate::text::toml_doc::nearest;
use crate::verify;

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
    /// Run the examples of the built-in rules, or of the rule files in PATH, and tell what may be slow or noisy
    Test(TestArgs),
    /// Look for mistakes in the built-in rules, or in the rule files in PATH
    Lint {
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

/// Whose examples to run, and what to measure.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// A rule file or a folder of them.
    path: Option<PathBuf>,
    /// Also tell what each rule finds and costs in the files of this folder
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// The shape of the answer; json holds every rule, text the worst.
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
        RulesCommand::Test(args) => test::test(&args, dir, output),
        RulesCommand::Lint { path } => test::lint(path.as_deref(), dir, output),
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

/// What a code of the dependency gate means; all of them when none is named.
pub fn about_dependencies(code: Option<&str>, dir: &Path) -> Result<String, CliError> {
    match code {
        Some(code) => page_of(&code.to_ascii_uppercase(), dir),
        None => {
            let (engine, _) = setup::engine_and_policy(&setup::files_on_disk(&setup::home(dir))?)?;
            let is_meant = |rule: &&Rule| rule.info.category == Category::Dependency;
            Ok(table(&engine.rules().filter(is_meant).collect::<Vec<_>>()))
        }
    }
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
    output.line(&page_of(id, dir)?)?;
    Ok(CLEAN)
}

/// The page about a rule.
fn page_of(id: &str, dir: &Path) -> Result<String, CliError> {
    let files = setup::files_on_disk(&setup::home(dir))?;
    let (engine, policy) = setup::engine_and_policy(&files)?;
    if !engine.rules().any(|rule| rule.info.id.as_str() == id) {
        let names: Vec<&str> = engine.rules().map(|rule| rule.info.id.as_str()).collect();
        return Err(CliError::UnknownRule { id: id.to_owned(), nearest: nearest(id, &names) });
    }
    let examples = examples_of(id, &files)?;
    let scanner = verify::scanner(engine, policy);
    let mut rules = scanner.engine.rules().filter(|rule| rule.info.id.as_str() == id);
    rules.next().map_or_else(|| Ok(String::new()), |rule| Ok(page::page(rule, &examples, &scanner)?))
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
