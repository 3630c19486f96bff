//! `portcullis deps` about a repository: what is declared and who let it in, what is pending, what a change brings.

use crate::fixture::{Fixture, text};

/// A repository that declares two packages, of which one is approved; nothing is committed.
fn half_approved() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("package.json", "{\"dependencies\": {\"left-pad\": \"1\",\n\"react\": \"^18\"}}");
    fixture.write("tools/requirements.txt", "requests==2.32.0\n");
    let approve = ["deps", "approve", "npm:react", "--by", "lead", "--reason", "the framework of the page"];
    assert_eq!(fixture.portcullis(&approve).0, 0);
    fixture
}

#[test]
fn a_list_without_files_tells_who_let_each_package_in() {
    let fixture = half_approved();
    let list = |more: &[&str]| fixture.portcullis(&[&["deps", "list"], more].concat());
    let (code, all) = list(&[]);
    let expected = [
        "package.json:1: npm:left-pad 1 [runtime, registry]",
        "    DEP001: npm:left-pad is not approved (runtime)",
        "package.json:2: npm:react ^18 [runtime, registry]",
        "    approved by lead on ",
        "tools/requirements.txt:1: pypi:requests ==2.32.0 [runtime, registry]",
        "    DEP001: pypi:requests is not approved (runtime)",
    ];
    assert_eq!((code, all.lines().count()), (0, expected.len()), "{all}");
    for (line, expected) in all.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    let names = |more: &[&str]| -> Vec<String> {
        let (_, rows) = list(&[more, &["--format", "jsonl"]].concat());
        let name = |row: &str| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            format!("{} {}", row["name"].as_str().unwrap(), row["state"].as_str().unwrap())
        };
        rows.lines().map(name).collect()
    };
    assert_eq!(names(&["--unapproved"]), ["left-pad unapproved", "requests unapproved"]);
    assert_eq!(names(&["--eco", "npm"]), ["left-pad unapproved", "react approved"]);
    assert_eq!(names(&["--why", "npm:react"]), ["react approved"]);
    assert_eq!(list(&["--why", "vue"]), (0, "no manifest declares vue\n".to_owned()));
    // What does not read may declare anything.
    fixture.write("web/package.json", "{");
    let (code, all) = list(&[]);
    assert_eq!(code, 2);
    assert!(all.contains("web/package.json: "), "{all}");
    let (code, all) = list(&["--format", "jsonl", "--eco", "pypi"]);
    assert_eq!(code, 2);
    assert!(all.contains("{\"file\":\"web/package.json\",\"error\":\""), "{all}");
}

#[test]
fn what_is_pending_is_asked_one_by_one_and_each_answer_counts_at_once() {
    let fixture = half_approved();
    let ask = |answers: &str| {
        let command = &mut fixture.command(&["deps", "approve", "--pending", "--by", "lead"]);
        let output = fixture.run_with(command, answers.as_bytes());
        (output.status.code(), text(&output.stdout))
    };
    // The first answer says too little and is asked for again; the second package is left.
    let (code, said) = ask("short\nasks the service for prices\n\n");
    assert_eq!(code, Some(0));
    assert!(said.ends_with("1 package approved, 1 package left\n"), "{said}");
    let (_, open) = fixture.portcullis(&["deps", "list", "--unapproved"]);
    assert!(open.starts_with("tools/requirements.txt:1: pypi:requests"), "{open}");
    // Who says nothing approves nothing.
    assert!(ask("").1.ends_with("0 packages approved, 1 package left\n"));
    let mut agent = fixture.command(&["deps", "approve", "--pending"]);
    let output = fixture.run_with(agent.env("CLAUDECODE", "1"), b"an agent thinks that it is fine\n");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
}

#[test]
fn an_approval_may_end_after_some_time() {
    let fixture = half_approved();
    let approve = |expires: &str| {
        let reason = "asks the service for prices";
        let args =
            ["deps", "approve", "npm:left-pad", "--by", "lead", "--reason", reason, "--expires", expires];
        fixture.portcullis(&args)
    };
    for wrong in ["0d", "1m", "d", "-1d", "999y", "2027-02-30"] {
        assert_eq!(approve(wrong).0, 2, "{wrong}");
    }
    assert_eq!(approve("2w").0, 0);
    let (_, stale) = fixture.portcullis(&["deps", "stale"]);
    assert!(stale.contains("npm:left-pad"), "it ends within a month: {stale}");
}

