//! No input takes more than linear time: twice as much of anything is twice as many bytes for patterns, conditions,
//! detectors and decoders to look at. Bytes are counted, not time; the lexer counts its steps in tests of its own.

use super::super::{Engine, builtin, work};
use crate::model::RepoPath;

/// Longer than all that is looked at around one keyword.
const LEN: usize = 10 << 10;

/// How many bytes are looked at in so many bytes of `part`, again and again, between a head and a tail.
fn cost(engine: &Engine, path: &RepoPath, [head, part, tail]: [&str; 3], len: usize) -> usize {
    let text: Vec<u8> = head.bytes().chain(part.bytes().cycle().take(len)).chain(tail.bytes()).collect();
    let before = work::counted();
    engine.scan(path, &text).unwrap();
    work::counted() - before
}

/// Compares a text with one of twice its size, in several languages.
#[track_caller]
fn check(parts: &[&str]) {
    let parts: Vec<[&str; 3]> = parts.iter().map(|part| ["", part, ""]).collect();
    check_within(&["a.py", "a.js"], &parts);
}

#[track_caller]
fn check_within(paths: &[&str], texts: &[[&str; 3]]) {
    let engine = Engine::new(&builtin::PACK, None);
    for path in paths.iter().map(|path| RepoPath::from(*path)) {
        for text in texts {
            let (once, twice) = (cost(&engine, &path, *text, LEN), cost(&engine, &path, *text, 2 * LEN));
            assert!(twice <= once * 5 / 2, "{text:?} in {path:?}: {once} bytes, then {twice}");
        }
    }
}

#[test]
fn many_matches_take_linear_time() {
    let line = "password = 'kX9!pQ2zL7w'\n";
    check_within(&["a.py", "a.js", "a.rb", "a.pl"], &[["", line, ""]]);
    check_within(&["a.js", "a.java"], &[["/*\n", line, "*/"]]);
    let inner = " password='kX9!pQ2zL7w'";
    check_within(&["a.py", "a.js"], &[["x = \"", inner, "\""], ["x_doc = \"", inner, "\""]]);
}

#[test]
fn calls_and_endless_lines_take_linear_time() {
    check(&["eval(", "eval(a+b);", "const a=b.c(d,\"e\");if(f){g()}", "x.innerHTML=a+", "f(a)(b).c "]);
}

#[test]
fn brackets_take_linear_time() {
    check(&["(", "[", "{", ")", "{\"a\":", "[{(", "def f(", "if a:\n "]);
}

#[test]
fn what_is_never_closed_takes_linear_time() {
    check(&["\"", "'", "`${", "\"\"\"", "/*", "<!--", "\"abc\n", "'\\", "f\"{", "<<A\n", "/[", "#"]);
}

#[test]
fn what_can_be_decoded_takes_linear_time() {
    check(&["QUJD", "QUJDREVGR0g=", "61", "%41", "&#65;", "\\u0041", "\\", "\"a\" + ", "%2525", "UEsDB"]);
}

#[test]
fn common_keywords_take_linear_time() {
    check(&[
        "key",
        "token ",
        "secret=",
        "password: ",
        "\"select ",
        "from ",
        "auth.",
        "http://",
        "query(",
        "SK",
    ]);
}
