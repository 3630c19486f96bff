//! Runs the program as somebody would.

use std::process::{Child, Command, Stdio};

use crate::fixture::{Fixture, text};

/// How it went.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Starts the program in the work tree, 80 columns wide.
pub fn start(fixture: &Fixture, args: &[&str]) -> Child {
    let mut command = command(fixture, args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn command(fixture: &Fixture, args: &[&str]) -> Command {
    let mut command = fixture.command(args);
    command.env("COLUMNS", "80");
    command
}

/// Runs it to its end.
pub fn run(fixture: &Fixture, args: &[&str]) -> Ran {
    let output = fixture.run(&mut command(fixture, args));
    let code = output.status.code().unwrap();
    Ran { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
