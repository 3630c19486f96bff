//! Makes bytes from the repository fit to be shown: the report's own secrets are masked, then the rest is escaped.
//! Paths, subjects and reasons can hold the very secret that was found, and so can the line of another finding.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::model::{Excerpt, Mark, RepoPath, Report};
use crate::text::escape;

/// Shorter secrets are too likely to be a part of ordinary words.
const SHORTEST_MASKED: usize = 4;
/// From this length on a secret of letters alone is no folder's name.
const LONGER_THAN_NAMES: usize = 16;

/// Masks the secrets of one report.
pub struct Shown {
    anywhere: Masks,
    in_paths: Masks,
}

/// Secrets, and what is shown in their place.
struct Masks {
    secrets: Option<AhoCorasick>,
    shown: Vec<String>,
}

impl Shown {
    /// Collects the secrets of `report`.
    pub fn new(report: &Report) -> Self {
        let mut masks: BTreeMap<&[u8], String> = report
            .findings
            .iter()
            .flat_map(|judged| [&judged.finding.secret, &judged.finding.encoded])
            .flatten()
            .filter(|secret| secret.expose().len() >= SHORTEST_MASKED)
            .map(|secret| (secret.expose(), secret.redacted()))
            .collect();
        let anywhere = Masks::new(&masks);
        masks.retain(|secret, _| !is_like_a_name(secret));
        Shown { anywhere, in_paths: Masks::new(&masks) }
    }

    /// `bytes` without secrets.
    pub fn masked(&self, bytes: &[u8]) -> Vec<u8> {
        self.anywhere.over(bytes)
    }

    /// `bytes` without secrets, as printable text.
    pub fn text(&self, bytes: &[u8]) -> String {
        escape(&self.masked(bytes))
    }

    /// `text` without secrets, not escaped.
    pub fn prose(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.masked(text.as_bytes())).into_owned()
    }

    /// `excerpt` without secrets. When a secret crosses an end of the mark, the whole line is marked.
    pub fn excerpt(&self, excerpt: &Excerpt) -> Excerpt {
        let Excerpt { text, mark } = excerpt;
        let (before, inside, behind) = match (text.get(..mark.start), text.get(mark.start..mark.end)) {
            (Some(before), Some(inside)) => (before, inside, &text[mark.end..]),
            _ => ("", text.as_str(), ""),
        };
        let whole = self.prose(text);
        let start = self.prose(before).len();
        let end = start + self.prose(inside).len();
        if whole.len() == end + self.prose(behind).len() {
            return Excerpt { text: whole, mark: Mark { start, end } };
        }
        let end = whole.len();
        Excerpt { text: whole, mark: Mark { start: 0, end } }
    }

    /// `path` without secrets. A password that is a word can be a folder's name, and who cannot read the path does not find
    /// the file.
    pub fn masked_path(&self, path: &RepoPath) -> Vec<u8> {
        self.in_paths.over(path.as_bytes())
    }

    /// `path` without secrets, as printable text.
    pub fn path(&self, path: &RepoPath) -> String {
        escape(&self.masked_path(path))
    }

    /// `path` as one word of a POSIX shell, when that gives the very same path and is easy to read.
    pub fn shell_word(&self, path: &RepoPath) -> Option<String> {
        let text = self.path(path);
        if text.as_bytes() != path.as_bytes() || text.starts_with(['-', ':', '~']) || text.contains('\'') {
            return None;
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/@+-".contains(&byte);
        if text.bytes().all(plain) { Some(text) } else { Some(format!("'{text}'")) }
    }
}

impl Masks {
    fn new(masks: &BTreeMap<&[u8], String>) -> Self {
        // More secrets than an automaton can hold (2 GB) do not fit a report either; then nothing is shown.
        let secrets = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(masks.keys()).ok();
        Masks { secrets, shown: masks.values().cloned().collect() }
    }

    /// `bytes` with the secrets masked.
    fn over(&self, bytes: &[u8]) -> Vec<u8> {
        match &self.secrets {
            Some(secrets) => secrets.replace_all_bytes(bytes, &self.shown),
            None => "…".into(),
        }
    }
}

/// A word, as files and folders have for names: letters, and signs that join them.
fn is_like_a_name(secret: &[u8]) -> bool {
    let joins = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    secret.len() < LONGER_THAN_NAMES && secret.iter().all(|byte| joins(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Masks, Shown, is_like_a_name};
    use crate::model::{Excerpt, Mark};

    fn shown() -> Shown {
        let masks = || Masks::new(&BTreeMap::from([(&b"hunter22"[..], "…(8)".to_owned())]));
        Shown { anywhere: masks(), in_paths: masks() }
    }

    #[test]
    fn a_word_can_be_a_folder_and_stays_in_paths() {
        for (secret, expected) in [
            ("zabbix", true),
            ("open-sesame", true),
            ("hunter22", false),
            ("p@ssword", false),
            ("correcthorsebatterystaple", false),
        ] {
            assert_eq!(is_like_a_name(secret.as_bytes()), expected, "{secret}");
        }
    }

    #[test]
    fn secrets_are_masked_before_control_characters_are_escaped() {
        for (bytes, expected) in [
            (&b"keys/hunter22.txt"[..], "keys/…(8).txt"),
            (b"\x1b[31mhunter22\x07", "\\u{1b}[31m…(8)\\u{7}"),
            (b"caf\xe9", "caf\\xE9"),
        ] {
            assert_eq!(shown().text(bytes), expected);
        }
    }

    #[test]
    fn marks_follow_their_text_when_secrets_are_masked() {
        for (text, mark, expected) in [
            ("f(hunter22) + x", (14, 15), ("f(…(8)) + x", (12, 13))),
            ("f(hunter22) + x", (0, 11), ("f(…(8)) + x", (0, 9))),
            ("f(hunter22) + x", (0, 4), ("f(…(8)) + x", (0, 13))),
            ("caf\u{e9}", (0, 4), ("caf\u{e9}", (0, 5))),
            ("x", (0, 9), ("x", (0, 1))),
        ] {
            let mark = Mark { start: mark.0, end: mark.1 };
            let masked = shown().excerpt(&Excerpt { text: text.to_owned(), mark });
            assert_eq!((masked.text.as_str(), (masked.mark.start, masked.mark.end)), expected);
        }
    }

    #[test]
    fn only_paths_that_survive_a_shell_become_words() {
        for (path, expected) in [
            ("src/a-b.py", Some("src/a-b.py")),
            ("my file.py", Some("'my file.py'")),
            ("$(reboot)", Some("'$(reboot)'")),
            ("it's", None),
            ("a\nb", None),
            ("-rf", None),
            (":(top)", None),
            ("hunter22", None),
        ] {
            assert_eq!(shown().shell_word(&path.into()).as_deref(), expected, "{path}");
        }
    }
}
