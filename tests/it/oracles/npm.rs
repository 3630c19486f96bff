//! Against `npm-package-arg`, by which npm reads the right-hand side of a dependency.

use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{agree, ask, draw, read};
use crate::tools::from_npm;
use crate::world::skipped;

/// What specifications are made of.
const PIECES: [&str; 64] = [
    "a",
    "evil",
    "^1.0.0",
    "1.x",
    "latest",
    "*",
    " ",
    "npm:",
    "NPM:",
    "@s/b",
    "@1",
    "@",
    "/",
    "user/repo",
    "#v1",
    "#",
    "#semver:^1",
    "github:",
    "GitHub:",
    "gitlab:",
    "gist:",
    "bitbucket:",
    "git+ssh://git@",
    "git+https://",
    "git+file:///",
    "git://",
    "https://",
    "http://",
    "github.com",
    "github.com/u/r",
    "gitlab.com/u/r",
    "bitbucket.org/u/r",
    "h.example",
    ".git",
    "/x.tgz",
    ".tgz",
    ".tar.gz",
    "file:",
    "FILE:",
    "./",
    "../",
    "~/",
    "git@github.com:",
    "me@h.example:",
    "a:b",
    "ssh://",
    "ssh://git@h.example/",
    "::",
    ":",
    "?q",
    "www.",
    "v",
    "v1",
    ".",
    "||",
    ">=1 <2",
    " - ",
    "-",
    "C:",
    "%2f",
    "/tree/main",
    "/archive/main",
    "\\",
    "é",
];

fn npa(cases: &[Value]) -> Result<Vec<Value>, String> {
    let folder = from_npm("npa", &["npm-package-arg@13"])?;
    let script = include_str!("npa.js");
    ask(Command::new("node").current_dir(folder).args(["-e", script]), cases)
}

/// What a specification stands for, in the words of the package manager's reader.
fn theirs(answer: &Value) -> Option<String> {
    let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
    Some(match text("type").as_str() {
        "range" | "version" | "tag" => format!("{} registry", text("name")),
        "git" if answer["repository"].is_null() => "git".to_owned(),
        "git" => format!("git:{} {}", text("repository").to_ascii_lowercase(), text("commit")),
        "remote" => "url".to_owned(),
        "file" | "directory" => "path".to_owned(),
        _ => return None,
    })
}

/// The same in ours; a repository that npm does not know by its host is only one of git.
fn ours(spec: &str, theirs: &str) -> String {
    let text = json!({ "dependencies": { "key": spec } }).to_string();
    let report = read("package.json", &text);
    let [found] = report.dependencies.as_slice() else { return format!("{report:?}") };
    match found.source.split_once(':').unwrap_or((&found.source, "")) {
        ("registry", "") => format!("{} registry", found.name),
        ("git", _) if theirs.contains(':') => format!("{} {}", found.source, found.requirement),
        (kind, _) => kind.to_owned(),
    }
}

