//! The lexer beside the languages' own tools: Python's tokenizer, TypeScript's parser and Rust's tokens see the same
//! strings and comments, in real sources and in drawn ones. Where a tool is missing, its test is skipped and says so.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use portcullis::lang::{self, Language};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};
use serde::Deserialize;

use crate::tools::from_npm;
use crate::world::skipped;

/// Strings and comments, as bytes from and to.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Spans {
    strings: BTreeSet<(usize, usize)>,
    comments: BTreeSet<(usize, usize)>,
}

/// A source and how it is named in a complaint.
struct Source {
    name: String,
    text: String,
}

/// What each source is, by the tool; `None` where it is no program.
type Ask = dyn Fn(&[Source]) -> Vec<Option<Spans>>;

/// Somebody who knows how a language is read.
struct Reference {
    language: Language,
    ask: Box<Ask>,
}

impl Reference {
    /// Starts a script once, which gets a source as a line of JSON and answers with a line for each.
    fn script(language: Language, program: PathBuf, args: &[&str], folder: &Path) -> Reference {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let folder = folder.to_owned();
        let ask = move |sources: &[Source]| {
            let mut child = Command::new(&program)
                .args(&args)
                .current_dir(&folder)
                .env("NODE_PATH", folder.join("node_modules"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut stdin = child.stdin.take().unwrap();
            let lines: Vec<String> =
                sources.iter().map(|source| serde_json::to_string(&source.text).unwrap()).collect();
            let writer = thread::spawn(move || stdin.write_all(lines.join("\n").as_bytes()));
            let output = child.wait_with_output().unwrap();
            writer.join().unwrap().unwrap();
            let answers = String::from_utf8(output.stdout).unwrap();
            answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        Reference { language, ask: Box::new(ask) }
    }

    /// How many of the sources were programs; each of them has to be read the same way.
    fn agree(&self, sources: &[Source]) -> usize {
        let answers = (self.ask)(sources);
        assert_eq!(answers.len(), sources.len());
        let mut wrong = Vec::new();
        let mut programs = 0;
        for (source, theirs) in sources.iter().zip(&answers) {
            let Some(theirs) = theirs else { continue };
            programs += 1;
            wrong.extend(difference(self.language, source, theirs));
        }
        let shown = wrong.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(wrong.is_empty(), "{} of {programs} sources are read otherwise:\n{shown}", wrong.len());
        programs
    }
}

/// The first place that is read in another way than by `theirs`. A docstring is a comment for us and a string for
/// Python; strings within strings and letters beside the quotes are not always told.
fn difference(language: Language, source: &Source, theirs: &Spans) -> Option<String> {
    let text = source.text.as_bytes();
    let lexed = lang::lex(language, text);
    let comments: BTreeSet<_> = lexed.comments.iter().map(|span| (span.start, span.end)).collect();
    let bare = |(start, end): (usize, usize)| {
        let letter = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.".contains(byte);
        let (before, behind) = (text[start..end].iter(), text[start..end].iter().rev());
        (start + before.take_while(letter).count(), end - behind.take_while(letter).count())
    };
    let ours: BTreeSet<_> =
        lexed.strings.iter().map(|token| bare((token.outer.start, token.outer.end))).collect();
    let strings: BTreeSet<_> = theirs.strings.iter().copied().map(bare).collect();
    let told = |span: &(usize, usize)| {
        let bare = bare(*span);
        let around = strings.range(..=bare).rev().any(|outer| bare.1 <= outer.1);
        around || theirs.comments.contains(span)
    };
    let missed = strings.iter().find(|span| !ours.contains(span) && !lexed.in_comment(span.0));
    let made_up = ours.iter().chain(&comments).find(|span| !told(span));
    let mistaken = theirs.comments.difference(&comments).next();
    let (what, &(start, end)) = missed
        .map(|span| ("not seen", span))
        .or(made_up.map(|span| ("made up", span)))
        .or(mistaken.map(|span| ("no comment", span)))?;
    let line = source.text[..start].matches('\n').count() + 1;
    let shown: String = source.text[start..end].chars().take(60).collect();
    Some(format!(
        "{}:{line}: {what}: {shown:?} ({start}..{end}) {:?}",
        source.name,
        source.text.get(..200).unwrap_or(&source.text)
    ))
}

/// The sources in a folder, up to a size that a person writes.
fn real(folder: &Path, extension: &str, at_most: usize) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension)
                && let Ok(text) = fs::read_to_string(&path)
                && text.len() < 200_000
                && sources.len() < at_most
            {
                sources.push(Source { name: path.display().to_string(), text });
            }
        }
    }
    sources
}

