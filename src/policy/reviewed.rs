//! Marks with which people tell other security tools that they have looked at a line. Knows their spelling and numbers,
//! and nothing of what was found there.

use memchr::memmem;

use crate::model::{Category, RuleInfo, Span};

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

/// So many marks of a line are read: people write one or two.
const MOST_ON_A_LINE: usize = 16;
/// How far behind a mark its numbers are read.
const REACH: usize = 200;

/// The marks in a text's comments, by their places.
pub struct Marks<'t> {
    text: &'t [u8],
    found: Vec<(usize, &'static str)>,
}

impl<'t> Marks<'t> {
    /// Reads a text, once for all that is found in it: a line may be as long as the file.
    pub fn new(text: &'t [u8]) -> Self {
        let places = |mark| memmem::find_iter(text, mark).map(move |at| (at, mark));
        let all = MARKS.into_iter().chain(SECRET_MARKS);
        let mut found: Vec<(usize, &'static str)> = all.flat_map(places).collect();
        found.sort_unstable();
        let mut line = Line::default();
        found.retain(|(at, _)| line.counts(text, *at));
        Marks { text, found }
    }

    /// The first mark on some lines that is for the kind of `rule` and not about other things.
    pub fn on(&self, lines: Span, rule: &RuleInfo) -> Option<&'static str> {
        match rule.category {
            Category::Secret => self.first(lines, &SECRET_MARKS, None),
            Category::Code => self.first(lines, &MARKS, Some(&rule.topic)),
            Category::Dependency | Category::Policy => None,
        }
    }

    fn first(&self, lines: Span, kind: &[&str], topic: Option<&str>) -> Option<&'static str> {
        let before = self.found.partition_point(|(at, _)| *at < lines.start);
        let marks = self.found[before..].iter().take_while(|(at, _)| *at < lines.end);
        let reach = |at: usize| &self.text[at..self.text.len().min(at + REACH)];
        let line = |at| reach(at).split(|byte| *byte == b'\n').next().unwrap_or_default();
        let is_meant = |at| topic.is_none_or(|topic| is_about(line(at), topic));
        marks.filter(|(at, mark)| kind.contains(mark) && is_meant(*at)).map(|(_, mark)| *mark).next()
    }
}

/// How far a line has been read.
#[derive(Default)]
struct Line {
    read: usize,
    /// How often `"`, `'` and the backquote have stood in it.
    quotes: [usize; 3],
    /// Whether a comment has begun, as far as the line tells.
    comment: bool,
    marks: usize,
}

impl Line {
    /// Reads on up to a mark: true when it stands in a comment, among the first of its line.
    fn counts(&mut self, text: &[u8], mark: usize) -> bool {
        if let Some(newline) = memchr::memrchr(b'\n', &text[self.read..mark]) {
            *self = Line { read: self.read + newline + 1, ..Line::default() };
        }
        while self.read < mark {
            let rest = &text[self.read..mark];
            let outside = self.quotes.iter().all(|count| count.is_multiple_of(2));
            let begins = |sign: &[u8]| rest.starts_with(sign);
            self.comment |= outside && (begins(b"#") || begins(b"//") || begins(b"/*"));
            if let Some(quote) = b"\"'`".iter().position(|quote| *quote == rest[0]) {
                self.quotes[quote] += 1;
            }
            self.read += 1;
        }
        self.marks += 1;
        self.comment && self.marks <= MOST_ON_A_LINE
    }
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
    use super::{MARKS, Marks, SECRET_MARKS};
    use crate::model::Span;

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
            ("a = '#\nrun(x)  # nosec", Some("nosec")),
            ("'nosec' // nosec", Some("nosec")),
        ] {
            let found = Marks::new(lines.as_bytes()).first(Span::new(0, lines.len()), &MARKS, Some("shell"));
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
            let found = Marks::new(line.as_bytes()).first(Span::new(0, line.len()), &SECRET_MARKS, None);
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_mark_is_about_its_own_line() {
        let text = b"a()  # nosec\nb()\nc()  # nosemgrep\n";
        let marks = Marks::new(text);
        let on = |start, end| marks.first(Span::new(start, end), &MARKS, Some("shell"));
        assert_eq!((on(0, 12), on(13, 16), on(17, 33)), (Some("nosec"), None, Some("nosemgrep")));
    }
}
