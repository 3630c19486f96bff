//! Reads the imports of Go code.

use super::Import;
use super::cursor::{Cursor, line_start, words};
use crate::lang::Lexed;
use crate::model::Span;

/// The imports of lexed code.
pub fn imports(lexed: &Lexed, content: &[u8]) -> Vec<Import> {
    let code = lexed.code.as_slice();
    let mut found = Vec::new();
    for at in words(code, "import").filter(|at| line_start(code, *at) == *at) {
        let mut cursor = Cursor::new(code, at + "import".len());
        let block = cursor.eat(b'(');
        loop {
            let alias = cursor.word().map(|(name, _)| name.to_owned());
            cursor.eat(b'.');
            cursor.peek();
            let Some((module, span, end)) = text_at(lexed, content, cursor.at) else { break };
            cursor.at = end;
            let last = module.rsplit('/').next().map(str::to_owned);
            found.push(Import { alias: alias.or(last), ..Import::new(module, span) });
            if !block {
                break;
            }
            cursor.eat(b';');
        }
    }
    found
}

/// The string that begins at a byte, its inside, and where it ends.
fn text_at(lexed: &Lexed, content: &[u8], at: usize) -> Option<(String, Span, usize)> {
    let idx = lexed.strings.binary_search_by_key(&at, |token| token.outer.start).ok()?;
    let token = &lexed.strings[idx];
    let text = std::str::from_utf8(token.inner.of(content)).ok()?;
    Some((text.to_owned(), token.inner, token.outer.end))
}

#[cfg(test)]
mod tests {
    use super::super::import::tests;
    use crate::lang;
    use crate::model::Language;

    #[test]
    fn imports_are_read_in_lines_and_blocks() {
        let text = "package a\n\nimport \"fmt\"\nimport (\n\tx \"a.example/b/c\" // why\n\t_ `d.example/e`\n\t. \"f.example/g\"\n)\nvar s = `\nimport \"h.example/i\"\n`\n";
        let lexed = lang::lex(Language::Go, text.as_bytes());
        let expected =
            ["3:9 fmt as fmt", "5:5 a.example/b/c as x", "6:5 d.example/e as _", "7:5 f.example/g as g"];
        tests::check(text, &super::imports(&lexed, text.as_bytes()), &expected);
    }
}
