//! Tables of Markdown and of files with separators: the first cell below the name of its column. Judges nothing.

use super::line;
use crate::model::Span;

/// What separates cells.
const SIGNS: [u8; 4] = *b"|,;\t";

/// What stands around the text of a cell.
const AROUND: [u8; 6] = *b" `*\"'\r";

/// The cell below `key`, if that is the whole of a cell in the head of a table.
pub fn cell(text: &[u8], key: Span) -> Option<Span> {
    let low = key.start.saturating_sub(line::REACH);
    let start = memchr::memrchr(b'\n', &text[low..key.start]).map_or(low, |newline| low + newline + 1);
    let (head, rest) = first_line(text, start);
    let before = trim(Span::new(start, key.start), text);
    let behind = trim(Span::new(key.end, head.end), text);
    let sign = *behind.of(text).first().or_else(|| before.of(text).last())?;
    let opens = before.is_empty() || before.of(text).ends_with(&[sign]);
    let names = |byte: &u8| {
        *byte == sign || byte.is_ascii_alphanumeric() || b"_- .()".contains(byte) || AROUND.contains(byte)
    };
    if !SIGNS.contains(&sign) || !opens || !head.of(text).iter().all(names) {
        return None;
    }
    let (row, below) = first_line(text, rest);
    let row = match sign {
        b'|' => is_rule(row.of(text)).then(|| first_line(text, below).0)?,
        _ => row,
    };
    let column = count(before.of(text), sign);
    let whole = count(row.of(text), sign) == count(head.of(text), sign);
    let mut cells = row.of(text).split(|byte| *byte == sign);
    let skipped: usize = cells.by_ref().take(column).map(|cell| cell.len() + 1).sum();
    let cell = Span::new(row.start + skipped, row.start + skipped + cells.next()?.len());
    Some(trim(cell, text)).filter(|cell| whole && !cell.is_empty())
}

/// A line from `start`, and where the next one begins.
fn first_line(text: &[u8], start: usize) -> (Span, usize) {
    let len = text[start..].iter().position(|byte| *byte == b'\n').unwrap_or(text.len() - start);
    (Span::new(start, start + len), (start + len + 1).min(text.len()))
}

fn trim(span: Span, text: &[u8]) -> Span {
    let bytes = span.of(text);
    let before = bytes.iter().take_while(|byte| AROUND.contains(byte)).count();
    let behind = bytes[before..].iter().rev().take_while(|byte| AROUND.contains(byte)).count();
    Span::new(span.start + before, span.end - behind)
}

fn count(bytes: &[u8], sign: u8) -> usize {
    bytes.iter().filter(|byte| **byte == sign).count()
}

/// `|---|:--|` below the head.
fn is_rule(line: &[u8]) -> bool {
    line.contains(&b'-') && line.iter().all(|byte| b"|-: \r".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::cell;
    use crate::model::Span;

    #[test]
    fn the_cell_below_a_name_is_its_value() {
        for (text, expected) in [
            ("| host | KEY |\n|------|-----|\n| db01 | VALUE |\n", Some("VALUE")),
            ("|KEY|\n|:-:|\n|`VALUE`|", Some("VALUE")),
            ("| **KEY** | x |\r\n|---|---|\r\n| VALUE | y |\r\n", Some("VALUE")),
            ("host | KEY\n--- | ---\ndb | VALUE\n", Some("VALUE")),
            ("user,KEY\nann,VALUE\n", Some("VALUE")),
            ("\"user\";\"KEY\";\"x\"\n\"ann\";\"VALUE\";\"y\"\n", Some("VALUE")),
            ("user\tKEY\nann\tVALUE", Some("VALUE")),
            ("| KEY | string |\n| other | VALUE |\n", None),
            ("user,KEY\nann,x,VALUE\n", None),
            ("| the KEY | x |\n|---|---|\n| VALUE | y |\n", None),
            ("f(user,KEY)=x\ng(ann,VALUE)\n", None),
            ("user,KEY\nann,\n", None),
            ("KEY\nVALUE\n", None),
            ("user,KEY", None),
        ] {
            let start = text.find("KEY").unwrap();
            let found = cell(text.as_bytes(), Span::new(start, start + 3));
            assert_eq!(found.map(|span| &text[span.start..span.end]), expected, "{text}");
        }
    }
}
