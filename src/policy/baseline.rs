//! The findings that a team accepted when it began: `.portcullis/baseline.toml`, one line each. Knows names of findings, not
//! how they are found.

use crate::model::{RepoPath, RuleId};
use crate::text::escape;
use crate::text::toml_doc::{Document, Located, Outline, Problems};

use super::fingerprint::{numbered, parse_numbered};

const HEADER: &str = "# Findings that were here when portcullis came; see docs/team.md. Written by `portcullis baseline`.\n\
                      schema = 1\nfindings = [\n";

/// One accepted finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// What was found.
    pub rule: RuleId,
    /// Its name under the team's key.
    pub name: String,
    /// Which of equal ones in its file, from 1.
    pub nth: usize,
    /// Where it was seen last, printable.
    pub path: String,
}

/// All of them.
///
/// Invariant: sorted, nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline(Vec<Accepted>);

impl Accepted {
    /// Takes a finding's name as reports show it; none for one that is not under a key.
    pub fn new(rule: &RuleId, fingerprint: &str, path: &RepoPath) -> Option<Accepted> {
        let (name, nth) = parse_numbered(fingerprint)?;
        Some(Accepted { rule: rule.clone(), name: name.to_owned(), nth, path: escape(path.as_bytes()) })
    }

    fn parse(line: &str) -> Option<Accepted> {
        let (rule, rest) = line.split_once(' ')?;
        let (fingerprint, path) = rest.split_once(' ')?;
        let (name, nth) = parse_numbered(fingerprint)?;
        let rule = RuleId::parse(rule)?;
        (!path.is_empty()).then(|| Accepted { rule, name: name.to_owned(), nth, path: path.to_owned() })
    }

    fn line(&self) -> String {
        let Accepted { rule, name, nth, path } = self;
        format!("{rule} {} {path}", numbered(name, *nth))
    }
}

impl Baseline {
    /// Takes accepted findings in any order.
    pub fn new(mut findings: Vec<Accepted>) -> Baseline {
        if !findings.is_sorted() {
            findings.sort();
        }
        findings.dedup();
        Baseline(findings)
    }

    /// Reads the file; `file` names it in problems.
    pub fn read(file: &str, text: &str) -> Result<Baseline, Problems> {
        if let Some(baseline) = Baseline::as_written(text) {
            return Ok(baseline);
        }
        let doc = Document::parse(file, text);
        let baseline = Baseline::checked(&doc);
        doc.into_result(baseline)
    }

    /// A file that is just as `to_toml` writes it, without strings that have escapes: every commit reads it, and a reader of
    /// TOML takes five times as long. None: whatever else it is.
    fn as_written(text: &str) -> Option<Baseline> {
        let lines = text.strip_prefix(HEADER)?.strip_suffix("]\n")?;
        let read = |line: &str| {
            let quoted = line.strip_prefix("    ")?.strip_suffix(',')?;
            let quote = quoted.chars().next().filter(|char| ['"', '\''].contains(char))?;
            let inner = quoted[1..].strip_suffix(quote)?;
            let is_plain = |byte: u8| byte >= b' ' && ![b'\\', b'\x7f', quote as u8].contains(&byte);
            if inner.bytes().all(is_plain) { Accepted::parse(inner) } else { None }
        };
        lines.split_terminator('\n').map(read).collect::<Option<Vec<Accepted>>>().map(Baseline::new)
    }

    /// What may stand in the file.
    pub fn outline() -> Outline {
        Document::outline(|doc| drop(Baseline::checked(doc)))
    }

    fn checked(doc: &Document<'_>) -> Baseline {
        let root = doc.root();
        root.schema();
        let read = |line: &Located<&str>| {
            let accepted = Accepted::parse(line.value);
            if accepted.is_none() {
                doc.invalid(
                    line.span.start,
                    "findings",
                    "a line is RULE FINGERPRINT PATH, as `portcullis baseline` writes it",
                );
            }
            accepted
        };
        let findings = root.strings("findings").iter().filter_map(read).collect();
        root.finish();
        Baseline::new(findings)
    }

