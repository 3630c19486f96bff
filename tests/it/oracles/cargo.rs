//! Against `cargo metadata`, which reads a workspace of generated packages at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use portcullis::deps::list::DependencyReport;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{agree, draw, read};

/// Where a declaration stands: its table, and the words of that in a report.
const TABLES: [(&str, &str); 7] = [
    ("dependencies", "runtime"),
    ("dev-dependencies", "dev"),
    ("build_dependencies", "build"),
    ("target.'cfg(windows)'.build-dependencies", "build"),
    ("target.'cfg(unix)'.dependencies", "runtime"),
    ("target.\"cfg(target_os = \\\"linux\\\")\".dev-dependencies", "dev"),
    ("target.x86_64-pc-windows-gnu.dev_dependencies", "dev"),
];

/// What may stand in an inline table, in any notation of TOML.
const VERSIONS: [&str; 6] = ["1", "^1.2", "~1.2.3", ">= 1, < 2", "=0.3.1", "*"];
const PLACES: [&[&str]; 8] = [
    &["version = \"1.2\""],
    &["version = '1'", "registry = 'own'"],
    &["git = 'https://h.example/g'"],
    &["git = 'https://h.example/g'", "branch = \"m\""],
    &["git = \"https://h.example/\\u0067\"", "tag = 'v1'", "version = '1'"],
    &["git = 'ssh://git@h.example/g.git'", "rev = 'abc'"],
    &["path = '../p0'"],
    &["path = '../p1'", "version = '0.1'"],
];
const MORE: [&str; 4] = ["", "features = ['x', # ]\n'y']", "default-features = false", "optional = true"];

/// The notation that is a table of its own.
const OWN_TABLE: usize = 3;

/// What gets into a file by mistake.
const DAMAGES: [&str; 15] =
    ["", "'", "\"", "\n", "]", "}", ",", " = ", ".", "#", "\\", "\t", "\u{c}", "\u{a0}", "k1-a = '1'\n"];

#[derive(Debug, Clone)]
struct Declared {
    table: usize,
    notation: usize,
    version: &'static str,
    place: &'static [&'static str],
    package: Option<&'static str>,
    more: &'static str,
    quote: usize,
}

fn declared() -> impl Strategy<Value = Declared> {
    let package = prop_oneof![2 => Just(None), 1 => select(&["evil", "ev_il", "Evil-x"][..]).prop_map(Some)];
    let choice = (0..TABLES.len(), 0..4usize, 0..4usize);
    (choice, select(&VERSIONS[..]), select(&PLACES[..]), package, select(&MORE[..])).prop_map(
        |((table, notation, quote), version, place, package, more)| Declared {
            table,
            notation,
            version,
            place,
            package,
            more,
            quote,
        },
    )
}

impl Declared {
    /// The key, which no other declaration of the file has.
    fn key(&self, at: usize) -> String {
        let key = format!("k{at}-a");
        match self.quote {
            0 => key,
            1 => format!("\"{key}\""),
            2 => format!("'{key}'"),
            _ => format!("\"\\u006b{at}-a\""),
        }
    }

    /// The declaration as entries of its table.
    fn entries(&self, at: usize) -> String {
        let key = self.key(at);
        match self.notation {
            0 => format!("{key} = '{}' # [dependencies]\n", self.version),
            1 => format!("{key}.version = '{}'\n{key}.features = []\n", self.version),
            _ => format!("{key} = {{ {} }}\n", self.inline().join(", ")),
        }
    }

    /// The declaration as a table of its own.
    fn table(&self, at: usize) -> String {
        format!("[ {} . {} ]\n{}\n", TABLES[self.table].0, self.key(at), self.inline().join("\n"))
    }

    fn inline(&self) -> Vec<String> {
        let package = self.package.map(|package| format!("package = '{package}'"));
        // What is for tests only cannot be optional.
        let is_dev = TABLES[self.table].1 == "dev";
        let more = (!is_dev || !self.more.contains("optional")).then(|| self.more.to_owned());
        let places = self.place.iter().map(|place| (*place).to_owned());
        places.chain(package).chain(more).filter(|entry| !entry.is_empty()).collect()
    }
}

/// Every table is opened once: what belongs to one is put together.
fn manifest((declared, mark, crlf): &(Vec<Declared>, bool, bool), name: &str) -> String {
    let mut text = format!(
        "[package]\nname = '{name}'\nversion = '0.1.0'\nedition = '2021'\ndescription = '''\n[dependencies]\nno = '1'\n\
         '''\n[lib]\npath = '../lib.rs'\n[package.metadata.x.dependencies]\nno = '1'\n"
    );
    for (at, (table, _)) in TABLES.iter().enumerate() {
        let here = || declared.iter().enumerate().filter(|(_, one)| one.table == at);
        let (own, entries): (Vec<_>, Vec<_>) = here().partition(|(_, one)| one.notation == OWN_TABLE);
        if !entries.is_empty() {
            text.push_str(&format!("[{table}]\n"));
        }
        text.extend(entries.iter().map(|(at, one)| one.entries(*at)));
        text.extend(own.iter().map(|(at, one)| one.table(*at)));
    }
    let text = if *crlf { text.replace('\n', "\r\n") } else { text };
    if *mark { format!("\u{feff}{text}") } else { text }
}

