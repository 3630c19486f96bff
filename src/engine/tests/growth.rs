//! No input takes more than linear time: twice as much of anything is twice as many bytes for patterns, conditions,
//! detectors and decoders to look at. Bytes are counted, not time; the lexer counts its steps in tests of its own.

use super::super::{Engine, builtin, work};
use crate::model::RepoPath;

/// Longer than all that is looked at around one keyword.
const LEN: usize = 10 << 10;

/// How many bytes are looked at in so many bytes of `part`, again and again.
fn cost(engine: &Engine, path: &RepoPath, part: &str, len: usize) -> usize {
    let text: Vec<u8> = part.bytes().cycle().take(len).collect();
    let before = work::counted();
    engine.scan(path, &text).unwrap();
    work::counted() - before
}

/// Compares a text with one of twice its size, in several languages.
#[track_caller]
fn check(parts: &[&str]) {
    let engine = Engine::new(&builtin::PACK, None);
    for path in ["a.py", "a.js"].map(RepoPath::from) {
        for part in parts {
            let (once, twice) = (cost(&engine, &path, part, LEN), cost(&engine, &path, part, 2 * LEN));
            assert!(twice <= once * 5 / 2, "{part:?} in {path:?}: {once} bytes, then {twice}");
        }
    }
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
