//! Ways to bring in a package past the gate, and what is answered to files that make no sense.

use portcullis::deps::{Date, Files, Gate};

use super::{approved, world};

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

#[test]
fn a_repository_of_pip_is_bound_by_what_stands_behind_its_path() {
    let world = world(&approved(&["pypi:good source = 'git:git.example/o/r'"]));
    let hash = "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d";
    let loose = |what: &str| format!("DEP013 1 pypi:good is {what}");
    for (revision, told) in [
        (format!("@{hash}"), None),
        ("@v1.2".to_owned(), None),
        ("@main".to_owned(), Some(loose("bound to `main`, which may move"))),
        ("@topic/x".to_owned(), Some(loose("bound to `topic/x`, which may move"))),
        (String::new(), Some(loose("bound to nothing"))),
    ] {
        let line = format!("good @ git+https://git.example/o/r.git{revision}\n");
        world.check("requirements.txt", &line, &told.as_deref().into_iter().collect::<Vec<_>>());
    }
}
