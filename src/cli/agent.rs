//! Tells whether an AI agent runs this program, by the variables that agents set for what they start.

/// Set by Claude Code, Cursor's agent, Codex, Gemini CLI, Copilot's agent, opencode, Amp, Cline, and by agreement.
const VARIABLES: [&str; 12] = [
    "AI_AGENT",
    "CLAUDECODE",
    "CURSOR_AGENT",
    "CODEX_SANDBOX",
    "CODEX_SANDBOX_NETWORK_DISABLED",
    "CODEX_THREAD_ID",
    "GEMINI_CLI",
    "COPILOT_AGENT_SESSION_ID",
    "COPILOT_CLI",
    "OPENCODE",
    "AMP_CURRENT_THREAD_ID",
    "CLINE_ACTIVE",
];

/// True when an agent has started this program; a variable that is empty, `0` or `false` says no.
pub fn is_running_us() -> bool {
    says_so(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

fn says_so(value: &dyn Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &&str| value(name).is_some_and(|value| !matches!(value.trim(), "" | "0" | "false"));
    VARIABLES.iter().any(is_set)
}

#[cfg(test)]
mod tests {
    use super::says_so;

    #[test]
    fn agents_are_told_by_their_variables() {
        for (name, value, expected) in [
            ("CLAUDECODE", "1", true),
            ("AI_AGENT", "somebody", true),
            ("CLAUDECODE", "0", false),
            ("CURSOR_AGENT", "", false),
            ("EDITOR", "vi", false),
        ] {
            assert_eq!(
                says_so(&|asked| (asked == name).then(|| value.to_owned())),
                expected,
                "{name}={value}"
            );
        }
    }
}
