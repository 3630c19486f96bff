//! `portcullis deps`: gives the command its surroundings and shows what it says.

use std::path::Path;
use std::process::Command;

use super::deps::{self, ApproveArgs, CheckArgs, Context, DepsCommand, Outcome};
use super::scan::{self, Change};
use super::{BLOCKED, CLEAN, COULD_NOT_TELL, CliError, Output, agents, pending, setup};

/// Runs `portcullis deps`.
pub fn run(command: &DepsCommand, dir: &Path, output: &Output) -> Result<u8, CliError> {
    let home = setup::home(dir);
    let dir = match command {
        DepsCommand::Check(CheckArgs { staged: true, format, .. }) => {
            return scan::dependencies(&Change::Staged, *format, dir, output);
        }
        DepsCommand::Check(CheckArgs { range: Some(range), format, .. }) => {
            return scan::dependencies(&Change::Range(range), *format, dir, output);
        }
        // Files that are named on the command line are found from the current folder.
        DepsCommand::List(args) if !args.files.is_empty() => dir,
        _ => &home,
    };
    let context = Context { dir, today: setup::today(), user: git_user(dir), agent: agents::who_runs_us() };
    if let DepsCommand::Approve(args @ ApproveArgs { pending: true, .. }) = command {
        return pending::run(args, &context, output);
    }
    let mut text = Vec::new();
    let outcome = deps::run(command, &context, &mut text);
    output.write(|out| out.write_all(&text))?;
    Ok(match outcome? {
        Outcome::Clean => CLEAN,
        Outcome::Blocked => BLOCKED,
        Outcome::NoAnswer => COULD_NOT_TELL,
    })
}

/// Who git says the user is, as `Name <mail>`; none without git or without a name.
pub fn git_user(dir: &Path) -> Option<String> {
    let ask = |key: &str| {
        let answer = Command::new("git").current_dir(dir).args(["config", key]).output().ok()?;
        let text = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
        (answer.status.success() && !text.is_empty()).then_some(text)
    };
    let name = ask("user.name")?;
    Some(ask("user.email").map_or(name.clone(), |mail| format!("{name} <{mail}>")))
}
