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
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.current_dir(&fixture.work).args(args).env_clear().env("COLUMNS", "80");
    for name in ["PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"] {
        command.env(name, fixture.env().get(name).unwrap());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs it to its end.
pub fn run(fixture: &Fixture, args: &[&str]) -> Ran {
    let output = start(fixture, args).wait_with_output().unwrap();
    let code = output.status.code().unwrap();
    Ran { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
}
