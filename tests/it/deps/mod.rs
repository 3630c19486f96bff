//! The gate for dependencies, as a hook sees it: files, a record, findings.

#![expect(clippy::expect_used, reason = "a test may panic")]

use portcullis::config::DependencyPolicy;
use portcullis::deps::{Approvals, Date, Files, Gate};
use portcullis::model::RepoPath;
use portcullis::text::Lines;

mod commands;
mod listed;
mod record;
mod smuggled;

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
