//! The code rules through the shipping engine: snippets that must, and must not, lead to a finding of their topic.

use portcullis::engine::{Engine, builtin};
use portcullis::model::RepoPath;

const CASES: &str = include_str!("data/code_cases.jsonl");

/// A line of the data file.
struct Case {
    topic: String,
    path: RepoPath,
    hit: bool,
    text: String,
}

fn case(line: &str) -> Option<Case> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(Case {
        topic: value["topic"].as_str()?.to_owned(),
        path: RepoPath::from(value["path"].as_str()?),
        hit: value["hit"].as_bool()?,
        text: value["text"].as_str()?.to_owned(),
    })
}

#[test]
fn every_snippet_is_judged_as_it_says() {
    let engine = Engine::new(&builtin::PACK, None);
    let wrong: Vec<String> = CASES
        .lines()
        .filter_map(|line| {
            let case = case(line).unwrap();
            let found = engine.scan(&case.path, case.text.as_bytes()).unwrap().matches;
            let hit = found.iter().any(|found| engine.info(found).topic == case.topic);
            (hit != case.hit).then(|| line.to_owned())
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_that_reports_code_says_what_to_do() {
    let engine = Engine::new(&builtin::PACK, None);
    let wordless: Vec<_> = engine
        .rules()
        .map(|rule| &rule.info)
        .filter(|info| matches!(&*info.topic, "eval" | "sql" | "cors"))
        .filter(|info| info.cwe.is_empty() || info.owasp.is_empty() || info.remediation.is_empty())
        .map(|info| info.id.to_string())
        .collect();
    assert_eq!(wordless, [] as [String; 0]);
}
