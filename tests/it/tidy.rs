//! Holds the layers and the absences that ARCHITECTURE.md promises, by reading the sources. Knows no Rust but its words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms, from the bottom. An import goes down, or stays in its layer without a circle.
const LAYERS: [&[&str]; 5] = [
    &["model", "text", "json"],
    &["rules", "git", "lang", "decode", "config"],
    &["source", "engine", "deps", "known", "packs", "policy", "report", "cache", "agent", "import"],
    &["scan", "verify", "attest", "explain", "sightings"],
    &["cli", "hook"],
];

/// Longest file, without its tests.
const MAX_LINES: usize = 450;

/// What a room may not mention: parts of the standard library, and crates.
const ABSENT: [(&str, &[&str]); 2] = [
    ("model", &["serde", "std::fs", "std::io", "std::process", "std::net", "std::env", "std::time"]),
    ("engine", &["std::fs", "std::env", "std::time", "std::process", "std::thread", "std::net"]),
];

/// What only `cli` may mention: the environment, the standard streams, exit codes, the clock.
const EDGE: [&str; 16] = [
    "env::var", // and `vars`, `var_os`, `vars_os`
    "env::args",
    "env::current_dir",
    "env::set_current_dir",
    "env::set_var",
    "env::temp_dir",
    "env::home_dir",
    "println!",
    "print!",
    "dbg!",
    "process::exit",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "SystemTime::now",
    "Instant::now",
];

/// Where a hook needs its environment: the folder of the shim, the index, and who else runs; the gits of the user.
const EXCEPTIONS: [(&str, &str); 2] = [("hook/chain.rs", "env::var"), ("hook/global.rs", "env::var")];

/// A file below `src/`, and its text.
type File = (String, String);

/// Everything that is not as promised.
fn problems(files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut graph: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in files {
        if !text.starts_with("//!") {
            problems.push(format!("{path}: does not begin with `//!`"));
        }
        let code = code(text);
        if code.lines().count() > MAX_LINES {
            problems.push(format!("{path}: {} lines without its tests", code.lines().count()));
        }
        let room = room(path);
        for (_, words) in ABSENT.iter().filter(|(absent_in, _)| *absent_in == room) {
            let found = words.iter().filter(|word| mentions(&code, word));
            problems.extend(found.map(|word| format!("{path}: mentions {word}")));
        }
        if room != "cli" {
            let excused = |word: &str| EXCEPTIONS.contains(&(path.as_str(), word));
            let found = EDGE.iter().filter(|word| code.contains(**word) && !excused(word));
            problems.extend(found.map(|word| format!("{path}: only cli may mention {word}")));
        }
        if ["lib", "main"].contains(&room) {
            continue;
        }
        let Some(layer) = layer(room) else {
            problems.push(format!("{path}: the room is in no layer"));
            continue;
        };
        for other in imports(&code) {
            match self::layer(other) {
                Some(below) if below <= layer => {}
                Some(_) => problems.push(format!("{path}: imports {other}, which is above")),
                None => problems.push(format!("{path}: imports {other}, which is no room")),
            }
            if other != room {
                graph.entry(room).or_default().insert(other.to_owned());
            }
        }
    }
    problems.extend(circle(&graph));
    problems
}

/// The text without comments and without the tests, which stand last.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn room(path: &str) -> &str {
    let first = path.split('/').next().unwrap_or(path);
    first.strip_suffix(".rs").unwrap_or(first)
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

/// True for `std::fs`, also when it is written `std::{fs, io}`.
fn mentions(code: &str, word: &str) -> bool {
    let grouped = word.split_once("::").is_some_and(|(krate, part)| {
        code.split(&format!("{krate}::{{")).skip(1).any(|rest| {
            let group = rest.split(';').next().unwrap_or("");
            group.split(|char: char| !char.is_alphanumeric() && char != '_').any(|name| name == part)
        })
    });
    code.contains(word) || grouped
}

/// The words behind `crate::`; a group of rooms is written as several imports.
fn imports(code: &str) -> BTreeSet<&str> {
    let name = |rest: &'_ str| rest.find(|char: char| !char.is_alphanumeric() && char != '_');
    code.split("crate::").skip(1).map(|rest| &rest[..name(rest).unwrap_or(rest.len())]).collect()
}

