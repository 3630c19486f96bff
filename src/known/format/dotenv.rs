//! Reads `.env` files as the libraries do together: `export`, three kinds of quotes, values over several lines, comments.

use zeroize::{Zeroize, Zeroizing};

use super::Pair;

/// Every assignment of a text; lines that are none are passed over.
pub fn read(text: &[u8]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line_len = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = &rest[..line_len];
        let Some((name, value_at)) = name(line) else {
            rest = &rest[line_len..];
            continue;
        };
        let value = &rest[value_at..];
        let (value, used) = match value.first() {
            Some(quote @ (b'"' | b'\'' | b'`')) => quoted(*quote, value),
            _ => (bare(&line[value_at..]), line_len - value_at),
        };
        pairs.push(Pair { name, value });
        // What follows a closing quote on its line is a comment.
        rest = &rest[value_at + used..];
        if !rest.is_empty() && text[text.len() - rest.len() - 1] != b'\n' {
            rest = &rest[memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)..];
        }
    }
    pairs
}

/// The name that a line assigns to, and where its value begins.
fn name(line: &[u8]) -> Option<(String, usize)> {
    let equals = memchr::memchr(b'=', line)?;
    let name = line[..equals].trim_ascii();
    let name = name.strip_prefix(b"export ").unwrap_or(name).trim_ascii();
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    if name.is_empty() || !name.iter().all(fits) {
        return None;
    }
    let blanks = line[equals + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Some((String::from_utf8_lossy(name).into_owned(), equals + 1 + blanks))
}

/// A value in quotes, and how many bytes it takes with them. Without a closing quote it is the rest of the line.
fn quoted(quote: u8, text: &[u8]) -> (Zeroizing<Vec<u8>>, usize) {
    let mut value = Zeroizing::new(Vec::new());
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            _ if byte == quote => return (value, at + 1),
            b'\\' if quote == b'"' && at + 1 < text.len() => {
                at += 1;
                match text[at] {
                    b'n' => value.push(b'\n'),
                    b'r' => value.push(b'\r'),
                    b't' => value.push(b'\t'),
                    other @ (b'"' | b'\\' | b'$' | b'`' | b'\'') => value.push(other),
                    other => value.extend([b'\\', other]),
                }
            }
            _ => value.push(byte),
        }
        at += 1;
    }
    value.zeroize();
    let line_len = memchr::memchr(b'\n', text).unwrap_or(text.len());
    (bare(&text[1..line_len]), line_len)
}

/// A value without quotes: it ends before a comment.
fn bare(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let comment = text.windows(2).position(|pair| pair[0].is_ascii_whitespace() && pair[1] == b'#');
    let is_comment = text.first() == Some(&b'#');
    let text = if is_comment { b"" } else { &text[..comment.unwrap_or(text.len())] };
    Zeroizing::new(text.trim_ascii().to_vec())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let read: Vec<_> = read(text.as_bytes())
            .iter()
            .map(|pair| (pair.name.clone(), String::from_utf8_lossy(&pair.value).into_owned()))
            .collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn assignments_are_read_as_the_libraries_do() {
        check("A=1\nB = two words \r\nC=\n", &[("A", "1"), ("B", "two words"), ("C", "")]);
        check("# A=1\n\nexport B='x y' # why\n", &[("B", "x y")]);
        check("A=x#y # z\nB=#z\n", &[("A", "x#y"), ("B", "")]);
        check("A=\"a\\nb\\\"c\\d\"\nB='a\\nb'\nC=`q`\n", &[("A", "a\nb\"c\\d"), ("B", "a\\nb"), ("C", "q")]);
        check("A=\"one\ntwo=2\nthree\"\nB=2", &[("A", "one\ntwo=2\nthree"), ("B", "2")]);
        check("A=\"open\nB=2\n", &[("A", "open"), ("B", "2")]);
        check("no assignment\na b=1\nA=x=y==\n", &[("A", "x=y==")]);
    }
}
