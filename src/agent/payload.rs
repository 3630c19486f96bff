//! What an agent's hook is told on standard input: a command that is about to run, or a file about to be written.
//!
//! The shapes, as their makers document them: Claude Code, Codex and VS Code send `tool_name` and `tool_input`, Cursor
//! `command` or the same pair beside `workspace_roots`, Copilot's command line `toolName` and `toolArgs`.

use serde_json::Value;

/// Who asks, which decides how the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Claude Code, Codex, VS Code.
    Claude,
    /// Cursor.
    Cursor,
    /// Copilot's command line.
    Copilot,
}

/// A file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// As the agent names it.
    pub path: String,
    /// What is written.
    pub change: Change,
}

/// How a file changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It holds this afterwards.
    Whole(String),
    /// These texts are replaced, each `(old, new)`, in this order.
    Replaced(Vec<(String, String)>),
    /// These lines come in somewhere.
    Added(String),
}

/// A payload that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who asks.
    pub protocol: Protocol,
    /// The folder that relative paths count from, when it is told.
    pub folder: Option<String>,
    /// The command line that is about to run in a shell, if one is.
    pub command: Option<String>,
    /// The files that are about to be written; a command can bring a patch along.
    pub writes: Vec<Write>,
}

/// Not a payload of any agent.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// No JSON.
    #[error("standard input is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON that is no object.
    #[error("standard input is no call of an agent's hook")]
    Shape,
}

/// Reads a payload. An event that is not about a command or a file has neither.
pub fn read(text: &[u8]) -> Result<Call, PayloadError> {
    let value: Value = serde_json::from_slice(text)?;
    let object = value.as_object().ok_or(PayloadError::Shape)?;
    let protocol = if object.contains_key("workspace_roots") || object.contains_key("conversation_id") {
        Protocol::Cursor
    } else if object.contains_key("toolName") {
        Protocol::Copilot
    } else if ["hook_event_name", "tool_name", "hookEventName"].iter().any(|key| object.contains_key(*key)) {
        Protocol::Claude
    } else {
        return Err(PayloadError::Shape);
    };
    let root = || value["workspace_roots"].get(0).and_then(Value::as_str);
    let folder = value["cwd"].as_str().or_else(root).map(str::to_owned);
    let input = match protocol {
        Protocol::Copilot => arguments(&value["toolArgs"])?,
        Protocol::Claude | Protocol::Cursor => value["tool_input"].clone(),
    };
    let input = if input.is_null() { &value } else { &input };
    let (command, writes) = action(input);
    Ok(Call { protocol, folder, command, writes })
}

/// Copilot's arguments are JSON in a string, or JSON.
fn arguments(value: &Value) -> Result<Value, PayloadError> {
    Ok(match value.as_str() {
        Some(text) => serde_json::from_str(text)?,
        None => value.clone(),
    })
}

fn action(input: &Value) -> (Option<String>, Vec<Write>) {
    let command = ["command", "cmd", "script"].iter().find_map(|key| words(&input[*key]));
    let patch = ["patch", "input"].iter().find_map(|key| words(&input[*key])).or_else(|| command.clone());
    // What only holds a patch somewhere is a command as well.
    let command = command.filter(|line| !line.trim_start().starts_with(PATCH));
    let path = ["file_path", "filePath", "path", "target_file", "notebook_path"]
        .iter()
        .find_map(|key| input[*key].as_str());
    let mut writes = patch.map_or_else(Vec::new, |patch| patched(&patch));
    writes.extend(path.and_then(|path| write(path, input)));
    (command, writes)
}

/// A command is a line, or a list of words of which the last is the line for a shell.
fn words(value: &Value) -> Option<String> {
    if let Some(line) = value.as_str() {
        return Some(line.to_owned());
    }
    let words: Option<Vec<&str>> = value.as_array()?.iter().map(Value::as_str).collect();
    let quote = |word: &&str| format!("'{}'", word.replace('\'', "'\\''"));
    Some(words?.iter().map(quote).collect::<Vec<_>>().join(" "))
}

fn write(path: &str, input: &Value) -> Option<Write> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| input[*key].as_str()).map(str::to_owned);
    let change = if let Some(edits) = input["edits"].as_array() {
        Change::Replaced(edits.iter().filter_map(replacement).collect())
    } else if let Some(edit) = replacement(input) {
        Change::Replaced(vec![edit])
    } else if let Some(whole) = text(&["content", "contents", "file_text", "fileText", "code_edit"]) {
        Change::Whole(whole)
    } else {
        Change::Added(text(&["new_source", "insert_text", "new_str", "newString"])?)
    };
    Some(Write { path: path.to_owned(), change })
}

fn replacement(edit: &Value) -> Option<(String, String)> {
    let text = |keys: [&str; 3]| keys.iter().find_map(|key| edit[*key].as_str()).map(str::to_owned);
    Some((text(["old_string", "oldString", "old_str"])?, text(["new_string", "newString", "new_str"])?))
}

