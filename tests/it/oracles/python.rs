//! Against `packaging`, which defines requirements, and pip's own reader of requirements files.

use std::process::Command;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{agree, ask, draw, read};
use crate::tools::{kept, run};
use crate::world::skipped;

/// Asks this version, not whichever is installed: the two readers change now and then.
const PIP: &str = "pip==25.3";

fn pip(cases: &[Value]) -> Result<Vec<Value>, String> {
    let folder = kept("pip", |folder| {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        run(Command::new(folder.join("bin/python")).args(["-m", "pip", "install", "--quiet", PIP]))
    })?;
    ask(Command::new(folder.join("bin/python")).args(["-c", include_str!("pip.py")]), cases)
}

/// `NAME SPECIFIERS PLACE` of each, or why there is none.
fn theirs(answer: &Value) -> Result<Vec<String>, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match &answer["found"] {
        Value::Array(found) => Ok(found
            .iter()
            .map(|one| match text(&one[2]) {
                url if url.is_empty() => format!("{} {} registry", text(&one[0]), specifiers(&text(&one[1]))),
                url => format!("{} {}", text(&one[0]), place(&url)),
            })
            .collect()),
        _ => Err(text(&answer["refused"])),
    }
}

fn ours(file: &str, text: &str) -> Result<Vec<String>, String> {
    let report = read(file, text);
    if let Some(error) = report.error {
        return Err(error);
    }
    let row = |one: &portcullis::deps::list::DependencyReport| match one.source.split_once(':') {
        None if one.source == "registry" => format!("{} {} registry", one.name, specifiers(&one.requirement)),
        None => format!("{} {}", one.name, one.source),
        Some((kind, _)) => format!("{} {kind}", one.name),
    };
    Ok(report.dependencies.iter().map(row).collect())
}

/// The set of specifiers, however it is spaced and sorted.
fn specifiers(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|char| !char.is_whitespace() && !char.is_control() && !"()".contains(*char))
        .collect();
    let mut parts: Vec<&str> = plain.split(',').filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    parts.dedup();
    parts.join(",")
}

/// What kind of place a URL is.
fn place(url: &str) -> &'static str {
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme {
        "file" => "path",
        scheme if scheme.contains('+') => "git",
        _ => "url",
    }
}

/// The same, or both from elsewhere: then a path, which may need no approval, has to be one for pip as well.
fn careful(ours: &str, theirs: &str) -> bool {
    let ends = |kind: &str| (ours.ends_with(kind), theirs.ends_with(kind));
    ours == theirs || ends(" registry") == (false, false) && ends(" path") != (true, false)
}

/// Cases that differ. Of what nobody would write we may refuse or find more than they do, never less.
fn differing(texts: &[String], answers: &[Value], (file, strict): (&str, bool)) -> Vec<(String, String)> {
    let differ = |(text, answer): (&String, &Value)| {
        let content = match file {
            "pyproject.toml" => {
                format!("[project]\ndependencies = [{}]\n", toml::Value::String(text.clone()))
            }
            _ => text.clone(),
        };
        let (ours, theirs) = (ours(file, &content), theirs(answer));
        let same = match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) if strict => ours == theirs,
            (Ok(ours), Ok(theirs)) => {
                theirs.iter().all(|theirs| ours.iter().any(|ours| careful(ours, theirs)))
            }
            (Err(_), Ok(_)) => !strict,
            (_, Err(_)) => true,
        };
        (!same).then(|| (text.clone(), format!("ours: {ours:?}\ntheirs: {theirs:?}")))
    };
    texts.iter().zip(answers).filter_map(differ).collect()
}

#[track_caller]
fn check(texts: &[String], (file, strict): (&str, bool)) {
    let key = if file == "pyproject.toml" { "requirement" } else { "file" };
    let cases: Vec<Value> = texts.iter().map(|text| json!({ key: text })).collect();
    match pip(&cases) {
        Ok(answers) => {
            agree(differing(texts, &answers, (file, strict)));
            let read = answers.iter().filter(|answer| theirs(answer).is_ok()).count();
            assert!(read > texts.len() / 20, "they read {read} of {}", texts.len());
        }
        Err(why) => skipped(&why),
    }
}

/// Well-formed requirements.
fn requirement() -> impl Strategy<Value = String> {
    let name = select(&["a", "evil", "Big_Name.x", "a-b", "A1"][..]);
    let extras = select(&["", "", "[x]", "[ x , y-z ]", "[]", " [x]"][..]);
    let middle = select(
        &[
            "",
            "==1.0",
            " >= 1 , < 2",
            " (>=1.0)",
            "(==1.*,!=1.5)",
            "~=1.4",
            "===odd",
            "==1!2.0rc1+local",
            "> 1",
            "\t==\t1 ",
            " @ https://h.example/x.zip",
            "@git+https://h.example/g@v1",
            " @ file:///tmp/x",
        ][..],
    );
    let markers = select(
        &["", "", " ; python_version < '3'", " ;python_version>\"3\" and (os_name=='nt' or extra == 'x')"][..],
    );
    (name, extras, middle, markers)
        .prop_map(|(name, extras, middle, marker)| format!("{name}{extras}{middle}{marker}"))
}

