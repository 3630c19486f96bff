//! A look at the raw bytes around a keyword that rules out most of them before the file is lexed: SQL words are
//! everyday words. Never says no where the detector would say yes to the chain around the keyword.

use super::sql_names;
use crate::model::Span;

/// How far back a text may have begun, blanks between.
const BLANKS: usize = 256;
/// How far behind a function's name its first text may begin.
const ARGUMENTS: usize = 2048;

/// True when a text of the source begins with the keyword, or the keyword names a function that is given a text.
pub(super) fn is_worth_lexing(content: &[u8], keyword: Span) -> bool {
    begins_text(&content[keyword.start.saturating_sub(BLANKS)..keyword.start]) || names_call(content, keyword)
}

/// What stands before is the beginning of a text, the end of a hole or of a comment in it, or a heredoc's first line.
fn begins_text(before: &[u8]) -> bool {
    let mut rest = before;
    loop {
        rest = rest.trim_ascii_end();
        let [head @ .., last] = rest else { return false };
        match last {
            b'"' | b'\'' | b'`' | b'}' => return true,
            b'(' | b';' => rest = head,
            b'/' => return head.last() == Some(&b'*'),
            b'n' | b't' | b'r' if head.last() == Some(&b'\\') => rest = &head[..head.len() - 1],
            _ => break,
        }
    }
    // `<<SQL` or a comment of SQL on the line before.
    let crossed = before[rest.len()..].contains(&b'\n');
    let line = rest.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    crossed && (contains(line, b"<<") || contains(line, b"--") || line.ends_with(b"*/"))
}

fn contains(line: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(line, part).is_some()
}

fn names_call(content: &[u8], keyword: Span) -> bool {
    let word = super::sql_chain::word_at(content, keyword.start);
    let behind = &content[word.end..content.len().min(word.end + ARGUMENTS)];
    let opens = behind.trim_ascii_start().first();
    // The dearest question last.
    matches!(opens, Some(b'(' | b'"' | b'<' | b'!'))
        && memchr::memchr3(b'"', b'\'', b'`', behind).is_some()
        && sql_names::may_be_sink(word.of(content))
}

#[cfg(test)]
mod tests {
    use super::is_worth_lexing;
    use crate::model::Span;

    #[test]
    fn everyday_words_are_ruled_out_and_texts_are_not() {
        for (text, expected) in [
            ("q = \"select a\"", true),
            ("q = f'''\n    select a", true),
            ("q = `${head}\n  select a", true),
            ("q = \"(\\n select a", true),
            ("q = \"/* all */ select a", true),
            ("q = <<~SQL\n  select a", true),
            ("q = '''\n-- all\nselect a", true),
            ("// please select a", false),
            ("for select in list:\n    select a", false),
            ("self.select(\"a\")", false),
        ] {
            let at = text.rfind("select").unwrap();
            assert_eq!(is_worth_lexing(text.as_bytes(), Span::new(at, at + 6)), expected, "{text}");
        }
    }
}
