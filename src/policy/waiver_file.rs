//! Reviewed exceptions in a file of their own: `.portcullis/waivers.toml`, as written and checked. Knows the day only as a
//! value, and not what is found.

use crate::config::{Glob, Known};
use crate::deps::{Date, codes};
use crate::model::{Category, RepoPath, RuleId, Span};
use crate::text::toml_doc::{Document, Located, Outline, Problems, Table};

use super::exceptions::WAIVERS;
use super::fingerprint::parse_numbered;
use super::waiver::says_why;

/// How many days before its end people are told of a waiver.
pub const WARNING_DAYS: i64 = 14;

/// The start of a file that holds no waiver yet.
pub const HEADER: &str = "# Reviewed exceptions; see docs/team.md.\nschema = 1\n";

/// A reviewed exception.
#[derive(Debug, Clone)]
pub struct FileWaiver {
    /// The rules whose findings it covers.
    pub rules: Vec<RuleId>,
    /// Where; everywhere when left out, and then there is a fingerprint.
    pub path: Option<Path>,
    /// Only findings of this name.
    pub fingerprint: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Its header in the file.
    pub span: Span,
    /// The line of its header, from 1.
    pub line: usize,
}

/// A glob over whole paths.
#[derive(Debug, Clone)]
pub struct Path {
    /// As written.
    pub glob: String,
    matcher: Glob,
}

/// What a day means for a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// It counts.
    Counts,
    /// It counts until this day, which is near.
    EndsSoon(Date),
    /// It no longer counts since this day.
    Ended(Date),
}

impl FileWaiver {
    /// Whether a finding is meant.
    pub fn covers(&self, rule: &RuleId, path: &RepoPath, name: Option<&str>) -> bool {
        self.rules.contains(rule)
            && self.fingerprint.as_ref().is_none_or(|own| Some(own.as_str()) == name)
            && self.path.as_ref().is_none_or(|own| own.is_match(path))
    }

    /// What `today` means for it.
    pub fn term(&self, today: Date) -> Term {
        match self.expires {
            None => Term::Counts,
            Some(day) if today > day => Term::Ended(day),
            Some(day) if today.days_until(day) <= WARNING_DAYS => Term::EndsSoon(day),
            Some(_) => Term::Counts,
        }
    }

    /// True when no folder, file or finding is named: whoever adds a file anywhere is covered.
    pub fn is_broad(&self) -> bool {
        let is_named = |part: &str| !part.is_empty() && !part.contains(['*', '?', '[', '{']);
        self.fingerprint.is_none()
            && self.path.as_ref().is_none_or(|path| !path.glob.split('/').any(is_named))
    }

    /// `` `python-eval` in `src/**` ``.
    pub fn summary(&self) -> String {
        let rules: Vec<String> = self.rules.iter().map(|rule| format!("`{rule}`")).collect();
        let place = self.path.as_ref().map_or("anywhere".to_owned(), |path| format!("in `{}`", path.glob));
        format!("{} {place}", rules.join(", "))
    }

    /// The waiver as a block of the file.
    pub fn to_toml(&self) -> String {
        let text = |text: &str| toml_edit::Value::from(text).to_string();
        let mut lines = vec!["[[waiver]]".to_owned()];
        match self.rules.as_slice() {
            [rule] => lines.push(format!("rule = {}", text(rule.as_str()))),
            rules => {
                let names: Vec<String> = rules.iter().map(|rule| text(rule.as_str())).collect();
                lines.push(format!("rules = [{}]", names.join(", ")));
            }
        }
        lines.extend(self.path.iter().map(|path| format!("path = {}", text(&path.glob))));
        lines.extend(self.fingerprint.iter().map(|name| format!("fingerprint = {}", text(name))));
        lines.push(format!("reason = {}", text(&self.reason)));
        lines.push(format!("owner = {}", text(&self.owner)));
        lines.extend(self.expires.map(|day| format!("expires = {day}")));
        lines.join("\n") + "\n"
    }
}

impl Path {
    /// Reads a glob.
    pub fn new(glob: &str) -> Result<Path, globset::Error> {
        Ok(Path { glob: glob.to_owned(), matcher: Glob::new(glob)? })
    }

    /// The glob that means this very path.
    pub fn literal(path: &str) -> Result<Path, globset::Error> {
        Path::new(&globset::escape(path))
    }

    /// Whether a path is meant.
    pub fn is_match(&self, path: &RepoPath) -> bool {
        self.matcher.is_match(String::from_utf8_lossy(path.as_bytes()).as_ref())
    }
}

