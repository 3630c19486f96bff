//! A match that depends on what the file calls something.

use super::super::{Engine, builtin};
use crate::rules::{Pack, check_file};

const RULES: &str = r#"
schema = 1
pack = "test"
[[rule]]
id = "named"
category = "code"
topic = "shell"
severity = "high"
confidence = "high"
title = "t"
message = "m"
remediation = "r"
scope = "code"
unit = "statement"
pattern = '(?:\bcp|\b(?<name>\w+))\.exec\('
named_by = ['(?<name>\w+) = require\("child_process"\)', 'import (?<name>\w+) from "child_process"']
"#;

#[track_caller]
fn check(text: &str, expected: usize) {
    let rules = check_file("test.toml", RULES, false).unwrap().rules;
    let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
    engine.retain(|info| info.pack == "test");
    let found = engine.scan(&"a.js".into(), text.as_bytes()).unwrap();
    assert_eq!(found.matches.len(), expected, "{text}");
}

#[test]
fn a_match_may_ask_for_a_name_that_the_file_gives_to_something() {
    check("const a = require(\"child_process\");\na.exec(b);", 1);
    check("import a from \"child_process\";\na.exec(b);\na.exec(c);", 2);
    check("const a = require(\"child_process\");\nb.exec(c);", 0);
    check("// const a = require(\"child_process\");\na.exec(b);", 0);
    check("cp.exec(b);", 1);
}
