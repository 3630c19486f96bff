//! `portcullis config`: what is in force, and why.

mod explain;

use std::fmt::Write as _;
use std::path::Path;

use clap::Subcommand;

use super::setup::{self, Base};
use super::{CLEAN, CliError, Output};
use crate::config::{
    Backstop, Config, DependencyPolicy, Doors, NewRemote, OnTimeout, OtherTools, PathPolicy, Pin, Protected,
    SameChange, SecretFiles, Transitive, Waiving, format_size,
};
use crate::scan::RepoFiles;
use explain::Force;

/// What to show.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the configuration in force, with its defaults
    Show {
        /// One line for each setting, with the file and line that say it.
        #[arg(long)]
        origin: bool,
    },
    /// Tell where a setting, a rule's weight or what counts at a path comes from
    Explain {
        /// A key such as gate.severity, a rule, or a path
        what: String,
    },
    /// Read all of the team's files and tell what is wrong with them
    Validate,
}

/// Runs `portcullis config`.
pub fn run(command: ConfigCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    match command {
        ConfigCommand::Show { origin: false } => {
            let files = setup::files_on_disk(&home)?;
            let (engine, policy) = setup::engine_and_policy(&files)?;
            let from = files.config.as_ref().map_or("built-in defaults", |file| file.name.as_str());
            output.line(&format!("# {from}; {} rules are active", engine.rules().count()))?;
            output.line(show(policy.config()).trim_end())?;
        }
        ConfigCommand::Show { origin: true } => output.line(&Force::read(&home)?.origins())?,
        ConfigCommand::Explain { what } => output.line(&Force::read(&home)?.explain(&what, &home)?)?,
        ConfigCommand::Validate => {
            let files = setup::files_on_disk(&home)?;
            let scanner = setup::scanner(&files, Base::unchanged(&files), RepoFiles::none())?;
            scanner.engine.compile_own()?;
            let read =
                files.config.iter().chain(&files.approved).chain(&files.waivers).chain(&files.baseline);
            let read = read.chain(&files.key).chain(&files.rules).chain(&files.personal);
            let names: Vec<&str> = read.map(|file| file.name.as_str()).collect();
            let names = if names.is_empty() { "no file".to_owned() } else { names.join(", ") };
            output.line(&format!("valid: {names}; {} rules are active", scanner.engine.rules().count()))?;
        }
    }
    Ok(CLEAN)
}

/// A configuration as its file would say it.
fn show(config: &Config) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
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
    waiving(&config.waiving, &mut text);
    dependencies(&config.dependencies, &mut text);
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
        if setting.blocks_agents {
            let _ = writeln!(text, "blocks_agents = true");
        }
        if config.locks.contains_key(id) {
            let _ = writeln!(text, "locked = true");
        }
        if let Some(reason) = &setting.reason {
            let _ = writeln!(text, "reason = {}", toml(reason));
        }
    }
    for Protected { title, globs, trailer, signed, no_agents, code_owner, .. } in &config.protected {
        let _ = writeln!(text, "\n[[policy.protected]]\ntitle = {}\npaths = {}", toml(title), list(globs));
        if let Some(trailer) = trailer {
            let _ = writeln!(text, "trailer = {}", toml(trailer));
        }
        let _ = writeln!(text, "signed = {signed}\nno_agents = {no_agents}\ncode_owner = {code_owner}");
    }
    for (name, members) in &config.teams {
        let _ = writeln!(text, "\n[[policy.team]]\nname = {}\nmembers = {}", toml(name), list(members));
    }
    for exclude in &config.excludes {
        let (path, reason) = (toml(exclude.glob.as_str()), toml(&exclude.reason));
        let _ = writeln!(text, "\n[[exclude]]\npath = {path}\nreason = {reason}");
        if !exclude.rules.is_empty() {
            let _ = writeln!(text, "rules = {}", list(exclude.rules.iter().map(|rule| rule.as_str())));
        }
    }
    text
}

fn dependencies(policy: &DependencyPolicy, text: &mut String) {
    let DependencyPolicy {
        same_change,
        approvers,
        max_days,
        transitive,
        pins,
        approver_is_not_author,
        paths,
    } = policy;
    let _ =
        writeln!(text, "\n[dependencies]\nsame_change = \"{}\"", name_of(&SameChange::NAMES, *same_change));
    let _ = writeln!(text, "transitive = \"{}\"", name_of(&Transitive::NAMES, *transitive));
    if !approvers.is_empty() {
        let _ = writeln!(text, "approvers = {}", list(approvers));
    }
    if let Some(days) = max_days {
        let _ = writeln!(text, "max_days = {days}");
    }
    if *approver_is_not_author {
        text.push_str("approver_is_not_author = true\n");
    }
    for (name, pin) in pins {
        let name = if name.is_empty() || name.ends_with('/') { format!("{name}*") } else { name.clone() };
        let (name, pin) = (toml(&name), name_of(&Pin::NAMES, *pin));
        let _ = writeln!(text, "\n[[dependencies.pin]]\nname = {name}\nat_least = \"{pin}\"");
    }
    for PathPolicy { glob, only_tagged, block } in paths {
        let _ = writeln!(text, "\n[[dependencies.path]]\npath = {}", toml(glob.as_str()));
        if let Some(tag) = only_tagged {
            let _ = writeln!(text, "only_tagged = {}", toml(tag));
        }
        if !block.is_empty() {
            let _ = writeln!(text, "block = {}", list(block.iter().map(|rule| rule.as_str())));
        }
    }
}

fn waiving(waiving: &Waiving, text: &mut String) {
    let Waiving { inline, inline_not_for, inline_by_agents, other_tools } = waiving;
    let _ = writeln!(text, "\n[waivers]\ninline = {inline}");
    if !inline_not_for.is_empty() {
        let _ = writeln!(text, "inline_not_for = {}", list(inline_not_for.iter().map(|rule| rule.as_str())));
    }
    let other_tools = name_of(&OtherTools::NAMES, *other_tools);
    let _ = writeln!(text, "inline_by_agents = {inline_by_agents}\nother_tools = \"{other_tools}\"");
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
