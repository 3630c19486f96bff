//! The gate for dependencies, as a hook sees it: files, a record, findings. And `portcullis deps` on a work tree.

#![expect(clippy::expect_used, reason = "a test may panic")]

use std::fs;

use portcullis::cli::deps::{Context, DepsCommand, Outcome, run};
use portcullis::config::DependencyPolicy;
use portcullis::deps::{Approvals, Date, Files, Gate};
use portcullis::model::RepoPath;
use portcullis::text::Lines;

/// The only place that knows the API: `CODE LINE DETAIL` of everything the gate says about a file.
struct World {
    approvals: Approvals,
    base: Option<Approvals>,
    policy: DependencyPolicy,
    index: Vec<&'static str>,
    author: Option<&'static str>,
}

fn record(entries: &str) -> Approvals {
    Approvals::read("approved.toml", &format!("schema = 1\n{entries}")).expect("a valid record")
}

/// Entries that approve `ECOSYSTEM:NAME KEYS`.
fn approved(entries: &[&str]) -> String {
    let entry = |entry: &&str| {
        let (package, keys) = entry.split_once(' ').unwrap_or((entry, ""));
        let (ecosystem, name) = package.split_once(':').expect("ecosystem:name");
        let subject = if name.ends_with('*') { "pattern" } else { "name" };
        format!(
            "[[approve]]\necosystem = '{ecosystem}'\n{subject} = '{name}'\n{keys}\nreason = 'a reason of its own'\n\
             approved_by = 'lead'\ndate = 2026-01-01\n"
        )
    };
    entries.iter().map(entry).collect()
}

fn world(entries: &str) -> World {
    World {
        approvals: record(entries),
        base: Some(record(entries)),
        policy: DependencyPolicy::default(),
        index: Vec::new(),
        author: None,
    }
}

impl World {
    #[track_caller]
    fn check(&self, path: &str, content: &str, expected: &[&str]) {
        self.check_change(path, (None, content), expected);
    }

    #[track_caller]
    fn check_change(&self, path: &str, (before, content): (Option<&str>, &str), expected: &[&str]) {
        let exists = |path: &RepoPath| self.index.iter().any(|known| known.as_bytes() == path.as_bytes());
        let today = Date::parse("2026-11-21").expect("a day");
        let (base, policy) = (self.base.as_ref(), &self.policy);
        let files = Files { exists: &exists, read: &|_| None, paths: &|| [].into() };
        let gate = Gate { approvals: &self.approvals, base, policy, today, author: self.author, files };
        let lines = Lines::new(content.as_bytes());
        let shown: Vec<String> = gate
            .examine(&path.into(), content.as_bytes(), before.map(str::as_bytes))
            .into_iter()
            .map(|one| format!("{} {} {}", one.code, lines.position(one.span.start).line, one.detail))
            .collect();
        assert_eq!(shown, expected, "{path}: {content}");
    }
}

