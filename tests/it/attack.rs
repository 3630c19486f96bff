//! What an adversary and a careless user have tried, through the program itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::fixture::Fixture;

/// Runs the program in `dir`, with the repository's environment and nothing else.
fn portcullis(fixture: &Fixture, dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.current_dir(dir).env_clear().args(args);
    for name in ["PATH", "HOME", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_GLOBAL"] {
        command.env(name, fixture.env().get(name).unwrap());
    }
    command.output().unwrap()
}

#[test]
fn a_line_of_many_waivers_costs_what_its_bytes_cost() {
    let fixture = Fixture::new();
    let (mark, count) = ("/* portcullis: allow(js-eval) because of this */", 20_000);
    fixture.write("a.js", mark.repeat(count));
    let output = portcullis(&fixture, &fixture.work, &["scan", "tree", "--format", "jsonl"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("\"waiver-unused\"")).count(), count);
    assert_eq!(output.status.code(), Some(0));
}
