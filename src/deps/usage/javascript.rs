//! Reads the imports of JavaScript and TypeScript code: `import`, `export … from`, `require`, `import()`.

use super::Import;
use super::cursor::{Cursor, line_start, words};
use crate::lang::{Lexed, StringKind};
use crate::model::Span;

/// How far apart the two ends of an import may be.
const LONGEST: usize = 8 << 10;

/// How many lines above a call a `try` is looked for.
const NEAR: usize = 4;

/// The imports of lexed code.
pub fn imports(lexed: &Lexed, content: &[u8]) -> Vec<Import> {
    let code = lexed.code.as_slice();
    let text = |at: usize| text_at(lexed, content, at);
    let mut found = Vec::new();
    for at in words(code, "from") {
        let mut cursor = Cursor::new(code, at + "from".len());
        cursor.peek();
        if let Some(((module, span), clause)) = text(cursor.at).zip(clause(code, at)) {
            found.push(with_clause(Import::new(module, span), code, clause));
        }
    }
    for (word, call) in [("import", false), ("import", true), ("require", true)] {
        for at in words(code, word) {
            let mut cursor = Cursor::new(code, at + word.len());
            if call && !cursor.eat(b'(') || code[..at].ends_with(b".") {
                continue;
            }
            cursor.peek();
            let Some((module, span)) = text(cursor.at) else { continue };
            let mut import = Import::new(module, span);
            if word == "require" {
                import = bound(import, code, at);
            }
            import.excused = call && is_tried(code, at);
            found.push(import);
        }
    }
    found.sort_by_key(|import| import.span);
    found
}

/// The plain string that begins at a byte.
fn text_at(lexed: &Lexed, content: &[u8], at: usize) -> Option<(String, Span)> {
    let idx = lexed.strings.binary_search_by_key(&at, |token| token.outer.start).ok()?;
    let token = &lexed.strings[idx];
    let plain = token.kind == StringKind::Quoted && token.holes.is_empty();
    let text = std::str::from_utf8(token.inner.of(content)).ok()?;
    (plain && !text.contains('\\')).then(|| (text.to_owned(), token.inner))
}

/// What stands between `import` or `export` and the `from` at a byte.
fn clause(code: &[u8], from: usize) -> Option<Span> {
    let window = from.saturating_sub(LONGEST);
    let head = &code[window..from];
    let start = ["import", "export"]
        .iter()
        .filter_map(|word| words(head, word).last().map(|at| at + word.len()))
        .max()?;
    let plain = |byte: &u8| !matches!(byte, b';' | b'(' | b')' | b'=' | b'\'' | b'"' | b'`');
    head[start..].iter().all(plain).then(|| Span::new(window + start, from))
}

/// `type`, a default name, `* as name`, `{ a as b }`.
fn with_clause(mut import: Import, code: &[u8], clause: Span) -> Import {
    let mut cursor = Cursor::new(&code[..clause.end], clause.start);
    cursor.eat_word("type");
    if cursor.eat(b'*') {
        cursor.eat_word("as");
    }
    import.alias = cursor.word().map(|(name, _)| name.to_owned());
    cursor.eat(b',');
    if cursor.eat(b'{') {
        while let Some((name, span)) = cursor.word() {
            let mut ahead = cursor;
            if name == "type" && ahead.peek().is_some_and(|byte| !matches!(byte, b',' | b'}')) {
                continue;
            }
            import.taken.push((name.to_owned(), span));
            if cursor.eat_word("as") {
                cursor.word();
            }
            if !cursor.eat(b',') {
                break;
            }
        }
    }
    import
}

/// `const a = require(…)`, `const { a, b: c } = require(…)`.
fn bound(mut import: Import, code: &[u8], at: usize) -> Import {
    let Some(left) = code[..at].trim_ascii_end().strip_suffix(b"=") else { return import };
    let left = left.trim_ascii_end();
    if left.ends_with(b"}") {
        let Some(open) = memchr::memrchr(b'{', left) else { return import };
        let mut cursor = Cursor::new(left, open + 1);
        while let Some((name, span)) = cursor.word() {
            import.taken.push((name.to_owned(), span));
            if cursor.eat(b':') {
                cursor.word();
            }
            if !cursor.eat(b',') {
                break;
            }
        }
    } else {
        let start = left.iter().rposition(|byte| byte.is_ascii_whitespace()).map_or(0, |space| space + 1);
        import.alias = Cursor::new(left, start).word().map(|(name, _)| name.to_owned());
    }
    import
}

/// True when a `try` stands right above a call, or on its line.
fn is_tried(code: &[u8], at: usize) -> bool {
    let mut start = line_start(code, at);
    for _ in 0..NEAR {
        start = line_start(code, start.saturating_sub(1));
    }
    let end = memchr::memchr(b'\n', &code[at..]).map_or(code.len(), |newline| at + newline);
    words(&code[start..at], "try").next().is_some()
        || memchr::memmem::find(&code[at..end], b".catch").is_some()
}

#[cfg(test)]
mod tests {
    use super::super::import::tests;
    use crate::lang;
    use crate::model::Language;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lexed = lang::lex(Language::TypeScript, text.as_bytes());
        tests::check(text, &super::imports(&lexed, text.as_bytes()), expected);
    }

    #[test]
    fn imports_are_read_with_their_names() {
        check("import 'a';\nimport b from \"b/c\"\n", &["1:9 a", "2:16 b/c as b"]);
        check(
            "import * as a from 'a'; import x, { y as z, type T } from '@s/b'\n",
            &["1:21 a as a", "1:60 @s/b as x taking y T"],
        );
        check(
            "import type { A } from 'a'\nexport { b } from 'b'\nexport * from 'c'\n",
            &["1:25 a taking A", "2:20 b taking b", "3:16 c"],
        );
        check("import {\n  a, // why\n  b,\n} from 'c'\n", &["4:9 c taking a b"]);
        check("const a = require('a'), { b, c: d } = require('b')\n", &["1:20 a as a", "1:48 b taking b c"]);
        check("const x = await import('x')\n", &["1:25 x"]);
    }

    #[test]
    fn what_is_no_import_is_none() {
        check("// import 'a'\nconst t = \"import 'b'\"\nimport(`c${x}`)\nrequire(name)\n", &[]);
        check("a.require('x'); from('y'); import.meta.url\nquery.select('a').from 'b'\n", &[]);
        check("import x = y; array.from 'a'\n", &[]);
    }

    #[test]
    fn what_may_be_missing_is_excused() {
        check("try {\n  require('a')\n} catch {}\n", &["2:12 a or not"]);
        check("import('a').catch(() => {})\n", &["1:9 a or not"]);
    }
}