/// Takes away rooms that import nothing that is left, until none is left or a circle.
fn circle(graph: &BTreeMap<&str, BTreeSet<String>>) -> Option<String> {
    let mut left = graph.clone();
    while let Some(free) = left.iter().find(|(_, to)| !to.iter().any(|to| left.contains_key(to.as_str()))) {
        let free = *free.0;
        left.remove(free);
    }
    let rooms: Vec<&str> = left.into_keys().collect();
    (!rooms.is_empty()).then(|| format!("import each other: {}", rooms.join(", ")))
}

/// Every source file; those that hold nothing but tests are left out.
fn sources(dir: &Path, base: &Path, acc: &mut Vec<File>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, base, acc);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let name = path.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
            acc.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn the_rooms_are_as_the_architecture_says() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &src, &mut files);
    files.sort();
    assert!(files.len() > 100, "{}", files.len());
    assert_eq!(problems(&files), Vec::<String>::new());
}

#[test]
fn tests_run_the_program_where_what_it_says_is_looked_at() {
    // The helper that looks for planted secrets, and two rooms that plant none.
    const MAY: [&str; 3] = ["fixture/mod.rs", "install_sh.rs", "packages.rs"];
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut files = Vec::new();
    sources(&tests, &tests, &mut files);
    assert!(files.len() > 50, "{}", files.len());
    let starts = ["CARGO_BIN_EXE_", "Command::new(PROGRAM", "Command::new(crate::fixture::PROGRAM"];
    let others = files.iter().filter(|(path, _)| !MAY.contains(&path.as_str()) && path != "tidy.rs");
    let past = others.filter(|(_, text)| starts.iter().any(|word| text.contains(word)));
    assert_eq!(past.map(|(path, _)| path).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn the_page_draws_the_same_layers() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let page = fs::read_to_string(page).unwrap();
    for (number, rooms) in LAYERS.iter().enumerate() {
        let line = format!("\nL{number}  {}\n", rooms.join("  "));
        assert!(page.contains(&line), "{line}");
    }
}

#[test]
fn every_kind_of_disorder_is_told() {
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let files: Vec<File> =
            files.iter().map(|(path, text)| ((*path).to_owned(), format!("//! Does.\n{text}"))).collect();
        assert_eq!(problems(&files), expected);
    }
    check(&[("scan/unit.rs", "use crate::engine::Engine;\nuse crate::model::{Span};")], &[]);
    check(&[("engine/mod.rs", "use crate::scan::X;")], &["engine/mod.rs: imports scan, which is above"]);
    check(
        &[("engine/mod.rs", "fn f() -> crate::cli::X {}")],
        &["engine/mod.rs: imports cli, which is above"],
    );
    check(&[("git/mod.rs", "use crate::{model, text};")], &["git/mod.rs: imports , which is no room"]);
    check(&[("util.rs", "")], &["util.rs: the room is in no layer"]);
    let circle = [("git/a.rs", "use crate::lang::X;"), ("lang.rs", "use crate::git::Y;")];
    check(&circle, &["import each other: git, lang"]);
    check(&[("model/a.rs", "use serde::Serialize;")], &["model/a.rs: mentions serde"]);
    check(&[("model/a.rs", "use std::{fmt, io};")], &["model/a.rs: mentions std::io"]);
    check(&[("engine/a.rs", "std::thread::spawn(f);")], &["engine/a.rs: mentions std::thread"]);
    check(&[("source/a.rs", "env::var_os(X)")], &["source/a.rs: only cli may mention env::var"]);
    check(&[("hook/chain.rs", "env::var_os(X)"), ("cli/a.rs", "println!()")], &[]);
    check(&[("git/a.rs", "// println!() and crate::cli\n#[cfg(test)]\nmod tests {\nuse crate::cli;")], &[]);
    check(&[("git/a.rs", &"x\n".repeat(450))], &["git/a.rs: 451 lines without its tests"]);
    let undescribed = [("git/a.rs".to_owned(), "mod b;\n".to_owned())];
    assert_eq!(problems(&undescribed), ["git/a.rs: does not begin with `//!`"]);
}
