//! AI agents: what their hooks are answered, and where they are made to ask.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::fixture::Fixture;

/// In two halves, so that this file holds nothing that looks alive.
fn key() -> String {
    ["AKIA", "Q3ZT7XKPW5LNB2JM"].concat()
}

fn run(dir: &Path, args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.current_dir(dir).args(args).env("HOME", dir).env_remove("CLAUDECODE");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// Asks as Claude Code does; gives the decision, or nothing.
#[track_caller]
fn ask(dir: &Path, tool: &str, input: &serde_json::Value) -> Option<(String, String)> {
    let payload = serde_json::json!({
        "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "cwd": dir,
    });
    let output = run(dir, &["agent-hook"], &payload.to_string());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(&key()), "{text}");
    let answer: serde_json::Value = serde_json::from_str(text.trim()).ok()?;
    let said = &answer["hookSpecificOutput"];
    let part = |name: &str| said[name].as_str().unwrap().to_owned();
    Some((part("permissionDecision"), part("permissionDecisionReason")))
}

#[test]
fn a_file_with_a_secret_is_not_written() {
    let fixture = Fixture::new();
    let file = |name: &str| fixture.work.join(name);
    let bad = format!("key = \"{}\"\n", key());
    let write = |path: &Path, content: &str| serde_json::json!({ "file_path": path, "content": content });
    let (decision, reason) = ask(&fixture.work, "Write", &write(&file("a.py"), &bad)).unwrap();
    assert_eq!(decision, "deny");
    assert!(
        reason.contains("a.py:1:") && reason.contains("aws-access-key-id") && reason.contains("fix:"),
        "{reason}"
    );
    assert!(reason.ends_with("Do not work around this: change the code or ask the user."), "{reason}");
    assert_eq!(ask(&fixture.work, "Write", &write(&file("new/b.py"), "x = 1\n")), None);
    // What stood there before is not the agent's doing.
    fs::write(file("old.py"), &bad).unwrap();
    let edit = |old: &str, new: &str| {
        serde_json::json!({
            "file_path": file("old.py"), "old_string": old, "new_string": new,
        })
    };
    assert_eq!(ask(&fixture.work, "Edit", &edit("key =", "name =")), None);
    let worse = edit("key =", &format!("other = \"{}\"\nkey =", key().replace('Q', "R")));
    assert_eq!(ask(&fixture.work, "Edit", &worse).unwrap().0, "deny");
}

#[test]
fn a_value_of_a_local_secret_file_is_not_copied() {
    let fixture = Fixture::new();
    let value = ["h0rse", "!staple", "-17"].concat();
    fs::write(fixture.work.join(".env"), format!("MAIL_PASSWORD={value}\n")).unwrap();
    let write = serde_json::json!({
        "file_path": fixture.work.join("README.md"), "content": format!("Log in with {value}.\n"),
    });
    let (decision, reason) = ask(&fixture.work, "Write", &write).unwrap();
    assert_eq!(decision, "deny");
    assert!(reason.contains("MAIL_PASSWORD") && !reason.contains(&value), "{reason}");
}

#[test]
fn commands_around_the_guard_are_refused_and_others_run() {
    let fixture = Fixture::new();
    let ask = |line: &str| ask(&fixture.work, "Bash", &serde_json::json!({ "command": line }));
    assert_eq!(ask("git commit --no-verify -m x").unwrap().0, "deny");
    assert_eq!(ask("portcullis uninstall").unwrap().0, "ask");
    assert_eq!(ask("git commit -m x"), None);
}

#[test]
fn the_team_s_files_are_a_person_s_to_change() {
    let fixture = Fixture::new();
    for path in [".portcullis/config.toml", "gone/../.portcullis/./waivers.toml", ".Portcullis/config.toml"] {
        let write = serde_json::json!({ "file_path": fixture.work.join(path), "content": "schema = 1\n" });
        assert_eq!(ask(&fixture.work, "Write", &write).unwrap().0, "ask", "{path}");
    }
}

#[test]
fn what_is_no_call_is_no_answer() {
    let fixture = Fixture::new();
    for input in ["", "x", "{}", "[1]"] {
        let output = run(&fixture.work, &["agent-hook"], input);
        assert_eq!(output.status.code(), Some(2), "{input}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn agents_are_made_to_ask_and_not_any_more() {
    let fixture = Fixture::new();
    let settings = fixture.work.join(".claude/settings.json");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let theirs = "{\n  \"model\": \"x\"\n}\n";
    fs::write(&settings, theirs).unwrap();
    for _ in 0..2 {
        let output = run(&fixture.work, &["agent", "install", "--for", "claude,cursor,codex,copilot"], "");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let text = fs::read_to_string(&settings).unwrap();
    assert_eq!(text.matches("portcullis agent-hook").count(), 1, "{text}");
    for file in [".codex/hooks.json", ".cursor/hooks.json", ".github/hooks/portcullis.json"] {
        assert!(fixture.work.join(file).exists(), "{file}");
    }
    let output = run(&fixture.work, &["agent", "uninstall", "--for", "claude,cursor,codex,copilot"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read_to_string(&settings).unwrap(), theirs);
    assert!(!fixture.work.join(".cursor/hooks.json").exists());
}
