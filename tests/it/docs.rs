//! The documents: what they show is what the program does, what they link to is there, what they configure is valid.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use portcullis::config::{
    Backstop, Config, DependencyPolicy, Known, NewRemote, OnTimeout, OtherTools, SecretFiles, parse,
};
use portcullis::deps::{Approvals, Date, Files, Gate};
use portcullis::engine::{Engine, builtin};
use portcullis::model::{Category, RepoPath};
use portcullis::policy::Policy;
use portcullis::rules::{Pack, check_file};
use portcullis::verify::{self, RuleFile};

use crate::fixture::{Fixture, fake_github_token};

const TOP: &str = env!("CARGO_MANIFEST_DIR");

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(TOP).join(name)).unwrap()
}

/// Compares what stands between `<!-- MARK: … -->` and `<!-- end -->`; `UPDATE_GOLDENS=1` writes it instead. `same`
/// takes away what may differ.
#[track_caller]
fn check_block(document: &str, mark: &str, expected: &str, same: impl Fn(&str) -> String) {
    // Several blocks of one file are written by tests that run at the same time.
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = read(document);
    let open = text.find(&format!("<!-- {mark}:")).unwrap();
    let start = open + text[open..].find("-->\n").unwrap() + 4;
    let end = start + text[start..].find("<!-- end -->").unwrap();
    if same(&text[start..end]) == same(expected) {
        return;
    }
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let new = format!("{}{expected}{}", &text[..start], &text[end..]);
        fs::write(Path::new(TOP).join(document), new).unwrap();
        return;
    }
    assert_eq!(&text[start..end], expected, "{document}: UPDATE_GOLDENS=1 cargo test --test it docs");
}

#[test]
fn the_example_of_the_readme_is_what_a_commit_prints() {
    let fixture = Fixture::new();
    let hook = format!("#!/bin/sh\nexec '{}' hook pre-commit\n", crate::fixture::PROGRAM);
    let place = fixture.work.join(".git/hooks/pre-commit");
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    fs::write(&place, hook).unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    let token = fake_github_token();
    let program = format!("TOKEN = \"{token}\"\n\n\ndef total(formula):\n    return eval(formula)\n");
    fixture.stage("src/app.py", program).stage("requirements.txt", "reqeusts==2.32.0\n");
    let output = fixture.try_git_in(&fixture.work, &["commit", "-m", "first version"], b"");
    assert_eq!(output.status.code(), Some(1));
    let printed = [output.stdout, output.stderr].concat();
    let block =
        format!("```text\n$ git commit -m \"first version\"\n{}```\n", String::from_utf8(printed).unwrap());
    check_block("README.md", "example", &block, |text| {
        // A new rule does not make the example wrong.
        let number = regex::Regex::new(r"\d+ rules in \d+ packs?").unwrap();
        number.replace(text, "N rules in N packs").into_owned()
    });
}

#[test]
fn the_numbers_of_the_readme_are_those_of_the_program() {
    let count = |fits: &dyn Fn(Category, &str) -> bool| {
        let rules = builtin::PACK.rules.iter();
        rules.filter(|rule| fits(rule.info.category, &rule.info.topic)).count()
    };
    let topics = ["eval", "sql", "cors"];
    let code = |topic: &'static str| count(&|category, is| category == Category::Code && is == topic);
    let other = count(&|category, topic| category == Category::Code && !topics.contains(&topic));
    let rows = [
        (
            "Secrets: keys and tokens by provider, private keys, passwords",
            count(&|it, _| it == Category::Secret),
        ),
        ("Code that is put together at run time: `eval` and its relatives", code("eval")),
        ("SQL that is put together from parts", code("sql")),
        ("Web servers that trust every origin (CORS)", code("cors")),
        ("Dependencies that nobody approved", count(&|it, _| it == Category::Dependency)),
        ("Other dangerous code", other),
    ];
    let mut block = "| what | rules |\n|---|---|\n".to_owned();
    for (what, count) in rows.into_iter().filter(|(_, count)| *count > 0) {
        // Rounded, so that not every new rule is a new README.
        let about = if count < 10 { count.to_string() } else { format!("over {}", (count - 1) / 10 * 10) };
        block.push_str(&format!("| {what} | {about} |\n"));
    }
    check_block("README.md", "rules", &block, str::to_owned);
}

/// A cell of a table: no line breaks and no bars.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
        .replace('*', "\\*")
        .replace('<', "&lt;")
}

#[test]
fn the_list_of_rules_is_that_of_the_program() {
    let mut block = String::new();
    let mut links = Vec::new();
    for (name, text) in builtin::FILES {
        let mut rules = check_file(name, text, true).unwrap().rules;
        rules.sort_by(|a, b| a.info.id.cmp(&b.info.id));
        let place = name.trim_start_matches("rules/").trim_end_matches(".toml");
        let heading = match place.split_once('/') {
            Some((pack, group)) => format!("{pack}: {}", group.replace('-', " ")),
            None => place.to_owned(),
        };
        links.push(format!("[{heading}](#{})", heading.replace(':', "").replace(' ', "-")));
        block.push_str(&format!(
            "\n## {heading}\n\n| rule | what and why | weight | repair |\n|---|---|---|---|\n"
        ));
        for rule in rules {
            let info = rule.info;
            block.push_str(&format!(
                "| `{}` | **{}.** {} | {}, {} | {} |\n",
                info.id,
                cell(&info.title),
                cell(&info.message),
                info.severity,
                info.confidence,
                cell(&info.remediation)
            ));
        }
    }
    let block = format!("\n{}\n{block}", links.join(" ·\n"));
    check_block("docs/rules.md", "rules", &block, str::to_owned);
}

