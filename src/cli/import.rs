//! `portcullis import`: rules of another scanner as rules of ours, with what changes on the way.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::stderr_line;
use super::{BLOCKED, CLEAN, CliError, Output, whole};
use crate::engine::builtin;
use crate::import::{Effect, Imported, gitleaks};
use crate::text::escape;

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A gitleaks.toml
    file: PathBuf,
    /// Write the rules there, such as .portcullis/rules/gitleaks.toml, and not to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs `portcullis import`.
pub fn run(args: &ImportArgs, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let path = dir.join(&args.file);
    let name = escape(args.file.as_os_str().as_encoded_bytes());
    let content = fs::read(&path).map_err(|source| CliError::File { path: path.clone(), source })?;
    let text = std::str::from_utf8(&content).map_err(|_| CliError::NotUtf8(name.clone()))?;
    let taken: Vec<&str> = builtin::PACK.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    let imported = gitleaks(&name, text, &taken)?;
    let Imported { rules, config, taken, notes } = &imported;
    if let Some(file) = &args.output {
        let path = dir.join(file);
        let error = |source| CliError::File { path: path.clone(), source };
        fs::create_dir_all(path.parent().unwrap_or(dir)).map_err(error)?;
        // Somebody may have worked on what was imported before.
        drop(fs::File::create_new(&path).map_err(error)?);
        if let Err(source) = whole::write(&path, rules.as_bytes()) {
            fs::remove_file(&path).map_err(error)?;
            return Err(error(source));
        }
    } else {
        output.line(rules.trim_end())?;
    }
    if !config.is_empty() {
        let lines: Vec<String> = config.trim().lines().map(|line| commented(line, args)).collect();
        output.line(&format!("\n# For .portcullis/config.toml:\n{}", lines.join("\n")))?;
    }
    for note in notes {
        let rule = note.rule.as_deref().map_or(String::new(), |rule| format!("{rule}: "));
        let said = format!("{name}:{}: {}: {rule}{}", note.line, note.effect.word(), note.what);
        stderr_line(&escape(said.as_bytes())).map_err(CliError::Output)?;
    }
    let left = notes.iter().filter(|note| note.effect == Effect::Left && note.rule.is_some()).count();
    stderr_line(&format!("{taken} rules taken over, {left} not")).map_err(CliError::Output)?;
    Ok(if left == 0 { CLEAN } else { BLOCKED })
}

/// On standard output the configuration stands in a rule file, as a comment.
fn commented(line: &str, args: &ImportArgs) -> String {
    match (args.output.is_some(), line.is_empty()) {
        (true, _) => line.to_owned(),
        (false, true) => "#".to_owned(),
        (false, false) => format!("# {line}"),
    }
}
