//! Who owns a path by the file CODEOWNERS, and whether a person is one of them. Knows no commits.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::config::Teams;
use crate::model::RepoPath;

/// Where the file may lie, in the order in which hosts look for it.
pub const PLACES: [&str; 4] = [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// The file, read.
#[derive(Debug, Default)]
pub struct Owners {
    /// GitLab's sections, each of which has an owner for a path; elsewhere it is one.
    sections: Vec<Vec<Line>>,
}

#[derive(Debug)]
struct Line {
    pattern: Gitignore,
    /// `docs/*` means no files of folders below.
    is_flat: bool,
    owners: Vec<String>,
}

impl Owners {
    /// Reads the file. A line that is no pattern owns nothing.
    pub fn read(text: &str) -> Owners {
        let mut sections = vec![Vec::new()];
        let mut by_default: Vec<String> = Vec::new();
        for line in text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((_, rest)) = section(line) {
                by_default = words(rest);
                sections.push(Vec::new());
                continue;
            }
            // A space in a path is written `\ `.
            let line = line.replace("\\ ", "\0");
            let mut words = words(&line).into_iter().map(|word| word.replace('\0', " "));
            let Some(glob) = words.next() else { continue };
            let own: Vec<String> = words.collect();
            let owners = if own.is_empty() { by_default.clone() } else { own };
            let mut builder = GitignoreBuilder::new("");
            let pattern = builder.add_line(None, &glob).and_then(|builder| builder.build());
            let (Ok(pattern), Some(section)) = (pattern, sections.last_mut()) else { continue };
            section.push(Line { pattern, is_flat: glob.ends_with("/*"), owners });
        }
        Owners { sections }
    }

    /// The owners of a path, as they are written there: those of the last line that fits.
    pub fn of(&self, path: &RepoPath) -> Vec<&str> {
        let path = String::from_utf8_lossy(path.as_bytes());
        let last = |section: &'_ Vec<Line>| section.iter().rposition(|line| line.fits(&path));
        let lines = self.sections.iter().filter_map(|section| section.get(last(section)?));
        lines.flat_map(|line| line.owners.iter().map(String::as_str)).collect()
    }
}

impl Line {
    fn fits(&self, path: &str) -> bool {
        if self.is_flat {
            return self.pattern.matched(path, false).is_ignore();
        }
        self.pattern.matched_path_or_any_parents(path, false).is_ignore()
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `[Name]`, `^[Name]` or `[Name][2]`, and what stands behind it.
fn section(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = line.split_once(']')?;
    let rest = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest);
    (rest.is_empty() || rest.starts_with(' ')).then_some((name, rest))
}

/// Whether `who`, as `Name <mail>` or as `@name`, is the owner that CODEOWNERS names.
pub fn is_owner(who: &str, owner: &str, teams: &Teams) -> bool {
    let is_one = |one: &str| is_person(who, one);
    is_one(owner) || teams.get(owner).is_some_and(|members| members.iter().any(|member| is_one(member)))
}

fn is_person(who: &str, one: &str) -> bool {
    let mail = who.rsplit_once('<').map_or(who, |(_, mail)| mail.trim_end_matches('>')).trim();
    let Some(name) = one.strip_prefix('@') else { return mail.eq_ignore_ascii_case(one) };
    // `ID+name@users.noreply.github.com` is what the host itself writes.
    let local = mail.strip_suffix("@users.noreply.github.com").unwrap_or_default();
    let local = local.rsplit('+').next().unwrap_or_default();
    who.split_whitespace().any(|word| word.eq_ignore_ascii_case(one)) || local.eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::{Owners, is_owner};

    #[track_caller]
    fn check(text: &str, path: &str, expected: &[&str]) {
        assert_eq!(Owners::read(text).of(&path.into()), expected, "{path}");
    }

    #[test]
    fn the_last_line_that_fits_names_the_owners() {
        let text = "# everything\n*  @all a@example.org\n*.js @js # scripts\n/docs/ @writers\napps/ @apps\n/flat/* @flat\n\
                    /build/logs/\nwith\\ space/ @space\n";
        for (path, expected) in [
            ("README", &["@all", "a@example.org"][..]),
            ("lib/a.js", &["@js"]),
            ("docs/a.js", &["@writers"]),
            ("x/docs/a", &["@all", "a@example.org"]),
            ("x/apps/deep/a", &["@apps"]),
            ("flat/a", &["@flat"]),
            ("flat/deep/a", &["@all", "a@example.org"]),
            ("build/logs/a", &[]),
            ("with space/a", &["@space"]),
        ] {
            check(text, path, expected);
        }
        check("", "a", &[]);
    }

    #[test]
    fn each_section_has_its_owners() {
        let text = "* @all\n[Docs][2] @writers\ndocs/\n^[Data]\n*.sql @dba\n";
        check(text, "docs/a.sql", &["@all", "@writers", "@dba"]);
        check(text, "a", &["@all"]);
    }

    #[test]
    fn a_person_is_known_by_mail_or_name_and_a_team_by_its_members() {
        let teams = [("@org/sec".to_owned(), vec!["eve@example.org".to_owned(), "@bob".to_owned()])].into();
        for (who, owner, expected) in [
            ("Ada <ada@example.org>", "ada@example.org", true),
            ("Ada <ADA@example.org>", "ada@example.org", true),
            ("Ada <ada@example.org.evil>", "ada@example.org", false),
            ("Ada <7+Ada@users.noreply.github.com>", "@ada", true),
            ("ada@example.org <x@evil>", "ada@example.org", false),
            ("@ada", "@ada", true),
            ("@adamant", "@ada", false),
            ("Ada (@ada) <x@y>", "@ada", false),
            ("Ada @ada <x@y>", "@ada", true),
            ("Bob <1+bob@users.noreply.github.com>", "@org/sec", true),
            ("Eve <eve@example.org>", "@org/sec", true),
            ("Ada <ada@example.org>", "@org/sec", false),
        ] {
            assert_eq!(is_owner(who, owner, &teams), expected, "{who} {owner}");
        }
    }
}
