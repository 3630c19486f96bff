//! Where statements begin and end, told by brackets, line ends and dangling operators. Knows no grammar.

use super::brackets::is_bracket;
use super::signs::{self, is};
use super::{Language, Lexed};
use crate::model::Span;

/// Longest statement: what is longer is cut, so that looking at a statement costs a bounded time.
const MAX_LINES: usize = 64;
const MAX_BYTES: usize = 8 << 10;
/// A line is continued by what stands at most that far behind its end.
const MAX_INDENT: usize = 256;

/// The places where a statement begins, sorted; the first is 0.
#[derive(Debug)]
pub(super) struct Statements {
    starts: Vec<usize>,
    len: usize,
}

impl Statements {
    pub(super) fn new(lexed: &Lexed) -> Self {
        let mut splitter = Splitter::new(lexed);
        splitter.run();
        Statements { starts: splitter.starts, len: lexed.code.len() }
    }

    pub(super) fn at(&self, offset: usize) -> Span {
        let behind = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts[behind - 1];
        let end = self.starts.get(behind).copied().unwrap_or(self.len);
        // A line without an end is cut around the place that is asked for.
        Span::new(
            start.max(offset.saturating_sub(MAX_BYTES)),
            end.min(offset.saturating_add(MAX_BYTES)).max(start),
        )
    }
}

struct Splitter<'l> {
    lexed: &'l Lexed,
    starts: Vec<usize>,
    /// Open brackets: true where line ends and `;` separate statements, as in a block.
    blocks: Vec<bool>,
    lines: usize,
    last: u8,
    last_at: usize,
    /// The first byte that is no blank from some line end on: lines of comments are walked once, not once each.
    ahead: usize,
}

impl<'l> Splitter<'l> {
    fn new(lexed: &'l Lexed) -> Self {
        Splitter { lexed, starts: vec![0], blocks: Vec::new(), lines: 0, last: b'\n', last_at: 0, ahead: 0 }
    }

    /// Jumps from sign to sign; comments are blanks in the code, and what a string holds is passed.
    fn run(&mut self) {
        let code = &self.lexed.code;
        let mut strings = self.lexed.strings.iter().filter(|token| !token.outer.is_empty()).peekable();
        // Behind the last sign or string.
        let mut pos = 0;
        signs::each(code, may_end, |at| {
            // Strings in a hole lie in one that was passed.
            while let Some(token) = strings.next_if(|token| token.outer.start <= at) {
                if token.outer.start >= pos {
                    pos = token.outer.end;
                    self.see(b'"', pos - 1);
                    self.lines += memchr::memchr_iter(b'\n', token.outer.of(code)).count();
                }
            }
            if at < pos {
                return;
            }
            // The other signs do not ask what stood before them.
            if matches!(code[at], b'\n' | b'{') {
                self.see_last(Span::new(pos, at));
            }
            self.step(code[at], at);
            pos = at + 1;
        });
    }

