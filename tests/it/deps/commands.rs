//! `portcullis deps` on a work tree.

use std::fs;

use portcullis::cli::deps::{Context, DepsCommand, Outcome, run};
use portcullis::deps::Date;

#[derive(clap::Parser)]
struct Cli {
    #[command(subcommand)]
    command: DepsCommand,
}

/// Runs `portcullis deps` in `dir`; what it printed and how it ended.
fn deps(dir: &std::path::Path, args: &[&str]) -> (String, Result<Outcome, String>) {
    let cli = <Cli as clap::Parser>::try_parse_from([&["deps"], args].concat()).expect("valid arguments");
    let today = Date::parse("2026-11-21").expect("a day");
    let mut out = Vec::new();
    let context = Context { dir, today, user: Some("lead@example.com".to_owned()), agent: None };
    let outcome = run(&cli.command, &context, &mut out).map_err(|error| error.to_string());
    (String::from_utf8(out).expect("text"), outcome)
}

#[test]
fn a_team_begins_with_a_baseline_and_approves_from_there() {
    let dir = tempfile::tempdir().expect("a folder");
    let manifest = dir.path().join("package.json");
    fs::write(&manifest, "{\"dependencies\": {\"left-pad\": \"1\"}}").expect("written");
    let (out, outcome) = deps(dir.path(), &["check"]);
    assert_eq!(outcome, Ok(Outcome::Blocked));
    assert!(out.starts_with("package.json:1:19: DEP001: npm:left-pad is not approved (runtime)\n"), "{out}");

    let (out, outcome) = deps(dir.path(), &["baseline"]);
    assert_eq!(
        (out.as_str(), outcome),
        ("1 entry from 1 manifest, written to .portcullis/approved.toml\n", Ok(Outcome::Clean))
    );
    assert_eq!(deps(dir.path(), &["check"]), (String::new(), Ok(Outcome::Clean)));
    assert!(deps(dir.path(), &["baseline"]).1.is_err());

    fs::write(&manifest, "{\"dependencies\": {\"left-pad\": \"1\",\n\"left-pads\": \"1\"}}")
        .expect("written");
    assert_eq!(deps(dir.path(), &["check"]).1, Ok(Outcome::Blocked));
    let (out, outcome) = deps(dir.path(), &["approve", "left-pads", "--reason", "pads more on the left"]);
    assert_eq!(outcome, Ok(Outcome::Clean));
    assert_eq!(
        out,
        "declared in package.json:2 (runtime, 1)\nlooks like `left-pad`, which is approved as well: make sure that this is \
         the one you mean\napproved from registry, written to .portcullis/approved.toml\n"
    );
    assert_eq!(deps(dir.path(), &["check"]), (String::new(), Ok(Outcome::Clean)));
}

#[test]
fn a_list_is_one_object_a_file() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("Cargo.toml"), "[dependencies]\na = { package = 'b', version = '1' }\n")
        .expect("written");
    let (out, outcome) = deps(dir.path(), &["list", "--format", "jsonl", "Cargo.toml", "none/Cargo.toml"]);
    assert_eq!(outcome, Ok(Outcome::NoAnswer));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"file":"Cargo.toml","ecosystem":"cargo","format":"cargo-toml","names":["b"],"keys":["a"],"dependencies":[{"name":"b","key":"a","scope":"runtime","requirement":"1","source":"registry","line":2}],"error":null}"#
    );
    assert!(lines[1].contains("\"error\":\"none/Cargo.toml: "), "{out}");
}

#[test]
fn a_program_does_not_approve() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("package.json"), "{\"dependencies\": {\"left-pad\": \"1\"}}").expect("written");
    let run_as = |args: &[&str]| {
        let cli = <Cli as clap::Parser>::try_parse_from([&["deps"], args].concat()).expect("valid arguments");
        let today = Date::parse("2026-11-21").expect("a day");
        let user = Some("lead@example.com".to_owned());
        let context = Context { dir: dir.path(), today, user, agent: Some("SOME_AGENT") };
        run(&cli.command, &context, &mut Vec::new()).map_err(|error| error.to_string())
    };
    let approve = ["approve", "left-pad", "--reason", "pads on the left side"];
    let refused = "SOME_AGENT is set, so a program runs this command; name the person who has looked at the package: \
                   --reviewed-by NAME";
    assert_eq!(run_as(&approve), Err(refused.to_owned()));
    assert_eq!(run_as(&[&approve[..], &["--reviewed-by", "lead@example.com"]].concat()), Ok(Outcome::Clean));
    let record = fs::read_to_string(dir.path().join(".portcullis/approved.toml")).expect("written");
    assert!(record.contains("approved_by = \"lead@example.com\""), "{record}");
}

#[test]
fn a_denial_is_written_a_useless_approval_goes_and_the_record_keeps_its_form() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("package.json"), "{\"dependencies\": {\"b\": \"1\", \"a\": \"1\"}}")
        .expect("written");
    assert_eq!(deps(dir.path(), &["baseline"]).1, Ok(Outcome::Clean));
    fs::write(dir.path().join("package.json"), "{\"dependencies\": {\"b\": \"1\"}}").expect("written");
    let (out, _) = deps(dir.path(), &["stale"]);
    assert_eq!(out, ".portcullis/approved.toml:4: npm:a: no manifest declares it\n");
    let (out, _) = deps(dir.path(), &["prune"]);
    assert_eq!(out, "took out npm:a: no manifest declares it\n");
    let (out, outcome) =
        deps(dir.path(), &["deny", "b", "--reason", "we have a better one", "--use-instead", "c"]);
    assert_eq!(
        (out.as_str(), outcome),
        (
            "still declared in package.json:1\ndenied, written to .portcullis/approved.toml\n",
            Ok(Outcome::Clean),
        )
    );
    let (out, outcome) = deps(dir.path(), &["check"]);
    assert_eq!(outcome, Ok(Outcome::Blocked));
    assert!(out.contains("DEP002: npm:b is denied: we have a better one"), "{out}");
    assert_eq!(deps(dir.path(), &["fmt", "--check"]), (String::new(), Ok(Outcome::Clean)));
    let path = dir.path().join(".portcullis/approved.toml");
    let loose = fs::read_to_string(&path).expect("a record").replace("\n\n", "\n\n\n");
    fs::write(&path, loose).expect("written");
    assert_eq!(deps(dir.path(), &["fmt", "--check"]).1, Ok(Outcome::Blocked));
    assert_eq!(deps(dir.path(), &["fmt"]).1, Ok(Outcome::Clean));
    assert_eq!(deps(dir.path(), &["fmt", "--check"]).1, Ok(Outcome::Clean));
}
