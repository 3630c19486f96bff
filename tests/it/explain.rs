//! `portcullis explain` as people and programs see it.

use crate::fixture::{Fixture, fake_github_token};

/// What the program says in the work tree, and its exit code.
fn explain(fixture: &Fixture, args: &[&str]) -> (i32, String) {
    fixture.portcullis(&[&["explain"], args].concat())
}

/// The part of an answer that is about one rule.
fn about<'a>(answer: &'a str, rule: &str) -> &'a str {
    let start = answer.find(&format!("\n{rule} ")).unwrap() + 1;
    &answer[start..start + answer[start..].find("\n\n").unwrap_or(answer.len() - start)]
}

#[test]
fn a_place_in_a_file_is_explained_in_eighty_columns() {
    let fixture = Fixture::new();
    fixture.write("tests/app.py", format!("one\nTOKEN = \"{}\"\n", fake_github_token()));
    let (code, answer) = explain(&fixture, &["tests/app.py:2:12"]);
    assert_eq!(code, 0);
    assert!(answer.starts_with("tests/app.py:2\n  TOKEN = \"ghp_…(40)\"\n"), "{answer}");
    assert!(answer.lines().all(|line| line.chars().count() <= 80), "{answer}");
    assert_eq!(
        about(&answer, "github-pat"),
        "github-pat blocks: GitHub personal access token\n    \
             keyword      `ghp_` at 2:10-13\n    \
             pattern      matches ghp_…(40) at 2:10-49\n    \
             checksum     `crc32-base62` is right, so nothing more is asked\n    \
             place        tests/app.py is a test: a right checksum makes confidence high\n                 \
                          anywhere\n    \
             gate         severity critical, confidence high; from high and medium on a\n                 \
                          finding blocks: this one does",
    );
}

#[test]
fn of_staged_content_only_what_is_new_counts() {
    let fixture = Fixture::new();
    let line = format!("TOKEN = \"{}\"\n", fake_github_token());
    fixture.commit("a.py", &line);
    fixture.commit("b.py", &line);
    fixture.stage("a.py", format!("{line}x = 1\n"));
    for file in ["a.py:1", "b.py:1"] {
        let (code, answer) = explain(&fixture, &["--staged", file]);
        assert_eq!(code, 0, "{answer}");
        let told = about(&answer, "github-pat");
        assert!(told.starts_with("github-pat is no finding: "), "{answer}");
        assert!(told.ends_with("✗ new          it stood there before the change"), "{told}");
    }
}

#[test]
fn programs_get_the_same_with_every_key() {
    let fixture = Fixture::new();
    let value = fake_github_token();
    let args = ["--text", &format!("x = {value} # eval("), "--path", "a.py", "--format", "json"];
    let (code, answer) = explain(&fixture, &args);
    assert_eq!(code, 0);
    let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert!(!answer.contains(&value));
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["column", "excerpt", "line", "matched", "missed", "not_asked", "not_scanned", "path", "schema"]
    );
    let found =
        json["matched"].as_array().unwrap().iter().find(|found| found["rule"] == "github-pat").unwrap();
    assert_eq!(found["verdict"], "blocking");
    let steps: Vec<&str> =
        found["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["keyword", "pattern", "checksum", "place", "gate"]);
    let missed = json["missed"].as_array().unwrap().iter().find(|one| one["rule"] == "python-eval").unwrap();
    assert_eq!(missed["steps"][1]["says"], "the keyword does not stand in code");
}

#[test]
fn what_is_excluded_says_so_and_what_is_not_there_is_an_error() {
    let fixture = Fixture::new();
    fixture.write(
        ".portcullis/config.toml",
        "schema = 1\n[[exclude]]\npath = \"data/**\"\nreason = \"made by a program\"\n",
    );
    fixture.write("data/x.txt", "nothing\n");
    let (code, answer) = explain(&fixture, &["data/x.txt:1"]);
    assert_eq!(
        (code, answer.as_str()),
        (0, "data/x.txt:1\n  nothing\n\nNot scanned: the configuration excludes it: made by a program.\n")
    );
    for (place, expected) in [
        ("data/x.txt:9", "line 9: there are only 2"),
        ("data/x.txt", "is no place"),
        ("data/y.txt:1", "data/y.txt"),
    ] {
        let (code, answer) = explain(&fixture, &[place]);
        assert_eq!(code, 2, "{answer}");
        assert!(answer.contains(expected), "{answer}");
    }
}