const ODD: [&str; 50] = [
    "a",
    "evil",
    "Big_Name.x",
    "-",
    "_",
    ".",
    " ",
    "\t",
    "[x]",
    "[x,y-z]",
    "[ x , y ]",
    "[]",
    "[",
    "]",
    "==1.0",
    "== 1",
    ">=1,<2",
    ">= 1 , < 2",
    "(>=1.0)",
    "( >=1 )",
    "()",
    "~=1.4",
    "!=1.5.*",
    "==1.*",
    "===odd",
    "<2",
    ">",
    "=1",
    "1",
    ",",
    ";",
    "; python_version < '3'",
    ";python_version>\"3\" and os_name=='nt'",
    "; extra == 'x'",
    " ; (python_version<'3')",
    "; x",
    "@",
    " @ ",
    "https://h.example/x.zip",
    "git+https://h.example/g@v1",
    "file:///tmp/x",
    "#sha256=aa",
    "1.0+local",
    "v1",
    "1.0rc1",
    "!1.0",
    "é",
    "\u{43e}",
    "\"",
    "'",
];

#[test]
fn packaging_takes_a_requirement_for_the_same() {
    check(&draw(&requirement(), 500), ("pyproject.toml", true));
}

#[test]
fn no_requirement_of_packaging_is_something_else_for_us() {
    let odd = vec(select(&ODD[..]), 1..5).prop_map(|pieces| pieces.concat());
    check(&draw(&odd, 2_000), ("pyproject.toml", false));
}

/// Lines of a file that pip takes, each in many forms.
fn line() -> impl Strategy<Value = String> {
    let place = select(
        &[
            "git+https://h.example/g.git@v1#egg=g",
            "-e git+https://h.example/e.git#egg=e",
            "--editable=git+https://h.example/f#egg=f",
            "-e git+ssh://git@h.example/s.git#egg=s",
            "https://h.example/w-1.0-py3-none-any.whl",
            "./y-1.0-py3-none-any.whl",
            "--pre",
            "--no-binary=:all:",
            "-i https://h.example/simple",
            "--extra-index-url=https://h.example/s",
            "--find https://h.example/w",
            "--trusted-host h.example",
            "# note \\",
            "",
        ][..],
    )
    .prop_map(str::to_owned);
    let options = select(
        &[
            "",
            "",
            "",
            " --hash=sha256:aa",
            " \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb",
            " --global-option=\"--x y\"",
            "  # note \\",
            " # a # b",
            "\t#x",
        ][..],
    );
    let requirement =
        (requirement(), options).prop_map(|(requirement, options)| format!("{requirement}{options}"));
    let ends = select(&["\n", "\n", "\r\n", "\r", "\n\n", "\u{c}", "\u{85}", "\u{2028}"][..]);
    (prop_oneof![2 => requirement, 1 => place], ends).prop_map(|(line, end)| format!("{line}{end}"))
}

#[test]
fn pip_finds_the_same_requirements_in_a_file() {
    let files = (any::<bool>(), vec(line(), 0..6))
        .prop_map(|(mark, lines)| format!("{}{}", if mark { "\u{feff}" } else { "" }, lines.concat()));
    check(&draw(&files, 500), ("requirements.txt", true));
}

const PARTS: [&str; 44] = [
    "a",
    "evil==6.6",
    "b>=1,<2",
    " ",
    "  # note",
    "# note",
    "#",
    "\\",
    "\\\n",
    " \\\n",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\u{b}",
    "\u{c}",
    "\u{1c}",
    "\u{1f}",
    "\u{85}",
    "\u{2028}",
    "\t",
    "--pre",
    "--no-binary=:all:",
    " --hash=sha256:aa",
    " --global-option=\"--x y\"",
    "-i https://h.example/simple",
    "--extra-index-url=https://h.example/s",
    "-f ./w",
    "--trusted-host h.example",
    "git+https://h.example/g.git@v1#egg=g",
    "-e git+https://h.example/e.git#egg=e",
    "--editable=git+https://h.example/f#egg=f",
    "c @ https://h.example/c.zip",
    "d[x] ; python_version<'3'",
    "https://h.example/w-1.0-py3-none-any.whl",
    "./y-1.0-py3-none-any.whl",
    "-",
    "--",
    "--unknown",
    "--req",
    "$X",
    "${HOME}",
    "\u{feff}",
];

#[test]
fn no_requirement_that_pip_finds_in_a_file_is_missed() {
    let files = vec(select(&PARTS[..]), 1..9).prop_map(|pieces| pieces.concat());
    check(&draw(&files, 2_000), ("requirements.txt", false));
}
