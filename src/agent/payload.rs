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

/// What the agent is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Run a command line in a shell.
    Command(String),
    /// Write files.
    Write(Vec<Write>),
    /// Something that we have no opinion about.
    Other,
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
    /// What is about to happen.
    pub action: Action,
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

/// Reads a payload. An event that is not about a command or a file is `Other`.
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
    Ok(Call { protocol, folder, action: action(input) })
}

/// Copilot's arguments are JSON in a string, or JSON.
fn arguments(value: &Value) -> Result<Value, PayloadError> {
    Ok(match value.as_str() {
        Some(text) => serde_json::from_str(text)?,
        None => value.clone(),
    })
}

fn action(input: &Value) -> Action {
    let command = ["command", "cmd", "script"].iter().find_map(|key| words(&input[*key]));
    let patch = ["patch", "input", "command"]
        .iter()
        .filter_map(|key| words(&input[*key]))
        .find(|text| is_patch(text));
    if let Some(patch) = patch {
        return Action::Write(patched(&patch));
    }
    let path = ["file_path", "filePath", "path", "target_file", "notebook_path"]
        .iter()
        .find_map(|key| input[*key].as_str());
    match (path.and_then(|path| write(path, input)), command) {
        (Some(write), _) => Action::Write(vec![write]),
        (None, Some(command)) => Action::Command(command),
        (None, None) => Action::Other,
    }
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

fn is_patch(text: &str) -> bool {
    text.contains("*** Begin Patch")
}

/// The files of a patch as Codex writes it, with the lines that come in.
fn patched(patch: &str) -> Vec<Write> {
    let mut writes: Vec<Write> = Vec::new();
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
    use super::{Action, Change, PayloadError, Protocol, read};

    #[track_caller]
    fn check(text: &str, protocol: Protocol, expected: Action) {
        let call = read(text.as_bytes()).unwrap();
        assert_eq!((call.protocol, call.action), (protocol, expected), "{text}");
    }

    fn write(path: &str, change: Change) -> Action {
        Action::Write(vec![super::Write { path: path.to_owned(), change }])
    }

    #[test]
    fn commands_are_read() {
        let command = |line: &str| Action::Command(line.to_owned());
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
    fn what_is_neither_is_left_alone_and_what_is_no_payload_is_an_error() {
        check(r#"{"tool_name":"Read","tool_input":{"file_path":"a"}}"#, Protocol::Claude, Action::Other);
        check(r#"{"hook_event_name":"SessionStart"}"#, Protocol::Claude, Action::Other);
        assert!(matches!(read(b"x"), Err(PayloadError::Json(_))));
        assert!(matches!(read(b"{}"), Err(PayloadError::Shape)));
        assert!(matches!(read(b"[]"), Err(PayloadError::Shape)));
    }
}
