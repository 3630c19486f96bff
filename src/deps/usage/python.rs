//! Reads the imports of Python code.

use super::Import;
use super::cursor::{Cursor, is_word, line_start, words};
use crate::model::Span;

/// The imports in a view without comments and strings; relative ones are left out.
pub fn imports(code: &[u8]) -> Vec<Import> {
    let mut found = Vec::new();
    for at in words(code, "import") {
        let start = statement_start(code, at);
        let head = &code[start..at];
        let before = found.len();
        if head.iter().all(u8::is_ascii_whitespace) {
            modules(code, at + "import".len(), &mut found);
        } else {
            found.extend(from(code, start, at));
        }
        if found.len() > before && is_guarded(code, start) {
            found[before..].iter_mut().for_each(|import| import.excused = true);
        }
    }
    found
}

/// The line's first byte, or what follows `;` or the `:` of a block of one line.
fn statement_start(code: &[u8], at: usize) -> usize {
    // `from .. \` continues on the next line.
    let mut start = line_start(code, at);
    while start >= 2 && code[..start - 1].trim_ascii_end().ends_with(b"\\") && code[start - 1] == b'\n' {
        start = line_start(code, start - 1);
    }
    code[start..at]
        .iter()
        .rposition(|byte| matches!(byte, b';' | b':'))
        .map_or(start, |mark| start + mark + 1)
}

/// `import a.b as c, d`
fn modules(code: &[u8], at: usize, found: &mut Vec<Import>) {
    let mut cursor = Cursor::new(code, at);
    loop {
        let Some((module, span)) = dotted(&mut cursor) else { return };
        let mut import = Import::new(module, span);
        let mut ahead = cursor;
        if on_this_line(code, span.end, &mut ahead) && ahead.eat_word("as") {
            import.alias = ahead.word().map(|(alias, _)| alias.to_owned());
            cursor = ahead;
        } else {
            import.alias = Some(import.module.clone());
        }
        found.push(import);
        let mut ahead = cursor;
        if !on_this_line(code, cursor.at, &mut ahead) || !ahead.eat(b',') {
            return;
        }
        cursor = ahead;
    }
}

/// `from a.b import (c as d, e)`
fn from(code: &[u8], start: usize, at: usize) -> Option<Import> {
    let mut cursor = Cursor::new(code, start);
    if !cursor.eat_word("from") {
        return None;
    }
    let (module, span) = dotted(&mut cursor)?;
    cursor.eat(b'\\');
    cursor.peek();
    if cursor.at != at {
        return None;
    }
    let mut import = Import::new(module, span);
    cursor.at += "import".len();
    let open = cursor.eat(b'(');
    loop {
        let line = cursor.at;
        let mut ahead = cursor;
        ahead.eat(b'\\');
        if !open && !on_this_line(code, line, &mut ahead) && !cursor.eat(b'\\') {
            break;
        }
        let Some((name, span)) = cursor.word() else { break };
        import.taken.push((name.to_owned(), span));
        let mut ahead = cursor;
        if (open || on_this_line(code, cursor.at, &mut ahead)) && ahead.eat_word("as") {
            ahead.word();
            cursor = ahead;
        }
        if !cursor.eat(b',') {
            break;
        }
    }
    Some(import)
}

/// A name with dots; none for a relative one.
fn dotted(cursor: &mut Cursor<'_>) -> Option<(String, Span)> {
    let (first, span) = cursor.word()?;
    let (mut name, mut end) = (first.to_owned(), span.end);
    let mut ahead = *cursor;
    while ahead.eat(b'.') {
        let Some((next, span)) = ahead.word() else { break };
        name = format!("{name}.{next}");
        end = span.end;
        *cursor = ahead;
    }
    Some((name, Span::new(span.start, end)))
}

/// True when what comes next stands on the line of `from`.
fn on_this_line(code: &[u8], from: usize, cursor: &mut Cursor<'_>) -> bool {
    cursor.peek();
    !code[from.min(cursor.at)..cursor.at].contains(&b'\n')
}

/// True when a `try` or an `if` stands around the statement: its author knows that it may fail, or need not run.
fn is_guarded(code: &[u8], start: usize) -> bool {
    let line = line_start(code, start);
    // A block of one line.
    if code[line..start].contains(&b':') && guards(&code[line..start]) {
        return true;
    }
    let indent = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let mut depth = indent(&code[line..]);
    let mut end = line;
    while depth > 0 && end > 0 {
        let above = line_start(code, end - 1);
        let text = &code[above..end - 1];
        end = above;
        if !text.trim_ascii().is_empty() && indent(text) < depth {
            depth = indent(text);
            if guards(text) {
                return true;
            }
        }
    }
    false
}

fn guards(header: &[u8]) -> bool {
    let header = header.trim_ascii_start();
    let word = &header[..header.iter().take_while(|byte| is_word(**byte)).count()];
    matches!(word, b"try" | b"except" | b"else" | b"elif" | b"if" | b"finally" | b"match" | b"case")
        || word == b"with" && memchr::memmem::find(header, b"suppress").is_some()
}

#[cfg(test)]
mod tests {
    use super::super::import::tests;
    use crate::lang;
    use crate::model::Language;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lexed = lang::lex(Language::Python, text.as_bytes());
        tests::check(text, &super::imports(&lexed.code), expected);
    }

    #[test]
    fn imports_are_read_with_their_names() {
        check("import a\n", &["1:8 a as a"]);
        check(
            "import a.b as c, d\nimport e; import f\n",
            &["1:8 a.b as c", "1:18 d as d", "2:8 e as e", "2:18 f as f"],
        );
        check("from a.b import c, d as e\nx = 1\n", &["1:6 a.b taking c d"]);
        check("from a import (\n  c as x, # why\n  d,\n)\n", &["1:6 a taking c d"]);
        check("from a \\\n  import b, \\\n  c\n", &["1:6 a taking b c"]);
        check("from a import *\n", &["1:6 a"]);
        check("def f():\n    import a\n", &["2:12 a as a"]);
        check("import a\nas_ = 1\n", &["1:8 a as a"]);
    }

    #[test]
    fn what_is_no_import_of_a_package_is_none() {
        check("from . import a\nfrom .b import c\nfrom ..d import e\n", &[]);
        check("'''\nimport a\n'''\n# import b\nx = 'import c'\nimportant = 1\nx.import_(d)\n", &[]);
    }

    #[test]
    fn what_may_be_missing_is_excused() {
        check(
            "try:\n    import a\nexcept ImportError:\n    import b\n",
            &["2:12 a as a or not", "4:12 b as b or not"],
        );
        check("if TYPE_CHECKING:\n    from a import b\n", &["2:10 a taking b or not"]);
        check("def f():\n\n    if x:\n        y = 1\n        import a\n", &["5:16 a as a or not"]);
        check("try: import a\nexcept E: pass\n", &["1:13 a as a or not"]);
        check("if x:\n    pass\nimport a\n", &["3:8 a as a"]);
        check("with suppress(ImportError):\n    import a\n", &["2:12 a as a or not"]);
    }
}
