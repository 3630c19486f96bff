//! What belongs to a header such as `catch (e)`, `except X:` or `it('…',`: the lines or brackets behind it. Knows where
//! blocks end, and nothing of what stands in them.

use super::{Language, Lexed};
use crate::model::Span;

/// Longest block: what is longer has no end as far as rules are concerned, so that looking costs a bounded time.
const MAX_BYTES: usize = 8 << 10;
/// Longest header, from the word that is asked for to the bracket that opens its block.
const MAX_HEADER: usize = 1 << 10;

/// The block whose header stands at `offset`, from the start of its line to the end of its body.
pub(super) fn around(lexed: &Lexed, offset: usize) -> Option<Span> {
    let code = &lexed.code;
    let from = offset.saturating_sub(MAX_HEADER);
    let start = memchr::memrchr(b'\n', &code[from..offset]).map_or(from, |newline| from + newline + 1);
    let end = match lexed.language {
        // Where `do`, `then` and `end` stand around a block, its lines are deeper.
        Language::Python
        | Language::Ruby
        | Language::Yaml
        | Language::Lua
        | Language::Elixir
        | Language::Makefile => indented(lexed, start, offset),
        Language::JavaScript
        | Language::TypeScript
        | Language::Go
        | Language::Java
        | Language::Kotlin
        | Language::Scala
        | Language::Groovy
        | Language::Php
        | Language::CSharp
        | Language::Rust
        | Language::C
        | Language::Cpp
        | Language::Shell
        | Language::Sql
        | Language::Toml
        | Language::Hcl
        | Language::Dockerfile
        | Language::Html
        | Language::Nginx
        | Language::Json
        | Language::Xml
        | Language::Swift
        | Language::Dart
        | Language::Perl
        | Language::PowerShell => bracketed(lexed, offset)?,
    };
    (end - start <= MAX_BYTES).then_some(Span::new(start, end))
}

/// Behind the last line that stands deeper than the header's first.
fn indented(lexed: &Lexed, start: usize, offset: usize) -> usize {
    let code = &lexed.code;
    let indent = blanks(&code[start..]);
    let mut end = lexed.statement_at(offset).end.max(offset);
    let mut at = end;
    while at < code.len() && at - start <= MAX_BYTES {
        let line_end = memchr::memchr(b'\n', &code[at..]).map_or(code.len(), |newline| at + newline + 1);
        let line = &code[at..line_end];
        let empty = line.iter().all(u8::is_ascii_whitespace);
        // What a text says at the margin ends no block.
        let in_text = || at > 0 && lexed.string_at(at - 1).is_some();
        if !empty && blanks(line) <= indent && !in_text() {
            break;
        }
        at = line_end;
        if !empty {
            end = line_end;
        }
    }
    end
}

fn blanks(line: &[u8]) -> usize {
    line.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count()
}

/// Behind the first braces on the header's level; without braces, behind its first round brackets.
fn bracketed(lexed: &Lexed, offset: usize) -> Option<usize> {
    let code = &lexed.code[..lexed.code.len().min(offset + MAX_BYTES)];
    let mut call = None;
    let mut at = offset;
    while at < code.len() && at - offset <= MAX_HEADER || call.is_some() && at < code.len() {
        match code[at] {
            b'{' => return lexed.bracket_end(at),
            b'(' => {
                let end = lexed.bracket_end(at)?;
                call = call.or(Some(end));
                at = end;
                continue;
            }
            b'[' => {
                at = lexed.bracket_end(at)?;
                continue;
            }
            b';' | b'}' | b')' | b']' | b',' => break,
            b'\n' if call.is_some() && !header_goes_on(&code[at..]) => break,
            _ => {}
        }
        at += 1;
    }
    call
}

/// True when a brace, or a word that may stand before one, begins the next line.
fn header_goes_on(rest: &[u8]) -> bool {
    let next = rest.trim_ascii_start();
    [&b"{"[..], b"throws", b"where", b"when", b"->"].iter().any(|word| next.starts_with(word))
}

#[cfg(test)]
mod tests {
    use crate::lang::{Language, lex};

    /// Marks the header with `@`.
    #[track_caller]
    fn check(language: Language, marked: &str, expected: Option<&str>) {
        let offset = marked.find('@').unwrap();
        let text = marked.replacen('@', "", 1);
        let span = lex(language, text.as_bytes()).block_at(offset);
        assert_eq!(span.map(|span| &text[span.start..span.end]), expected, "{marked}");
    }

    #[test]
    fn deeper_lines_belong_to_a_header() {
        check(Language::Python, "try:\n  a\n@except X:\n  b\n\n  c\nd", Some("except X:\n  b\n\n  c\n"));
        check(Language::Python, "@def f(\n  a,\n):\n  b\nc", Some("def f(\n  a,\n):\n  b\n"));
        check(Language::Python, "@except: pass\na", Some("except: pass\n"));
        check(Language::Ruby, "  @rescue => e\n    nil\n  end\n", Some("  rescue => e\n    nil\n"));
        check(Language::Python, "@def f():\n  '''a\nb'''\n  c\nd", Some("def f():\n  '''a\nb'''\n  c\n"));
        check(Language::Python, "@def f():\n  x = '''\n'''\n  c\nd", Some("def f():\n  x = '''\n'''\n  c\n"));
    }

    #[test]
    fn braces_end_a_block_wherever_they_stand() {
        check(Language::Java, "try {a} @catch (E e) {b} c", Some("try {a} catch (E e) {b}"));
        check(Language::CSharp, "@catch (E e)\n{\n b\n}\nc", Some("catch (E e)\n{\n b\n}"));
        check(Language::Java, "@void f() throws E {a}\nb", Some("void f() throws E {a}"));
        check(
            Language::JavaScript,
            "@it('a', () => {\n b(')');\n});\nc",
            Some("it('a', () => {\n b(')');\n})"),
        );
        check(Language::JavaScript, "p.@catch(() => {});", Some("p.catch(() => {})"));
        check(Language::Go, "@if err != nil {\n\treturn\n}\n", Some("if err != nil {\n\treturn\n}"));
        check(Language::JavaScript, "@catch;\n{a}", None);
        check(Language::JavaScript, "@catch (e) {", None);
    }

    #[test]
    fn a_block_without_end_is_none() {
        let long = format!("@it(() => {{{}}})", "a;\n".repeat(5000));
        check(Language::JavaScript, &long, None);
    }
}
