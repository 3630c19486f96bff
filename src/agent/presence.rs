//! Whether an AI agent runs this program, by the variables that agents set for what they start. Reads no environment.

/// Set by Claude Code, Cursor's agent, Codex, Gemini CLI, Copilot's agent, opencode, Amp, Cline, Augment, Goose, Aider,
/// and by agreement.
const VARIABLES: [&str; 18] = [
    "AGENT",
    "AI_AGENT",
    "AIDER_MODEL",
    "AMP_CURRENT_THREAD_ID",
    "AUGMENT_AGENT",
    "CLAUDECODE",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLINE_ACTIVE",
    "CODEX_SANDBOX",
    "CODEX_SANDBOX_NETWORK_DISABLED",
    "CODEX_THREAD_ID",
    "COPILOT_AGENT",
    "COPILOT_AGENT_SESSION_ID",
    "COPILOT_CLI",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "GOOSE_TERMINAL",
    "OPENCODE",
];

/// The variable by which an agent shows that it has started a program; one that is empty, `0` or `false` shows nothing.
/// Friction, no lock: whoever can run commands can unset a variable.
pub fn presence(value: &dyn Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is_set = |name: &str| value(name).is_some_and(|value| !matches!(value.trim(), "" | "0" | "false"));
    VARIABLES.into_iter().find(|name| is_set(name))
}

#[cfg(test)]
mod tests {
    use super::presence;

    #[test]
    fn agents_are_told_by_their_variables() {
        for (name, value, expected) in [
            ("CLAUDECODE", "1", true),
            ("AI_AGENT", "somebody", true),
            ("CLAUDECODE", "0", false),
            ("CURSOR_AGENT", "", false),
            ("EDITOR", "vi", false),
        ] {
            let found = presence(&|asked| (asked == name).then(|| value.to_owned()));
            assert_eq!(found.is_some(), expected, "{name}={value}");
        }
    }
}
