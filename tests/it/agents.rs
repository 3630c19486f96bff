//! AI agents: what their hooks are answered, and where they are made to ask.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::fixture::Fixture;

/// In two halves, so that this file holds nothing that looks alive.
fn key() -> String {
    ["AKIA", "Q3ZT7XKPW5LNB2JM"].concat()
}

fn run(fixture: &Fixture, args: &[&str], input: &str) -> Output {
    fixture.run_with(fixture.command(args).env("HOME", &fixture.work), input.as_bytes())
}

/// Asks as Claude Code does; gives the decision, or nothing.
#[track_caller]
fn ask(fixture: &Fixture, tool: &str, input: &serde_json::Value) -> Option<(String, String)> {
    let payload = serde_json::json!({
        "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "cwd": fixture.work,
    });
    let output = run(fixture, &["agent-hook"], &payload.to_string());
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
    let (decision, reason) = ask(&fixture, "Write", &write(&file("a.py"), &bad)).unwrap();
    assert_eq!(decision, "deny");
    assert!(
        reason.contains("a.py:1:") && reason.contains("aws-access-key-id") && reason.contains("fix:"),
        "{reason}"
    );
    assert!(reason.ends_with("Do not work around this: change the code or ask the user."), "{reason}");
    assert_eq!(ask(&fixture, "Write", &write(&file("new/b.py"), "x = 1\n")), None);
    // What stood there before is not the agent's doing.
    fs::write(file("old.py"), &bad).unwrap();
    let edit = |old: &str, new: &str| {
        serde_json::json!({
            "file_path": file("old.py"), "old_string": old, "new_string": new,
        })
    };
    assert_eq!(ask(&fixture, "Edit", &edit("key =", "name =")), None);
    let worse = edit("key =", &format!("other = \"{}\"\nkey =", key().replace('Q', "R")));
    assert_eq!(ask(&fixture, "Edit", &worse).unwrap().0, "deny");
}

#[test]
fn a_value_of_a_local_secret_file_is_not_copied() {
    let fixture = Fixture::new();
    let value = ["h0rse", "!staple", "-17"].concat();
    fs::write(fixture.work.join(".env"), format!("MAIL_PASSWORD={value}\n")).unwrap();
    let write = serde_json::json!({
        "file_path": fixture.work.join("README.md"), "content": format!("Log in with {value}.\n"),
    });
    let (decision, reason) = ask(&fixture, "Write", &write).unwrap();
    assert_eq!(decision, "deny");
    assert!(reason.contains("MAIL_PASSWORD") && !reason.contains(&value), "{reason}");
}

#[test]
fn commands_around_the_guard_are_refused_and_others_run() {
    let fixture = Fixture::new();
    let ask = |line: &str| ask(&fixture, "Bash", &serde_json::json!({ "command": line }));
    assert_eq!(ask("git commit --no-verify -m x").unwrap().0, "deny");
    assert_eq!(ask("portcullis uninstall").unwrap().0, "ask");
    assert_eq!(ask("git commit -m x"), None);
}

#[test]
fn the_team_s_files_are_a_person_s_to_change() {
    let fixture = Fixture::new();
    for path in [".portcullis/config.toml", "gone/../.portcullis/./waivers.toml", ".Portcullis/config.toml"] {
        let write = serde_json::json!({ "file_path": fixture.work.join(path), "content": "schema = 1\n" });
        assert_eq!(ask(&fixture, "Write", &write).unwrap().0, "ask", "{path}");
    }
}