/// Reads the file. `known` are the rules that there are, `category` says what kind of rule one is.
pub fn read(
    file: &str,
    text: &str,
    known: &Known<'_>,
    category: &dyn Fn(&RuleId) -> Option<Category>,
) -> Result<Vec<FileWaiver>, Problems> {
    let doc = Document::parse(file, text);
    let waivers = Reader { doc: &doc, known, category }.waivers();
    doc.into_result(waivers)
}

/// What may stand in the file.
pub fn outline() -> Outline {
    let known = Known { packs: &[], rules: &[""; 0] };
    Document::outline(|doc| drop(Reader { doc, known: &known, category: &|_| None }.waivers()))
}

/// Reads the file without knowing any rule: for looking at what it says, not for judging.
pub fn read_unchecked(text: &str) -> Result<Vec<FileWaiver>, Problems> {
    let doc = Document::parse(WAIVERS, text);
    let root = doc.root();
    let tables = root.tables("waiver");
    let names = tables.iter().flat_map(|table| named(table)).map(|name| name.value);
    let names: Vec<&str> = names.collect();
    read(WAIVERS, text, &Known { packs: &[], rules: &names }, &|_| Some(Category::Code))
}

/// `rule`, or `rules`.
fn named<'d>(table: &Table<'d, '_>) -> Vec<Located<&'d str>> {
    let mut names = table.strings("rules");
    names.extend(table.string("rule"));
    table.needs_one_of(&["rule", "rules"]);
    names
}

struct Reader<'r, 'd> {
    doc: &'r Document<'d>,
    known: &'r Known<'r>,
    category: &'r dyn Fn(&RuleId) -> Option<Category>,
}

impl Reader<'_, '_> {
    fn waivers(&self) -> Vec<FileWaiver> {
        let root = self.doc.root();
        root.schema();
        let waivers = root.tables("waiver").iter().filter_map(|table| self.waiver(table)).collect();
        root.finish();
        waivers
    }

    fn waiver(&self, table: &Table<'_, '_>) -> Option<FileWaiver> {
        let rules = named(table).iter().filter_map(|name| self.rule(name)).collect();
        let path = table.string("path");
        let glob = path.as_ref().and_then(|path| {
            Path::new(path.value).map_err(|error| table.invalid("path", error.kind().to_string())).ok()
        });
        let fingerprint = table.string("fingerprint").and_then(|text| {
            let name = parse_numbered(text.value).map(|(name, _)| name.to_owned());
            if name.is_none() {
                table.invalid(
                    "fingerprint",
                    "`v2:` and 32 digits, as reports show it where the team has a key",
                );
            }
            name
        });
        table.needs_one_of(&["path", "fingerprint"]);
        let reason = table.required_string("reason");
        if let Some(reason) = reason.as_ref().filter(|reason| !says_why(reason.value)) {
            self.doc.invalid(reason.span.start, "reason", "needs a few words that a reviewer can judge");
        }
        let owner = table.required_string("owner");
        let expires = table.date("expires").and_then(|text| {
            let day = Date::parse(&text.value);
            if day.is_none() {
                table.invalid("expires", "there is no such day");
            }
            day
        });
        table.finish();
        let span = Span::new(table.span().start, table.span().end);
        Some(FileWaiver {
            rules,
            path: glob,
            fingerprint,
            reason: reason?.value.to_owned(),
            owner: owner?.value.to_owned(),
            expires,
            span,
            line: self.doc.position(span.start).line,
        })
    }

