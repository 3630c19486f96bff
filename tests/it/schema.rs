//! The JSON schemas in docs/schema, for editors: made from what the readers of our files ask for, with the words of the
//! documents, and held against every file that we have. `UPDATE_GOLDENS=1 cargo test --test it schema` writes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use portcullis::deps::usage::outline_of_outdated;
use portcullis::deps::{approvals, outline_of_imports, outline_of_replaced};
use portcullis::engine::builtin;
use portcullis::policy::{Accepted, Baseline, FingerprintKey, waiver_file};
use portcullis::text::toml_doc::{Asked, Kind, Outline};
use portcullis::{config, packs, rules};
use serde_json::{Map, Value, json};

const TOP: &str = env!("CARGO_MANIFEST_DIR");

/// One kind of file.
struct Form {
    /// The schema's name.
    name: &'static str,
    /// The document that explains its keys.
    document: &'static str,
    outline: Outline,
}

fn forms() -> Vec<Form> {
    let form = |name, document, outline| Form { name, document, outline };
    vec![
        form("config", "docs/configuration.md", config::outline(&builtin::PACK_NAMES)),
        form("waivers", "docs/team.md", waiver_file::outline()),
        form("baseline", "docs/team.md", Baseline::outline()),
        form("key", "docs/team.md", FingerprintKey::outline()),
        form("packs.lock", "docs/team.md", packs::outline()),
        form("approved", "docs/dependencies.md", approvals::outline()),
        form("rules", "docs/rule-format.md", rules::outline()),
        form("packages-replaced", "docs/dependencies.md", outline_of_replaced()),
        form("packages-outdated", "docs/dependencies.md", outline_of_outdated()),
        form("packages-imports", "docs/dependencies.md", outline_of_imports()),
    ]
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(TOP).join(path)).unwrap()
}

impl Form {
    fn schema(&self) -> Value {
        let mut schema = self.table("");
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["title"] = json!(format!("portcullis: {}", self.name));
        schema["description"] = json!(format!("See {}.", self.document));
        schema
    }

    fn table(&self, place: &str) -> Value {
        let prefix = if place.is_empty() { String::new() } else { format!("{place}.") };
        let (mut properties, mut required, mut others) = (Map::new(), Vec::new(), json!(false));
        for (place, asked) in &self.outline.keys {
            let name = place.strip_prefix(&prefix).filter(|name| !name.contains('.'));
            let Some(name) = name else { continue };
            let value = self.value(place, asked);
            if name == "*" {
                others = value;
                continue;
            }
            properties.insert(name.to_owned(), value);
            if asked.required {
                required.push(name);
            }
        }
        let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": others });
        if !required.is_empty() {
            table["required"] = json!(required);
        }
        let of_these = self.outline.alternatives.iter().filter(|(at, _)| at == place);
        let one_of = |keys: &[&str]| -> Value {
            let any: Vec<Value> = keys.iter().map(|key| json!({ "required": [key] })).collect();
            json!({ "anyOf": any })
        };
        let all: Vec<Value> = of_these.map(|(_, keys)| one_of(keys)).collect();
        if !all.is_empty() {
            table["allOf"] = json!(all);
        }
        table
    }