#[test]
fn what_is_declared_must_be_approved_whatever_changed() {
    let world =
        world(&approved(&["npm:left-pad", "cargo:serde-json", "golang:github.com/o/*", "pypi:flask"]));
    world.check("package.json", r#"{"dependencies": {"left-pad": "1"}}"#, &[]);
    world.check("Cargo.toml", "[dependencies]\nserde_json = '1'\n", &[]);
    world.check("go.mod", "require github.com/o/x/v2 v2.0.0\n", &[]);
    world.check("requirements.txt", "Flask==1\n", &[]);
    world.check(
        "package.json",
        "{\"dependencies\": {\n\"other\": \"1\"}}",
        &["DEP001 2 npm:other is not approved (runtime)"],
    );
    world.check("requirements.txt", "left-pad\n", &["DEP001 1 pypi:left-pad is not approved (runtime)"]);
    let same = Some("[dependencies]\nx = '1'\n");
    world.check_change(
        "Cargo.toml",
        (same, "[dependencies]\nx = '1'\n"),
        &["DEP001 2 cargo:x is not approved (runtime)"],
    );
    world.check_change("Cargo.toml", (same, "[dependencies]\n"), &[]);
    world.check("README.md", "left-pad", &[]);
}

#[test]
fn the_version_before_chooses_the_words() {
    let world = world("");
    let before = Some(r#"{"devDependencies": {"a": "1", "b": "1"}}"#);
    let after = r#"{"dependencies": {"a": "1", "b": "u/r", "c": "1"}}"#;
    world.check_change("package.json", (before, after), &[
        "DEP001 1 npm:a is not approved (runtime, was dev before this change)",
        "DEP001 1 npm:b is not approved (runtime, from git:github.com/u/r, from registry before this change)",
        "DEP001 1 npm:c is not approved (runtime, new in this change)",
    ]);
}

#[test]
fn an_approval_counts_for_its_source_scope_paths_and_days() {
    world(&approved(&["npm:a scope = ['dev']"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP005 1 npm:a is approved for dev only (runtime)"],
    );
    world(&approved(&["npm:a paths = ['web/**']"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP001 1 npm:a is approved for web/** only (runtime)"],
    );
    world(&approved(&["npm:a"])).check("package.json", r#"{"dependencies": {"a": "u/a"}}"#, &[
        "DEP003 1 npm:a comes from git:github.com/u/a, approved is registry (runtime, from git:github.com/u/a)",
    ]);
    world(&approved(&["npm:a source = 'git:github.com/u/a'"])).check(
        "package.json",
        r#"{"dependencies": {"a": "u/a#v1"}}"#,
        &[],
    );
    world(&approved(&["npm:a expires = 2026-11-20"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &["DEP006 1 the approval of npm:a ended on 2026-11-20"],
    );
    world(&approved(&["npm:a expires = 2026-11-21"])).check(
        "package.json",
        r#"{"dependencies": {"a": "1"}}"#,
        &[],
    );
    // Several entries for one name: any may let it in.
    let both = approved(&["npm:a expires = 2026-01-01", "npm:a scope = ['runtime']"]);
    world(&both).check("package.json", r#"{"dependencies": {"a": "1"}}"#, &[]);
}

#[test]
fn deny_beats_approve_also_when_the_change_removes_the_denial() {
    let denial = "[[deny]]\necosystem = 'pypi'\nname = 'py.crypto'\nreason = 'unmaintained'\n";
    let entries = approved(&["pypi:py-crypto"]);
    let denied = ["DEP002 1 pypi:Py_Crypto is denied: unmaintained"];
    world(&format!("{entries}{denial}")).check("requirements.txt", "Py_Crypto\n", &denied);
    let loosened =
        World { approvals: record(&entries), base: Some(record(&format!("{entries}{denial}"))), ..world("") };
    loosened.check("requirements.txt", "Py_Crypto\n", &denied);
}

#[test]
fn an_approval_in_the_same_change_is_told() {
    let now = record(&approved(&["npm:a"]));
    let pending = ["DEP007 1 npm:a is approved by lead in this very change"];
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    World { approvals: now.clone(), base: Some(Approvals::default()), ..world("") }.check(
        "package.json",
        manifest,
        &pending,
    );
    World { approvals: now.clone(), base: None, ..world("") }.check("package.json", manifest, &pending);
    let widened =
        World { approvals: now, base: Some(record(&approved(&["npm:a scope = ['dev']"]))), ..world("") };
    widened.check("package.json", manifest, &pending);
    let baseline = record(&approved(&["npm:a"]).replace("lead", "baseline"));
    World { approvals: baseline, base: None, ..world("") }.check("package.json", manifest, &[]);
}

#[test]
fn what_lies_in_the_repository_is_free_if_it_is_really_there() {
    let mut world = world("");
    world.index =
        vec!["Cargo.toml", "lib/x/Cargo.toml", "lib/y/package.json", "lib/z.tgz", "py/setup.py", "go/go.mod"];
    world.check(
        ".gitmodules",
        "[submodule \"x\"]\n\turl = ./lib/z.tgz\n",
        &["DEP001 2 git:./lib/z.tgz is not approved (runtime, from path)"],
    );
    world.check("app/Cargo.toml", "[dependencies]\nx = { path = '../lib/x' }\ns.workspace = true\n", &[]);
    world.check("app/package.json", r#"{"dependencies": {"y": "file:../lib/y", "z": "../lib/z.tgz"}}"#, &[]);
    world.check("requirements.txt", "-e ./py\n", &[]);
    world.check("go.mod", "replace m.example/x => ./go\n", &[]);
    world.check(
        "Cargo.toml",
        "[dependencies]\nx = { path = '../x' }\n",
        &["DEP001 2 cargo:x is not approved (runtime, from path)"],
    );
    world.check(
        "Cargo.toml",
        "[dependencies]\nx = { path = 'lib/none' }\n",
        &["DEP001 2 cargo:x is not approved (runtime, from path)"],
    );
    world.check("package.json", r#"{"dependencies": {"w": "workspace:*"}}"#, &[]);
    world.check(
        "requirements/dev.txt",
        "-e ./py
",
        &[],
    );
}

#[test]
fn lock_files_are_only_held_against_what_is_denied() {
    let denial = "[[deny]]\necosystem = 'npm'\nname = 'bad'\nreason = 'stole keys once'\n";
    let lock = "{\"packages\": {\"node_modules/a\": {\"version\": \"1\"},\n\"node_modules/x\": {\"name\": \"bad\"}}}";
    world(denial).check(
        "package-lock.json",
        lock,
        &["DEP002 2 npm:bad, declared as `x`, is denied: stole keys once"],
    );
    world("").check("package-lock.json", lock, &[]);
    world("").check(
        "Cargo.lock",
        "<<<<<<< a\n=======\n>>>>>>> b\n",
        &["DEP008 1 a conflict of a merge is not resolved"],
    );
}

#[test]
fn manifests_of_any_ecosystem_are_judged_by_the_same_record() {
    let world =
        world(&approved(&["maven:org.example:*", "docker:alpine", "github-actions:actions/*", "gem:rails"]));
    world.check("Gemfile", "gem 'rails'\ngem 'other'\n", &["DEP001 2 gem:other is not approved (runtime)"]);
    world.check(
        "Dockerfile",
        "FROM docker.io/library/alpine:3\nFROM evil\n",
        &["DEP001 2 docker:evil is not approved (runtime)"],
    );
    world.check(".github/workflows/x.yml", "jobs: {a: {steps: [{uses: Actions/checkout@v4}]}}\n", &[]);
    world.check(
        "build.gradle",
        "dependencies {\n  api 'org.example:a:1'\n  api \"$x:b:1\"\n}\n",
        &["DEP009 3 $x:b:1 is computed by the build, so nobody has judged it"],
    );
}

#[test]
fn no_answer_is_a_finding() {
    let world = world("");
    world.check("package.json", "{\"dependencies\": {\n}", &["DEP008 1 Unterminated object"]);
    world.check("requirements.txt", "a b\n", &["DEP008 1 not a requirement: \"a b\""]);
    world.check(
        "thing.cabal",
        "gem 'rails'",
        &["DEP009 1 a file of Cabal: portcullis knows the name, but does not read the format yet"],
    );
    world.check(
        "pyproject.toml",
        "[project]\ndynamic = ['dependencies']\n",
        &["DEP009 2 project.dependencies is computed by the build, so nobody has judged it"],
    );
}

#[test]
fn indirect_requirements_are_told_once_unless_they_come_from_elsewhere() {
    let world = world("");
    let text = "require m.example/x v1 // indirect\n";
    world.check_change("go.mod", (Some(text), text), &[]);
    world.check_change(
        "go.mod",
        (Some(""), text),
        &["DEP010 1 golang:m.example/x is listed as indirect and is not approved"],
    );
    world.check_change(
        "constraints.txt",
        (Some("a @ https://h.example/a.zip\n"), "a @ https://h.example/a.zip\n"),
        &["DEP001 1 pypi:a is not approved (indirect, from url:https://h.example/a.zip)"],
    );
}

#[test]
fn registries_are_let_in_by_name() {
    let registry = "[[registry]]\necosystem = 'pypi'\nurl = 'https://i.example/team/simple'\nreason = 'our own mirror'\n\
                    approved_by = 'lead'\ndate = 2026-01-01\n";
    let index = "--index-url https://user:word@i.example/team/simple/\nflask==1\n";
    let entries = approved(&["pypi:flask"]);
    world(&entries).check(
        "requirements.txt",
        index,
        &["DEP003 1 pypi packages are looked up in registry:i.example/team/simple, which is not approved"],
    );
    world(&format!("{entries}{registry}")).check("requirements.txt", index, &[]);
    world(&format!("{entries}{registry}")).check(
        "requirements.txt",
        "-i https://i.example/other/simple\n",
        &["DEP003 1 pypi packages are looked up in registry:i.example/other/simple, which is not approved"],
    );
}

/// What stops a commit, as the built-in rules weigh it.
fn blocks(finding: &portcullis::deps::DepFinding) -> bool {
    use portcullis::deps::codes;
    let advice = [
        codes::OTHER_VERSION,
        codes::SAME_CHANGE,
        codes::NOT_READ,
        codes::INDIRECT,
        codes::FLOATING,
        codes::UNPINNED,
        codes::SIMILAR_NAME,
        codes::WRONG_NAME,
        codes::INSTALL_COMMAND,
    ];
    !advice.contains(&finding.code)
}

/// Ways to bring in `evil` past a team that has approved `good`.
#[test]
fn no_package_is_smuggled_in() {
    let world = world(&approved(&["npm:good", "cargo:good", "pypi:good", "golang:m.example/good"]));
    for (path, content) in [
        ("Cargo.toml", "[dependencies]\ngood = { package = 'evil', version = '1' }\n"),
        ("Cargo.toml", "[dependencies]\n\"g\\u006fod\" = { git = 'https://h.example/evil' }\n"),
        ("Cargo.toml", "[patch.crates-io]\ngood = { git = 'https://h.example/evil' }\n"),
        ("Cargo.toml", "[replace]\n'good:1.0.0' = { path = '../../evil' }\n"),
        ("Cargo.toml", "[target.'cfg(any())'.build-dependencies]\nevil = '1'\n"),
        ("Cargo.toml", "[workspace.dependencies]\ngood = { package = 'evil', version = '1' }\n"),
        ("Cargo.toml", "[dependencies]\ngood = { version = '1', registry = 'evil' }\n"),
        ("Cargo.toml", "[dependencies]\ngood = { path = '/tmp/evil' }\n"),
        ("CARGO.TOML", "[dependencies]\nevil = '1'\n"),
        ("package.json", r#"{"dependencies": {"good": "npm:evil@1"}}"#),
        ("package.json", r#"{"dependencies": {"good": "evil/good"}}"#),
        ("package.json", r#"{"dependencies": {"good": "https://h.example/good.tgz"}}"#),
        ("package.json", r#"{"dependencies": {"good": "1", "good": "npm:evil@1"}}"#),
        ("package.json", r#"{"dependencies": {"good": "jsr:@evil/x"}}"#),
        ("package.json", r#"{"dependencies": {"good": "patch:evil@npm%3A1#./x"}}"#),
        ("package.json", r#"{"dependencies": {"good": "file:../../evil"}}"#),
        ("package.json", r#"{"overrides": {"good": {".": "npm:evil@1"}}}"#),
        ("package.json", r#"{"resolutions": {"**/good": "evil/good"}}"#),
        ("package.json", r#"{"pnpm": {"overrides": {"x>good": "npm:evil@1"}}}"#),
        ("package.json", r#"{"\u0064ependencies": {"evil": "1"}}"#),
        ("package.json", r#"{"dependencies": {}, "dependencies": {"evil": "1"}}"#),
        ("package.json", r#"{"dependencies": ["evil@1"]}"#),
        ("package.json", "{\"dependencies\": {\"g\u{43e}od\": \"1\"}}"),
        ("requirements.txt", "good\n# note \\\nevil\n"),
        ("requirements.txt", "good # note\u{c}evil\n"),
        ("requirements.txt", "good # note\u{2028}evil\n"),
        ("requirements.txt", "good\revil\n"),
        ("requirements.txt", "ev\\\nil\n"),
        ("requirements.txt", "good evil\n"),
        ("requirements.txt", "# coding: utf-7\ngood\n"),
        ("requirements.txt", "good @ https://h.example/evil.zip\n"),
        ("requirements.txt", "git+https://h.example/evil#egg=good\n"),
        ("requirements.txt", "--req=evil.lst\n"),
        ("requirements.txt", "-revil.lst\n"),
        ("requirements.txt", "-r ../../requirements.txt\n"),
        ("requirements.txt", "-r constraints.txt\n"),
        ("requirements.txt", "-r https://h.example/requirements.txt\n"),
        ("requirements.txt", "--extra https://h.example/simple\ngood\n"),
        ("requirements.txt", "--find-links=./wheels\ngood\n"),
        ("requirements.txt", "g\u{43e}od\n"),
        ("pyproject.toml", "[tool.uv.sources]\ngood = { git = 'https://h.example/evil' }\n"),
        ("pyproject.toml", "[dependency-groups]\nx = ['evil']\n"),
        ("pyproject.toml", "[[tool.uv.index]]\nurl = 'https://h.example/simple'\n"),
        (
            "pyproject.toml",
            "[tool.poetry.dependencies]\ngood = [{ version = '1' }, { git = 'https://h.example/evil' }]\n",
        ),
        ("go.mod", "replace m.example/good => m.example/evil v1.0.0\n"),
        ("go.mod", "replace m.example/good v1 => ../../evil\n"),
        ("go.mod", "require m.example/good/v2 v2.0.0\n"),
        ("go.mod", "require m.example/evil v1.0.0 // indirectly\n"),
        ("tools/x.py", "# /// script\n# dependencies = ['evil']\n# ///\n"),
        ("tools/x.py", "# /// script\r\n# dependencies = [\r\n#   'evil',\r\n# ]\r\n# ///\r\n"),
        (".npmrc", "registry=https://h.example/\n"),
        ("web/.npmrc", "\u{feff}@good:registry = \"https://h.example/\"\n"),
        (".yarnrc.yml", "npmScopes: {good: {npmRegistryServer: 'https://h.example'}}\n"),
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://h.example/'\n",
        ),
        (".cargo/config", "[patch.crates-io]\ngood = { git = 'https://h.example/evil' }\n"),
        (".cargo/config.toml", "paths = ['/tmp/evil']\n"),
        (".cargo/config.toml", "include = 'other.toml'\n"),
        (".yarnrc.yml", "packageExtensions: {'good@*': {dependencies: {evil: '*'}}}\n"),
        ("package.json", r#"{"dependencies": {"good": "npm:v1"}}"#),
        ("pip.conf", "[install]\nextra-index-url =\n    https://h.example/simple\n"),
        ("gradle/wrapper/gradle-wrapper.properties", "distributionUrl=https\\://h.example/gradle.zip\n"),
        ("package.json", r#"{"dependencies": {"crossenv": "1"}}"#),
        (
            "package-lock.json",
            r#"{"packages": {"node_modules/good": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/evil/-/evil-1.0.0.tgz"}}}"#,
        ),
        ("package-lock.json", r#"{"packages": {"node_modules/event-stream": {"version": "3.3.6"}}}"#),
    ] {
        let gate = Gate {
            approvals: &world.approvals,
            base: Some(&world.approvals),
            today: Date::parse("2026-11-21").expect("a day"),
            policy: &world.policy,
            author: None,
            files: Files::none(),
        };
        let findings = gate.examine(&path.into(), content.as_bytes(), None);
        assert!(findings.iter().any(blocks), "{path}: {content}");
    }
}

/// A link has the name of a manifest and leads to a file that nobody would read as one.
#[test]
fn a_link_is_a_manifest_only_when_it_leads_to_one() {
    let mut world = world(&approved(&["pypi:good"]));
    world.index = vec!["good", "sub/requirements.txt", "good.gradle", "Dockerfile"];
    let told = |target: &str| format!("DEP008 1 leads to {target}, which is not known as such a manifest");
    world.check("requirements.txt", "good", &[&told("good")]);
    world.check("build.gradle", "good", &[&told("good")]);
    world.check("a/Dockerfile", "../good.gradle", &[&told("../good.gradle")]);
    world.check("a/setup.sh", "/tmp/evil", &[&told("/tmp/evil")]);
    world.check("a/b/Dockerfile", "../../Dockerfile", &[]);
    let floats = "DEP013 1 pypi:good may be any version that is ever published: no version at all";
    world.check("requirements.txt", "good\n", &[floats]);
    world.check("a/requirements.txt", "good", &[floats]);
}

#[test]
fn a_lock_file_does_not_move_a_package_to_another_place() {
    let world = world(&approved(&["cargo:good", "cargo:known source = 'git:h.example/known'"]));
    let entry = |name: &str, source: &str| {
        format!("[[package]]\nname = '{name}'\nversion = '1.0.0'\nsource = '{source}'\n")
    };
    let registry = "registry+https://github.com/rust-lang/crates.io-index";
    let git = |name: &str| entry(name, &format!("git+https://h.example/{name}#abc"));
    let check = |before: Option<&str>, after: &str, expected: &[&str]| {
        world.check_change("Cargo.lock", (before, after), expected);
    };
    let moved = "DEP011 2 cargo:good 1.0.0 comes from git:h.example/good here, approved from elsewhere";
    check(None, &git("good"), &[moved]);
    let before = entry("other", registry);
    let moved = "DEP011 2 cargo:other 1.0.0 comes from git:h.example/other here, from registry before";
    check(Some(&before), &git("other"), &[moved]);
    check(Some(&git("good")), &git("good"), &[]);
    check(None, &git("known"), &[]);
    check(None, &git("unknown"), &[]);
}

#[test]
fn deeply_nested_files_are_answered_not_crashed_on() {
    let world = world("");
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let gate = Gate {
        approvals: &world.approvals,
        base: None,
        today: Date::parse("2026-11-21").expect("a day"),
        policy: &world.policy,
        author: None,
        files: Files::none(),
    };
    assert_eq!(gate.examine(&"package.json".into(), deep.as_bytes(), None).len(), 1);
    let deep = format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(gate.examine(&"Cargo.toml".into(), deep.as_bytes(), None).len(), 1);
}

/// Words that mean something to one reader or another.
const WORDS: [&str; 40] = [
    "[dependencies]\n",
    "[patch.x]\n",
    "a",
    "\u{e9}",
    " = ",
    "'1'",
    "\"1\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\n",
    "\r",
    "\\",
    "#",
    "//",
    " ",
    "\t",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "require ",
    "replace ",
    "=>",
    "(",
    ")",
    "-r ",
    "--index-url=",
    "@",
    "npm:",
    "git+https://h/x",
    "\"dependencies\"",
    "\"overrides\"",
    "package",
    "workspace = true",
    ";",
    ">",
];

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic_or_point_outside(words in proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..40)) {
        let world = world("");
        let gate = Gate {
            approvals: &world.approvals,
            base: None,
            today: Date::parse("2026-11-21").expect("a day"),
            policy: &world.policy,
            author: None,
            files: Files::none(),
        };
        let content = words.concat();
        for path in ["Cargo.toml", "package.json", "requirements.txt", "constraints.txt", "pyproject.toml", "go.mod"] {
            for finding in gate.examine(&path.into(), content.as_bytes(), Some(content.as_bytes())) {
                let span = finding.span;
                proptest::prop_assert!(span.start <= span.end && span.end <= content.len(), "{path} {span:?}");
                proptest::prop_assert!(!finding.detail.contains(char::is_control), "{}", finding.detail);
                proptest::prop_assert!(!finding.fix.contains(char::is_control), "{}", finding.fix);
            }
        }
    }
}

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
fn an_approval_names_the_versions_that_may_be_declared() {
    let world = world(&approved(&["npm:a version = '^1.2'"]));
    let manifest = |requirement: &str| format!("{{\"dependencies\": {{\"a\": \"{requirement}\"}}}}");
    for allowed in ["^1.2", "1.4.0", "~1.9", ">=1.3 <2"] {
        world.check("package.json", &manifest(allowed), &[]);
    }
    for (declared, shown) in [("^2", "^2"), (">=1.2", ">=1.2"), ("next", "next")] {
        let told = format!("DEP004 1 npm:a may be {shown}, approved is ^1.2");
        world.check("package.json", &manifest(declared), &[&told]);
    }
}

#[test]
fn a_major_version_is_told_when_the_approval_names_none() {
    let world = world(&approved(&["npm:a"]));
    let manifest = |requirement: &str| format!("{{\"dependencies\": {{\"a\": \"{requirement}\"}}}}");
    let before = manifest("^1.2");
    world.check_change("package.json", (Some(&before), &manifest("^1.9")), &[]);
    world.check_change(
        "package.json",
        (Some(&before), &manifest("^2")),
        &["DEP004 1 npm:a goes from ^1.2 to ^2, another major version; its approval names none"],
    );
}

#[test]
fn the_policy_decides_what_an_approval_of_the_same_change_counts() {
    use portcullis::config::SameChange;
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let with = |same_change| World {
        approvals: record(&approved(&["npm:a"])),
        base: Some(Approvals::default()),
        policy: DependencyPolicy { same_change, ..DependencyPolicy::default() },
        index: vec![],
        author: None,
    };
    with(SameChange::Allow).check("package.json", manifest, &[]);
    with(SameChange::Pending).check(
        "package.json",
        manifest,
        &["DEP007 1 npm:a is approved by lead in this very change"],
    );
    with(SameChange::Block).check(
        "package.json",
        manifest,
        &["DEP001 1 npm:a is not approved (runtime); the approval by lead in this change does not count yet"],
    );
}

#[test]
fn approvals_count_from_those_who_may_approve_and_for_their_time() {
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let mut world = world(&approved(&["npm:a"]));
    world.policy.approvers = vec!["lead".to_owned()];
    world.policy.max_days = Some(365);
    world.check("package.json", manifest, &[]);
    world.policy.max_days = Some(300);
    world.check("package.json", manifest, &["DEP006 1 the approval of npm:a ended on 2026-10-28"]);
    world.policy = DependencyPolicy { approvers: vec!["boss".to_owned()], ..DependencyPolicy::default() };
    world.check(
        "package.json",
        manifest,
        &["DEP022 1 npm:a is approved by lead, who is not one of those who may approve"],
    );
}

#[test]
fn a_lock_file_is_held_against_its_version_before() {
    let world = world("");
    let lock = |hash: &str| {
        let url = "https://registry.npmjs.org/a/-/a-1.0.0.tgz";
        format!(
            "{{\"packages\": {{\"node_modules/a\": {{\"version\": \"1.0.0\", \"resolved\": \"{url}\"{hash}}}}}}}"
        )
    };
    let (one, other, sha1) = (
        lock(r#", "integrity": "sha512-one""#),
        lock(r#", "integrity": "sha512-other""#),
        lock(r#", "integrity": "sha1-one""#),
    );
    world.check_change("package-lock.json", (Some(&one), &one), &[]);
    world.check_change("package-lock.json", (Some(&sha1), &one), &[]);
    world.check_change(
        "package-lock.json",
        (Some(&one), &other),
        &["DEP011 1 npm:a 1.0.0 has another hash than before, although a published version does not change"],
    );
    world.check_change(
        "package-lock.json",
        (Some(&one), &lock("")),
        &["DEP011 1 the hash of npm:a 1.0.0 is gone, so that any content would be accepted"],
    );
    let sum = |hash: &str| format!("m.example/x v1.0.0 {hash}\n");
    world.check_change("go.sum", (Some(&sum("h1:one=")), &sum("h1:other=")), &[
        "DEP011 1 golang:m.example/x v1.0.0 has another hash than before, although a published version does not change",
    ]);
}

#[test]
fn what_only_a_lock_file_holds_is_told_once_or_needs_an_approval() {
    use portcullis::config::Transitive;
    let lock = |names: &[&str]| {
        let entry = |name: &&str| format!("\n\"node_modules/{name}\": {{\"version\": \"1.0.0\"}}");
        let entries: Vec<String> = names.iter().map(entry).collect();
        format!("{{\"packages\": {{{}}}}}", entries.join(","))
    };
    let (before, after) = (lock(&["a"]), lock(&["a", "x/node_modules/a", "b", "c", "direct"]));
    let change = (Some(before.as_str()), after.as_str());
    let mut world = world(&approved(&["npm:direct"]));
    let told = "DEP010 4 brings in what nobody declares or has approved: npm:b 1.0.0, npm:c 1.0.0";
    world.check_change("package-lock.json", change, &[told]);
    world.check("package-lock.json", &after, &[]);
    world.policy.transitive = Transitive::Off;
    world.check_change("package-lock.json", change, &[]);
    world.policy.transitive = Transitive::Block;
    let blocked =
        |line, name| format!("DEP001 {line} npm:{name} comes in with other packages and is not approved");
    let (b, c) = (blocked(4, "b"), blocked(5, "c"));
    world.check_change("package-lock.json", change, &[&b, &c]);
    world.check("package-lock.json", &after, &[&blocked(2, "a"), &b, &c]);
    let sums = |version| format!("m.example/x {version} h1:one=\n");
    world.check_change("go.sum", (Some(""), &sums("v1.0.0")), &[]);
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

#[test]
fn a_folder_may_ask_for_more_than_an_approval() {
    use portcullis::config::{Known, parse};
    let manifest = r#"{"dependencies": {"a": "1"}}"#;
    let text = "schema = 1\n[[dependencies.path]]\npath = 'pay/**'\nonly_tagged = 'pci'\n";
    let config = parse("c", text, &Known { packs: &[], rules: &[] }).expect("a valid configuration");
    let with = |entry| World { policy: config.dependencies.clone(), ..world(&approved(&[entry])) };
    with("npm:a").check("web/package.json", manifest, &[]);
    with("npm:a tags = ['pci']").check("pay/package.json", manifest, &[]);
    with("npm:a tags = ['hipaa']").check(
        "pay/package.json",
        manifest,
        &["DEP001 1 npm:a is approved, but not for `pci`, as this folder asks (runtime)"],
    );
}

#[test]
fn nobody_approves_what_their_own_change_brings_in() {
    let old = approved(&["npm:a"]).replace("lead", "Ada <ada@example.com>");
    let new = format!("schema = 1\n{old}{}", approved(&["npm:b"]).replace("lead", "Ada <Ada@Example.com>"));
    let own = ["DEP022 9 Ada <Ada@Example.com> approves what their own change brings in"];
    let mut world = world(&old);
    world.author = Some("Ada L. <ada@example.com>");
    world.check(".portcullis/approved.toml", &new, &[]);
    world.policy.approver_is_not_author = true;
    world.check(".portcullis/approved.toml", &new, &own);
    world.author = Some("Bob <bob@example.com>");
    world.check(".portcullis/approved.toml", &new, &[]);
}

#[test]
fn code_of_a_package_that_was_looked_at_is_told_no_more() {
    let manifest = "{\"trustedDependencies\": [\"a\"],\n\"scripts\": {\"postinstall\": \"x\"}}";
    let (package, script) = ("DEP023 1 the script of a", "DEP023 2 the script postinstall: x");
    let runs = "runs when packages are installed";
    world("").check("package.json", manifest, &[&format!("{package} {runs}"), &format!("{script} {runs}")]);
    let looked_at = world(&approved(&["npm:a install_scripts = true"]));
    looked_at.check("package.json", manifest, &[&format!("{script} {runs}")]);
    let lock = |script: &str| {
        format!("{{\"packages\": {{\"node_modules/a\": {{\"version\": \"1.0.0\"{script}}}}}}}")
    };
    let (before, after) = (lock(""), lock(", \"hasInstallScript\": true"));
    let change = (Some(before.as_str()), after.as_str());
    looked_at.check_change("package-lock.json", change, &[]);
    let told = "DEP023 1 npm:a 1.0.0 runs a script when it is installed";
    world(&approved(&["npm:a"])).check_change("package-lock.json", change, &[told]);
}

#[test]
fn files_whose_names_say_nothing_are_judged_by_what_they_hold() {
    let world = world(&approved(&["npm:good"]));
    let denied = |name: &str| format!("DEP001 1 {name} is not approved (runtime)");
    world.check("a.ts", "import x from 'npm:evil@1';\nimport y from 'npm:good@1';\n", &[&denied("npm:evil")]);
    world.check("a.cs", "#:package Evil@1\n", &[&denied("nuget:Evil")]);
    let pod = "{apiVersion: v1, kind: Pod, spec: {containers: [{image: evil:1}]}}\n";
    world.check("x/pod.yaml", pod, &[&denied("docker:evil")]);
    // Nothing in them declares anything: neither links nor conflicts are looked for in code.
    world.check("a.js", "/*x*/f()", &[]);
    world.check("a.ts", "<<<<<<< a\n=======\n>>>>>>> b\n", &[]);
    world.check("x/other.yaml", "a: {b", &[]);
}

#[test]
fn a_registry_that_a_command_names_has_to_be_let_in() {
    let line = "pip install -r requirements.txt --index-url https://i.example/simple\n";
    let told = "pypi packages are looked up in registry:i.example/simple, which is not approved";
    world("").check("x.sh", line, &[&format!("DEP003 1 {told}")]);
    world("").check("Dockerfile", &format!("FROM scratch\nRUN {line}"), &[&format!("DEP003 2 {told}")]);
    let registry = "[[registry]]\necosystem = 'pypi'\nurl = 'https://i.example/simple'\nreason = 'our own mirror'\n\
                    approved_by = 'lead'\ndate = 2026-01-01\n";
    world(registry).check("x.sh", line, &[]);
}

#[test]
fn the_author_of_a_commit_does_not_approve_what_it_brings_in() {
    let fixture = crate::fixture::Fixture::new();
    fixture.commit(".portcullis/config.toml", "schema = 1\n[dependencies]\napprover_is_not_author = true\n");
    fixture.guard("work/.git", "pre-commit");
    let signed_by = |who| format!("schema = 1\n{}", approved(&["npm:a"]).replace("lead", who));
    fixture.stage(".portcullis/approved.toml", signed_by("Ada <ada@example.org>"));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("Ada <ada@example.org> approves what their own change brings in"), "{said}");
    fixture.stage(".portcullis/approved.toml", signed_by("Bob <bob@example.org>"));
    let (code, said) = fixture.said(&["commit", "-qm", "x"]);
    assert_eq!(code, 0, "{said}");
}
