//! `portcullis rules` as people and programs see it.

use std::process::Command;

use crate::fixture::{Fixture, text};

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

fn rules(args: &[&str]) -> (i32, String) {
    let fixture = Fixture::new();
    fixture.write(".portcullis/rules/acme.toml", OWN);
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.env_clear().current_dir(&fixture.work).arg("rules").args(args);
    let output = command.output().unwrap();
    (output.status.code().unwrap(), text(&[output.stdout, output.stderr].concat()))
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