/// Sources put together from parts, most of which are no programs; always the same ones.
fn drawn(parts: &'static [&'static str], count: usize) -> Vec<Source> {
    let mut runner = TestRunner::deterministic();
    let texts = prop::collection::vec(prop::sample::select(parts), 1..8).prop_map(|parts| parts.concat());
    (0..count)
        .map(|number| Source {
            name: format!("drawn {number}"),
            text: texts.new_tree(&mut runner).unwrap().current(),
        })
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lexers")
}

/// A folder of sources that a developer gives, beside those that are at hand.
fn given(extension: &str) -> Vec<Source> {
    std::env::var_os("PORTCULLIS_TEST_SOURCES")
        .map(|folder| real(Path::new(&folder), extension, usize::MAX))
        .unwrap_or_default()
}

#[test]
fn python_is_read_as_by_its_tokenizer() {
    let asked = Command::new("python3")
        .args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output();
    let Ok(asked) = asked else { return skipped("python3 is not installed") };
    let library = PathBuf::from(String::from_utf8(asked.stdout).unwrap().trim());
    let python = Reference::script(Language::Python, "python3".into(), &["spans.py"], &folder());
    assert!(python.agree(&real(&library, "py", 150)) > 100);
    assert!(python.agree(&drawn(PYTHON, 4_000)) > 400);
    python.agree(&given("py"));
}

/// Parts of Python that a lexer may trip over.
const PYTHON: &[&str] = &[
    "x = 'a' # b\n",
    "y = \"it's\"\n",
    "z = r'\\'\n",
    "z = r'\\'' 'b'\n",
    "'''a\n'b'\n'''\n",
    "\"\"\"doc\"\"\"\n",
    "def f():\n  '''doc'''\n  return 'v'\n",
    "f(b'a', rb\"\\\"\")\n",
    "x = ('a'\n  'b' # c\n)\n",
    "# don't\n",
    "x = 'a\\\nb'\n",
    "if x: 'a'\n",
    "{'a': '''b''' }\n",
    "u'' ''\n",
    "x = '' \"\" ''''''\n",
    "x = 1 # '''\n",
    "class A:\n  # c\n  \"doc\"\n  x: 'A' = 'b'\n",
    "lambda: '#'\n",
    "x = \"\\\\\" # '\n",
    "return_ = [\"'\", '\"']\n",
    "x = '\\\n' ; '''\\''''\n",
    "'a' 'b'\n",
    "x = a if 'b' else '''c'''\n",
    "async def g(): 'doc'\n",
    "\n",
    "  \n",
];

#[test]
fn javascript_is_read_as_by_its_parser() {
    let folder = match from_npm("typescript", &["typescript@5"]) {
        Ok(folder) => folder,
        Err(why) => return skipped(&why),
    };
    for (extension, language) in
        [("js", Language::JavaScript), ("ts", Language::TypeScript), ("tsx", Language::TypeScript)]
    {
        let script = self::folder().join("spans.cjs");
        let parser =
            Reference::script(language, "node".into(), &[script.to_str().unwrap(), extension], &folder);
        assert!(parser.agree(&drawn(JAVASCRIPT, 4_000)) > 400, "{extension}");
        parser.agree(&real(&folder, extension, 150));
        parser.agree(&given(extension));
    }
}

