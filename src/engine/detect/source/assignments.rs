//! The names of a file and the values that are given to them. Reads signs, not scopes: a name that is also a parameter,
//! a loop's variable or changed in place anywhere in the file does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use memchr::memmem;
use once_cell::unsync::OnceCell;
use regex::bytes::Regex;

use crate::lang::Lexed;

/// The names of a file and where their values begin.
#[derive(Debug)]
pub struct Assignments {
    /// What `=` gives to names; nothing for a name whose values cannot all be told.
    given: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Names that parameters, loops and handlers give, read when there is a name that they could spoil.
    bound: OnceCell<BTreeSet<Vec<u8>>>,
}

/// Longest line in front of an assigned name that is read.
const MAX_HEAD: usize = 256;

/// A name with more values is not followed.
const MAX_VALUES: usize = 4;

impl Assignments {
    /// Reads a file.
    pub fn new(lexed: &Lexed) -> Self {
        let mut found = Assignments { given: BTreeMap::new(), bound: OnceCell::new() };
        for at in memchr::memchr_iter(b'=', &lexed.code) {
            found.assignment(&lexed.code, at);
        }
        found
    }

    /// Where the values begin that are given to `name` in the file that was read; none when there may be others.
    pub(super) fn values_of(&self, name: &[u8], lexed: &Lexed) -> &[usize] {
        let Some(values) = self.given.get(name).filter(|values| !values.is_empty()) else { return &[] };
        let bound = self.bound.get_or_init(|| bound(&lexed.code));
        if bound.contains(name) { &[] } else { values }
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
        match self.given.get_mut(name) {
            Some(known) => match value {
                Some(value) if !known.is_empty() && known.len() < MAX_VALUES => known.push(value),
                Some(_) | None => known.clear(),
            },
            None => {
                self.given.insert(name.to_vec(), value.into_iter().collect());
            }
        }
    }
}

/// The names in lists of parameters, and those that loops and handlers give.
fn bound(code: &[u8]) -> BTreeSet<Vec<u8>> {
    let there = |binding: &&Binding| binding.signs.iter().any(|sign| memmem::find(code, sign).is_some());
    let found = BINDINGS.iter().filter(there).flat_map(|binding| binding.pattern.captures_iter(code));
    let lists = found.flat_map(|groups| groups.iter().skip(1).flatten().collect::<Vec<_>>());
    lists.flat_map(|list| words(list.as_bytes())).map(<[u8]>::to_vec).collect()
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

/// How a language binds names: in all that the pattern matches stands one of the signs, which are found sooner.
struct Binding {
    signs: &'static [&'static [u8]],
    pattern: Regex,
}

static BINDINGS: LazyLock<Vec<Binding>> = LazyLock::new(|| {
    let bindings: [(&[&[u8]], &str); 9] = [
        (&[b"("], r"\(([^()]{1,400})\)\s*(?:=>|->|\{|:|throws\b|async\b)"),
        (
            &[b"def", b"fun", b"fn", b"sub", b"lambda"],
            r"\b(?:def|func|function|fn|fun|sub|lambda)\b[^()\n]{0,80}\(([^()]{1,400})\)",
        ),
        (&[b"func"], r"\bfunc\s*\([^()]{1,80}\)\s*\w+\s*\(([^()]{1,400})\)"),
        (&[b"for", b"with"], r"\b(?:for|foreach|with)\b([^\n;{]{1,120}?)\b(?:in|of|as|range)\b"),
        (&[b"as"], r"\bas\s+([\w$, =>]{1,80})"),
        (&[b"=>"], r"([\w$]+)\s*=>"),
        (&[b"<<"], r"([\w$@]+)\s*<<[^<]"),
        (&[b"|"], r"\|([\w, ]{1,80})\|"),
        (&[b"def", b"lambda"], r"\b(?:def|lambda)\s+([\w, ]+)"),
    ];
    let binding = |(signs, pattern): (&'static [&'static [u8]], &str)| {
        Some(Binding { signs, pattern: Regex::new(&format!("(?-u){pattern}")).ok()? })
    };
    bindings.into_iter().filter_map(binding).collect()
});

#[cfg(test)]
mod tests {
    use super::{Assignments, BINDINGS};
    use crate::lang::{Language, lex};

    #[track_caller]
    fn check(language: Language, text: &str, expected: &[&str]) {
        let lexed = lex(language, text.as_bytes());
        let assignments = Assignments::new(&lexed);
        let names = assignments.given.keys().filter(|name| !assignments.values_of(name, &lexed).is_empty());
        let names: Vec<_> = names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        assert_eq!(names, expected, "{text}");
    }

    #[test]
    fn every_pattern_is_in_use() {
        assert_eq!(BINDINGS.len(), 9);
    }

    #[test]
    fn names_that_are_given_values_are_known() {
        check(Language::Python, "a = 'b'\nc: str = 'd'\n", &["a", "c"]);
        check(Language::Go, "a := `b`\nconst c = `d`\nvar e string = `f`\n", &["a", "c", "e"]);
        check(Language::Java, "final String a = \"b\"; int[] c = d;", &["a", "c"]);
        check(Language::Php, "<?php $a = 'b';", &["$a"]);
        check(Language::JavaScript, "const a = `b`, c = 1;", &["a"]);
        check(Language::Python, "a = 'b'\nif c:\n  a = d\n", &["a"]);
    }

    #[test]
    fn names_that_may_have_other_values_are_not() {
        check(Language::Python, "a = 'b'\na += c\n", &[]);
        check(Language::Python, "a = 1\na = 2\na = 3\na = 4\na = 5\na = 6\n", &[]);
        check(Language::Python, "a = 'b'\ndef f(a):\n  g(a)\n", &[]);
        check(Language::Python, "a = 'b'\nfor a in c:\n  g(a)\n", &[]);
        check(Language::Python, "if a == 'b' or c >= d:\n  g(a)\n", &[]);
        check(Language::Python, "self.a = 'b'\nf(c='d')\n", &[]);
        check(Language::JavaScript, "const a = 'b'; c.map(a => a)", &[]);
        check(Language::Ruby, "a = 'b'\na << c\n", &[]);
        check(Language::Go, "a := `b`\na, err := c()\n", &[]);
    }
}
