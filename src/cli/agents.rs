//! `portcullis agent` and `portcullis agent-hook`: the settings of AI agents, and the answer when one is about to run a
//! command or to write a file.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::output::{Audience, Occasion};
use super::{CLEAN, CliError, Output, known, named, report_file, scan, stdin};
use crate::agent;
use crate::agent::payload::{self, Change, PayloadError, Write};
use crate::agent::settings::{self, Agent, SettingsError};
use crate::agent::{INSTRUCTIONS, Judgement, answer, judge};
use crate::git::{GitEnv, Repo};
use crate::model::{Entry, Locator, Provenance, RepoPath};
use crate::report::{Action, Format};
use crate::source::index::Snapshot;
use crate::source::{Listing, Reader};

/// What to do about agents.
#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// Make agents ask before they run a command or write a file
    Install {
        /// Which agents, separated by commas
        #[arg(long = "for", value_name = "LIST", value_delimiter = ',', required = true, value_parser = named(&Agent::NAMES))]
        agents: Vec<Agent>,
        /// For everybody who works here, or for you wherever you work
        #[arg(long, value_enum, default_value_t = Scope::Project)]
        scope: Scope,
        /// Only show the files
        #[arg(long)]
        print: bool,
    },
    /// Take our entries out of the settings again
    Uninstall {
        /// Which agents, separated by commas
        #[arg(long = "for", value_name = "LIST", value_delimiter = ',', required = true, value_parser = named(&Agent::NAMES))]
        agents: Vec<Agent>,
        /// Where they were put
        #[arg(long, value_enum, default_value_t = Scope::Project)]
        scope: Scope,
    },
    /// Print a few lines for AGENTS.md or CLAUDE.md
    Instructions,
}

/// Whose settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    /// Below the top of this repository.
    Project,
    /// Below the home folder.
    User,
}

/// Why an agent got no answer, or its settings stay as they were.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Standard input is not what an agent sends.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// A settings file is not as the agent documents it.
    #[error("{}: {error}", .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: SettingsError,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is no such file.
    #[error("{0} has no settings of a user; use --scope project")]
    NoUserSettings(&'static str),
    /// Nobody says where the home folder is.
    #[error("there is no home folder: HOME is not set")]
    NoHome,
}

