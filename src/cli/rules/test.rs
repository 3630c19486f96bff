//! `portcullis rules test` and `rules lint`: reads rule files and says how good they are. Knows nothing of what makes
//! them so.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::quality::{self, Quality};
use super::{Shape, TestArgs};
use crate::cli::{BLOCKED, CLEAN, CliError, Output, setup};
use crate::config::{TeamFile, TeamFiles};
use crate::engine::builtin;
use crate::report::wire;
use crate::rules::check_file;
use crate::scan::Scanner;
use crate::source::{Reader, tree};
use crate::verify::corpus::{self, Corpus};
use crate::verify::lint::lint as problems;
use crate::verify::{self, RuleFile};

/// Runs examples, and measures when asked to.
pub fn test(args: &TestArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let (mut scanner, files) = load(args.path.as_deref(), dir)?;
    let failures = verify::run(&mut scanner, &files)?;
    let corpus = args.corpus.as_ref().map(|folder| measure(&scanner, &dir.join(folder))).transpose()?;
    let code = if failures.is_empty() { CLEAN } else { BLOCKED };
    let quality = Quality { files: &files, failures: &failures, corpus: corpus.as_ref() };
    match args.format {
        Shape::Text => output.line(&quality::text(&quality))?,
        Shape::Json => output.write(|out| wire::document(&quality::listed(&quality), out))?,
    }
    Ok(code)
}

/// Looks for mistakes.
pub fn lint(path: Option<&Path>, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let (scanner, files) = load(path, dir)?;
    let problems = problems(&scanner, &files)?;
    for problem in &problems {
        output.line(&problem.to_string())?;
    }
    let rules: usize = files.iter().map(|file| file.rules.len()).sum();
    output.line(&format!("{rules} rules, {} problems", problems.len()))?;
    Ok(if problems.is_empty() { CLEAN } else { BLOCKED })
}

fn measure(scanner: &Scanner, folder: &Path) -> Result<Corpus, CliError> {
    let listing = tree::list(folder, &[".".into()], tree::Ignored::Scanned)?;
    let start = Instant::now();
    Ok(corpus::measure(scanner, &listing, &mut Reader::new(None), &|| start.elapsed())?)
}

/// The rules of the files at `path`, the built-in ones without it, and a scanner in which all are active.
fn load(path: Option<&Path>, dir: &Path) -> Result<(Scanner, Vec<RuleFile>), CliError> {
    let own = path.map_or_else(|| Ok(TeamFiles::default()), |path| rule_files(dir, path))?;
    let (engine, policy) = setup::engine_and_policy(&own)?;
    let mut files = Vec::new();
    if path.is_none() {
        for (name, text) in builtin::FILES {
            files.push(RuleFile::new(name.to_owned(), check_file(name, text, true)?));
        }
    }
    for file in &own.rules {
        let text = std::str::from_utf8(&file.content).map_err(|_| CliError::NotUtf8(file.name.clone()))?;
        files.push(RuleFile::new(file.name.clone(), check_file(&file.name, text, false)?));
    }
    Ok((verify::scanner(engine, policy), files))
}

/// The rule files at `path`, which is named as the user names it.
fn rule_files(dir: &Path, path: &Path) -> Result<TeamFiles, CliError> {
    let mut files = TeamFiles::default();
    let folder = dir.join(path);
    if folder.is_dir() {
        let read_error = |source| CliError::File { path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(read_error)? {
            let path = path.join(entry.map_err(read_error)?.file_name());
            if path.extension().is_some_and(|extension| extension == "toml") {
                files.rules.push(rule_file(dir, &path)?);
            }
        }
        files.rules.sort_by(|a, b| a.name.cmp(&b.name));
    } else {
        files.rules.push(rule_file(dir, path)?);
    }
    Ok(files)
}

fn rule_file(dir: &Path, path: &Path) -> Result<TeamFile, CliError> {
    let content =
        fs::read(dir.join(path)).map_err(|source| CliError::File { path: dir.join(path), source })?;
    Ok(TeamFile { name: path.display().to_string(), content })
}