    fn rule(&self, name: &Located<&str>) -> Option<RuleId> {
        let at = name.span.start;
        let Some(id) = self.known.rule(name.value) else {
            let hint = self.known.nearest(name.value);
            let hint = hint.map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
            self.doc.invalid(at, "rule", format!("there is no rule `{}`{hint}", name.value));
            return None;
        };
        match (self.category)(&id) {
            Some(Category::Dependency) if codes::is_for_the_record(&id) => {
                self.doc.invalid(at, "rule", "dependencies are let in by approved.toml");
            }
            Some(Category::Policy) => {
                self.doc.invalid(at, "rule", "what is said of the team's own files cannot be waived");
            }
            Some(Category::Secret | Category::Code | Category::Dependency) | None => {}
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Term, read};
    use crate::config::Known;
    use crate::deps::Date;
    use crate::model::{Category, RuleId};

    const SIGNED: &str = "reason = 'a documented sample'\nowner = 'team-web'\n";

    fn category(rule: &RuleId) -> Option<Category> {
        Some(if rule.as_str().starts_with("DEP") { Category::Dependency } else { Category::Code })
    }

    fn parse(text: &str) -> Result<Vec<super::FileWaiver>, String> {
        let known = Known { packs: &[], rules: &["DEP001", "DEP013", "github-pat", "python-eval"] };
        read("w", &format!("schema = 1\n{text}"), &known, &category).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check(keys: &str, expected: &[&str]) {
        let problems = parse(&format!("[[waiver]]\n{keys}\n{SIGNED}")).err().unwrap_or_default();
        assert_eq!(problems.lines().collect::<Vec<_>>(), expected, "{keys}");
    }

    #[test]
    fn a_waiver_names_a_rule_and_a_place_or_a_finding() {
        let name = format!("v2:{}", "0a".repeat(16));
        check("rule = 'python-eval'\npath = 'src/a.py'", &[]);
        check(&format!("rules = ['python-eval', 'github-pat']\nfingerprint = '{name}'"), &[]);
        check(
            &format!("rule = 'python-eval'\npath = 'a'\nfingerprint = '{name}-2'\nexpires = 2027-01-31"),
            &[],
        );
        check("path = 'src/**'", &["w:2:1: `rule` is missing"]);
        check("rule = 'python-eval'", &["w:2:1: `path` is missing"]);
        check("rule = '*'\npath = 'a'", &["w:3:8: `rule`: there is no rule `*`"]);
        let meant = "w:3:8: `rule`: there is no rule `python-evl`, did you mean `python-eval`?";
        check("rule = 'python-evl'\npath = 'a'", &[meant]);
        let approved = "w:3:8: `rule`: dependencies are let in by approved.toml";
        check("rule = 'DEP001'\npath = 'a'", &[approved]);
        check("rule = 'DEP013'\npath = 'a'", &[]);
        let digits =
            "w:4:15: `fingerprint`: `v2:` and 32 digits, as reports show it where the team has a key";
        check("rule = 'python-eval'\nfingerprint = 'v1:0'", &[digits]);
        check(
            "rule = 'python-eval'\npth = 'a'\nexpires = '2027-02-30'",
            &[
                "w:2:1: `path` is missing",
                "w:4:1: unknown key `pth`, did you mean `path`?",
                "w:5:11: `expires`: there is no such day",
            ],
        );
        let bare =
            parse("[[waiver]]\nrule = 'python-eval'\npath = 'a'\nreason = 'ok'\n").err().unwrap_or_default();
        assert_eq!(
            bare.lines().collect::<Vec<_>>(),
            ["w:2:1: `owner` is missing", "w:5:10: `reason`: needs a few words that a reviewer can judge"]
        );
    }

    fn waiver(keys: &str) -> super::FileWaiver {
        parse(&format!("[[waiver]]\nrule = 'python-eval'\n{keys}\n{SIGNED}")).unwrap().remove(0)
    }

    #[test]
    fn what_is_written_is_read() {
        let keys =
            format!("path = 'a b/\"c\".py'\nfingerprint = 'v2:{}'\nexpires = 2027-01-31", "0a".repeat(16));
        let written = waiver(&keys);
        let again = parse(&written.to_toml()).unwrap().remove(0);
        assert_eq!(again.to_toml(), written.to_toml());
        assert!(again.covers(&written.rules[0], &"a b/\"c\".py".into(), written.fingerprint.as_deref()));
        assert!(!again.covers(&written.rules[0], &"a b/\"c\".py".into(), None));
        assert!(!again.covers(&written.rules[0], &"a b/d.py".into(), written.fingerprint.as_deref()));
    }

    #[test]
    fn a_waiver_ends_with_a_warning() {
        let day = |text| Date::parse(text).unwrap();
        let waiver = waiver("path = 'a'\nexpires = 2027-01-31");
        for (today, expected) in [
            ("2027-01-16", Term::Counts),
            ("2027-01-17", Term::EndsSoon(day("2027-01-31"))),
            ("2027-01-31", Term::EndsSoon(day("2027-01-31"))),
            ("2027-02-01", Term::Ended(day("2027-01-31"))),
        ] {
            assert_eq!(waiver.term(day(today)), expected, "{today}");
        }
    }

    #[test]
    fn a_waiver_for_no_place_in_particular_is_broad() {
        for (path, expected) in [
            ("**", true),
            ("**/*.py", true),
            ("*.{py,js}", true),
            ("tests/**", false),
            ("**/settings.py", false),
            ("src/a.py", false),
        ] {
            assert_eq!(waiver(&format!("path = '{path}'")).is_broad(), expected, "{path}");
        }
    }
}