/// How a patch of Codex begins.
const PATCH: &str = "*** Begin Patch";

/// The files of a patch as Codex writes it, with the lines that come in; none where there is no patch.
fn patched(text: &str) -> Vec<Write> {
    let mut writes: Vec<Write> = Vec::new();
    let patch = text.find(PATCH).map_or("", |at| &text[at..]);
    for line in patch.lines() {
        let file = ["*** Add File: ", "*** Update File: ", "*** Move to: "]
            .iter()
            .find_map(|head| line.strip_prefix(head));
        if let Some(path) = file {
            writes.push(Write { path: path.trim().to_owned(), change: Change::Added(String::new()) });
        } else if let (Some(added), Some(Write { change: Change::Added(text), .. })) =
            (line.strip_prefix('+'), writes.last_mut())
        {
            text.push_str(added);
            text.push('\n');
        }
    }
    writes
}

#[cfg(test)]
mod tests {
    use super::{Change, PayloadError, Protocol, Write, read};

    type Action = (Option<String>, Vec<Write>);

    #[track_caller]
    fn check(text: &str, protocol: Protocol, expected: Action) {
        let call = read(text.as_bytes()).unwrap();
        assert_eq!((call.protocol, (call.command, call.writes)), (protocol, expected), "{text}");
    }

    fn write(path: &str, change: Change) -> Action {
        (None, vec![Write { path: path.to_owned(), change }])
    }

    #[test]
    fn commands_are_read() {
        let command = |line: &str| (Some(line.to_owned()), Vec::new());
        check(
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls -a"},"cwd":"/w"}"#,
            Protocol::Claude,
            command("ls -a"),
        );
        check(
            r#"{"hook_event_name":"beforeShellExecution","command":"ls","conversation_id":"1","workspace_roots":["/w"]}"#,
            Protocol::Cursor,
            command("ls"),
        );
        check(
            r#"{"toolName":"bash","toolArgs":"{\"command\":\"ls\"}","cwd":"/w"}"#,
            Protocol::Copilot,
            command("ls"),
        );
        check(
            r#"{"tool_name":"shell","tool_input":{"command":["bash","-lc","it's"]},"turn_id":"1"}"#,
            Protocol::Claude,
            command(r"'bash' '-lc' 'it'\''s'"),
        );
    }

    #[test]
    fn files_are_read() {
        let replaced = |old: &str, new: &str| Change::Replaced(vec![(old.to_owned(), new.to_owned())]);
        check(
            r#"{"tool_name":"Write","tool_input":{"file_path":"/w/a.py","content":"x"}}"#,
            Protocol::Claude,
            write("/w/a.py", Change::Whole("x".to_owned())),
        );
        check(
            r#"{"tool_name":"Edit","tool_input":{"file_path":"a","old_string":"x","new_string":"y"}}"#,
            Protocol::Claude,
            write("a", replaced("x", "y")),
        );
        check(
            r#"{"tool_name":"MultiEdit","tool_input":{"file_path":"a","edits":[{"old_string":"x","new_string":"y"}]}}"#,
            Protocol::Claude,
            write("a", replaced("x", "y")),
        );
        check(
            r#"{"tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch\n*** Update File: a\n-x\n+y\n+z\n*** End Patch"}}"#,
            Protocol::Claude,
            write("a", Change::Added("y\nz\n".to_owned())),
        );
    }

    #[test]
    fn a_command_with_a_patch_in_it_is_both() {
        let patch =
            "apply_patch <<'E'\n*** Begin Patch\n*** Add File: a\n+y\n*** End Patch\nE\ngit commit -n";
        let text = serde_json::json!({ "tool_name": "Bash", "tool_input": { "command": patch } }).to_string();
        let added = Write { path: "a".to_owned(), change: Change::Added("y\n".to_owned()) };
        check(&text, Protocol::Claude, (Some(patch.to_owned()), vec![added]));
        let only_named = "git commit --no-verify -m '*** Begin Patch'";
        let text =
            serde_json::json!({ "tool_name": "Bash", "tool_input": { "command": only_named } }).to_string();
        check(&text, Protocol::Claude, (Some(only_named.to_owned()), Vec::new()));
    }

    #[test]
    fn what_is_neither_is_left_alone_and_what_is_no_payload_is_an_error() {
        check(r#"{"tool_name":"Read","tool_input":{"file_path":"a"}}"#, Protocol::Claude, (None, Vec::new()));
        check(r#"{"hook_event_name":"SessionStart"}"#, Protocol::Claude, (None, Vec::new()));
        assert!(matches!(read(b"x"), Err(PayloadError::Json(_))));
        assert!(matches!(read(b"{}"), Err(PayloadError::Shape)));
        assert!(matches!(read(b"[]"), Err(PayloadError::Shape)));
    }
}