    fn value(&self, place: &str, asked: &Asked) -> Value {
        let text = || match asked.words.as_slice() {
            [] => json!({ "type": "string" }),
            words => json!({ "enum": words }),
        };
        let list = |item: Value| json!({ "type": "array", "items": item });
        let integer = || json!({ "type": "integer", "minimum": 0 });
        let mut value = match asked.kind {
            Kind::Integer if place == "schema" => json!({ "const": 1 }),
            Kind::Text => text(),
            Kind::Texts => list(text()),
            Kind::Integer => integer(),
            Kind::Integers => list(integer()),
            Kind::Number => json!({ "type": "number" }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
            Kind::Table => self.table(place),
            Kind::Tables => list(self.table(place)),
            Kind::Items => list(json!({ "anyOf": [{ "type": "string" }, self.table(place)] })),
        };
        if let Some(words) = self.words(place) {
            value["description"] = json!(words);
        }
        value
    }

    /// What the document says of a key: in the row of a table that is about it, or in a comment behind it.
    fn words(&self, place: &str) -> Option<String> {
        let text = read(self.document);
        let last = place.rsplit('.').next()?;
        let written = place.replace('*', "ID");
        // In a file that is a list of one kind of table, the rows name the keys of that table.
        let short = written.split_once('.').map_or(written.as_str(), |(_, rest)| rest);
        for name in [written.as_str(), short] {
            let about = |line: &&str| {
                let cell = line.strip_prefix('|').and_then(|line| line.split(" |").next());
                cell.is_some_and(|cell| cell.contains(&format!("`{name}`")))
            };
            let row = text.lines().filter(|line| !self.is_other_row(line)).find(about);
            if let Some(row) = row {
                return row.trim_end().trim_end_matches('|').rsplit(" | ").next().map(plain);
            }
        }
        let comment = |line: &str| {
            let (key, rest) = line.split_once(" = ")?;
            (key.trim() == last).then(|| rest.split_once("  # ").map(|(_, comment)| plain(comment)))?
        };
        text.lines().find_map(comment)
    }

    /// The tables about waivers say nothing of packs, and the other way round.
    fn is_other_row(&self, line: &str) -> bool {
        match self.name {
            "config" | "rules" | "waivers" => {
                line.starts_with("| file") || line.starts_with("| `.portcullis")
            }
            _ => true,
        }
    }
}

/// Markdown's links without their addresses.
fn plain(text: &str) -> String {
    let mut rest = text.trim();
    let mut out = String::new();
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) = link.split_once("](") else { break };
        out.push_str(before);
        out.push_str(words);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    out + rest
}

fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json_of(value))).collect(),
        toml::Value::Array(items) => items.into_iter().map(json_of).collect(),
        toml::Value::Datetime(day) => json!(day.to_string()),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(flag) => json!(flag),
    }
}

/// What the schema has against a file.
fn complaints(name: &str, text: &str) -> Vec<String> {
    let form = forms().into_iter().find(|form| form.name == name).unwrap();
    let validator = jsonschema::validator_for(&form.schema()).unwrap();
    let value = json_of(toml::from_str(text).unwrap());
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The form of a file; none for what only the program reads and no team writes.
fn form_of(path: &str) -> Option<&'static str> {
    let names = ["config", "waivers", "baseline", "key", "approved"];
    match path {
        "packages/denied.toml" => Some("approved"),
        "packages/outdated.toml" => Some("packages-outdated"),
        "packages/replaced.toml" => Some("packages-replaced"),
        "packages/imports.toml" | "packages/modules.toml" => Some("packages-imports"),
        path if path.starts_with("packages/") => None,
        path if path.contains("rules/") => Some("rules"),
        path => names.into_iter().find(|name| path.ends_with(&format!("{name}.toml"))),
    }
}

fn toml_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            toml_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}