/// The ```toml blocks of a document whose first line is a comment with the file's name, as (name, text).
fn files_in(document: &str) -> Vec<(String, String)> {
    let text = read(document);
    let blocks = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let named = blocks.filter_map(|block| {
        let name = block.lines().next()?.trim_start().strip_prefix("# ")?;
        Some((name.to_owned(), block.to_owned()))
    });
    named.collect()
}

fn configuration(name: &str, text: &str) -> Result<Config, String> {
    let mut rules: Vec<&str> = builtin::PACK.rules.iter().map(|rule| rule.info.id.as_str()).collect();
    rules.sort_unstable();
    let known = Known { packs: &builtin::PACK_NAMES, rules: &rules };
    parse(name, text, &known).map_err(|problems| problems.to_string())
}

/// Examples of a rule file that do not hold, with all built-in rules active.
fn wrong_examples(name: &str, text: &str) -> Result<Vec<String>, String> {
    let checked = check_file(name, text, true).map_err(|problems| problems.to_string())?;
    let own = Pack::new(checked.rules.clone()).unwrap();
    let engine = Engine::new(&builtin::PACK, Some(own));
    let mut scanner = verify::scanner(engine, Policy::new(Config::default()));
    let failures = verify::run(&mut scanner, &[RuleFile::new(name.to_owned(), checked)]);
    Ok(failures.unwrap().iter().map(ToString::to_string).collect())
}

#[test]
fn whole_files_in_the_documents_are_valid() {
    let mut seen = Vec::new();
    for document in ["docs/configuration.md", "docs/server.md", "CONTRIBUTING.md"] {
        for (name, text) in files_in(document) {
            if name.contains("rules/") {
                assert_eq!(wrong_examples(&name, &text), Ok(Vec::new()), "{document}");
            } else {
                assert_eq!(configuration(&name, &text).err(), None, "{document}");
            }
            seen.push(name);
        }
    }
    assert_eq!(seen, [".portcullis/config.toml", "config.toml", "rules/secrets/acme.toml"]);
}

#[test]
fn the_defaults_in_the_document_are_the_defaults() {
    let Config { gate, max_file_size, secret_files, doors, waiving, .. } = Config::default();
    assert_eq!(waiving.other_tools, OtherTools::Advice);
    assert_eq!(secret_files, SecretFiles::Repository);
    assert_eq!((doors.backstop, doors.new_remote), (Backstop::Warn, NewRemote::ByHost));
    assert_eq!((doors.push_seconds, doors.on_timeout), (None, OnTimeout::Reject));
    let text = read("docs/configuration.md");
    for (key, value) in [
        ("gate.severity", format!("`\"{}\"`", gate.severity)),
        ("gate.confidence", format!("`\"{}\"`", gate.confidence)),
        ("backstop", "`\"warn\"`".to_owned()),
        ("known_values", "`true`".to_owned()),
        ("known_values_in_home", "`false`".to_owned()),
        ("push.new_remote", "`\"auto\"`".to_owned()),
        ("push.max_seconds", "none".to_owned()),
        ("receive.max_seconds", format!("`{}`", doors.receive_seconds)),
        ("receive.on_timeout", "`\"reject\"`".to_owned()),
        ("waivers.inline", format!("`{}`", waiving.inline)),
        ("waivers.inline_by_agents", format!("`{}`", waiving.inline_by_agents)),
        ("waivers.other_tools", "`\"advice\"`".to_owned()),
        ("limits.max_file_size", format!("`\"{} MB\"`", max_file_size >> 20)),
    ] {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{key}` |"))).unwrap();
        assert_eq!(row.split('|').nth(3).unwrap().trim(), value, "{key}");
    }
}

#[test]
fn our_own_files_guard_this_repository() {
    let name = ".portcullis/config.toml";
    assert_eq!(configuration(name, &read(name)).err(), None);
    let approvals = Approvals::read(".portcullis/approved.toml", &read(".portcullis/approved.toml")).unwrap();
    let gate = Gate {
        approvals: &approvals,
        base: Some(&approvals),
        policy: &DependencyPolicy::default(),
        today: Date::from_unix(1_795_000_000),
        author: None,
        files: Files::none(),
    };
    let told = gate.examine(&RepoPath::from("Cargo.toml"), read("Cargo.toml").as_bytes(), None);
    assert_eq!(told, []);
}

/// Every document of ours.
fn documents() -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/decisions"].map(|folder| Path::new(TOP).join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let paths = files.map(|file| file.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)\s#:]+)(?:#[^)]*)?\)").unwrap();
    let mut broken = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for found in link.captures_iter(&text) {
            if !document.parent().unwrap().join(&found[1]).exists() {
                broken.push(format!("{}: {}", document.display(), &found[1]));
            }
        }
    }
    assert_eq!(broken, [] as [String; 0]);
}

#[test]
fn decisions_are_numbered_and_say_three_things() {
    let mut names: Vec<PathBuf> =
        documents().into_iter().filter(|path| path.parent().unwrap().ends_with("decisions")).collect();
    names.sort();
    for (idx, path) in names.iter().enumerate() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with(&format!("{:04}-", idx + 1)), "{name}");
        let text = fs::read_to_string(path).unwrap();
        for part in ["**Context.**", "**Decision.**", "**Consequences.**"] {
            assert_eq!(text.matches(part).count(), 1, "{name}: {part}");
        }
    }
}

#[test]
fn the_help_knows_every_command_that_the_readme_shows() {
    let text = read("README.md");
    let commands = text.lines().filter_map(|line| line.strip_prefix("portcullis scan "));
    let fixture = Fixture::new();
    for command in commands {
        let name = command.split(' ').next().unwrap();
        assert_eq!(fixture.portcullis(&["scan", name, "--help"]).0, 0, "scan {name}");
    }
}
