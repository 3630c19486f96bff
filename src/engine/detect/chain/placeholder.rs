//! Placeholders of formatting functions, and which value stands in for each. Knows nothing of SQL or of code.

/// What a placeholder asks for.
pub(super) enum Key<'t> {
    /// The sign itself.
    Escaped,
    /// A number, whatever the value.
    Number,
    /// The value of this name or number; without a name, the next one.
    Value(&'t [u8]),
}

/// The placeholder behind a `%`: its length and what it asks for.
pub(super) fn percent(behind: &[u8]) -> Option<(usize, Key<'_>)> {
    if behind.first() == Some(&b'%') {
        return Some((1, Key::Escaped));
    }
    let mut name: &[u8] = b"";
    let mut at = 0;
    if behind.first() == Some(&b'(') {
        let close = behind.iter().take(64).position(|&byte| byte == b')')?;
        name = &behind[1..close];
        at = close + 1;
    }
    let flags = |byte: &&u8| {
        byte.is_ascii_digit() || matches!(**byte, b'-' | b'+' | b'#' | b'.' | b'$' | b'[' | b']')
    };
    at += behind[at..].iter().take(8).take_while(flags).count();
    match behind.get(at)? {
        b'd' | b'i' | b'u' | b'f' | b'F' | b'e' | b'x' | b'X' | b'o' => Some((at + 1, Key::Number)),
        b's' | b'v' | b'q' | b'r' | b'a' | b'S' => Some((at + 1, Key::Value(name))),
        _ => None,
    }
}

/// The placeholder behind a `{`: its length and what it asks for.
pub(super) fn brace(behind: &[u8]) -> Option<(usize, Key<'_>)> {
    if behind.first() == Some(&b'{') {
        return Some((1, Key::Escaped));
    }
    let close = behind.iter().take(64).position(|&byte| byte == b'}')?;
    let name = behind[..close].split(|&byte| matches!(byte, b':' | b'!' | b'.' | b'[')).next()?;
    let fits = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    fits.then_some((close + 1, Key::Value(name)))
}

/// Whether what stands in for a placeholder is a constant, as `is_safe` tells of expressions.
pub(super) fn value_is_safe(
    values: &[&[u8]],
    number: usize,
    name: &[u8],
    is_safe: &dyn Fn(&[u8]) -> bool,
) -> bool {
    if name.iter().all(u8::is_ascii_digit) {
        let number = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()).unwrap_or(number);
        if let Some(value) = values.get(number) {
            return is_safe(value);
        }
    } else if let Some(value) = values.iter().find_map(|value| named(value, name)) {
        return is_safe(value);
    } else if values.is_empty() || values.iter().all(|value| !value.contains(&b'=')) {
        return is_safe(name);
    }
    !values.is_empty() && values.iter().all(|value| is_safe(value))
}

/// The value of `name = value`.
fn named<'v>(value: &'v [u8], name: &[u8]) -> Option<&'v [u8]> {
    value.trim_ascii().strip_prefix(name)?.trim_ascii_start().strip_prefix(b"=")
}

#[cfg(test)]
mod tests {
    use super::{Key, brace, percent, value_is_safe};
    use crate::engine::detect::operand::is_safe;

    #[track_caller]
    fn check(found: Option<(usize, Key<'_>)>, expected: Option<(usize, &str)>) {
        let shown = found.map(|(len, key)| match key {
            Key::Escaped => (len, "escaped".to_owned()),
            Key::Number => (len, "number".to_owned()),
            Key::Value(name) => (len, format!("value {}", String::from_utf8_lossy(name))),
        });
        assert_eq!(shown, expected.map(|(len, key)| (len, key.to_owned())));
    }

    #[test]
    fn placeholders_end_where_their_verb_does() {
        check(percent(b"s and"), Some((1, "value ")));
        check(percent(b"% and"), Some((1, "escaped")));
        check(percent(b"05.2f"), Some((5, "number")));
        check(percent(b"(name)s"), Some((7, "value name")));
        check(percent(b"[1]q"), Some((4, "value ")));
        check(percent(b"' OR"), None);
        check(brace(b"} and"), Some((1, "value ")));
        check(brace(b"0:>4}"), Some((5, "value 0")));
        check(brace(b"user.id}"), Some((8, "value user")));
        check(brace(b"{x}}"), Some((1, "escaped")));
        check(brace(b" a: 1 }"), None);
    }

    #[test]
    fn values_are_found_by_number_and_by_name() {
        let values: [&[u8]; 2] = [b"TABLE", b"id=user_id"];
        assert!(value_is_safe(&values, 0, b"", &is_safe));
        assert!(!value_is_safe(&values, 0, b"id", &is_safe));
        assert!(!value_is_safe(&values, 0, b"1", &is_safe));
        assert!(!value_is_safe(&[], 0, b"name", &is_safe), "an inline name is its own value");
        assert!(value_is_safe(&[], 0, b"TABLE", &is_safe));
    }
}
