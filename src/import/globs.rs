//! A regular expression over paths as globs that mean the same paths; none where globs cannot say it. Knows no rule.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// More globs than these are not easier to read than the expression.
const MOST: usize = 40;

/// The globs of an expression that gitleaks looks for anywhere in a path.
pub fn globs(regex: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex).ok()?;
    let ways = ways(&hir)?;
    let mut globs: Vec<String> = ways.iter().flat_map(Way::globs).collect();
    globs.sort();
    globs.dedup();
    (!globs.is_empty() && globs.len() <= MOST).then_some(globs)
}

/// One way in which the expression matches: a text, and whether it begins or ends the path.
#[derive(Debug, Clone, Default)]
struct Way {
    text: String,
    starts: bool,
    ends: bool,
}

impl Way {
    fn globs(&self) -> Vec<String> {
        let Way { text, starts, ends } = self;
        let before: &[&str] = match (starts, text.starts_with('/')) {
            (true, _) => &[""],
            // No path begins with a slash: some folder stands before it.
            (false, true) => &["*/**"],
            (false, false) => &["**/*"],
        };
        let behind: &[&str] = match (ends, text.ends_with('/')) {
            (true, _) => &[""],
            (false, true) => &["**"],
            (false, false) => &["*", "*/**"],
        };
        before
            .iter()
            .flat_map(|before| behind.iter().map(move |behind| format!("{before}{text}{behind}")))
            .collect()
    }

    fn then(&self, next: &Way) -> Option<Way> {
        if next.starts && !self.text.is_empty() || self.ends && !next.text.is_empty() {
            return None;
        }
        let text = format!("{}{}", self.text, next.text);
        Some(Way { text, starts: self.starts || next.starts, ends: self.ends || next.ends })
    }
}

fn ways(hir: &Hir) -> Option<Vec<Way>> {
    let one = |text: String| Some(vec![Way { text, ..Way::default() }]);
    match hir.kind() {
        HirKind::Empty => one(String::new()),
        HirKind::Literal(literal) => one(globset::escape(std::str::from_utf8(&literal.0).ok()?)),
        HirKind::Class(Class::Bytes(class)) => {
            let mut set = String::new();
            for range in class.ranges().iter().filter(|_| class.ranges().len() <= 4) {
                let (first, last) = (char::from(range.start()), char::from(range.end()));
                if !first.is_ascii_alphanumeric() || !last.is_ascii_alphanumeric() {
                    return None;
                }
                set.push(first);
                if last != first {
                    set.push('-');
                    set.push(last);
                }
            }
            (!set.is_empty()).then(|| vec![Way { text: format!("[{set}]"), ..Way::default() }])
        }
        HirKind::Look(Look::Start) => Some(vec![Way { starts: true, ..Way::default() }]),
        HirKind::Look(Look::End) => Some(vec![Way { ends: true, ..Way::default() }]),
        HirKind::Capture(capture) => ways(&capture.sub),
        HirKind::Repetition(repetition) => {
            let sub = ways(&repetition.sub)?;
            match (repetition.min, repetition.max) {
                (0, Some(1)) => Some(sub.into_iter().chain([Way::default()]).collect()),
                _ => None,
            }
        }
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Vec<Way>>> = parts.iter().map(ways).collect();
            all.map(|all| all.concat())
        }
        HirKind::Concat(parts) => parts.iter().try_fold(vec![Way::default()], |before, part| {
            let next = ways(part)?;
            let joined: Option<Vec<Way>> =
                before.iter().flat_map(|one| next.iter().map(move |two| one.then(two))).collect();
            joined.filter(|joined| joined.len() <= MOST)
        }),
        HirKind::Class(Class::Unicode(_)) | HirKind::Look(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::globs;
    use globset::GlobBuilder;

    /// Paths that show every difference which the expressions below could have from their globs.
    const PATHS: [&str; 22] = [
        "go.sum",
        "a/go.sum",
        "a/xgo.sum",
        "go.sum.bak",
        "go_sum",
        "vendor/a",
        "a/vendor/b/c",
        "xvendor/a",
        "vendor",
        "a.PNG",
        "a/b.png",
        "a.jpeg",
        "a.jpg",
        "jpg",
        "tests/a.rs",
        "a/tests/a.rs",
        "testing/a",
        "test",
        "x/.env",
        ".env",
        "x.env",
        ".env.local",
    ];

    #[track_caller]
    fn check(regex: &str, is_said: bool) {
        let found = globs(regex);
        assert_eq!(found.is_some(), is_said, "{regex}: {found:?}");
        let Some(globs) = found else { return };
        let matchers: Vec<_> = globs
            .iter()
            .map(|glob| GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher())
            .collect();
        let regex = regex::Regex::new(regex).unwrap();
        for path in PATHS {
            let by_globs = matchers.iter().any(|glob| glob.is_match(path));
            assert_eq!(by_globs, regex.is_match(path), "{regex} {path} {globs:?}");
        }
    }

    #[test]
    fn globs_mean_the_same_paths_or_are_not_said() {
        for regex in [
            r"go\.sum$",
            r"(?:^|/)go\.sum$",
            r"^go\.sum$",
            r"(^|/)vendor/",
            r"vendor",
            r"(?i)\.(png|jpe?g)$",
            r"^tests/",
            r"tests?",
            r"(?:^|/)\.env(\.local)?$",
            r"/go\.sum$",
            r"\.jp[eg]",
        ] {
            check(regex, true);
        }
        for regex in [r"a.*b", r"[^/]+\.go$", r"\bgo", r"a+", r"(?!x)"] {
            check(regex, false);
        }
    }
}
