//! Rules that are looked for beside another rule's match: reads what they require, and checks that somebody can meet it.
//! Knows nothing of content.

use std::borrow::Cow;

use super::pattern;
use super::rule::{Pattern, Requirement, Rule};
use crate::model::RuleId;
use crate::text::toml_doc::Table;

/// Farther apart two halves are no pair.
const MOST_LINES: u64 = 100;

/// What such a rule has no use for: it is looked for as it stands there, beside the other half.
const USELESS: [&str; 9] =
    ["keywords", "detector", "file_names", "scope", "unit", "all_of", "none_of", "near", "argument"];

/// A rule that no content can ever meet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule}: requires {other}, which is no rule that is found by itself")]
pub struct Unmet {
    /// The rule.
    pub rule: RuleId,
    /// What it requires.
    pub other: String,
}

/// The first of `rules` that requires what is found by itself neither among them nor among `others`.
pub fn unmet(rules: &[Rule], others: &[Rule]) -> Option<Unmet> {
    let meets = |rule: &Rule, id: &str| rule.info.id.as_str() == id && !rule.keywords.is_empty();
    rules.iter().find_map(|rule| {
        let mut ids = rule.requires.iter().map(|requirement| &requirement.rule);
        let other = ids.find(|id| !rules.iter().chain(others).any(|other| meets(other, id)))?;
        Some(Unmet { rule: rule.info.id.clone(), other: other.to_string() })
    })
}

/// What must stand near.
pub fn requires(table: &Table<'_, '_>) -> Vec<Requirement> {
    let read = |written: &Table<'_, '_>| {
        let (rule, lines) = (written.required_string("rule"), written.integer("within_lines"));
        let lines = lines.filter(|lines| *lines <= MOST_LINES);
        if lines.is_none() {
            written.invalid("within_lines", format!("a number of lines up to {MOST_LINES}"));
        }
        written.finish();
        Some(Requirement { rule: Cow::Owned(rule?.value.to_owned()), within_lines: lines? as u16 })
    };
    let written = table.tables("requires");
    if written.is_empty() && table.has("requires") {
        table.invalid("requires", "names no rule");
    }
    written.iter().filter_map(read).collect()
}

/// The pattern of a rule that is looked for beside another one's match.
pub fn beside(table: &Table<'_, '_>, unicode: bool) -> Option<Pattern> {
    // Read, so that it is no unknown key besides.
    table.strings("keywords");
    for key in USELESS {
        if table.has(key) {
            table.invalid(
                key,
                "a rule with `requires` is looked for beside another one's match, as it stands there",
            );
        }
    }
    let source = table.required_string("pattern")?;
    let bounded = pattern::bound(source.value, unicode);
    let max_len = bounded.map_err(|error| table.invalid("pattern", error.to_string())).ok()?.max_len as u32;
    Some(Pattern { source: Cow::Owned(source.value.to_owned()), unicode, max_len, run: None })
}

#[cfg(test)]
mod tests {
    use super::super::check_file;
    use super::unmet;

    fn file(rules: &[&str]) -> String {
        let head = "category = \"secret\"\nseverity = \"low\"\nconfidence = \"low\"\ntitle = \"t\"\nmessage = \"m\"\n\
                    remediation = \"r\"";
        let rules = rules.iter().map(|rule| format!("[[rule]]\n{head}\n{rule}\n"));
        format!("schema = 1\npack = \"p\"\n{}", rules.collect::<String>())
    }

    const PATTERN: &str = "id = \"aa\"\npattern = '[0-9]{9}'";

    #[test]
    fn a_rule_with_requires_needs_a_pattern_of_its_own_and_no_keywords() {
        for (written, expected) in [
            ("requires = [{ rule = \"bb\", within_lines = 3 }]", &[][..]),
            ("requires = []", &["`requires`: names no rule"]),
            ("requires = [{ rule = \"bb\" }]", &["`within_lines`: a number of lines up to 100"]),
            (
                "requires = [{ rule = \"bb\", within_lines = 101 }]",
                &["`within_lines`: a number of lines up to 100"],
            ),
            ("requires = [{ within_lines = 1 }]", &["`rule` is missing"]),
            (
                "requires = [{ rule = \"bb\", within_lines = 3 }]\nunit = \"line\"",
                &[
                    "`unit`: a rule with `requires` is looked for beside another one's match, as it stands there",
                ],
            ),
            (
                "requires = [{ rule = \"bb\", within_lines = 3 }]\nkeywords = [\"00\"]",
                &[
                    "`keywords`: a rule with `requires` is looked for beside another one's match, as it stands there",
                ],
            ),
        ] {
            let problems = check_file("f", &file(&[&format!("{PATTERN}\n{written}")]), false).err();
            let problems: Vec<String> =
                problems.into_iter().flat_map(|all| all.0).map(|problem| problem.to_string()).collect();
            let ends = |(told, expected): (&String, &&str)| told.ends_with(expected);
            assert!(
                problems.len() == expected.len() && problems.iter().zip(expected).all(ends),
                "{written}: {problems:#?}"
            );
        }
    }

    #[test]
    fn what_is_required_must_be_a_rule_that_is_found_by_itself() {
        let pair =
            |other: &str| format!("{PATTERN}\nrequires = [{{ rule = \"{other}\", within_lines = 1 }}]");
        for (other, expected) in [
            ("bb", None),
            ("cc", None),
            ("dd", Some("rule aa: requires dd, which is no rule that is found by itself")),
            ("aa", Some("rule aa: requires aa, which is no rule that is found by itself")),
        ] {
            let rules = |rules: &[&str]| check_file("f", &file(rules), false).unwrap().rules;
            let own = rules(&[&pair(other), "id = \"bb\"\npattern = 'bb'"]);
            let told = unmet(&own, &rules(&["id = \"cc\"\npattern = 'cc'"]));
            assert_eq!(told.map(|unmet| unmet.to_string()).as_deref(), expected);
        }
    }
}
