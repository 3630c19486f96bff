//! Marks what stands in the documentation that a program holds: in a docstring, a comment for a documentation tool, an
//! example in a comment, a text that is named so; and in the tests of a Rust file. Knows no rules, and not what a mark
//! means.

use super::{Basis, Engine, Match, Proof, Views, work};
use crate::lang::{Lexed, StringToken};
use crate::model::{Language, Span};

/// What people are told of it.
const REMARK: &str = "in documentation inside of code";
/// The same of tests.
const TESTS: &str = "in the tests of a file";

/// Words in the names of texts that are documentation.
const NAMES: [&str; 14] = [
    "desc",
    "description",
    "doc",
    "docs",
    "documentation",
    "epilog",
    "example",
    "examples",
    "help",
    "manual",
    "return",
    "sample",
    "samples",
    "usage",
];

/// Words of a comment behind which it shows how something is used.
const SHOWS: [&[u8]; 5] = [b"example", b"e.g.", b"usage", b"for instance", b"looks like"];

/// What comments for a documentation tool begin with.
const TOOLS: [&[u8]; 7] = [b"/**", b"/*!", b"///", b"//!", b"=", b"\"\"\"", b"'''"];

/// How many lines of a comment are looked at before the one in question.
const LINES: usize = 60;

/// How many bytes are looked at before a match, or in a text: a file may be full of matches.
const REACH: usize = 4 << 10;

/// Marks the matches that a rule without a provider has made there; keys and tokens of providers speak for themselves.
pub fn mark(engine: &Engine, views: &Views<'_>, matches: &mut [Match]) {
    let mut tests = None;
    for found in matches {
        let plain = found.secret && found.proof == Proof::Plain && found.basis == Basis::Text;
        if !plain || !engine.rule(found).generic {
            continue;
        }
        let at = found.span.start;
        let remark = if is_documentation(views, at) {
            REMARK
        } else if in_tests(tests.get_or_insert_with(|| modules_of_tests(views)), found.span) {
            TESTS
        } else {
            continue;
        };
        found.proof = Proof::Sample;
        found.remark.get_or_insert(remark.into());
    }
}

/// The modules for tests of a Rust file, each up to the brace that closes it at the beginning of a line.
fn modules_of_tests(views: &Views<'_>) -> Vec<Span> {
    let content = views.content();
    let heads = (views.language() == Some(Language::Rust))
        .then(|| memchr::memmem::find_iter(content, b"\n#[cfg(test)]\nmod "));
    let module = |start: usize| {
        let len = memchr::memmem::find(&content[start..], b"\n}").unwrap_or(content.len() - start);
        Span::new(start, start + len)
    };
    heads.into_iter().flatten().map(module).collect()
}

fn in_tests(modules: &[Span], place: Span) -> bool {
    let idx = modules.partition_point(|module| module.start <= place.start);
    idx.checked_sub(1).is_some_and(|idx| modules[idx].contains(place))
}

fn is_documentation(views: &Views<'_>, at: usize) -> bool {
    let content = views.content();
    if views.language().is_some_and(|language| in_paragraphs(language, last(&content[..at]))) {
        return true;
    }
    let Some(lexed) = views.language().filter(|language| is_program(*language)).and_then(|_| views.lexed())
    else {
        return false;
    };
    if let Some(idx) = lexed.string_at(at) {
        return is_named(content, &lexed.strings[idx]);
    }
    comment_at(lexed, at).is_some_and(|idx| shows(content, lexed, (idx, at)))
}

/// The end of what stands before a match.
fn last(before: &[u8]) -> &[u8] {
    let near = &before[before.len().saturating_sub(REACH)..];
    work::count(near.len());
    near
}

/// Whether the last command before a place, `=head1` or `=begin`, has opened documentation and none has closed it.
fn in_paragraphs(language: Language, before: &[u8]) -> bool {
    let closes: &[u8] = if language == Language::Perl { b"cut" } else { b"end" };
    if !matches!(language, Language::Perl | Language::Ruby) {
        return false;
    }
    let command = memchr::memmem::rfind_iter(before, b"\n=").map(|at| &before[at + 2..]);
    let mut command = command.filter(|rest| rest.first().is_some_and(u8::is_ascii_lowercase));
    command.next().is_some_and(|rest| !rest.starts_with(closes))
}

/// Languages in which a comment is no configuration that somebody has switched off.
fn is_program(language: Language) -> bool {
    match language {
        Language::Python
        | Language::JavaScript
        | Language::TypeScript
        | Language::Go
        | Language::Java
        | Language::Kotlin
        | Language::Scala
        | Language::Groovy
        | Language::Ruby
        | Language::Php
        | Language::CSharp
        | Language::Rust
        | Language::C
        | Language::Cpp
        | Language::Swift
        | Language::Dart
        | Language::Lua
        | Language::Perl
        | Language::Elixir
        | Language::PowerShell => true,
        Language::Shell
        | Language::Sql
        | Language::Yaml
        | Language::Toml
        | Language::Hcl
        | Language::Dockerfile
        | Language::Html
        | Language::Nginx
        | Language::Json
        | Language::Xml
        | Language::Makefile => false,
    }
}

