//! Reports against the schemas of those who read them: SARIF's and JUnit's as they are published (tests/it/data/schemas),
//! GitLab's as its documentation describes them, for no registry has its files.

use portcullis::model::{Receipt, RepoPath, Report, Unread};
use portcullis::report::{Action, Context, Format};
use serde_json::{Value, json};

use super::canonical::{self, pushed, staged};
use super::{context, many, render};

/// A report with everything, one of commits, one without findings, one in which something could not be read, a long one.
fn reports() -> [(&'static str, Report, Action); 5] {
    let clean = Report { findings: Vec::new(), receipt: Receipt::default() };
    let mut broken = staged();
    let why = "object 0123 is <missing> & \"gone\"".to_owned();
    broken.receipt.unread.push(Unread { path: RepoPath::new(b"a\x1b<b>&\xff.py".to_vec()), why });
    [
        ("staged", staged(), Action::Commit),
        ("pushed", pushed().0, Action::Push),
        ("clean", clean, Action::Scan),
        ("broken", broken, Action::Commit),
        ("long", many(300), Action::Scan),
    ]
}

/// What `problems` says about every report in this format.
#[track_caller]
fn check(format: Format, problems: &dyn Fn(&str) -> Vec<String>) {
    let rules = canonical::rules();
    for (name, report, action) in reports() {
        let context = Context { rules: &rules, ..context(action, &[]) };
        let text = render(format, &report, &context);
        assert_eq!(problems(&text), [""; 0], "{name}");
    }
}

fn by_json_schema(schema: &Value) -> impl Fn(&str) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    move |text| {
        let document: Value = serde_json::from_str(text).unwrap();
        let problems = validator.iter_errors(&document);
        problems.map(|problem| format!("{}: {problem}", problem.instance_path())).collect()
    }
}

#[test]
fn sarif_is_what_the_standard_asks_for() {
    // The pattern of languages is no expression as it is published: a bracket closes that none has opened.
    let text = include_str!("../data/schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&text).unwrap();
    let problems = by_json_schema(&schema);
    assert_eq!(problems(r#"{"version": "2.1.0", "runs": [{}]}"#).len(), 1);
    check(Format::Sarif, &problems);
}

#[test]
fn junit_is_what_readers_of_test_reports_ask_for() {
    let schema = uppsala::parse(include_str!("../data/schemas/junit-10.xsd")).unwrap();
    let validator = uppsala::XsdValidator::from_schema(&schema).unwrap();
    let problems = |text: &str| -> Vec<String> {
        let document = uppsala::parse(text).unwrap();
        validator.validate(&document).iter().map(ToString::to_string).collect()
    };
    assert_eq!(problems("<testsuites><testcase name='x'/></testsuites>").len(), 1);
    check(Format::Junit, &problems);
}

/// docs.gitlab.com, "Code Quality report format".
fn code_quality() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "required": ["path", "lines"],
                    "properties": {
                        // Relative, and not with `./`: else GitLab does not find the file.
                        "path": { "type": "string", "pattern": r"^(?!\./|/)." },
                        "lines": { "required": ["begin"], "properties": { "begin": { "type": "integer", "minimum": 1 } } },
                    },
                },
            },
        },
    })
}

/// docs.gitlab.com, "Development guide for analyzers" and "Security report validation", schemas 15.
fn secret_detection() -> Value {
    let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
    let text = json!({ "type": "string", "minLength": 1 });
    let program = json!({
        "required": ["id", "name", "version", "vendor"],
        "properties": {
            "id": text, "name": text, "version": text,
            "vendor": { "required": ["name"], "properties": { "name": text } },
        },
    });
    json!({
        "required": ["version", "scan", "vulnerabilities"],
        "properties": {
            "version": { "pattern": r"^15\.\d+\.\d+$" },
            "scan": {
                "required": ["analyzer", "scanner", "start_time", "end_time", "status", "type"],
                "properties": {
                    "analyzer": program, "scanner": program, "start_time": time, "end_time": time,
                    "status": { "enum": ["success", "failure"] },
                    "type": { "enum": ["secret_detection"] },
                    "messages": { "items": {
                        "required": ["level", "value"],
                        "properties": { "level": { "enum": ["info", "warn", "fatal"] }, "value": text },
                    } },
                },
            },
            "vulnerabilities": { "type": "array", "items": {
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": {
                        "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
                    },
                    "name": { "type": "string", "maxLength": 255 },
                    "description": { "type": "string", "maxLength": 1_048_576 },
                    "solution": { "type": "string", "maxLength": 7000 },
                    "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                    "identifiers": { "minItems": 1, "maxItems": 20, "items": {
                        "required": ["type", "name", "value"],
                        "properties": { "type": text, "name": text, "value": text },
                    } },
                    "location": {
                        "required": ["commit"],
                        "properties": {
                            "file": text,
                            "start_line": { "type": "integer", "minimum": 1 },
                            "end_line": { "type": "integer", "minimum": 1 },
                            "commit": { "required": ["sha"], "properties": { "sha": text, "date": time } },
                        },
                    },
                    "raw_source_code_extract": { "type": "string" },
                },
            } },
        },
    })
}

#[test]
fn gitlab_gets_what_its_documentation_asks_for() {
    for (format, schema) in [(Format::Gitlab, code_quality()), (Format::GitlabSecrets, secret_detection())] {
        let problems = by_json_schema(&schema);
        assert_ne!(problems(r#"[{"description": "x"}, {}]"#).len() + problems("{}").len(), 0);
        check(format, &problems);
    }
}

/// A reader takes two issues with one name for one.
#[test]
fn no_two_issues_have_one_name() {
    for (format, list, name) in
        [(Format::Gitlab, "", "fingerprint"), (Format::GitlabSecrets, "/vulnerabilities", "id")]
    {
        let document: Value =
            serde_json::from_str(&render(format, &many(300), &context(Action::Scan, &[]))).unwrap();
        let issues = document.pointer(list).and_then(Value::as_array).unwrap();
        let mut names: Vec<&str> = issues.iter().map(|issue| issue[name].as_str().unwrap()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert!(all > 100 && names.len() == all, "{} of {all}", names.len());
    }
}