/// Parts of JavaScript that a lexer may trip over.
const JAVASCRIPT: &[&str] = &[
    "x = 'a' // b\n",
    "x = \"it's\";\n",
    "y = `a ${b} 'c'`;\n",
    "y = `a ${`b ${c} d`} /* e */`;\n",
    "/* 'a' */\n",
    "z = a / b / c;\n",
    "z = /[/'\"]/g;\n",
    "if (x) /'/.test(y);\n",
    "f(/`/, '`');\n",
    "x = a++ / 2; // '\n",
    "return_ = (a) / 'b'.length;\n",
    "x = { a: /\\//, 'b': `}` };\n",
    "// don't\n",
    "'use strict';\n",
    "x = y ? /a/ : 'b';\n",
    "x = [/'/, /\\\\/];\n",
    "`${ {a: '}'} }`;\n",
    "x = 'a\\\nb';\n",
    "tag`a\\`b`;\n",
    "x => /a'/;\n",
    "const { a = '/' } = b;\n",
    "typeof /'/;\n",
    "x = a\n/b/c;\n",
    "{} /'/;\n",
    "x = `\n// no\n`;\n",
    "<a b='c'>don't {'d'} </a>;\n",
    "x = a /* ' */ / b;\n",
    "/**/ 'a' /**/\n",
    "\n",
    "x = b ? `a` : `${'c'}`;\n",
    "x = from / 2 - y / of; // '\n",
    "import a from'b';\n",
    "y = from / to; z = 'a' / from;\n",
];

#[test]
fn rust_is_read_as_by_its_tokens() {
    let rust = Reference {
        language: Language::Rust,
        ask: Box::new(|sources| sources.iter().map(|source| rust_spans(&source.text)).collect()),
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(rust.agree(&real(&project.join("src"), "rs", 1_000)) > 400);
    assert!(rust.agree(&drawn(RUST, 4_000)) > 400);
    rust.agree(&given("rs"));
}

/// Parts of Rust that a lexer may trip over.
const RUST: &[&str] = &[
    "let x = 'a'; // b\n",
    "fn f<'a>(x: &'a str) {}\n",
    "r#\"a\"b\"#;\n",
    "b'\\''; b\"\\\"\"; br##\"\"#\"##;\n",
    "'\\u{41}'; '\"';\n",
    "/* a /* ' */ \" */\n",
    "loop 'l: { break 'l; }\n",
    "c\"a\"; cr#\"b\"#;\n",
    "x.r#type;\n",
    "\"a\\\nb\";\n",
    "'é'; '\\\\';\n",
    "f('a', 'b');\n",
    "&'static str\n",
    "x as u8 / b'/';\n",
    "1.0 // '\n",
    "\n",
];

/// Strings, characters and comments as the compiler's own lexer tells them.
fn rust_spans(text: &str) -> Option<Spans> {
    let mut spans = Spans::default();
    let mut start = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = start + token.len as usize;
        match token.kind {
            TokenKind::LineComment { .. } => drop(spans.comments.insert((start, end))),
            TokenKind::BlockComment { terminated: true, .. } => drop(spans.comments.insert((start, end))),
            TokenKind::Literal { kind, suffix_start } => match kind {
                LiteralKind::Int { .. } | LiteralKind::Float { .. } => {}
                LiteralKind::RawStr { n_hashes: Some(_) }
                | LiteralKind::RawByteStr { n_hashes: Some(_) }
                | LiteralKind::RawCStr { n_hashes: Some(_) }
                | LiteralKind::Char { terminated: true }
                | LiteralKind::Byte { terminated: true }
                | LiteralKind::Str { terminated: true }
                | LiteralKind::ByteStr { terminated: true }
                | LiteralKind::CStr { terminated: true } => {
                    spans.strings.insert((start, start + suffix_start as usize));
                }
                _ => return None,
            },
            TokenKind::BlockComment { .. } | TokenKind::Unknown => return None,
            _ => {}
        }
        start = end;
    }
    Some(spans)
}