/// A text of several lines whose name says what it is: `EXAMPLES = r"""`, `desc <<-EOT`, `@doc """`.
fn is_named(content: &[u8], text: &StringToken) -> bool {
    let before = last(&content[..text.place.start.min(text.prefix.start)]);
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let head = before[start..].trim_ascii();
    let head = head.strip_suffix(b"=").unwrap_or(head).trim_ascii_end();
    let name = head.rsplit(|byte| !is_letter(*byte) && *byte != b'@').next().unwrap_or_default();
    let inner = text.inner.of(content);
    let inner = &inner[..inner.len().min(REACH)];
    words(name).any(|word| is_one_of(word, &NAMES)) && inner.contains(&b'\n')
}

fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    name.split(|byte| !byte.is_ascii_alphabetic()).filter(|word| !word.is_empty())
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

fn comment_at(lexed: &Lexed, at: usize) -> Option<usize> {
    let idx = lexed.comments.partition_point(|comment| comment.start <= at).checked_sub(1)?;
    (at < lexed.comments[idx].end).then_some(idx)
}

/// Whether a comment is for a documentation tool, or says before `at` that it shows something.
fn shows(content: &[u8], lexed: &Lexed, (idx, at): (usize, usize)) -> bool {
    let first = block(content, &lexed.comments, idx);
    let text = &content[lexed.comments[first].start..at];
    let text = text.trim_ascii_start();
    let docstring = lexed.language == Language::Python && !text.starts_with(b"#");
    docstring || TOOLS.iter().any(|sign| text.starts_with(sign)) || {
        let lower = last(text).to_ascii_lowercase();
        SHOWS.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
    }
}

/// The first of the comments that stand right above one another.
fn block(content: &[u8], comments: &[Span], idx: usize) -> usize {
    let joined = |above: &Span, below: &Span| {
        let between = &content[above.end..below.start];
        between.iter().all(u8::is_ascii_whitespace)
            && between.iter().filter(|byte| **byte == b'\n').count() < 2
    };
    let above = comments[..=idx].windows(2).rev().take(LINES);
    idx - above.take_while(|pair| joined(&pair[0], &pair[1])).count()
}

#[cfg(test)]
mod tests {
    use super::{in_tests, is_documentation, modules_of_tests};
    use crate::engine::Views;
    use crate::model::Span;

    #[track_caller]
    fn check(path: &str, text: &str, expected: bool) {
        let path = path.into();
        let views = Views::new(&path, text.as_bytes());
        let at = text.find("VALUE").unwrap();
        let tests = modules_of_tests(&views);
        let found = is_documentation(&views, at) || in_tests(&tests, Span::new(at, at + 5));
        assert_eq!(found, expected, "{path:?}: {text}");
    }

    #[test]
    fn what_documentation_shows_is_told_from_what_a_program_does() {
        for (path, text) in [
            ("m.py", "EXAMPLES = r\"\"\"\n- login:\n    password: VALUE\n\"\"\"\n"),
            ("m.py", "_module_doc = '''\npassword: VALUE\n'''\n"),
            ("m.py", "def f():\n    \"\"\"Logs in.\n\n    >>> f(password='VALUE')\n    \"\"\"\n"),
            ("m.php", "<?php\n/**\n * $x->login('ann', 'VALUE');\n */\nfunction f() {}\n"),
            ("m.rb", "# Logs in.\n#\n# @example\n#   login password: 'VALUE'\ndef login; end\n"),
            ("m.rb", "x = 1\n=begin\npassword: 'VALUE'\n=end\n"),
            ("m.rb", "desc <<-EOT\n  password => 'VALUE'\nEOT\n"),
            ("m.pl", "1;\n=head1 USAGE\n\n  password => 'VALUE'\n\n=cut\n"),
            ("m.pl", "m!'!;\n=head1 USAGE\n\n  password => 'VALUE'\n"),
            ("m.go", "// Usage:\n//\n//\tc.Login(\"VALUE\")\nfunc Login() {}\n"),
            ("m.rs", "/// login(\"VALUE\")\nfn login() {}\n"),
            (
                "m.rs",
                "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn f() {\n        login(\"VALUE\")\n    }\n}\n",
            ),
        ] {
            check(path, text, true);
        }
        for (path, text) in [
            ("m.py", "password = \"VALUE\"\n"),
            ("m.rs", "fn f() {}\n#[cfg(test)]\nmod tests {\n}\nconst PASSWORD: &str = \"VALUE\";\n"),
            ("m.rs", "fn f() {}\n#[cfg(test)]\nuse x;\nconst PASSWORD: &str = \"VALUE\";\n"),
            ("m.py", "CONFIG = \"\"\"\npassword: VALUE\n\"\"\"\n"),
            ("m.py", "example = \"VALUE\"\n"),
            ("m.py", "# password = \"VALUE\"\n"),
            ("m.py", "# an example\n\n# password = \"VALUE\"\n"),
            ("m.php", "<?php\n/* $password = 'VALUE'; */\n"),
            ("m.php", "<?php\n/** Logs in. */\n$password = 'VALUE';\n"),
            ("m.pl", "1;\n=head1 USAGE\n\n=cut\n$password = 'VALUE';\n"),
            ("m.rb", "# old one\n# password: 'VALUE'\n"),
            ("m.yml", "# Example:\n# password: VALUE\n"),
            ("m.txt", "EXAMPLES = \"\"\"\npassword: VALUE\n\"\"\"\n"),
        ] {
            check(path, text, false);
        }
    }
}
