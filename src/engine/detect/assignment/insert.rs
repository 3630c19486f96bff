//! The value that an `INSERT` of SQL gives to a column: the same place in the list of values as the column's among the
//! columns. Judges neither names nor values.

use crate::model::Span;

/// How far back the list of columns and the name of the table may begin.
const BACK: usize = 256;

/// The quoted value of the column `key`, where it is one of the columns of an `INSERT`.
pub fn value(text: &[u8], key: Span) -> Option<Span> {
    let before = &text[key.start.saturating_sub(BACK)..key.start];
    let open = before.iter().rposition(|byte| !in_columns(*byte)).filter(|at| before[*at] == b'(')?;
    let column = before[open..].iter().filter(|byte| **byte == b',').count();
    let head = before[..open].to_ascii_lowercase();
    memchr::memmem::rfind(&head, b"insert ").filter(|at| !head[*at..].contains(&b';'))?;
    let rest = &text[key.end..];
    let close = rest.iter().position(|byte| !in_columns(*byte)).filter(|at| rest[*at] == b')')?;
    let values = key.end + close + 1;
    let values = values + blanks(&text[values..]);
    let word = text.get(values..values + b"values".len())?;
    if !word.eq_ignore_ascii_case(b"values") {
        return None;
    }
    let list = values + word.len();
    let list = list + blanks(&text[list..]);
    (text.get(list) == Some(&b'(')).then(|| item(text, list + 1, column))?
}

fn in_columns(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"_,`\"[]".contains(&byte)
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Item number `wanted` of the list that begins at `at`, if it is a quoted text and nothing else.
fn item(text: &[u8], mut at: usize, wanted: usize) -> Option<Span> {
    let mut number = 0;
    let mut depth = 0;
    loop {
        match text.get(at)? {
            b'\'' => {
                let end = at + 1 + memchr::memchr(b'\'', &text[at + 1..])?;
                let ends = matches!(text[end + 1..].trim_ascii_start().first(), Some(b',' | b')'));
                if number == wanted && depth == 0 {
                    return ends.then(|| Span::new(at + 1, end));
                }
                at = end;
            }
            b'(' => depth += 1,
            b')' if depth == 0 => return None,
            b')' => depth -= 1,
            b',' if depth == 0 && number == wanted => return None,
            b',' if depth == 0 => number += 1,
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_the_value_at_its_place() {
        for (text, expected) in [
            ("INSERT INTO users (id, name, KEY) VALUES (1, 'ann', 'v')", Some("v")),
            ("insert into `users` (`KEY`,`id`) values\n  ('v', 1), ('w', 2)", Some("v")),
            ("INSERT INTO u (id, KEY) VALUES (nextval('a, b'), 'v')", Some("v")),
            ("INSERT INTO u (name, KEY) VALUES ('a, (b', 'v')", Some("v")),
            ("INSERT INTO u (id, KEY) VALUES (1, MD5('v'))", None),
            ("INSERT INTO u (id, KEY) VALUES (1, :key)", None),
            ("INSERT INTO u (id, KEY) VALUES (1, 'v' || x)", None),
            ("INSERT INTO u (id, KEY) VALUES (1)", None),
            ("INSERT INTO u (id, KEY) SELECT 'v'", None),
            ("f(id, KEY) VALUES (1, 'v')", None),
            ("INSERT INTO u (KEY) VALUES ('v", None),
        ] {
            let start = text.find("KEY").unwrap();
            let found = value(text.as_bytes(), Span::new(start, start + 3));
            assert_eq!(found.map(|span| &text[span.start..span.end]), expected, "{text}");
        }
    }
}
