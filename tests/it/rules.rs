//! `portcullis rules` as people and programs see it.

use portcullis::engine::builtin;

use crate::fixture::Fixture;

const OWN: &str = r#"
schema = 1
pack = "acme"

[[rule]]
id = "acme-key"
title = "Acme key"
category = "secret"
severity = "critical"
confidence = "high"
pattern = '''(?<secret>acme_dk_[0-9a-f]{16})'''
message = "Whoever reads it can deploy."
remediation = "Revoke it on the deploy page, then read the new one from the environment of the job."
references = ["https://acme.example/keys"]
cwe = [798]

[rule.examples]
hit = ['''key = "acme_{|}dk_3f9c0b7e5d1a4826"''', { text = '''KEY=acme_{|}dk_8b1e6f0d2c9a4735''', path = ".env" }]
miss = ['''acme_dk_3f9c''']
"#;

/// Two keys that the rule finds.
const OWN_KEYS: &str = "a = 'acme_{|}dk_3f9c0b7e5d1a4826'\nb = 'acme_{|}dk_8b1e6f0d2c9a4735'\n";

fn rules(args: &[&str]) -> (i32, String) {
    let fixture = Fixture::new();
    fixture.write(".portcullis/rules/acme.toml", OWN);
    fixture.write("found/a.py", OWN_KEYS.replace("{|}", ""));
    fixture.portcullis(&[&["rules"], args].concat())
}

#[test]
fn the_page_of_a_rule_says_why_what_and_how_without_a_secret() {
    let (code, page) = rules(&["show", "acme-key"]);
    assert_eq!(code, 0, "{page}");
    assert_eq!(
        page,
        r#"acme-key: Acme key
  what        secret, pack acme
  weight      severity critical, confidence high
  why         Whoever reads it can deploy.
  repair      Revoke it on the deploy page, then read the new one from the
              environment of the job.
  waive       `portcullis: allow(acme-key) REASON` in a comment on the line or
              the line before
  class       CWE-798
  see         https://acme.example/keys

Found
    key = "acme…(24)"

    .env:
    KEY=acme…(24)

Left alone
    acme_dk_3f9c

  keywords    acme_dk_
  pattern     (?<secret>acme_dk_[0-9a-f]{16})
"#
    );
}

#[test]
fn lists_are_of_the_category_and_topic_that_was_asked_for() {
    let listed = |args: &[&str]| {
        let (code, list) = rules(&[&["list", "--format", "json"], args].concat());
        assert_eq!(code, 0, "{list}");
        let rules: Vec<serde_json::Value> = serde_json::from_str(&list).unwrap();
        assert!(!rules.is_empty());
        rules
    };
    let sql = listed(&["--category", "code", "--topic", "sql"]);
    assert!(sql.iter().all(|rule| rule["category"] == "code" && rule["topic"] == "sql"));
    let secrets = listed(&["--category", "secret"]);
    let about_passwords = |topic: &serde_json::Value| topic.is_null() || *topic == "password";
    assert!(secrets.iter().all(|rule| rule["category"] == "secret" && about_passwords(&rule["topic"])));
    assert!(secrets.iter().any(|rule| rule["id"] == "acme-key" && rule["pack"] == "acme"));
    let (code, list) = rules(&["list", "--topic", "sql"]);
    assert_eq!((code, list.lines().last()), (0, Some(format!("{} rules", sql.len()).as_str())));
    assert_eq!(rules(&["list", "--category", "nonsense"]).0, 2);
}

#[test]
fn our_own_rules_have_no_problem() {
    let (code, told) = rules(&["lint"]);
    assert_eq!(
        (code, told.as_str()),
        (0, format!("{} rules, 0 problems\n", builtin::PACK.rules.len()).as_str())
    );
}

#[test]
fn notes_about_our_own_rules_fit_a_terminal() {
    let (code, told) = rules(&["test"]);
    assert_eq!(code, 0, "{told}");
    let wide: Vec<&str> = told.lines().filter(|line| line.chars().count() > 80).collect();
    assert_eq!(wide, [] as [&str; 0]);
    assert!(told.lines().any(|line| line == "json-web-token                 short literal eyJ"), "{told}");
}

#[test]
fn problems_of_a_repositorys_own_rules_are_told_with_their_file() {
    assert_eq!(
        rules(&["lint", ".portcullis/rules"]),
        (
            1,
            ".portcullis/rules/acme.toml: rule acme-key: kinds of `miss` examples: 1, needed: 2\n\
             1 rules, 1 problems\n"
                .to_owned()
        )
    );
    assert_eq!(rules(&["lint", "no/such/file.toml"]).0, 2);
}

/// What a number is, nobody knows before.
fn without_numbers(text: &str) -> String {
    let number = regex::Regex::new(r" +[0-9][0-9.]*").unwrap();
    number.replace_all(text, " 0").into_owned()
}

#[test]
fn a_corpus_tells_what_rules_find_and_cost() {
    let own = ".portcullis/rules/acme.toml";
    let args = ["test", own, "--corpus", ".portcullis"];
    let (code, told) = rules(&args);
    assert_eq!(code, 0, "{told}");
    let (head, table) = told.split_once("rule\n").unwrap();
    assert_eq!(
        head,
        "\n1 files, 0.0 MB: 0 findings, 0 of them block\n\n    µs/MB   looks/MB   hits/MB   hits  block  "
    );
    // Which rules are the slowest, the clock says.
    let costs = table.lines().take_while(|line| !line.is_empty());
    let costs: Vec<_> = costs.filter(|line| !line.ends_with(" more rules")).collect();
    let whole = |line: &&str| without_numbers(line).starts_with(" 0 0 0 0 0  ");
    assert!(!costs.is_empty() && costs.iter().all(whole), "{told}");
    assert!(told.ends_with("\n1 rules, 0 of them may be slow or noisy; 3 examples, 0 wrong\n"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");

    let (code, told) = rules(&["test", own, "--corpus", "found"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.starts_with("\n1 files, 0.0 MB: 2 findings, 2 of them block\n"), "{told}");
    assert!(told.contains("\n\nmost findings: acme-key 2\n\n"), "{told}");

    let (code, told) = rules(&[&args[..], &["--format", "json"]].concat());
    assert_eq!(code, 0, "{told}");
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["rules"], serde_json::json!([{ "id": "acme-key", "notes": [] }]));
    assert_eq!((&told["examples"], &told["wrong"]), (&3.into(), &serde_json::json!([])));
    assert_eq!((&told["corpus"]["files"], &told["corpus"]["bytes"]), (&1.into(), &OWN.len().into()));
    let costs = told["corpus"]["rules"].as_array().unwrap();
    let cost = costs.iter().find(|cost| cost["id"] == "acme-key").unwrap();
    // The literal stands in the pattern and in the example that is too short; the others are split.
    assert_eq!((&cost["looks"], &cost["hits"], &cost["hits_per_mb"]), (&2.into(), &0.into(), &0.0.into()));
}
