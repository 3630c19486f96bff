//! Reads one assignment a line: INI, npmrc, tfvars, TOML and YAML as people write settings in them. Knows no nesting.

use super::Pair;

/// Every line of the form `name = value` or `name: value`.
pub fn read(text: &[u8]) -> Vec<Pair> {
    text.split(|byte| *byte == b'\n').filter_map(pair).collect()
}

fn pair(line: &[u8]) -> Option<Pair> {
    let line = line.trim_ascii();
    if line.is_empty() || matches!(line[0], b'#' | b';' | b'[') {
        return None;
    }
    // A colon is part of many names and values; one that assigns stands before a blank.
    let colon = line.windows(2).position(|pair| pair == b": ");
    let at = match (memchr::memchr(b'=', line), colon) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (equals, colon) => equals.or(colon)?,
    };
    let name = line[..at].trim_ascii();
    let name = name.strip_prefix(b"- ").unwrap_or(name).trim_ascii();
    let name: Vec<u8> = name.iter().copied().filter(|byte| !matches!(byte, b'"' | b'\'')).collect();
    let value = unquoted(line[at + 1..].trim_ascii());
    (!name.is_empty() && !value.is_empty()).then(|| Pair::new(String::from_utf8_lossy(&name), value))
}

/// The value without its quotes and without the comment behind it.
fn unquoted(value: &[u8]) -> &[u8] {
    if let [quote @ (b'"' | b'\''), rest @ ..] = value
        && let Some(end) = memchr::memchr(*quote, rest)
    {
        return &rest[..end];
    }
    let comment =
        value.windows(2).position(|pair| pair[0].is_ascii_whitespace() && matches!(pair[1], b'#' | b';'));
    value[..comment.unwrap_or(value.len())].trim_ascii()
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
    fn one_line_is_one_assignment() {
        check("[default]\naws_secret = abc\n", &[("aws_secret", "abc")]);
        check("db_password = \"a b\" # why\nregion=eu ; x\n", &[("db_password", "a b"), ("region", "eu")]);
        check("//registry.example.org/:_authToken=a:b=\n", &[("//registry.example.org/:_authToken", "a:b=")]);
        check("users:\n- name: me\n  token: 'a=b'\n", &[("name", "me"), ("token", "a=b")]);
        check("# a = b\n; a = b\na =\n= b\n", &[]);
    }
}
