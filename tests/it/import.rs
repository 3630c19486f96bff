//! The import of a `gitleaks.toml`: what it finds there it finds here, and what changes is told.

use crate::fixture::one_commit;
use crate::team::{open, run};

const CONFIG: &str = r#"
title = "our rules"
[extend]
useDefault = true
disabledRules = ["generic-api-key", "jwt"]

[[rules]]
id = "acme_key"
description = "Acme key"
regex = '''(?i)(acme|apex)_key\s*=\s*['"]([a-z0-9]{16})['"]'''
secretGroup = 2
entropy = 2.5
keywords = ["acme_key", "apex_key"]
tags = ["acme"]
[[rules.allowlists]]
paths = ['''(^|/)testdata/''', '''.*_mock\.py$''']
stopwords = ["sample"]
regexes = ['''0000''', '''^f+$''']

[[rules]]
id = "keyword-elsewhere"
regex = '''zz-[0-9a-f]{20}'''
keywords = ["zebra"]

[[rules]]
id = "no-literal"
regex = '''[0-9]{30}'''

[[rules]]
id = "look"
regex = '''(?!x)acmepair'''

[[rules]]
id = "by-line"
regex = '''linekey-[0-9]{12}'''
[[rules.allowlists]]
regexTarget = "line"
regexes = ['''#\x20fine''']
[[rules.allowlists]]
condition = "AND"
paths = ['''a\.py''']
regexes = ['''1''']

[[rules]]
id = "keystore"
path = '''(?i)\.acmeks$'''

[[rules]]
id = "account"
regex = '''acme-acct-[0-9]{8}'''
skipReport = true

[[rules]]
id = "beside"
regex = '''[0-9a-f]{32}'''
[[rules.required]]
id = "account"
withinLines = 2

[[rules]]
id = "needs-what-is-not-there"
regex = '''[0-9a-f]{33}'''
[[rules.required]]
id = "no-literal"
withinLines = 2

[allowlist]
paths = ['''\.lockfile$''']
commits = ["c0ffee"]
"#;

#[test]
fn rules_of_gitleaks_find_here_what_they_found_there_and_every_difference_is_told() {
    let fixture = one_commit();
    fixture.write("gitleaks.toml", CONFIG);
    let file = ".portcullis/rules/gitleaks.toml";
    let (code, said) = run(&fixture, &["import", "gitleaks.toml", "--output", file]);
    let expected = r#"
[[exclude]]
path = "*/**/testdata/**"
rules = ["acme-key"]
reason = "allowed in gitleaks.toml"

[[exclude]]
path = "testdata/**"
rules = ["acme-key"]
reason = "allowed in gitleaks.toml"

[[exclude]]
path = "**/*.lockfile"
rules = ["acme-key", "keyword-elsewhere", "by-line", "keystore", "account", "beside"]
reason = "allowed in gitleaks.toml"
gitleaks.toml:1: not taken over: the rules that gitleaks has: the built-in rules stand in their place
gitleaks.toml:1: finds more: generic-api-key: is off there; no built-in rule has its name
gitleaks.toml:1: finds more: jwt: is off there; no built-in rule has its name
gitleaks.toml:7: note: acme_key: is called acme-key
gitleaks.toml:7: note: acme_key: its tags have no counterpart: acme
gitleaks.toml:15: finds more: acme_key: the allowed path ".*_mock\\.py$" cannot be said with globs
gitleaks.toml:15: finds less: acme_key: the allowed "0000" is a stop word, whatever the case of its letters
gitleaks.toml:15: finds more: acme_key: "^f+$" over the secret has no counterpart
gitleaks.toml:25: not taken over: no-literal: `pattern`: contains no literal of at least 2 bytes that the engine could look for first
gitleaks.toml:29: not taken over: look: look-around, including look-ahead and look-behind, is not supported
gitleaks.toml:39: finds more: by-line: an exception of which all conditions must hold has no counterpart
gitleaks.toml:44: finds less: keystore: tells new files that hold something, and no other secret
gitleaks.toml:60: not taken over: needs-what-is-not-there: it requires a rule that was not taken over
gitleaks.toml:67: finds more: commits that are allowed: `portcullis baseline create` accepts what is there today
6 rules taken over, 3 not
"#;
    let said = said.split_once("# For .portcullis/config.toml:").map_or(said.as_str(), |(_, rest)| rest);
    assert_eq!((code, said.trim_start()), (1, expected.trim_start()));

    fixture.write(".portcullis/config.toml", "schema = 1\npacks = ['policy']\n");
    let (key, other) = ("k3f9c0b7e5d1a482", "9f86d081884c7d659a2feaa0c55ad015");
    fixture.write(
        "a.py",
        format!("acme_key = '{key}'\napex_key = '{key}sample'\nACME_KEY = \"sample{}\"\n", &key[6..]),
    );
    fixture.write("b.py", format!("zz-{}\n", &other[..20]));
    fixture.write("c.py", format!("zebra\nzz-{}\n", &other[..20]));
    fixture.write("d.py", "linekey-104729130363\nlinekey-104729130367 # fine\n");
    fixture.write("e.py", format!("acme-acct-31415926\n{other}\n\n\n\n{}\n", other.replace('9', "8")));
    fixture.write("f.acmeks", "x");
    let found = open(&fixture, &["scan", "tree"]);
    assert_eq!(
        found,
        [
            "a.py:1 acme-key",
            "c.py:2 keyword-elsewhere",
            "d.py:1 by-line",
            "e.py:2 beside",
            "f.acmeks:1 keystore"
        ]
    );

    // Nobody's work on what was imported is lost.
    let (code, said) = run(&fixture, &["import", "gitleaks.toml", "--output", file]);
    assert_eq!((code, said.contains("exists")), (2, true), "{said}");
}

#[test]
fn what_is_no_configuration_of_gitleaks_is_no_answer() {
    let fixture = one_commit();
    fixture.write("gitleaks.toml", "[[rules]]\nid = 'a1'\nregexp = 'ab'\n[[rules]]\nregex = 'cd'\n");
    let (code, said) = run(&fixture, &["import", "gitleaks.toml"]);
    assert_eq!(code, 2);
    assert!(said.contains("gitleaks.toml:3:1: unknown key `regexp`, did you mean `regex`?"), "{said}");
    assert!(said.contains("gitleaks.toml:4:1: `id` is missing"), "{said}");
}
