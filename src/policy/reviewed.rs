//! Marks with which people tell other security tools that they have looked at a line. Knows their spelling and numbers,
//! and nothing of what was found there.

use memchr::memmem;

use crate::model::{Category, RuleInfo};

/// bandit and gosec, semgrep, SonarQube, the security rules of ruff and flake8, and gosec in golangci-lint.
const MARKS: [&str; 7] =
    ["nosec", "nosemgrep", "NOSONAR", "noqa: S", "noqa:S", "nolint:gosec", "nolint: gosec"];

/// The numbers that bandit (`B602`), ruff (`S602`) and gosec (`G204`) give to our topics.
const NUMBERS: [(&str, &[&str]); 13] = [
    ("eval", &["102", "307"]),
    ("except", &["110", "112", "G104"]),
    ("timeout", &["113", "G112", "G114"]),
    ("net", &["104", "G102"]),
    ("debug", &["201", "G108"]),
    ("deser", &["301", "302", "403", "506", "614"]),
    ("hash", &["303", "324", "G401", "G501", "G505"]),
    ("crypto", &["304", "305", "311", "413", "505", "G404", "G405", "G502", "G503"]),
    ("tls", &["323", "501", "502", "503", "504", "507", "508", "509", "G106", "G402"]),
    ("shell", &["404", "601", "602", "603", "604", "605", "606", "609", "G204", "G702"]),
    ("sql", &["608", "610", "611", "G201", "G202", "G701"]),
    ("xss", &["308", "701", "702", "703", "704", "G203"]),
    ("password", &["105", "106", "107", "G101"]),
];

/// gitleaks and its descendants, detect-secrets, trufflehog, ggshield, kingfisher.
const SECRET_MARKS: [&str; 7] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "trufflehog:ignore",
    "ggignore",
    "kingfisher:ignore",
];

/// The mark in a comment on `lines`, if there is one for the kind of `rule` and it is not about other things.
pub fn reviewed(lines: &[u8], rule: &RuleInfo) -> Option<&'static str> {
    let (marks, topic) = match rule.category {
        Category::Secret => (&SECRET_MARKS[..], None),
        Category::Code => (&MARKS[..], Some(&*rule.topic)),
        Category::Dependency | Category::Policy => return None,
    };
    lines.split(|byte| *byte == b'\n').find_map(|line| find(line, marks, topic))
}

fn find(line: &[u8], marks: &'static [&'static str], topic: Option<&str>) -> Option<&'static str> {
    let is_meant = |at: usize| topic.is_none_or(|topic| is_about(&line[at..], topic));
    let found = marks.iter().find(|mark| {
        memmem::find_iter(line, mark.as_bytes()).any(|at| is_comment(&line[..at]) && is_meant(at))
    });
    found.copied()
}

/// True when a comment has begun where `before` ends, as far as the line tells.
fn is_comment(before: &[u8]) -> bool {
    let begins = |sign: &&[u8]| {
        memmem::find_iter(before, sign).any(|at| {
            let quotes = |quote: u8| before[..at].iter().filter(|byte| **byte == quote).count();
            [b'"', b'\'', b'`'].into_iter().all(|quote| quotes(quote).is_multiple_of(2))
        })
    };
    [&b"#"[..], b"//", b"/*"].iter().any(begins)
}

/// True when the mark names no number, or one of the topic's.
fn is_about(mark: &[u8], topic: &str) -> bool {
    let words = mark.split(|byte| !byte.is_ascii_alphanumeric());
    let mut numbers = words.filter_map(number).peekable();
    let own = NUMBERS.iter().find(|(name, _)| *name == topic).map_or(&[][..], |(_, numbers)| numbers);
    numbers.peek().is_none() || numbers.any(|number| own.contains(&number))
}

/// The number of `B602`, `S602` or `G204`; gosec's keep their letter.
fn number(word: &[u8]) -> Option<&str> {
    let (letter, digits) = word.split_first()?;
    let is_number = digits.len() == 3 && digits.iter().all(u8::is_ascii_digit);
    let kept = match letter {
        b'B' | b'S' => digits,
        b'G' => word,
        _ => return None,
    };
    std::str::from_utf8(kept).ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::{MARKS, SECRET_MARKS, find};

    #[test]
    fn marks_are_read_in_comments_and_by_their_numbers() {
        for (lines, expected) in [
            ("run(x)  # nosec", Some("nosec")),
            ("run(x)  # nosec B602", Some("nosec")),
            ("run(x)  # nosec B607, B602", Some("nosec")),
            ("run(x)  # nosec B607", None),
            ("run(x)  # nosec start_process_with_partial_path", Some("nosec")),
            ("run(  #nosec\n    x)", Some("nosec")),
            ("run('it is')  # type: ignore # noqa: S602", Some("noqa: S")),
            ("run(x)  # noqa: E501", None),
            ("run('#nosec')", None),
            ("exec(x) // NOSONAR", Some("NOSONAR")),
            ("exec(x) // #nosec G204 -- fixed", Some("nosec")),
            ("exec(x) // #nosec G401", None),
            ("# about\nnosec = run(x)", None),
        ] {
            let found = lines.as_bytes().split(|byte| *byte == b'\n');
            let found = found.into_iter().find_map(|line| find(line, &MARKS, Some("shell")));
            assert_eq!(found, expected, "{lines}");
        }
    }

    #[test]
    fn marks_of_scanners_for_secrets_are_read_in_comments() {
        for (line, expected) in [
            ("key = 'x'  # gitleaks:allow", Some("gitleaks:allow")),
            ("key: x # pragma: allowlist secret", Some("pragma: allowlist secret")),
            ("key = 'gitleaks:allow'", None),
            ("key = 'x'  # nosec", None),
        ] {
            assert_eq!(find(line.as_bytes(), &SECRET_MARKS, None), expected, "{line}");
        }
    }
}
