//! What becomes of one and the same code in different places.

use serde_json::Value;

use crate::fixture::Fixture;

/// Scans `code` as the file `path` and compares what is said of it, as levels of SARIF.
#[track_caller]
fn check(path: &str, code: &str, expected: &[&str]) {
    let fixture = Fixture::new();
    fixture.write(path, code);
    let output = fixture.run(&mut fixture.command(&["scan", "tree", "--format", "sarif", path]));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let level = |result: &Value| {
        let suppressed = result["suppressions"].as_array().is_some_and(|list| !list.is_empty());
        let level = if suppressed { "suppressed" } else { result["level"].as_str().unwrap() };
        format!("{} {level}", result["ruleId"].as_str().unwrap())
    };
    let told: Vec<String> = report["runs"][0]["results"].as_array().unwrap().iter().map(level).collect();
    assert_eq!(told, expected, "{path}: {code}");
}

#[test]
fn code_that_nobody_ships_never_blocks() {
    let eval = "x = eval(text)\n";
    check("src/a.py", eval, &["python-eval error"]);
    for path in ["tests/a.py", "docs/conf.py", "vendor/a.py", "stubs/a.pyi"] {
        check(path, eval, &["python-eval warning"]);
    }
    let hash = "x = hashlib.md5(data)\n";
    check("src/a.py", hash, &["python-weak-hash warning"]);
    check("tests/a.py", hash, &["python-weak-hash note"]);
}

#[test]
fn an_endless_line_was_written_by_a_program() {
    let padding = "a();".repeat(300);
    check("src/a.js", &format!("{padding}\neval(text);\n"), &["js-eval error"]);
    check("src/a.js", &format!("{padding}eval(text);\n"), &["js-eval warning"]);
    // Of a statement that goes on and on, what is near a text is looked at.
    let padding = "a(),".repeat(2000);
    let query = "db.query(\"select * from t where id=\" + id)";
    check("src/a.js", &format!("{padding}{query},{padding}b\n"), &["sql-string-building warning"]);
}

#[test]
fn what_is_wrong_with_a_test_counts_in_tests() {
    let test = "def test_add():\n    result = add(1, 2)\n    print(result)\n";
    check("tests/test_a.py", test, &["python-test-without-assert warning"]);
}

#[test]
fn marks_for_other_tools_quieten_advice_and_nothing_that_blocks() {
    check("a.py", "x = hashlib.md5(data)  # nosec B324\n", &["python-weak-hash suppressed"]);
    check("a.py", "run('ls *', shell=True)  # noqa: S602\n", &["python-shell-true-constant suppressed"]);
    check("a.py", "x = hashlib.md5(data)  # noqa: E501\n", &["python-weak-hash warning"]);
    check("a.py", "x = eval(text)  # nosec\n", &["python-eval error"]);
}

#[test]
fn a_password_that_everybody_writes_is_information_where_nothing_is_shipped() {
    for code in ["password = 'P@ssW0rd!'\n", "user = 'saltdev'\npassword = 'saltdev'\n"] {
        let (rule, level) = if code.contains("W0rd") {
            ("password-assignment", "error")
        } else {
            ("plain-word-password", "warning")
        };
        check("src/a.py", code, &[&format!("{rule} {level}")]);
        for path in ["tests/a.py", "docs/a.md", "vendor/a.py"] {
            check(path, code, &[&format!("{rule} note")]);
        }
        check("src/a.py", &format!("\"\"\"\n{code}\"\"\"\n"), &[&format!("{rule} note")]);
    }
    let chosen = format!("password = '{}{}'\n", "Kx8vT", "2qLm9");
    check("src/a.py", &chosen, &["password-assignment error"]);
    check("tests/a.py", &chosen, &["password-assignment warning"]);
}