#[test]
fn a_change_is_judged_for_its_dependencies_alone() {
    let fixture = half_approved();
    fixture.commit("README.md", "hello\n");
    fixture.stage("package.json", "{\"dependencies\": {\"left-pad\": \"1\"}}");
    fixture.stage("app.py", "def f(x):\n    return eval(x)\n");
    let check =
        |more: &[&str]| fixture.portcullis(&[&["deps", "check", "--format", "concise"], more].concat());
    let (code, said) = check(&["--staged"]);
    assert_eq!(code, 1);
    assert!(said.contains("package.json:1:19: error[DEP001]") && !said.contains("eval"), "{said}");
    fixture.git(&["commit", "-q", "--no-verify", "-m", "more"]);
    assert_eq!(check(&["--staged"]).0, 0);
    // A shape that nothing would have is not taken in silence.
    assert_eq!(check(&[]).0, 2);
    let (code, said) = check(&["--range", "HEAD~1..HEAD"]);
    assert_eq!(code, 1);
    assert!(said.contains("error[DEP001]") && !said.contains("eval"), "{said}");
}

#[test]
fn a_comment_excuses_a_habit_and_lets_no_package_in() {
    let fixture = half_approved();
    fixture
        .write(".portcullis/config.toml", "schema = 1\n[gate]\nseverity = \"low\"\nconfidence = \"low\"\n");
    let approve = ["deps", "approve", "pypi:rich", "--by", "lead", "--reason", "colours of the reports"];
    assert_eq!(fixture.portcullis(&approve).0, 0);
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-q", "--no-verify", "-m", "first"]);
    let said = |requirement: &str, comment: &str| {
        fixture.stage("tools/requirements.txt", format!("{comment}\n{requirement}\n"));
        fixture.portcullis(&["scan", "staged", "--format", "concise"])
    };
    let (code, floating) = said("rich", "# as the readers write it");
    assert!(code == 1 && floating.contains("[DEP013]"), "{floating}");
    let (code, excused) = said("rich", "# portcullis: allow(DEP013) the newest is meant");
    assert!(code == 0 && !excused.contains("[DEP013]") && !excused.contains("waiver-unused"), "{excused}");
    let (_, refused) = said("left-pad", "# portcullis: allow(DEP001) nobody will look");
    assert!(refused.contains("pypi:left-pad is not approved"), "{refused}");
    assert!(refused.contains("[waiver-unused]"), "{refused}");
    // An entry of the team's file says the same for a whole file.
    fixture.write(
        ".portcullis/waivers.toml",
        "schema = 1\n[[waiver]]\nrule = \"DEP013\"\npath = \"tools/requirements.txt\"\nreason = \"the newest is meant\"\n\
         owner = \"lead\"\nexpires = 2099-01-01\n",
    );
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-q", "--no-verify", "-m", "a waiver"]);
    let (code, excused) = said("rich", "# as the readers write it");
    assert!(code == 0 && !excused.contains("[DEP013]"), "{excused}");
    // A habit that was there before is not told, and its comment is not called unused.
    fixture.git(&["commit", "-q", "--no-verify", "-m", "an old habit"]);
    let (code, elsewhere) = said("rich", "# portcullis: allow(DEP013) the newest is still meant");
    assert!(code == 0 && !elsewhere.contains("waiver-unused"), "{elsewhere}");
    // Where dependencies are not judged, nobody calls the comment unused.
    let (_, elsewhere) = said("rich", "# portcullis: allow(DEP013) the newest is meant");
    assert!(!elsewhere.contains("waiver-unused"), "{elsewhere}");
    let (code, stdin) = {
        let command = &mut fixture.command(&[
            "scan",
            "stdin",
            "--path",
            "tools/requirements.txt",
            "--format",
            "concise",
        ]);
        let output = fixture.run_with(command, b"# portcullis: allow(DEP013) the newest is meant\nrich\n");
        (output.status.code(), text(&[output.stdout, output.stderr].concat()))
    };
    assert!(code == Some(0) && !stdin.contains("waiver-unused"), "{stdin}");
    // A comment that does not count is no excuse, and says so.
    fixture.write(
        ".portcullis/config.toml",
        "schema = 1\n[waivers]\ninline = false\n[gate]\nseverity = \"low\"\nconfidence = \"low\"\n",
    );
    fixture.write(".portcullis/waivers.toml", "schema = 1\n");
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-q", "--no-verify", "-m", "no comments"]);
    fixture.stage("more/requirements.txt", "# portcullis: allow(DEP013) the newest is meant\nrich\n");
    let (code, refused) = fixture.portcullis(&["scan", "staged", "--format", "concise"]);
    assert!(code == 1 && refused.contains("comments waive nothing here"), "{refused}");
}
