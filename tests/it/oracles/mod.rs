//! Manifests that nobody wrote, read by us and by the package managers' own readers, which have to say the same.
//! `PORTCULLIS_SAMPLES=5000` draws so many of each; the same number always draws the same ones.

mod cargo;
mod npm;
mod python;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use portcullis::deps::list::{FileReport, list};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// What we make of a text under the name of a file.
fn read(file: &str, text: &str) -> FileReport {
    list(Path::new(file), &|_| Ok(text.as_bytes().to_vec()))
}

/// The same values in every run, so that a failure can be looked at.
fn draw<S: Strategy>(strategy: &S, usual: usize) -> Vec<S::Value> {
    let wanted = std::env::var("PORTCULLIS_SAMPLES").ok().and_then(|count| count.parse().ok());
    let mut runner = TestRunner::deterministic();
    (0..wanted.unwrap_or(usual)).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// One process answers for all cases, one line of JSON each: starting one takes longer than its answers.
fn ask(command: &mut Command, cases: &[Value]) -> Result<Vec<Value>, String> {
    let input = cases.iter().map(|case| format!("{case}\n")).collect::<String>();
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(|error| format!("{command:?}: {error}"))?;
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let written = writer.join().unwrap();
    if !output.status.success() || written.is_err() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len(), "{command:?}");
    Ok(answers)
}

/// Fails with the shortest of the cases in which the two differ, and how many there are.
#[track_caller]
fn agree(differing: Vec<(String, String)>) {
    let count = differing.len();
    if let Some((case, how)) = differing.into_iter().min_by_key(|(case, _)| case.len()) {
        panic!("{count} cases differ, such as {case:?}\n{how}");
    }
}
