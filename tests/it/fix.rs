//! `portcullis fix`: what it shows, what it writes, and when it does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::fixture::Fixture;

fn fix(fixture: &Fixture, args: &[&str]) -> (i32, String) {
    fixture.portcullis(&[&["fix"], args].concat())
}

const APP: &str =
    "import requests\r\nrequests.get(url, verify=False, timeout=3)\r\nimport yaml\r\nyaml.load(f)\r\n";
const FIXED: &str =
    "import requests\r\nrequests.get(url, verify=True, timeout=3)\r\nimport yaml\r\nyaml.safe_load(f)\r\n";
const PATCH: &str = "--- a/app.py\n+++ b/app.py\n@@ -1,4 +1,4 @@\n import requests\n\
                     -requests.get(url, verify=False, timeout=3)\n+requests.get(url, verify=True, timeout=3)\n import yaml\n\
                     -yaml.load(f)\n+yaml.safe_load(f)\n";

fn sample() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("app.py", APP).write("clean.py", "print(1)\n");
    fixture
}

#[test]
fn a_patch_is_shown_and_nothing_is_written() {
    let fixture = sample();
    assert_eq!(fix(&fixture, &[]), (1, PATCH.to_owned()));
    assert_eq!(fs::read_to_string(fixture.work.join("app.py")).unwrap(), APP);
}

#[test]
fn files_are_changed_when_asked_and_keep_their_rights_and_line_ends() {
    let fixture = sample();
    let path = fixture.work.join("app.py");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
    assert_eq!(fix(&fixture, &["--apply"]), (0, "fixed app.py\n".to_owned()));
    assert_eq!(fs::read_to_string(&path).unwrap(), FIXED);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o751);
    assert_eq!(fix(&fixture, &[]), (0, "nothing to fix\n".to_owned()));
}

#[test]
fn one_rule_can_be_asked_for() {
    let fixture = sample();
    assert_eq!(fix(&fixture, &["python-yaml-load", "--apply"]).0, 0);
    assert_eq!(
        fs::read_to_string(fixture.work.join("app.py")).unwrap(),
        APP.replace("yaml.load", "yaml.safe_load")
    );
    assert_eq!(fix(&fixture, &["python-pickle-import"]), (0, "nothing to fix\n".to_owned()));
    assert_eq!(fix(&fixture, &["python-yaml-lood"]).0, 2);
}

#[test]
fn what_is_staged_is_fixed_in_the_work_tree_unless_it_differs_there() {
    let fixture = sample();
    fixture.stage("other.py", "requests.get(u, verify=False, timeout=3)\n");
    assert_eq!(fix(&fixture, &["--staged", "--apply"]), (0, "fixed other.py\n".to_owned()));
    fixture.stage("other.py", "requests.get(u, verify=False, timeout=3)\n");
    fixture.write("other.py", "# one more line\nrequests.get(u, verify=False, timeout=3)\n");
    let (code, said) = fix(&fixture, &["--staged", "--apply"]);
    assert_eq!(code, 2);
    assert!(said.contains("other.py: has changed since it was scanned"), "{said}");
}

#[test]
fn what_is_waived_stays() {
    let fixture = Fixture::new();
    fixture.write("a.py", "yaml.load(f)  # portcullis: allow(python-yaml-load) our own file\n");
    assert_eq!(fix(&fixture, &[]), (0, "nothing to fix\n".to_owned()));
}

#[test]
fn the_message_names_the_command_that_repairs() {
    let fixture = Fixture::new();
    fixture.stage("a.py", "import yaml\nyaml.load(f)\n");
    let (code, said) = fixture.portcullis(&["scan", "staged"]);
    assert_eq!(code, 1);
    let command = said.lines().find_map(|line| line.trim().strip_prefix("= patch: portcullis fix ")).unwrap();
    let args: Vec<&str> = command.split(' ').collect();
    assert_eq!(fix(&fixture, &args), (0, "fixed a.py\n".to_owned()));
    fixture.git(&["add", "a.py"]);
    assert_eq!(fixture.portcullis(&["scan", "staged"]).0, 0);
}
