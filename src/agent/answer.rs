//! The answer to an agent's hook, in the words that its agent obeys.

use serde_json::{Value, json};

use super::payload::Protocol;
use super::{Judgement, NO_WAY_AROUND};

/// What is written to standard output; none when there is nothing to say.
pub fn to(protocol: Protocol, judgement: &Judgement) -> Option<Value> {
    let (decision, reason) = match judgement {
        Judgement::Fine => return None,
        Judgement::Ask(why) => ("ask", format!("portcullis: {why}. A person decides.")),
        Judgement::Denied(why) => ("deny", format!("portcullis: {why}\n{NO_WAY_AROUND}")),
    };
    Some(match protocol {
        Protocol::Claude => json!({
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": decision,
                "permissionDecisionReason": reason,
            }
        }),
        Protocol::Cursor => {
            json!({ "permission": decision, "user_message": reason, "agent_message": reason })
        }
        Protocol::Copilot => json!({ "permissionDecision": decision, "permissionDecisionReason": reason }),
    })
}

#[cfg(test)]
mod tests {
    use super::to;
    use crate::agent::Judgement;
    use crate::agent::payload::Protocol;

    #[test]
    fn every_agent_is_answered_in_its_own_words() {
        let denied = Judgement::Denied("no".to_owned());
        for (protocol, place) in [
            (Protocol::Claude, "/hookSpecificOutput/permissionDecision"),
            (Protocol::Cursor, "/permission"),
            (Protocol::Copilot, "/permissionDecision"),
        ] {
            let answer = to(protocol, &denied).unwrap();
            assert_eq!(answer.pointer(place).unwrap(), "deny", "{protocol:?}");
            assert!(answer.to_string().contains("Do not work around this"));
            assert_eq!(to(protocol, &Judgement::Fine), None);
        }
    }
}