/// What an agent makes of the answer to a payload: where its protocol says so, and nothing where nothing is said.
fn decided(fixture: &Fixture, payload: &serde_json::Value, place: &str) -> String {
    let output = run(fixture, &["agent-hook"], &payload.to_string());
    assert_eq!(output.status.code(), Some(0), "{payload}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(&key()), "{text}");
    if text.is_empty() {
        return String::new();
    }
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    answer.pointer(place).and_then(serde_json::Value::as_str).unwrap_or("no answer here").to_owned()
}

/// Every kind of event of every agent, as its makers document it.
#[test]
fn every_agent_is_understood_and_answered_in_its_own_words() {
    let fixture = Fixture::new();
    let dir = &fixture.work;
    let (bad, secret) = ("git commit --no-verify -m x", format!("key = \"{}\"\n", key()));
    let patch = format!("*** Begin Patch\n*** Add File: a.py\n+{secret}*** End Patch\n");
    let claude = |tool: &str, input: serde_json::Value| {
        serde_json::json!({
            "session_id": "1", "transcript_path": "/t", "cwd": dir, "permission_mode": "bypassPermissions",
            "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input,
        })
    };
    let codex = |tool: &str, input: serde_json::Value| {
        let mut payload = claude(tool, input);
        payload["turn_id"] = "7".into();
        payload
    };
    let cursor = |event: &str, mut more: serde_json::Value| {
        let head = serde_json::json!({
            "conversation_id": "1", "generation_id": "2", "hook_event_name": event, "workspace_roots": [dir],
        });
        more.as_object_mut().unwrap().extend(head.as_object().unwrap().clone());
        more
    };
    let copilot = |tool: &str, input: serde_json::Value| serde_json::json!({ "timestamp": 1, "cwd": dir, "toolName": tool, "toolArgs": input.to_string() });
    let command = |line: &str| serde_json::json!({ "command": line });
    let file = |path: &str, text: &str| serde_json::json!({ "file_path": path, "content": text });
    let create = |path: &str, text: &str| serde_json::json!({ "path": path, "file_text": text });
    let (in_claude, in_cursor, in_copilot) =
        ("/hookSpecificOutput/permissionDecision", "/permission", "/permissionDecision");
    for (payload, place, expected) in [
        (claude("Bash", command(bad)), in_claude, "deny"),
        (claude("Bash", command("git status")), in_claude, ""),
        (claude("Write", file("a.py", &secret)), in_claude, "deny"),
        (claude("Write", file(".portcullis/config.toml", "")), in_claude, "ask"),
        (
            claude("Edit", serde_json::json!({ "file_path": "a", "old_string": "", "new_string": secret })),
            in_claude,
            "deny",
        ),
        (
            claude("NotebookEdit", serde_json::json!({ "notebook_path": "a.ipynb", "new_source": secret })),
            in_claude,
            "deny",
        ),
        (claude("Read", serde_json::json!({ "file_path": "a.py" })), in_claude, ""),
        (serde_json::json!({ "hook_event_name": "Stop", "cwd": dir }), in_claude, ""),
        (codex("Bash", command(bad)), in_claude, "deny"),
        (codex("apply_patch", command(&patch)), in_claude, "deny"),
        (codex("Bash", command(&format!("apply_patch <<'E'\n{patch}E\n"))), in_claude, "deny"),
        (codex("Bash", command(&format!("{bad} && echo '*** Begin Patch'"))), in_claude, "deny"),
        (
            codex("apply_patch", command("*** Begin Patch\n*** Add File: b\n+x = 1\n*** End Patch\n")),
            in_claude,
            "",
        ),
        (cursor("beforeShellExecution", command(bad)), in_cursor, "deny"),
        (cursor("beforeShellExecution", command("cargo test")), in_cursor, ""),
        (
            cursor(
                "preToolUse",
                serde_json::json!({ "tool_name": "Shell", "tool_input": { "command": bad } }),
            ),
            in_cursor,
            "deny",
        ),
        (
            cursor(
                "preToolUse",
                serde_json::json!({ "tool_name": "Write", "tool_input": file("a.py", &secret) }),
            ),
            in_cursor,
            "deny",
        ),
        (
            cursor("beforeSubmitPrompt", serde_json::json!({ "prompt": "hello", "attachments": [] })),
            in_cursor,
            "",
        ),
        (cursor("stop", serde_json::json!({ "status": "completed" })), in_cursor, ""),
        (copilot("bash", command(bad)), in_copilot, "deny"),
        (copilot("bash", command("ls")), in_copilot, ""),
        (copilot("create", create("a.py", &secret)), in_copilot, "deny"),
        (copilot("create", create(".portcullis/waivers.toml", "")), in_copilot, "ask"),
        (copilot("view", serde_json::json!({ "path": "a.py" })), in_copilot, ""),
    ] {
        assert_eq!(decided(&fixture, &payload, place), expected, "{payload}");
    }
}

#[test]
fn what_is_no_call_is_no_answer() {
    let fixture = Fixture::new();
    let deep = format!("{{\"tool_name\": {}", "[".repeat(100_000));
    for input in [
        "",
        "x",
        "{}",
        "[1]",
        "null",
        "\u{feff}{}",
        "{\"tool_name\": \"Bash\"",
        &deep,
        "{\"toolName\": \"bash\", \"toolArgs\": \"{\"}",
    ] {
        let output = run(&fixture, &["agent-hook"], input);
        assert_eq!(output.status.code(), Some(2), "{input:.60}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
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
        let output = run(&fixture, &["agent", "install", "--for", "claude,cursor,codex,copilot"], "");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let text = fs::read_to_string(&settings).unwrap();
    assert_eq!(text.matches("portcullis agent-hook").count(), 1, "{text}");
    for file in [".codex/hooks.json", ".cursor/hooks.json", ".github/hooks/portcullis.json"] {
        assert!(fixture.work.join(file).exists(), "{file}");
    }
    let output = run(&fixture, &["agent", "uninstall", "--for", "claude,cursor,codex,copilot"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(fs::read_to_string(&settings).unwrap(), theirs);
    assert!(!fixture.work.join(".cursor/hooks.json").exists());
}
