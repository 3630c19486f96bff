//! `portcullis config`: what is in force.

use std::fmt::Write as _;
use std::path::Path;

use clap::Subcommand;

use super::{CLEAN, CliError, Output, setup};
use crate::config::{Backstop, Doors, NewRemote, OnTimeout, SecretFiles, format_size};

/// What to show.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the configuration in force, with its defaults
    Show,
}

/// Runs `portcullis config`.
pub fn run(command: ConfigCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let ConfigCommand::Show = command;
    let home = setup::home(dir);
    let files = setup::files_on_disk(&home)?;
    let (engine, policy) = setup::engine_and_policy(&files)?;
    let config = policy.config();
    let mut text = String::new();
    let from = files.config.as_ref().map_or("built-in defaults", |file| file.name.as_str());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# {from}; {} rules are active", engine.rules().count());
    let _ = writeln!(text, "schema = 1");
    if let Some(packs) = &config.packs {
        let _ = writeln!(text, "packs = {}", list(packs));
    }
    let _ = writeln!(text, "backstop = \"{}\"", name_of(&Backstop::NAMES, config.doors.backstop));
    let _ = writeln!(text, "known_values = {}", config.secret_files != SecretFiles::Unread);
    let _ = writeln!(text, "known_values_in_home = {}", config.secret_files == SecretFiles::Home);
    let _ = writeln!(
        text,
        "\n[gate]\nseverity = \"{}\"\nconfidence = \"{}\"",
        config.gate.severity, config.gate.confidence
    );
    let _ = writeln!(text, "\n[limits]\nmax_file_size = \"{}\"", format_size(config.max_file_size));
    doors(&config.doors, &mut text);
    for (id, setting) in &config.rules {
        let _ = writeln!(text, "\n[rules.{}]", toml(id.as_str()));
        if let Some(enabled) = setting.enabled {
            let _ = writeln!(text, "enabled = {enabled}");
        }
        if let Some(severity) = setting.severity {
            let _ = writeln!(text, "severity = \"{severity}\"");
        }
        if let Some(confidence) = setting.confidence {
            let _ = writeln!(text, "confidence = \"{confidence}\"");
        }
        if let Some(reason) = &setting.reason {
            let _ = writeln!(text, "reason = {}", toml(reason));
        }
    }
    for exclude in &config.excludes {
        let (path, reason) = (toml(&exclude.glob), toml(&exclude.reason));
        let _ = writeln!(text, "\n[[exclude]]\npath = {path}\nreason = {reason}");
        if !exclude.rules.is_empty() {
            let _ = writeln!(text, "rules = {}", list(exclude.rules.iter().map(|rule| rule.as_str())));
        }
    }
    output.line(text.trim_end())?;
    Ok(CLEAN)
}

/// A string as TOML writes it.
fn toml(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// A list of strings as TOML writes it.
fn list(items: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| toml(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

fn doors(doors: &Doors, text: &mut String) {
    let _ = writeln!(text, "\n[push]\nnew_remote = \"{}\"", name_of(&NewRemote::NAMES, doors.new_remote));
    if let Some(seconds) = doors.push_seconds {
        let _ = writeln!(text, "max_seconds = {seconds}");
    }
    let (seconds, on_timeout) = (doors.receive_seconds, name_of(&OnTimeout::NAMES, doors.on_timeout));
    let _ = writeln!(text, "\n[receive]\nmax_seconds = {seconds}\non_timeout = \"{on_timeout}\"");
}

fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("?", |(name, _)| name)
}
