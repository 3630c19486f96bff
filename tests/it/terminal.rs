//! What a person at a terminal gets.

use std::process::Command;

use crate::fixture::{Fixture, PROGRAM, text};
use crate::world::skipped;

/// The longest line that a scan writes on a terminal of so many columns; none where there is no `script`.
fn longest(fixture: &Fixture, columns: usize, vars: &[(&str, &str)]) -> Option<usize> {
    // That of Linux, which knows these arguments.
    Command::new("script").arg("--version").output().ok().filter(|output| output.status.success())?;
    let scan = format!("stty rows 24 cols {columns} && '{PROGRAM}' scan tree --color never");
    let mut script = Command::new("script");
    let envs = fixture
        .command(&[])
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.unwrap().to_owned()))
        .collect::<Vec<_>>();
    script.current_dir(&fixture.work).env_clear().envs(envs).envs(vars.iter().copied());
    script.args(["--quiet", "--command", &scan, "/dev/null"]);
    let said = text(&fixture.run(&mut script).stdout);
    assert!(said.contains("error[python-eval]"), "{said}");
    said.lines().map(|line| line.trim_end().chars().count()).max()
}

#[test]
fn text_is_as_wide_as_the_terminal_and_no_wider_than_people_read() {
    let fixture = Fixture::new();
    fixture.write("a.py", "def f(x):\n    return eval(x)\n");
    for (columns, vars, expected) in [
        (60, &[][..], 50..=60),
        (80, &[], 70..=80),
        (200, &[], 90..=100),
        (80, &[("COLUMNS", "60")], 50..=60),
    ] {
        let Some(longest) = longest(&fixture, columns, vars) else {
            return skipped("there is no `script` that makes a terminal");
        };
        assert!(expected.contains(&longest), "{columns} {vars:?}: {longest}");
    }
}