    /// The file: a sorted line for each finding, so that two branches which change different ones merge.
    pub fn to_toml(&self) -> String {
        let lines = self.0.iter().map(|one| format!("    {},\n", toml_edit::Value::from(one.line())));
        let lines: String = lines.collect();
        format!("{HEADER}{lines}]\n")
    }

    /// Every accepted finding, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Accepted> {
        self.0.iter()
    }

    /// True when nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many equal findings of this name are accepted in one file. A secret is accepted wherever it is moved to; code
    /// at its path, or at the one it was moved from.
    pub fn allowance(&self, rule: &RuleId, name: &str, place: &Place<'_>) -> usize {
        let start = self.0.partition_point(|one| (&one.rule, one.name.as_str()) < (rule, name));
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for one in self.0[start..].iter().take_while(|one| one.rule == *rule && one.name == name) {
            match counts.iter_mut().find(|(path, _)| *path == one.path) {
                Some((_, count)) => *count += 1,
                None => counts.push((&one.path, 1)),
            }
        }
        let at = |path: &RepoPath| {
            let path = escape(path.as_bytes());
            counts.iter().find(|(known, _)| *known == path).map(|(_, count)| *count)
        };
        let anywhere = || counts.iter().map(|(_, count)| *count).max().filter(|_| place.is_secret);
        at(place.path).or_else(|| place.moved_from.and_then(at)).or_else(anywhere).unwrap_or(0)
    }
}

/// How a baseline meets what is found today.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Found where it was.
    pub kept: Vec<Accepted>,
    /// Found elsewhere, as it stands there now.
    pub moved: Vec<Accepted>,
    /// No longer found.
    pub gone: Vec<Accepted>,
    /// Found and not accepted.
    pub new: Vec<Accepted>,
}

impl Change {
    /// Compares `old` with what is found.
    pub fn between(old: &Baseline, found: Baseline) -> Change {
        let mut change = Change::default();
        for one in found.0 {
            let place = if old.0.binary_search(&one).is_ok() { &mut change.kept } else { &mut change.new };
            place.push(one);
        }
        let mut gone: Vec<Accepted> =
            old.0.iter().filter(|one| change.kept.binary_search(one).is_err()).cloned().collect();
        let is_same = |one: &Accepted, other: &Accepted| one.rule == other.rule && one.name == other.name;
        change.new.retain(|one| {
            let Some(idx) = gone.iter().position(|old| is_same(one, old)) else { return true };
            gone.remove(idx);
            change.moved.push(one.clone());
            false
        });
        change.gone = gone;
        change
    }
}

/// Where something was found.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The path.
    pub path: &'p RepoPath,
    /// The path before, of a file that was moved.
    pub moved_from: Option<&'p RepoPath>,
    /// Whether the finding is a value, which is the same anywhere.
    pub is_secret: bool,
}

#[cfg(test)]
mod tests {
    use super::{Accepted, Baseline, Change, Document, Place};
    use crate::model::{RepoPath, RuleId};

    fn name(letter: &str) -> String {
        format!("v2:{}", letter.repeat(32))
    }

