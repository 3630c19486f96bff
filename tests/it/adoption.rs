//! The adoption guide: every command in it, in its order, on a repository with two thousand old findings.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::fixture::{Fixture, fake_github_token};
use crate::team::{open, run};

/// A repository with a past: forty files with fifty calls each, a secret, a vendor's folder, and dependencies.
fn with_a_past() -> Fixture {
    let fixture = Fixture::new();
    for file in 0..40 {
        let mut text = String::new();
        for call in 0..50 {
            writeln!(text, "def total_{call}(formula):\n    return eval(formula + names[{file}][{call}])\n")
                .unwrap();
        }
        fixture.write(format!("src/part_{file}.py"), text);
    }
    fixture.write("src/settings.py", format!("TOKEN = \"{}\"\n", fake_github_token()));
    fixture.write("legacy/imported/old.py", "def run(x):\n    return eval(x)\n");
    fixture.write("requirements.txt", "requests==2.32.0\nflask==3.0.0\n");
    fixture.git(&["add", "."]);
    fixture.git(&["commit", "-qm", "years of work"]);
    fixture
}

/// The commands of the guide.
fn commands() -> String {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/adoption.md")).unwrap();
    let blocks = guide.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

#[test]
fn the_guide_leads_from_two_thousand_findings_to_a_guard() {
    let fixture = with_a_past();
    assert_eq!(open(&fixture, &["scan", "tree"]).len(), 2002);
    let bin = fixture.root.join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(crate::fixture::PROGRAM, bin.join("portcullis")).unwrap();
    let mut path = bin.into_os_string();
    path.push(":");
    path.push(crate::world::path());
    let fixture = fixture.with_var("PATH", path);
    let script = commands().replace("/tmp/", &format!("{}/", fixture.root.display()));
    assert!(script.lines().count() > 20, "{script}");
    fs::write(fixture.root.join("guide.sh"), script).unwrap();
    // Through git, which gives it the environment of a person at this repository.
    let guide = format!("!sh -ex {}/guide.sh", fixture.root.display());
    let (code, said) = fixture.said(&["-c", &format!("alias.guide={guide}"), "guide"]);
    assert_eq!(code, 0, "{said}");
    for page in ["report.html", "history.html"] {
        assert!(fs::metadata(fixture.root.join(page)).unwrap().len() > 10_000);
    }
    assert!(said.contains("2001"), "{said}");

    // What was there passes, also when somebody works beside it; what is new stops.
    let (code, said) = run(&fixture, &["scan", "tree"]);
    assert_eq!(code, 0, "{said}");
    let part = fixture.work.join("src/part_0.py");
    let text = fs::read_to_string(&part).unwrap();
    fixture.stage("src/part_0.py", format!("# more\n{text}"));
    assert_eq!(fixture.said(&["commit", "-qm", "beside it"]).0, 0);
    fixture.stage("src/part_0.py", format!("{text}\n\nprint(eval(input()))\n"));
    assert_ne!(fixture.said(&["commit", "-qm", "one more"]).0, 0);
    fixture
        .stage("src/part_0.py", text)
        .stage("requirements.txt", "requests==2.32.0\nflask==3.0.0\ndjango==5.0\n");
    assert_ne!(fixture.said(&["commit", "-qm", "a dependency"]).0, 0);
}