/// What shows that an agent has started this program.
pub fn who_runs_us() -> Option<&'static str> {
    agent::presence(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// True when an agent has started this program.
pub fn is_running_us() -> bool {
    who_runs_us().is_some()
}

/// Runs `portcullis agent`.
pub fn run(command: AgentCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    match command {
        AgentCommand::Install { agents, scope, print } => {
            for agent in agents {
                let path = file(agent, scope, dir)?;
                let text = read(&path)?;
                let error = |error| AgentError::Settings { path: path.clone(), error };
                let new = settings::add(agent, text.as_deref()).map_err(error)?;
                if print {
                    output.line(&format!("# {}\n{}", path.display(), new.trim_end()))?;
                } else if text.as_ref() == Some(&new) {
                    output.line(&format!("{}: asks us already", path.display()))?;
                } else {
                    write(&path, &new)?;
                    output.line(&format!("{}: asks us before commands and writes", path.display()))?;
                }
            }
        }
        AgentCommand::Uninstall { agents, scope } => {
            for agent in agents {
                let path = file(agent, scope, dir)?;
                let Some(text) = read(&path)? else { continue };
                let error = |error| AgentError::Settings { path: path.clone(), error };
                match settings::remove(agent, &text).map_err(error)? {
                    Some(new) if new == text => {}
                    Some(new) => write(&path, &new)?,
                    None => fs::remove_file(&path).map_err(file_error(&path))?,
                }
                output.line(&format!("{}: does not ask us any more", path.display()))?;
            }
        }
        AgentCommand::Instructions => output.write(|out| out.write_all(INSTRUCTIONS.as_bytes()))?,
    }
    Ok(CLEAN)
}

fn file(agent: Agent, scope: Scope, dir: &Path) -> Result<PathBuf, AgentError> {
    match scope {
        Scope::Project => {
            let top = Repo::open(dir, GitEnv::from_vars(std::env::vars_os()));
            let top = top.ok().and_then(|repo| repo.top().map(Path::to_owned));
            Ok(top.unwrap_or_else(|| dir.to_owned()).join(agent.file()))
        }
        Scope::User => {
            let name = Agent::NAMES.iter().find(|(_, known)| *known == agent).map_or("it", |(name, _)| name);
            let below = agent.file_of_user().ok_or(AgentError::NoUserSettings(name))?;
            Ok(known::home().ok_or(AgentError::NoHome)?.join(below))
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, AgentError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(path)(error)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(file_error(path))?;
    }
    report_file::put(path, text.as_bytes())
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> AgentError {
    move |error| AgentError::File { path: path.to_owned(), error }
}

/// Answers an agent that is about to do something. Whatever cannot be told is exit 2, which agents take for a no.
pub fn answer(dir: &Path, output: &Output) -> Result<u8, CliError> {
    let call = payload::read(&stdin::read()?).map_err(AgentError::Payload)?;
    let folder = call.folder.as_ref().map_or_else(|| dir.to_owned(), |folder| dir.join(folder));
    let of_command = call.command.as_deref().map_or(Judgement::Fine, judge);
    let judgement = match of_command {
        Judgement::Denied(_) => of_command,
        Judgement::Ask(_) | Judgement::Fine => match judge_writes(&call.writes, &folder)? {
            Judgement::Fine => of_command,
            of_writes @ (Judgement::Ask(_) | Judgement::Denied(_)) => of_writes,
        },
    };
    if let Some(answer) = answer::to(call.protocol, &judgement) {
        output.line(&answer.to_string())?;
    }
    Ok(CLEAN)
}

fn judge_writes(writes: &[Write], folder: &Path) -> Result<Judgement, CliError> {
    for Write { path, change } in writes {
        let path = folder.join(path);
        let judged = judge_write(&path, change)?;
        if judged != Judgement::Fine {
            return Ok(judged);
        }
    }
    Ok(Judgement::Fine)
}

/// Scans what a file would hold against what it holds, judged by the team's files beside it.
fn judge_write(path: &Path, change: &Change) -> Result<Judgement, CliError> {
    let nearest = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    let repo = Repo::open(nearest, GitEnv::from_vars(std::env::vars_os())).ok();
    let top = repo.as_ref().and_then(Repo::top).map_or_else(|| nearest.to_owned(), Path::to_owned);
    let real = nearest.canonicalize().unwrap_or_else(|_| nearest.to_owned());
    let real = path.strip_prefix(nearest).map_or_else(|_| real.clone(), |below| without_dots(&real, below));
    let below = real.strip_prefix(top.canonicalize().unwrap_or_else(|_| top.clone())).unwrap_or(path);
    let name = RepoPath::new(below.as_os_str().as_encoded_bytes());
    // Some disks take capitals for the same.
    if name.as_bytes().to_ascii_lowercase().starts_with(b".portcullis/") {
        let shown = crate::text::escape(name.as_bytes());
        return Ok(Judgement::Ask(format!("`{shown}` says what the guard lets pass")));
    }
    let before = fs::read(&real).unwrap_or_default();
    let after = content(&before, change);
    let entry = Entry {
        path: name,
        locator: Locator::Inline(after.into()),
        before: vec![Locator::Inline(before.into())],
        moved_from: None,
        provenance: Provenance::WorkTree,
    };
    let mut listing = Listing { entries: vec![entry], ..Listing::default() };
    let mut scanner = scan::scanner_on_disk(&top)?;
    if let Some(repo) = &repo {
        known::add(&mut scanner, &mut listing, repo, known::Search::start(repo), || Snapshot::read(repo))?;
    }
    let report = scanner.run(listing, &|| Reader::new(repo.as_ref()))?;
    if !report.blocks() {
        return Ok(Judgement::Fine);
    }
    let more = "portcullis scan tree --format concise";
    let audience = Audience::Asked;
    let occasion = Occasion { format: Format::Concise, action: Action::Scan, more, audience, tips: &[] };
    Ok(Judgement::Denied(format!("the file is not written:\n{}", occasion.text(&report)?.trim_end())))
}

/// A path below a folder that is there. What is not there yet has no links, so that `..` is the folder before.
fn without_dots(folder: &Path, below: &Path) -> PathBuf {
    below.components().fold(folder.to_owned(), |mut path, part| {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => drop(path.pop()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
        path
    })
}

/// What the file would hold. A text to be replaced that is not there is the agent's business; then what would come in
/// is looked at by itself.
fn content(before: &[u8], change: &Change) -> Vec<u8> {
    match change {
        Change::Whole(text) | Change::Added(text) => text.clone().into_bytes(),
        Change::Replaced(edits) => {
            let mut text = String::from_utf8_lossy(before).into_owned();
            for (old, new) in edits {
                match text.find(old).filter(|_| !old.is_empty()) {
                    Some(_) => text = text.replace(old, new),
                    None => {
                        text.push('\n');
                        text.push_str(new);
                    }
                }
            }
            text.into_bytes()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::content;
    use crate::agent::payload::Change;

    #[test]
    fn a_file_is_seen_as_it_would_be() {
        let replaced = |old: &str, new: &str| Change::Replaced(vec![(old.to_owned(), new.to_owned())]);
        for (before, change, expected) in [
            ("a b", replaced("b", "c"), "a c"),
            ("a b", replaced("x", "c"), "a b\nc"),
            ("a", replaced("", "c"), "a\nc"),
            ("a", Change::Whole("b".to_owned()), "b"),
        ] {
            assert_eq!(content(before.as_bytes(), &change), expected.as_bytes());
        }
    }
}
