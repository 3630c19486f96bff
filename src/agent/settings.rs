//! The settings files in which agents are told to ask us first. Our entry is added or taken out; everything else, comments
//! and white space too, stays as it was. Knows text, not where home folders are.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstObject, CstRootNode};
use jsonc_parser::json;

/// What agents run. A program that is gone, or cannot tell, blocks: the code 2 is what they take for a no.
const COMMAND: &str = "portcullis agent-hook || exit 2";
/// By this our entries are known.
const MARK: &str = "portcullis agent-hook";

/// An agent that asks hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
    /// Cursor.
    Cursor,
    /// GitHub Copilot, on the command line and in its own machines.
    Copilot,
}

impl Agent {
    /// Every agent with its name on the command line.
    pub const NAMES: [(&'static str, Agent); 4] = [
        ("claude", Agent::Claude),
        ("cursor", Agent::Cursor),
        ("codex", Agent::Codex),
        ("copilot", Agent::Copilot),
    ];

    /// The file, below the top of a repository.
    pub fn file(self) -> &'static str {
        match self {
            Agent::Claude => ".claude/settings.json",
            Agent::Codex => ".codex/hooks.json",
            Agent::Cursor => ".cursor/hooks.json",
            Agent::Copilot => ".github/hooks/portcullis.json",
        }
    }

    /// The file, below the home folder of a user; none where the agent has no such file.
    pub fn file_of_user(self) -> Option<&'static str> {
        match self {
            Agent::Claude | Agent::Codex | Agent::Cursor => Some(self.file()),
            Agent::Copilot => None,
        }
    }

    /// The lists below `hooks` that get an entry.
    fn events(self) -> &'static [&'static str] {
        match self {
            Agent::Claude | Agent::Codex => &["PreToolUse"],
            Agent::Cursor => &["beforeShellExecution", "preToolUse"],
            Agent::Copilot => &["preToolUse"],
        }
    }

    fn has_version(self) -> bool {
        match self {
            Agent::Claude | Agent::Codex => false,
            Agent::Cursor | Agent::Copilot => true,
        }
    }

    fn entry(self) -> jsonc_parser::cst::CstInputValue {
        match self {
            Agent::Claude => json!({
                "matcher": "Bash|Write|Edit|MultiEdit|NotebookEdit",
                "hooks": [{ "type": "command", "command": COMMAND }]
            }),
            Agent::Codex => json!({
                "matcher": "Bash|apply_patch",
                "hooks": [{ "type": "command", "command": COMMAND }]
            }),
            Agent::Cursor => json!({ "command": COMMAND }),
            Agent::Copilot => json!({ "type": "command", "bash": COMMAND, "timeoutSec": 30 }),
        }
    }
}

/// A settings file that is not as its agent documents it.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No JSON, with comments or without.
    #[error("{0}")]
    Json(#[from] jsonc_parser::errors::ParseError),
    /// Something else stands where hooks are listed.
    #[error("`{0}` is not what the agent documents; correct it by hand")]
    Shape(&'static str),
}

/// The file with our entry, made new when there is none; the same text when the entry is there.
pub fn add(agent: Agent, text: Option<&str>) -> Result<String, SettingsError> {
    let root = parse(text.filter(|text| !text.trim().is_empty()).unwrap_or("{}\n"))?;
    let object = root.object_value_or_create().ok_or(SettingsError::Shape("the file"))?;
    if agent.has_version() && object.get("version").is_none() {
        object.append("version", json!(1));
    }
    let hooks = object.object_value_or_create("hooks").ok_or(SettingsError::Shape("hooks"))?;
    for event in agent.events() {
        let list = hooks.array_value_or_create(event).ok_or(SettingsError::Shape(event))?;
        if !list.elements().iter().any(|element| element.to_string().contains(MARK)) {
            list.append(agent.entry());
        }
    }
    Ok(root.to_string())
}

/// The file without our entry; none when nothing else is left in it.
pub fn remove(agent: Agent, text: &str) -> Result<Option<String>, SettingsError> {
    let root = parse(text)?;
    let Some(object) = root.object_value() else { return Ok(Some(text.to_owned())) };
    if let Some(hooks) = object.object_value("hooks") {
        agent.events().iter().for_each(|event| remove_entry(&hooks, event));
        if hooks.properties().is_empty() {
            object.get("hooks").into_iter().for_each(|hooks| hooks.remove());
        }
    }
    let is_ours_alone = object.properties().iter().all(|property| {
        agent.has_version()
            && property.name().is_some_and(|name| name.decoded_value().is_ok_and(|name| name == "version"))
    });
    Ok((!is_ours_alone).then(|| root.to_string()))
}

fn remove_entry(hooks: &CstObject, event: &str) {
    let Some(list) = hooks.array_value(event) else { return };
    let is_ours = |element: &jsonc_parser::cst::CstNode| element.to_string().contains(MARK);
    list.elements().into_iter().filter(is_ours).for_each(jsonc_parser::cst::CstNode::remove);
    if list.elements().is_empty() {
        hooks.get(event).into_iter().for_each(|list| list.remove());
    }
}

fn parse(text: &str) -> Result<CstRootNode, SettingsError> {
    Ok(CstRootNode::parse(text, &ParseOptions::default())?)
}

#[cfg(test)]
mod tests {
    use super::{Agent, SettingsError, add, remove};

    #[test]
    fn an_entry_comes_once_and_goes_again() {
        for (name, agent) in Agent::NAMES {
            let made = add(agent, None).unwrap();
            assert!(made.contains("portcullis agent-hook"), "{name}");
            assert_eq!(add(agent, Some(&made)).unwrap(), made, "{name}");
            assert_eq!(remove(agent, &made).unwrap(), None, "{name}");
        }
    }

    #[test]
    fn what_others_wrote_stays() {
        let theirs = "{\n  // ours\n  \"model\": \"x\",\n  \"hooks\": {\n    \"PreToolUse\": [\n      {\n        \"matcher\": \"Read\",\n        \"hooks\": []\n      }\n    ]\n  }\n}\n";
        let both = add(Agent::Claude, Some(theirs)).unwrap();
        assert!(
            both.contains("// ours") && both.contains("\"Read\"") && both.contains("agent-hook"),
            "{both}"
        );
        assert_eq!(remove(Agent::Claude, &both).unwrap().as_deref(), Some(theirs));
    }

    #[test]
    fn what_is_not_as_documented_is_left_alone() {
        assert!(matches!(add(Agent::Claude, Some("[]")), Err(SettingsError::Shape(_))));
        assert!(matches!(add(Agent::Claude, Some("{\"hooks\": []}")), Err(SettingsError::Shape("hooks"))));
        assert!(matches!(add(Agent::Claude, Some("{")), Err(SettingsError::Json(_))));
    }
}