    /// Remembers the last byte of a run that is no blank.
    fn see_last(&mut self, run: Span) {
        let bytes = run.of(&self.lexed.code);
        if let Some(last) = bytes.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r')) {
            self.see(bytes[last], run.start + last);
        }
    }

    fn step(&mut self, byte: u8, pos: usize) {
        match byte {
            b'\n' => return self.line_end(pos),
            b'(' | b'[' => self.blocks.push(false),
            b'{' => {
                let block = self.opens_block(pos);
                self.blocks.push(block);
                if block {
                    self.cut(pos + 1);
                }
            }
            b')' | b']' => {
                self.close(false);
            }
            b'}' if self.close(true) => self.cut(pos),
            b';' if self.separates() => self.cut(pos + 1),
            _ => {}
        }
        self.see(byte, pos);
    }

    fn see(&mut self, byte: u8, pos: usize) {
        self.last = byte;
        self.last_at = pos;
    }

    fn separates(&self) -> bool {
        self.blocks.last().copied().unwrap_or(true)
    }

    fn cut(&mut self, pos: usize) {
        if self.starts.last() != Some(&pos) {
            self.starts.push(pos);
        }
        self.lines = 0;
        self.last = b';';
    }

    /// Closes a bracket, true when it was a block's; a `)` that closes nothing of its kind closes nothing.
    fn close(&mut self, brace: bool) -> bool {
        if brace {
            return self.blocks.pop().unwrap_or(false);
        }
        if self.blocks.last() == Some(&false) {
            self.blocks.pop();
        }
        false
    }

    /// True when a `{` opens a block of statements and no literal.
    fn opens_block(&self, pos: usize) -> bool {
        let code = &self.lexed.code;
        let touches = pos > 0 && self.last_at + 1 == pos;
        match self.lexed.language {
            Language::Python
            | Language::Json
            | Language::Yaml
            | Language::Toml
            | Language::Lua
            | Language::Elixir
            | Language::Makefile => false,
            Language::Hcl => !matches!(self.last, b'=' | b'(' | b',' | b'['),
            Language::Go => !(touches && (self.last.is_ascii_alphanumeric() || self.last == b']')),
            Language::JavaScript
            | Language::TypeScript
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
            | Language::Shell
            | Language::Sql
            | Language::Dockerfile
            | Language::Html
            | Language::Xml
            | Language::Nginx
            | Language::Swift
            | Language::Dart
            | Language::Perl
            | Language::PowerShell => match self.last {
                b'(' | b',' | b'=' | b':' | b'[' | b'?' | b'|' | b'&' => false,
                _ => !expects_literal(&code[..pos]),
            },
        }
    }

    fn line_end(&mut self, pos: usize) {
        self.lines += 1;
        let start = self.starts.last().copied().unwrap_or(0);
        let too_long = self.lines >= MAX_LINES || pos - start >= MAX_BYTES;
        if too_long || (self.separates() && !self.goes_on(pos)) {
            self.cut(pos + 1);
        }
    }

    /// The next two bytes of code from `start` on, nothing when they are far away.
    fn next(&mut self, start: usize) -> &'l [u8] {
        let code = &self.lexed.code;
        if self.ahead < start {
            let blanks = code[start..].iter().position(|byte| !byte.is_ascii_whitespace());
            self.ahead = blanks.map_or(code.len(), |blanks| start + blanks);
        }
        if self.ahead - start > MAX_INDENT { b"" } else { &code[self.ahead..code.len().min(self.ahead + 2)] }
    }

    /// True when the statement goes on behind the line end at `pos`.
    fn goes_on(&mut self, pos: usize) -> bool {
        let next = self.next(pos + 1);
        let code = &self.lexed.code;
        match self.lexed.language {
            Language::Sql => return true,
            Language::Yaml => return self.last != b';' && next.starts_with(b"-") && next != b"--",
            Language::Html | Language::Xml => return true,
            Language::Nginx => return self.last != b';' && self.last != b'\n',
            // PowerShell goes on behind a backtick.
            Language::PowerShell => return matches!(self.last, b'`' | b'|' | b',' | b'='),
            Language::Python
            | Language::Shell
            | Language::Dockerfile
            | Language::Toml
            | Language::Makefile => {
                return self.last == b'\\'
                    || (self.lexed.language == Language::Shell && matches!(self.last, b'|' | b'&'));
            }
            Language::JavaScript
            | Language::TypeScript
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
            | Language::Go
            | Language::Hcl
            | Language::Json
            | Language::Swift
            | Language::Dart
            | Language::Lua
            | Language::Perl
            | Language::Elixir => {}
        }
        let dangling = matches!(
            self.last,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'=' | b',' | b'.' | b'&' | b'|' | b'<' | b'\\' | b'?' | b':'
        );
        let postfix =
            self.last_at > 0 && matches!(&code[self.last_at - 1..=self.last_at], b"++" | b"--" | b"*/");
        let continues = match next {
            [b'.', b'.'] => false,
            [b'.' | b'+' | b'?' | b':' | b'%' | b'=', ..] | b"||" | b"&&" | b"|>" | b"<<" | b"->" => true,
            _ => false,
        };
        (dangling && !postfix) || (continues && !matches!(next, b"++"))
    }
}

/// Whether `step` looks at a byte of code.
#[inline(always)]
fn may_end(byte: u8) -> u8 {
    is(byte, b'\n') | is(byte, b';') | is_bracket(byte)
}