/// Specifications as people write them.
fn usual() -> impl Strategy<Value = String> {
    let range = select(
        &["", "*", "^1.0.0", "1.x", "~2", ">=1 <2 || 3", "1.0 - 2", "latest", "next-7", "v1.2.3", "=1.0.0"][..],
    );
    let name = select(&["evil", "@s/evil", "key"][..]);
    let alias = (select(&["npm:", "NPM:"][..]), name, select(&["", "@", "@^1", "@latest", "@>=1 <2"][..]))
        .prop_map(|(kind, name, range)| format!("{kind}{name}{range}"));
    let commit = || select(&["", "#v1", "#main", "#feature/x", "#semver:^1.2"][..]);
    let short = (
        select(&["", "github:", "gitlab:", "bitbucket:"][..]),
        select(&["u/r", "U-x/r.js", "u/r.git"][..]),
        commit(),
    )
        .prop_map(|(host, repository, commit)| format!("{host}{repository}{commit}"));
    let start = select(
        &[
            "git+https://",
            "git+ssh://git@",
            "git+ssh://",
            "git://",
            "https://",
            "ssh://git@",
            "git+https://u:word@",
            "https://www.",
            "git+file:///",
            "http://",
        ][..],
    );
    let host = select(
        &["github.com/u/r", "gitlab.com/u/r", "bitbucket.org/u/r", "h.example/u/r", "gitlab.com/g/s/r"][..],
    );
    let url = (start, host, select(&["", ".git", "/"][..]), commit())
        .prop_map(|(start, host, end, commit)| format!("{start}{host}{end}{commit}"));
    let other = select(
        &[
            "git@github.com:u/r.git",
            "git@github.com:u/r#v1",
            "git+ssh://git@github.com:u/r.git#v1",
            "git+ssh://git@h.example:u/r.git",
            "gist:0123456789abcdef",
            "gist:me/0123456789abcdef",
            "https://h.example/x.tgz",
            "https://h.example/x.tar.gz?a=1",
            "http://h.example/x",
            "https://github.com/u/r/archive/main.tar.gz",
            "https://github.com/u/r/tarball/main",
            "https://codeload.github.com/u/r/tar.gz/main",
            "file:x",
            "file:../x",
            "file:/x",
            "file:///x",
            "file:~/x",
            "./x",
            "../x",
            "~/x",
            "/x",
            "x.tgz",
            "./x.tgz",
            "C:\\x",
            "C:/x",
            "..",
            ".",
        ][..],
    )
    .prop_map(str::to_owned);
    prop_oneof![range.prop_map(str::to_owned), alias, short, url, other]
}

fn odd() -> impl Strategy<Value = String> {
    vec(select(&PIECES[..]), 1..6).prop_map(|pieces| pieces.concat())
}

/// The specifications that npm understands, with what both make of it.
fn compared(specs: &[String]) -> Option<Vec<(String, String, String)>> {
    let cases: Vec<Value> = specs.iter().map(|spec| json!({ "key": "key", "spec": spec })).collect();
    match npa(&cases) {
        Ok(answers) => {
            let both = |(spec, answer): (&String, &Value)| {
                let theirs = theirs(answer)?;
                Some((spec.clone(), ours(spec, &theirs), theirs))
            };
            let compared: Vec<_> = specs.iter().zip(&answers).filter_map(both).collect();
            assert!(
                compared.len() > specs.len() / 3,
                "npm understands {} of {}",
                compared.len(),
                specs.len()
            );
            Some(compared)
        }
        Err(why) => {
            skipped(&why);
            None
        }
    }
}

/// Yarn and pnpm clone some of what npm downloads.
fn same(ours: &str, theirs: &str) -> bool {
    ours == theirs || (ours, theirs) == ("git", "url")
}

fn told((spec, ours, theirs): (String, String, String)) -> (String, String) {
    (spec, format!("ours: {ours}\nnpm: {theirs}"))
}

#[test]
fn npm_takes_a_dependency_from_the_same_place() {
    let compared = compared(&draw(&usual(), 1_000)).unwrap_or_default();
    agree(compared.into_iter().filter(|(_, ours, theirs)| !same(ours, theirs)).map(told).collect());
}

/// What nobody would write may be taken for something stranger than it is, never for something more usual: a package
/// of the registry under another name, or a path, which may need no approval.
#[test]
fn what_npm_takes_from_elsewhere_is_nothing_usual_for_us() {
    let usual = |(spec, ours, theirs): &(String, String, String)| {
        // Yarn writes ranges behind `npm:`; no package is called like an address.
        let range = spec
            .to_ascii_lowercase()
            .trim_start()
            .strip_prefix("npm:")
            .is_some_and(|rest| rest.starts_with(['*', '1']));
        let registry = ours.ends_with(" registry") && !ours.contains(':') && !range;
        (registry || ours == "path") && ours != theirs
    };
    let compared = compared(&draw(&odd(), 2_000)).unwrap_or_default();
    agree(compared.into_iter().filter(usual).map(told).collect());
}
