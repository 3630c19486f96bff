//! The names of a file that are given a value in one place only. Reads signs, not scopes: a name that is also a
//! parameter, a loop's variable or the target of another assignment anywhere in the file does not count.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::lang::Lexed;

/// Names and where their only value begins; none for a name that is given several.
#[derive(Debug)]
pub struct Assignments(BTreeMap<Vec<u8>, Option<usize>>);

/// Longest line in front of an assigned name that is read.
const MAX_HEAD: usize = 256;

impl Assignments {
    /// Reads a file.
    pub fn new(lexed: &Lexed) -> Self {
        let mut found = Assignments(BTreeMap::new());
        for at in memchr::memchr_iter(b'=', &lexed.code) {
            found.assignment(&lexed.code, at);
        }
        // Lists of parameters, and names that loops and handlers give.
        for names in BINDINGS.iter().flat_map(|pattern| pattern.captures_iter(&lexed.code)) {
            for name in names.iter().skip(1).flatten().flat_map(|group| words(group.as_bytes())) {
                found.note(name, None);
            }
        }
        found
    }

    /// Where the value begins that is the only one given to `name`.
    pub(super) fn only_value_of(&self, name: &[u8]) -> Option<usize> {
        self.0.get(name).copied().flatten()
    }

    /// Reads the `=` at `at`.
    fn assignment(&mut self, code: &[u8], at: usize) {
        let before = code[..at].last().copied().unwrap_or(b'\n');
        let compares = matches!(before, b'=' | b'!' | b'<' | b'>') && !code[..at].ends_with(b"<<");
        if compares || matches!(code.get(at + 1), Some(b'=' | b'>' | b'~')) {
            return;
        }
        let start = at.saturating_sub(MAX_HEAD);
        let line = code[start..at].rsplit(|byte| matches!(byte, b'\n' | b';' | b'{' | b'}')).next();
        let head = line.unwrap_or_default();
        let changes =
            !before.is_ascii_whitespace() && !is_word(before) && !matches!(before, b':' | b']' | b'>');
        let head = head.strip_suffix(b":").unwrap_or(head).trim_ascii();
        // `name: Type`, and what stands in front of a name: `const`, `final String`.
        let target = head.split(|&byte| byte == b':').next().unwrap_or_default().trim_ascii();
        let Some(name) = name_of(target) else { return };
        let plain = target.iter().all(|&byte| is_word(byte) || b" <>[]?\\.*&".contains(&byte))
            && !target.windows(name.len() + 1).any(|part| part[0] == b'.' && part[1..] == *name);
        if !plain || changes {
            // `a, b = c()`, `f(a=b)`, `a.b = c`, `a += b`: no name of these has a value that can be told.
            let list = target.rsplit(|byte| matches!(byte, b'(' | b'=')).next().unwrap_or_default();
            let in_call = target.contains(&b'(');
            let names = words(list).filter(|word| !in_call || *word == name);
            return names.for_each(|name| self.note(name, None));
        }
        let blanks =
            code[at + 1..].iter().take(MAX_HEAD).take_while(|byte| byte.is_ascii_whitespace()).count();
        self.note(name, Some(at + 1 + blanks));
    }

    fn note(&mut self, name: &[u8], value: Option<usize>) {
        self.0.entry(name.to_vec()).and_modify(|known| *known = None).or_insert(value);
    }
}

/// The name in `x`, `final String x`, `let mut x` and Go's `var x string`.
fn name_of(target: &[u8]) -> Option<&[u8]> {
    let mut names = words(target);
    let listed = target.iter().any(|byte| matches!(byte, b',' | b'='));
    match names.next().filter(|_| !listed).or(words(target).last())? {
        b"var" | b"let" | b"const" | b"val" => names.find(|word| *word != b"mut"),
        first => names.last().or(Some(first)),
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| !is_word(byte)).filter(|word| !word.is_empty())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@')
}

static BINDINGS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"\(([^()]{1,400})\)\s*(?:=>|->|\{|:|throws\b|async\b)",
        r"\b(?:def|func|function|fn|fun|sub|lambda)\b[^()\n]{0,80}\(([^()]{1,400})\)",
        r"\bfunc\s*\([^()]{1,80}\)\s*\w+\s*\(([^()]{1,400})\)",
        r"\b(?:for|foreach|with)\b([^\n;{]{1,120}?)\b(?:in|of|as|range)\b",
        r"\bas\s+([\w$, =>]{1,80})",
        r"([\w$]+)\s*=>",
        r"([\w$@]+)\s*<<[^<]",
        r"\|([\w, ]{1,80})\|",
        r"\b(?:def|lambda)\s+([\w, ]+)",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(&format!("(?-u){pattern}")).ok())
    .collect()
});

#[cfg(test)]
mod tests {
    use super::{Assignments, BINDINGS};
    use crate::lang::{Language, lex};

    #[track_caller]
    fn check(language: Language, text: &str, expected: &[&str]) {
        let lexed = lex(language, text.as_bytes());
        let assignments = Assignments::new(&lexed);
        let names = assignments.0.iter().filter(|(_, value)| value.is_some());
        let names: Vec<_> = names.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn every_pattern_is_in_use() {
        assert_eq!(BINDINGS.len(), 9);
    }

    #[test]
    fn names_with_one_value_are_known() {
        check(Language::Python, "a = 'b'\nc: str = 'd'\n", &["a", "c"]);
        check(Language::Go, "a := `b`\nconst c = `d`\nvar e string = `f`\n", &["a", "c", "e"]);
        check(Language::Java, "final String a = \"b\"; int[] c = d;", &["a", "c"]);
        check(Language::Php, "<?php $a = 'b';", &["$a"]);
        check(Language::JavaScript, "const a = `b`, c = 1;", &["a"]);
    }

    #[test]
    fn names_with_several_values_are_not() {
        check(Language::Python, "a = 'b'\na += c\n", &[]);
        check(Language::Python, "a = 'b'\nif c:\n  a = d\n", &[]);
        check(Language::Python, "a = 'b'\ndef f(a):\n  g(a)\n", &[]);
        check(Language::Python, "a = 'b'\nfor a in c:\n  g(a)\n", &[]);
        check(Language::Python, "if a == 'b' or c >= d:\n  g(a)\n", &[]);
        check(Language::Python, "self.a = 'b'\nf(c='d')\n", &[]);
        check(Language::JavaScript, "const a = 'b'; c.map(a => a)", &[]);
        check(Language::Ruby, "a = 'b'\na << c\n", &[]);
        check(Language::Go, "a := `b`\na, err := c()\n", &[]);
    }
}