/// True when the last word is one behind which a `{` begins a literal or a list of names.
fn expects_literal(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let start = before.iter().rposition(|byte| !byte.is_ascii_alphabetic()).map_or(0, |at| at + 1);
    matches!(
        &before[start..],
        b"return"
            | b"import"
            | b"export"
            | b"const"
            | b"let"
            | b"var"
            | b"default"
            | b"throw"
            | b"yield"
            | b"await"
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Splitter, may_end};
    use crate::lang::{Language, Lexed, lex};

    /// Marks the place that is asked for with `@`.
    #[track_caller]
    fn check(language: Language, marked: &str, expected: &str) {
        let offset = marked.find('@').unwrap();
        let text = marked.replacen('@', "", 1);
        let span = lex(language, text.as_bytes()).statement_at(offset);
        assert_eq!(text[span.start..span.end].trim(), expected.trim(), "{marked}");
    }

    #[test]
    fn brackets_strings_and_operators_join_lines() {
        check(Language::Python, "a = 1\nf(\n  @b,\n)\nc", "f(\n  b,\n)");
        check(Language::Python, "a = \"\"\"\n b\n\"\"\" % @c\nd", "a = \"\"\"\n b\n\"\"\" % c");
        check(Language::Python, "a = 'b' \\\n  @'c'\nd", "a = 'b' \\\n  'c'");
        check(Language::Java, "a;\nq = \"b\"\n  + @c;\nd;", "q = \"b\"\n  + c;");
        check(Language::JavaScript, "a\n  .b()\n  .@c()\nd", "a\n  .b()\n  .c()");
        check(Language::Yaml, "a:\n  - b\n  - @c\nd: e", "a:\n  - b\n  - c");
        check(Language::Sql, "a;\nSELECT\n @b;\nc", "SELECT\n b;");
    }

    #[test]
    fn blocks_separate_statements_even_inside_of_brackets() {
        check(Language::JavaScript, "f('/', (a) => {\n  b();\n  @c();\n});\nd", "c();");
        check(Language::JavaScript, "return {\n  a: 1,\n  b: @2,\n};", "return {\n  a: 1,\n  b: 2,\n};");
        check(
            Language::Go,
            "c := cors.New(cors.Options{\n\tA: @b,\n})\n",
            "c := cors.New(cors.Options{\n\tA: b,\n})",
        );
        check(Language::Go, "if a {\n\t@b\n}\n", "b");
        check(Language::Python, "a = {\n 'b': @1,\n}\nc", "a = {\n 'b': 1,\n}");
    }

    #[test]
    fn a_statement_is_bounded() {
        let text = format!("f(\n{}", "a,\n".repeat(5000));
        let lexed = lex(Language::Python, text.as_bytes());
        assert!((0..text.len()).all(|at| lexed.statement_at(at).len() <= 64 * 3));
        let text = "a+".repeat(50_000);
        let lexed = lex(Language::Python, text.as_bytes());
        assert!((0..text.len()).all(|at| lexed.statement_at(at).len() <= 16 << 10));
    }

    /// Looks at each byte, and asks of each whether a string begins there.
    fn byte_by_byte(lexed: &Lexed) -> Vec<usize> {
        let mut splitter = Splitter::new(lexed);
        let mut pos = 0;
        while pos < lexed.code.len() {
            let token =
                lexed.strings.iter().find(|token| token.outer.start == pos && !token.outer.is_empty());
            if let Some(token) = token {
                pos = token.outer.end;
                splitter.see(b'"', pos - 1);
                splitter.lines += token.outer.of(&lexed.code).iter().filter(|&&byte| byte == b'\n').count();
                continue;
            }
            match lexed.code[pos] {
                b' ' | b'\t' | b'\r' => {}
                byte if b"\n()[]{};".contains(&byte) => splitter.step(byte, pos),
                byte => splitter.see(byte, pos),
            }
            pos += 1;
        }
        splitter.starts
    }

    #[test]
    fn only_signs_may_end_a_statement() {
        let signs: Vec<u8> = (0..=u8::MAX).filter(|byte| may_end(*byte) != 0).collect();
        assert_eq!(signs, b"\n();[]{}");
    }

    proptest! {
        #[test]
        fn jumps_from_sign_to_sign_change_nothing(
            parts in prop::collection::vec(prop::sample::select(vec![
                "a", " ", "\n", "\n", "(", ")", "{", "}", "[", ";", "\"b\"", "'", "+", "++", ".", "# c", "/* d\n e */",
                "||", "=", "return", "\\", "<<~E\n", "\nE\n", "\r\n", "`${", "-",
            ]), 0..60),
            idx in 0..Language::NAMES.len(),
        ) {
            let lexed = lex(Language::NAMES[idx].1, parts.concat().as_bytes());
            let mut splitter = Splitter::new(&lexed);
            splitter.run();
            prop_assert_eq!(&splitter.starts, &byte_by_byte(&lexed));
        }
    }
}
