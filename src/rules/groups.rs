//! Whether the named groups of a rule's patterns and the keys that speak of them go together, and its fix with them. Knows nothing of what
//! they match.

use super::rule::{Pattern, Rule};
use crate::model::Category;
use crate::text::toml_doc::Table;

/// Notes where a group and its key do not go together.
pub fn check(table: &Table<'_, '_>, pattern: Option<&Pattern>, rule: &Rule) {
    let has = |group: &str| pattern.is_some_and(|pattern| pattern.source.contains(group));
    if has("(?<arg>") != rule.argument.is_some() {
        table.invalid("argument", "goes with a group `arg` in the pattern, where the argument begins");
    }
    let nameless = rule.named_by.iter().any(|source| !source.contains(NAME));
    if has(NAME) == rule.named_by.is_empty() || nameless {
        table.invalid("named_by", "each of its patterns and the rule's pattern need a group `name`");
    }
}

/// Notes a fix that nobody could apply.
pub fn check_fix(table: &Table<'_, '_>, rule: &Rule) {
    let Some(fix) = &rule.fix else { return };
    if rule.info.category != Category::Code || fix.contains(char::is_control) {
        table.invalid("fix", "one line that takes the place of what a rule for code reports");
    }
}

const NAME: &str = "(?<name>";

#[cfg(test)]
mod tests {
    use super::super::check_file;

    #[track_caller]
    fn check(written: &str, expected: &[&str]) {
        let head = "id = \"aa\"\ncategory = \"secret\"\nseverity = \"low\"\nconfidence = \"low\"\ntitle = \"t\"\n\
                    message = \"m\"\nremediation = \"r\"";
        let file = format!("schema = 1\npack = \"p\"\n[[rule]]\n{head}\n{written}");
        let problems = check_file("f", &file, false).err().into_iter().flat_map(|all| all.0);
        let told: Vec<String> = problems.map(|problem| problem.to_string()).collect();
        let ends = |(told, expected): (&String, &&str)| told.ends_with(expected);
        assert!(told.len() == expected.len() && told.iter().zip(expected).all(ends), "{written}: {told:#?}");
    }

    #[test]
    fn a_group_and_its_key_go_together() {
        const ARGUMENT: &str =
            "`argument`: goes with a group `arg` in the pattern, where the argument begins";
        const NAMED_BY: &str = "`named_by`: each of its patterns and the rule's pattern need a group `name`";
        check("pattern = 'exec(?<arg>)'\nargument = \"built\"", &[]);
        check("pattern = 'exec(?<arg>)'", &[ARGUMENT]);
        check("pattern = 'exec'\nargument = \"built\"", &[ARGUMENT]);
        check("pattern = '(?<name>\\w+)exec'\nnamed_by = ['(?<name>\\w+) = a']", &[]);
        check("pattern = '(?<name>\\w+)exec'", &[NAMED_BY]);
        check("pattern = 'exec'\nnamed_by = ['(?<name>\\w+) = a']", &[NAMED_BY]);
        check("pattern = '(?<name>\\w+)exec'\nnamed_by = ['\\w+ = a']", &[NAMED_BY]);
    }
}
