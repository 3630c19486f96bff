//! Reads the lines at the end of a commit message that say who had a part in it; does not judge what they may do.

/// Mail addresses and names under which AI agents sign, in small letters; part of the value is enough.
const AGENTS: [&str; 22] = [
    "noreply@anthropic.com",
    "claude code",
    "claude",
    "copilot@github.com",
    "github copilot",
    "copilot-swe-agent",
    "+copilot@users.noreply.github.com",
    "cursoragent@cursor.com",
    "cursor agent",
    "codex@openai.com",
    "openai codex",
    "noreply@openai.com",
    "chatgpt",
    "gemini-code-assist",
    "gemini cli",
    "google-labs-jules",
    "devin-ai-integration",
    "aider",
    "amp@ampcode.com",
    "opencode",
    "windsurf",
    "amazon q",
];

/// Trailers that name who wrote.
const WRITERS: [&str; 6] =
    ["co-authored-by", "assisted-by", "generated-by", "generated-with", "ai-assisted-by", "coding-agent"];

/// The key as written and the value of a line such as `Reviewed-by: Ada <ada@example.org>`.
pub type Trailer = (String, String);

/// The trailers of a message: lines `Key: value` in its last paragraph, which is not its first.
pub fn trailers(message: &[u8]) -> Vec<Trailer> {
    let text = String::from_utf8_lossy(message);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.starts_with('#')).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
    let Some(start) = lines[..end].iter().rposition(|line| line.is_empty()) else { return Vec::new() };
    lines[start..end].iter().filter_map(|line| trailer(line)).collect()
}

fn trailer(line: &str) -> Option<Trailer> {
    let (key, value) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let value = value.trim();
    (is_key && !value.is_empty()).then(|| (key.to_owned(), value.to_owned()))
}

/// True when a trailer, or the author as `Name <mail>`, is an AI agent's.
pub fn names_an_agent(trailers: &[Trailer], author: &[u8]) -> bool {
    let is_writer = |key: &str| WRITERS.iter().any(|known| key.eq_ignore_ascii_case(known));
    trailers.iter().any(|(key, value)| is_writer(key) && is_agent(value))
        || is_agent(&String::from_utf8_lossy(author))
}

/// The name or mail address of an agent, as words of their own: Claudette is a person.
fn is_agent(who: &str) -> bool {
    let who = who.to_ascii_lowercase();
    let is_edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
    let named = |name: &str| {
        who.match_indices(name).any(|(at, _)| {
            let after = who[at + name.len()..].chars().next();
            is_edge(who[..at].chars().next_back()) && is_edge(after)
        })
    };
    // A first name that people bear as well counts only where no person's mail address follows.
    let is_person =
        who.contains('<') && !who.contains("noreply@anthropic.com") && !who.contains("@users.noreply");
    AGENTS.iter().any(|name| named(name) && !(*name == "claude" && is_person))
}

#[cfg(test)]
mod tests {
    use super::{names_an_agent, trailers};

    #[test]
    fn trailers_are_the_last_paragraph() {
        let read = |message: &str| {
            let read = trailers(message.as_bytes());
            read.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        for (message, expected) in [
            (
                "subject\n\nbody\n\nReviewed-by: Ada <a@b.c>\nFixes: #3\n",
                &["Reviewed-by=Ada <a@b.c>", "Fixes=#3"][..],
            ),
            ("subject\n\nReviewed-by: Ada\n\n\n# a comment of git's\n", &["Reviewed-by=Ada"]),
            ("Reviewed-by: Ada\n", &[]),
            ("subject\n\nsee https://example.org/x\nno key here: x\n", &[]),
            ("subject\n\nReviewed-by: Ada\n\nmore words\n", &[]),
            ("subject\n\nEmpty:\n", &[]),
            ("", &[]),
        ] {
            assert_eq!(read(message), expected, "{message:?}");
        }
    }

    #[test]
    fn agents_sign_by_trailer_or_as_author() {
        for (trailer, author, expected) in [
            ("Co-authored-by: Claude <noreply@anthropic.com>", "Ada <a@b.c>", true),
            ("co-authored-by: Cursor Agent <cursoragent@cursor.com>", "Ada <a@b.c>", true),
            ("Assisted-by: aider (gpt)", "Ada <a@b.c>", true),
            ("Co-authored-by: Claude", "Ada <a@b.c>", true),
            ("Co-authored-by: Claude Monnet <claude@example.org>", "Ada <a@b.c>", false),
            ("Co-authored-by: Claudette <c@example.org>", "Ada <a@b.c>", false),
            ("Reviewed-by: Claude <noreply@anthropic.com>", "Ada <a@b.c>", false),
            ("Fixes: #3", "copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>", true),
        ] {
            let trailers = trailers(format!("s\n\n{trailer}\n").as_bytes());
            assert_eq!(names_an_agent(&trailers, author.as_bytes()), expected, "{trailer} {author}");
        }
    }
}
