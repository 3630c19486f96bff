//! A rule as code scanning services list it; knows the scales of GitHub, not the report.

use super::log::{Configuration, Help, Rule, RuleProperties, Text};
use crate::model::{RuleInfo, Severity};

/// Describes `info`.
pub fn descriptor(info: &RuleInfo) -> Rule<'_> {
    let (level, problem_severity, security_severity) = scales(info.severity);
    Rule {
        id: info.id.as_str(),
        name: pascal_case(info.id.as_str()),
        short_description: Text { text: info.title.to_string() },
        full_description: Text { text: info.message.to_string() },
        help: help(info),
        help_uri: info.references.iter().find(|page| is_page(page)).map(|page| &**page),
        default_configuration: Configuration { level },
        properties: RuleProperties {
            category: info.category.to_string(),
            topic: &info.topic,
            tags: tags(info),
            precision: info.confidence.to_string(),
            problem_severity,
            security_severity,
        },
    }
}

/// SARIF's level, GitHub's problem severity, and a number on the scale of CVSS (critical above 9.0, high from 7.0,
/// medium from 4.0).
fn scales(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::Critical => ("error", "error", "9.5"),
        Severity::High => ("error", "error", "8.0"),
        Severity::Medium => ("warning", "warning", "5.5"),
        Severity::Low => ("note", "recommendation", "2.0"),
    }
}

fn tags(info: &RuleInfo) -> Vec<String> {
    let mut tags = vec!["security".to_owned(), info.category.to_string()];
    tags.extend((!info.topic.is_empty()).then(|| info.topic.to_string()));
    tags.extend(info.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}")));
    tags.extend(info.owasp.iter().map(|entry| format!("external/owasp/{entry}")));
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags
}

fn help(info: &RuleInfo) -> Help {
    let mut text = info.remediation.to_string();
    let mut markdown = format!("**Why:** {}\n\n**Fix:** {}", info.message, info.remediation);
    for page in info.references.iter().filter(|page| is_page(page)) {
        text.push_str(&format!("\n{page}"));
        markdown.push_str(&format!("\n\n<{page}>"));
    }
    Help { text, markdown }
}

/// Only what is certainly a URI may stand where SARIF wants one.
fn is_page(reference: &str) -> bool {
    let rest = reference.strip_prefix("https://").or_else(|| reference.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte))
    })
}

/// `github-pat` as `GithubPat`.
fn pascal_case(id: &str) -> String {
    let capital = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => format!("{}{rest}", first.to_ascii_uppercase()),
        None => String::new(),
    };
    id.split(['-', '.']).map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_page, pascal_case};

    #[test]
    fn names_are_in_pascal_case() {
        for (id, expected) in
            [("github-pat", "GithubPat"), ("DEP001", "DEP001"), ("py.sql-format", "PySqlFormat")]
        {
            assert_eq!(pascal_case(id), expected);
        }
    }

    #[test]
    fn only_uris_become_links() {
        for (reference, expected) in [
            ("https://cwe.mitre.org/data/798.html", true),
            ("https://", false),
            ("see the wiki", false),
            ("javascript:alert(1)", false),
            ("https://x/<y>", false),
        ] {
            assert_eq!(is_page(reference), expected, "{reference}");
        }
    }
}