/// `NAME(KEY) SCOPE SOURCE REQUIREMENT`, as cargo tells it.
fn theirs(package: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let rows = package["dependencies"].as_array().unwrap().iter().map(|one| {
        let kind = text(&one["kind"]);
        let scope = match (kind.as_deref(), one["optional"] == true) {
            (_, true) => "optional",
            (None, false) => "runtime",
            (Some(kind), false) => kind,
        };
        let key = text(&one["rename"]).map(|key| format!("({key})")).unwrap_or_default();
        let source = match (text(&one["path"]), text(&one["source"]), text(&one["registry"])) {
            (Some(_), _, _) => "path",
            (None, Some(source), _) if source.starts_with("git+") => "git:h.example/g",
            (None, _, Some(_)) => "registry:own",
            (None, _, None) => "registry",
        };
        let requirement = text(&one["req"]).unwrap_or_default();
        format!("{}{key} {scope} {source} {}", text(&one["name"]).unwrap(), plain(&requirement, source))
    });
    rows.collect()
}

/// `1` is `^1`, and nothing is anything. Of a repository we show the commit, cargo the version.
fn plain(requirement: &str, source: &str) -> String {
    let plain: String = requirement.chars().filter(|char| !char.is_whitespace() && *char != '^').collect();
    if plain.is_empty() || source.starts_with("git") { "*".to_owned() } else { plain }
}

fn ours(text: &str) -> Result<BTreeSet<String>, String> {
    let report = read("Cargo.toml", text);
    let lines: Vec<&str> = text.split('\n').collect();
    let row = |one: &DependencyReport| {
        let key = one.key.as_ref().map(|key| format!("({key})")).unwrap_or_default();
        // The line that is told has to hold the key, which is written in two ways.
        let written = one.key.as_deref().unwrap_or(&one.name);
        let written = [written.to_owned(), written.replacen('k', "\\u006b", 1)];
        let line = lines[one.line - 1];
        let place = if written.iter().any(|key| line.contains(key)) { "" } else { " on another line" };
        let requirement = plain(&one.requirement, &one.source);
        format!("{}{key} {} {} {requirement}{place}", one.name, one.scope, one.source)
    };
    match report.error {
        None => Ok(report.dependencies.iter().map(row).collect()),
        Some(error) => Err(error),
    }
}

/// A workspace around `packages`, read by cargo without a network.
fn metadata(packages: &[String]) -> Result<Vec<Value>, String> {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("Cargo.toml", "[workspace]\nmembers = ['p*']\nresolver = '2'\n");
    put("lib.rs", "");
    put(".cargo/config.toml", "[registries]\nown.index = 'sparse+https://h.example/own/'\n");
    for (at, package) in packages.iter().enumerate() {
        put(&format!("p{at}/Cargo.toml"), package);
    }
    let mut answer = run_cargo(folder.path())?;
    let mut packages = std::mem::take(answer["packages"].as_array_mut().unwrap());
    packages.sort_by_key(|one| one["name"].as_str().unwrap()[1..].parse::<usize>().unwrap());
    Ok(packages)
}

fn run_cargo(folder: &Path) -> Result<Value, String> {
    let args = ["metadata", "--offline", "--no-deps", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).current_dir(folder).args(args).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).unwrap())
}

fn file() -> impl Strategy<Value = (Vec<Declared>, bool, bool)> {
    (vec(declared(), 0..8), any::<bool>(), any::<bool>())
}

#[test]
fn cargo_reads_the_same_in_every_notation() {
    let texts: Vec<String> =
        draw(&file(), 200).iter().enumerate().map(|(at, file)| manifest(file, &format!("p{at}"))).collect();
    let packages = metadata(&texts).unwrap();
    assert_eq!(packages.len(), texts.len());
    let differ = |(text, package): (&String, &Value)| {
        let (ours, theirs) = (ours(text), theirs(package));
        (ours.as_ref() != Ok(&theirs)).then(|| (text.clone(), format!("ours: {ours:#?}\ncargo: {theirs:#?}")))
    };
    agree(texts.iter().zip(&packages).filter_map(differ).collect());
}

/// Small damages: what stays readable for cargo stays readable for us and means the same.
#[test]
fn cargo_reads_the_same_after_a_small_damage() {
    let damaged = (file(), any::<prop::sample::Index>(), select(&DAMAGES[..]), 0..3usize);
    let mut differing = Vec::new();
    let mut alive = 0;
    for (file, at, piece, without) in draw(&damaged, 60) {
        let whole = manifest(&file, "p0");
        let body = whole.find("[package.metadata").unwrap();
        let mut ends: Vec<usize> = whole.char_indices().map(|(at, _)| at).filter(|at| *at >= body).collect();
        ends.push(whole.len());
        let at = at.index(ends.len());
        let end = ends[(at + without).min(ends.len() - 1)];
        let text = format!("{}{piece}{}", &whole[..ends[at]], &whole[end..]);
        let Ok(packages) = metadata(std::slice::from_ref(&text)) else { continue };
        alive += 1;
        let (ours, theirs) = (ours(&text), theirs(&packages[0]));
        if ours.as_ref() != Ok(&theirs) {
            differing.push((text, format!("ours: {ours:#?}\ncargo: {theirs:#?}")));
        }
    }
    agree(differing);
    assert!(alive > 5, "only {alive} are still manifests");
}