#[test]
fn published_schemas_are_those_of_the_readers() {
    let folder = Path::new(TOP).join("docs/schema");
    let mut known = BTreeSet::new();
    for form in forms() {
        let path = folder.join(format!("{}.json", form.name));
        let text = serde_json::to_string_pretty(&form.schema()).unwrap() + "\n";
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(published == text, "{}: UPDATE_GOLDENS=1 cargo test --test it schema", form.name);
        known.insert(path);
    }
    let found = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(found.collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_key_stands_in_its_document() {
    for form in forms().iter().filter(|form| !form.name.starts_with("packages-") && form.name != "packs.lock")
    {
        let text = read(form.document);
        let keys = form.outline.keys.keys().filter_map(|place| place.rsplit('.').next());
        // These two are written by the program alone.
        let keys = keys.filter(|key| !["*", "words", "findings"].contains(key));
        let untold: Vec<&str> = keys.filter(|key| !text.contains(key)).collect();
        assert_eq!(untold, [""; 0], "{}", form.document);
    }
}

#[test]
fn our_own_files_are_valid() {
    let mut files = Vec::new();
    for folder in [".portcullis", "rules", "packages"] {
        toml_files(&Path::new(TOP).join(folder), &mut files);
    }
    assert!(files.len() > 30);
    for path in files {
        let name = path.strip_prefix(TOP).unwrap().to_string_lossy().into_owned();
        if let Some(form) = form_of(&name) {
            assert_eq!(complaints(form, &read(&name)), [""; 0], "{name}");
        } else {
            assert!(name.starts_with("packages/"), "{name}");
        }
    }
}

#[test]
fn files_in_the_documents_are_valid() {
    let mut seen = BTreeSet::new();
    for document in ["configuration", "server", "team", "dependencies", "rule-format"] {
        let text = read(&format!("docs/{document}.md"));
        for block in text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
            let name = if block.contains("[[waiver]]") {
                "waivers"
            } else if block.contains("[[rule]]") {
                "rules"
            } else if block.contains("[[approve]]") {
                "approved"
            } else {
                "config"
            };
            let head = if block.contains("schema = 1") { "" } else { "schema = 1\n" };
            let pack = if name == "rules" && !block.contains("pack = ") { "pack = 'p'\n" } else { "" };
            let found = complaints(name, &format!("{head}{pack}{block}"));
            // The example of a pair leaves out what all rules have in common.
            let found: Vec<_> = found.iter().filter(|_| !block.contains("# …")).collect();
            assert_eq!(found, [""; 0], "{document}: {block}");
            seen.insert(name);
        }
    }
    assert_eq!(seen, ["approved", "config", "rules", "waivers"].into());
}

#[test]
fn what_the_program_writes_is_valid() {
    let rule = portcullis::model::RuleId::from_static("github-pat");
    let accepted = Accepted::new(&rule, &format!("v2:{}", "0a".repeat(16)), &"a b.py".into()).unwrap();
    assert_eq!(complaints("baseline", &Baseline::new(vec![accepted]).to_toml()), [""; 0]);
    assert_eq!(complaints("key", &FingerprintKey::new([7; 32]).to_toml()), [""; 0]);
    let locked = packs::Locked {
        name: "acme".to_owned(),
        url: "https://git.example/rules.git".to_owned(),
        wish: Some("v3".to_owned()),
        path: Some("base".to_owned()),
        commit: "c0ffee12".repeat(5),
        digest: format!("sha256:{}", "0a".repeat(32)),
        signed: true,
    };
    assert_eq!(complaints("packs.lock", &packs::write(&[locked])), [""; 0]);
}

#[test]
fn what_the_readers_refuse_the_schemas_refuse() {
    let waiver = "[[waiver]]\nreason = 'a sample'\nowner = 'o'\n";
    for (name, text) in [
        ("config", "schema = 2\n"),
        ("config", "[gate]\nseverity = 'high'\n"),
        ("config", "schema = 1\ngaet = 1\n"),
        ("config", "schema = 1\npacks = ['secret']\n"),
        ("config", "schema = 1\n[gate]\nseverity = 'hihg'\n"),
        ("config", "schema = 1\n[rules.github-pat]\nenable = false\n"),
        ("config", "schema = 1\n[[exclude]]\npath = 'x'\n"),
        ("config", "schema = 1\n[push]\nmax_seconds = '9'\n"),
        ("waivers", &format!("schema = 1\n{waiver}rule = 'github-pat'\n")),
        ("waivers", &format!("schema = 1\n{waiver}path = 'a'\n")),
        ("waivers", &format!("schema = 1\n{waiver}rule = 'x'\npath = 'a'\nexpires = 'soon'\n")),
        ("baseline", "schema = 1\nfindings = [1]\n"),
        ("key", "schema = 1\n"),
        ("packs.lock", "schema = 1\n[[pack]]\nname = 'a'\n"),
        ("approved", "schema = 1\n[[deny]]\necosystem = 'nmp'\nname = 'a'\nreason = 'b'\n"),
        ("approved", "schema = 1\n[[deny]]\necosystem = 'npm'\nreason = 'b'\n"),
        ("rules", "schema = 1\npack = 'p'\n[[rule]]\nid = 'a'\n"),
        ("rules", "schema = 1\npack = 'p'\n[[rule]]\nblock = true\n"),
    ] {
        assert_ne!(complaints(name, text), [""; 0], "{name}: {text}");
    }
}