    fn accepted(rule: &str, fingerprint: &str, path: &str) -> Accepted {
        Accepted::new(&RuleId::parse(rule).unwrap(), fingerprint, &RepoPath::from(path)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_sorted() {
        let odd = RepoPath::new(b"odd \" name\n\xff.py".to_vec());
        let odd = Accepted::new(&RuleId::parse("b1").unwrap(), &name("a"), &odd).unwrap();
        let second = accepted("a1", &format!("{}-2", name("b")), "x y.py");
        let all = vec![odd, second.clone(), accepted("a1", &name("b"), "x y.py"), second];
        let baseline = Baseline::new(all);
        let text = baseline.to_toml();
        assert_eq!(Baseline::read("b", &text).unwrap(), baseline);
        let lines: Vec<&str> = text.lines().skip(3).collect();
        let b = name("b");
        let expected = [
            format!("    \"a1 {b} x y.py\","),
            format!("    \"a1 {b}-2 x y.py\","),
            format!("    'b1 {} odd \" name\\u{{a}}\\xFF.py',", name("a")),
            "]".to_owned(),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_is_no_baseline_is_told_with_its_line() {
        let problems = |text: &str| Baseline::read("b", text).unwrap_err().to_string();
        let form = "a line is RULE FINGERPRINT PATH, as `portcullis baseline` writes it";
        assert_eq!(
            problems("schema = 1\nfindings = [\n  'python-eval v2:0 a.py',\n  'x1',\n]\n"),
            format!("b:3:3: `findings`: {form}\nb:4:3: `findings`: {form}")
        );
        assert_eq!(
            problems("schema = 1\nfindings = [\n<<<<<<< HEAD\n  'a',\n=======\n>>>>>>> side\n]\n"),
            "b:3:1: an unresolved merge conflict; choose what stays, then take the marks out"
        );
    }

    /// What the reader of TOML makes of a text.
    fn slowly(text: &str) -> Option<Baseline> {
        let doc = Document::parse("b", text);
        let baseline = Baseline::checked(&doc);
        doc.into_result(baseline).ok()
    }

    proptest::proptest! {
        #[test]
        fn what_is_read_quickly_is_what_a_reader_of_toml_reads(
            paths in proptest::collection::vec("[!-~é][ -~é\\u{1}]{0,12}", 0..6),
            (at, changed) in (0_usize..400, "[\"'#,\\\\ \n\r\t=x\\x7f\\]]{0,2}"),
        ) {
            let lines = paths.iter().zip(["a", "b", "a"].iter().cycle());
            let written = Baseline::new(lines.map(|(path, letter)| accepted("ab", &name(letter), path)).collect());
            let text = written.to_toml();
            proptest::prop_assert_eq!(&Baseline::read("b", &text).unwrap(), &written);
            let mut other = text;
            let at = (0..=at.min(other.len())).rev().find(|at| other.is_char_boundary(*at)).unwrap();
            other.insert_str(at, &changed);
            if let Some(quickly) = Baseline::as_written(&other) {
                proptest::prop_assert_eq!(Some(quickly), slowly(&other), "{}", other);
            }
        }
    }

    #[test]
    fn secrets_are_accepted_where_they_move_and_code_where_it_stood() {
        let baseline = Baseline::new(vec![
            accepted("ab", &name("a"), "one.py"),
            accepted("ab", &name("a"), "two.py"),
            accepted("ab", &format!("{}-2", name("a")), "two.py"),
        ]);
        let check = |letter: &str, path: &str, moved_from: Option<&str>, is_secret, expected: usize| {
            let (path, moved_from) = (RepoPath::from(path), moved_from.map(RepoPath::from));
            let place = Place { path: &path, moved_from: moved_from.as_ref(), is_secret };
            let rule = RuleId::parse("ab").unwrap();
            assert_eq!(baseline.allowance(&rule, &name(letter), &place), expected, "{place:?}");
        };
        check("a", "one.py", None, false, 1);
        check("a", "two.py", None, false, 2);
        check("a", "new.py", None, false, 0);
        check("a", "new.py", Some("one.py"), false, 1);
        check("a", "new.py", None, true, 2);
        check("b", "one.py", None, true, 0);
    }

    #[test]
    fn a_baseline_follows_what_moves_and_drops_what_is_gone() {
        let one = |letter: &str, path: &str| accepted("ab", &name(letter), path);
        let old = Baseline::new(vec![one("a", "old.py"), one("b", "stays.py"), one("c", "gone.py")]);
        let found = Baseline::new(vec![one("a", "new.py"), one("b", "stays.py"), one("d", "more.py")]);
        let expected = Change {
            kept: vec![one("b", "stays.py")],
            moved: vec![one("a", "new.py")],
            gone: vec![one("c", "gone.py")],
            new: vec![one("d", "more.py")],
        };
        assert_eq!(Change::between(&old, found), expected);
        let copied = Baseline::new(vec![one("b", "stays.py"), one("b", "copy.py")]);
        assert_eq!(Change::between(&old, copied).new, [one("b", "copy.py")]);
    }
}
