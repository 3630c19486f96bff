//! Manifests that somebody broke or bent: each has an answer with its line and column, and none is "no dependencies".

#![expect(clippy::expect_used, reason = "a test may panic")]

use portcullis::config::DependencyPolicy;
use portcullis::deps::{Approvals, Date, DepFinding, Files, Gate};
use portcullis::text::Lines;

/// What the gate says of a new file in a repository that approved nothing.
fn examine(path: &str, content: &[u8]) -> Vec<DepFinding> {
    let approvals = Approvals::default();
    let gate = Gate {
        approvals: &approvals,
        base: Some(&approvals),
        policy: &DependencyPolicy::default(),
        today: Date::parse("2026-11-22").expect("a day"),
        author: None,
        files: Files::none(),
    };
    gate.examine(&path.into(), content, None)
}

/// `LINE:COLUMN CODE DETAIL` of all of it.
#[track_caller]
fn check(path: &str, content: impl AsRef<[u8]>, expected: &[&str]) {
    let content = content.as_ref();
    let lines = Lines::new(content);
    let shown: Vec<String> = examine(path, content)
        .into_iter()
        .map(|one| {
            let at = lines.position(one.span.start);
            format!("{}:{} {} {}", at.line, at.column, one.code, one.detail)
        })
        .collect();
    assert_eq!(shown, expected, "{path}");
}

/// The same for one finding of `DEP001` on each of these packages.
#[track_caller]
fn check_found(path: &str, content: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
    let shown: Vec<String> = expected
        .iter()
        .map(|(place, package)| format!("{place} DEP001 {package} is not approved (runtime)"))
        .collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    check(path, content, &shown);
}

#[test]
fn a_key_that_stands_twice_stops_with_its_place() {
    let twice = "duplicate key \"a\": package managers differ on which one counts";
    check(
        "package.json",
        "{\"dependencies\": {\n  \"a\": \"1\",\n  \"a\": \"2\"}}",
        &[&format!("3:3 DEP008 {}", twice)],
    );
    check("composer.json", "{\"require\": {\"a\": \"1\",\n\"a\": \"2\"}}", &[&format!("2:1 DEP008 {twice}")]);
    check("pubspec.yaml", "dependencies:\n  a: 1\n  a: 2\n", &[&format!("3:3 DEP008 {twice}")]);
    check("Cargo.toml", "[dependencies]\na = '1'\na = '2'\n", &["3:1 DEP008 duplicate key"]);
    check("pyproject.toml", "[project]\nname = 'x'\n[project]\n", &["3:2 DEP008 duplicate key"]);
}

#[test]
fn a_byte_order_mark_moves_no_column_and_hides_nothing() {
    for (path, text, place, package) in [
        ("package.json", "\u{feff}{\"dependencies\": {\n\"a\": \"1\"}}", "2:1", "npm:a"),
        ("Cargo.toml", "\u{feff}[dependencies]\na = '1'\n", "2:1", "cargo:a"),
        ("requirements.txt", "\u{feff}a\n", "1:2", "pypi:a"),
        ("go.mod", "\u{feff}module m\nrequire h.example/a v1.0.0\n", "2:9", "golang:h.example/a"),
        (
            "packages.config",
            "\u{feff}<packages>\n<package id=\"a\" version=\"1\"/></packages>",
            "2:1",
            "nuget:a",
        ),
    ] {
        check_found(path, text, &[(place, package)]);
    }
}

#[test]
fn another_encoding_is_told_with_the_first_byte_that_does_not_fit() {
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain("a==1\n".encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for path in
        ["requirements.txt", "package.json", "Cargo.toml", "pom.xml", "Gemfile", "go.mod", "Cargo.lock"]
    {
        check(path, &wide, &["1:1 DEP008 the file is not UTF-8 text"]);
    }
    check("requirements.txt", b"a==1\n# \xe9\nb\n", &["2:3 DEP008 the file is not UTF-8 text"]);
    check(
        "requirements.txt",
        "# -*- coding: utf-7 -*-\na\n",
        &["1:1 DEP008 the file declares the encoding \"utf-7\"; only UTF-8 is read"],
    );
}

#[test]
fn every_end_of_a_line_that_pip_knows_ends_a_comment() {
    for end in
        ["\n", "\r\n", "\r", "\u{b}", "\u{c}", "\u{1c}", "\u{1d}", "\u{1e}", "\u{85}", "\u{2028}", "\u{2029}"]
    {
        let text = format!("# why{end}evil\n");
        let gate_line = if end.contains('\n') { "2:1" } else { "1:" };
        let found = examine("requirements.txt", text.as_bytes());
        let at = Lines::new(text.as_bytes()).position(found.first().map_or(0, |one| one.span.start));
        let shown = format!("{}:{}", at.line, at.column);
        assert!(found.len() == 1 && found[0].detail.contains("pypi:evil"), "{end:?}: {found:?}");
        assert!(shown.starts_with(gate_line), "{end:?}: {shown}");
    }
}

#[test]
fn a_conflict_that_nobody_resolved_is_told_where_it_begins() {
    let conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n";
    for path in [
        "package.json",
        "Cargo.toml",
        "requirements.txt",
        "go.mod",
        "pom.xml",
        "Gemfile",
        "build.gradle",
        "Dockerfile",
        "Cargo.lock",
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "go.sum",
        "tox.ini",
        "values.yaml",
    ] {
        check(path, format!("\n{conflict}"), &["2:1 DEP008 a conflict of a merge is not resolved"]);
    }
}

#[test]
fn a_template_is_refused_where_it_begins_and_nothing_is_guessed() {
    for (path, text, expected) in [
        (
            "requirements.txt",
            "a==1\n{% if x %}\nb\n{% endif %}\n",
            "2:1 DEP008 not a requirement: \"{% if x %}\"",
        ),
        ("package.json", "{\n{{ deps }}\n}", "2:1 DEP008 Unexpected token in object"),
        ("Cargo.toml", "[dependencies]\n{{ deps }}\n", "2:1 DEP008 invalid key-value pair, expected key"),
        ("go.mod", "module m\n{{ range .Deps }}\n", "2:2 DEP008 unknown directive \"{\""),
    ] {
        check(path, text, &[expected]);
    }
}

#[test]
fn a_name_with_look_alike_letters_is_no_name() {
    let cyrillic = "r\u{435}quests";
    for (path, text, place, ecosystem) in [
        ("package.json", format!("{{\"dependencies\": {{\n\"{cyrillic}\": \"1\"}}}}"), "2:1", "npm"),
        ("Cargo.toml", format!("[dependencies]\n\"{cyrillic}\" = '1'\n"), "2:1", "cargo"),
        ("Gemfile", format!("\ngem '{cyrillic}'\n"), "2:1", "gem"),
    ] {
        let told = format!(
            "{place} DEP001 {ecosystem}: the name \"{cyrillic}\" holds a character that is not ASCII, so it can look like another name"
        );
        check(path, text, &[&told]);
    }
    check(
        "requirements.txt",
        format!("a\n{cyrillic}\n"),
        &[&format!("2:1 DEP008 not a requirement: \"{cyrillic}\"")],
    );
}

#[test]
fn fifty_megabytes_of_a_lock_file_are_read_to_the_last_line() {
    let mut text = String::with_capacity(53 << 20);
    let mut count = 0;
    while text.len() < 50 << 20 {
        text.push_str("example.com/module v1.0.0/go.mod h1:0123456789abcdef0123456789abcdef0123456789a=\n");
        count += 1;
    }
    text.push_str("example.com/module\n");
    check("go.sum", &text, &[&format!("{}:1 DEP008 unexpected line \"example.com/module\"", count + 1)]);
}
