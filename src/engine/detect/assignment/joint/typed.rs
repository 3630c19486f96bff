//! What declarations write between a name and its value: types, accessors, pictures. Knows neither names nor values.

use super::blanks;

/// Types between a name and its value, in lower case.
const TYPES: [&str; 15] = [
    "string",
    "str",
    "&str",
    "&'static str",
    "&string",
    "option<",
    "optional",
    "any",
    "as string",
    "secretstr",
    "bytes",
    "[]byte",
    "&[u8]",
    "nsstring",
    "text",
];
/// Length of `{ get; set; } =`, which stands between a property of C# and its value.
pub fn accessors(rest: &[u8]) -> Option<usize> {
    let inside = rest.strip_prefix(b"{")?;
    let end = inside.iter().take(40).position(|byte| *byte == b'}')?;
    let behind = 1 + end + 1;
    let at = behind + blanks(&rest[behind..]);
    (inside[..end].trim_ascii().starts_with(b"get") && rest.get(at) == Some(&b'=')).then_some(at + 1)
}

/// Length of a type and the `=` behind it.
pub fn typed(rest: &[u8]) -> Option<usize> {
    let end = rest.iter().take(32).position(|byte| *byte == b'=')?;
    let kind = rest[..end].trim_ascii().to_ascii_lowercase();
    let known = TYPES.iter().any(|name| kind.starts_with(name.as_bytes()));
    let plain = kind.iter().all(|byte| byte.is_ascii_alphanumeric() || b"<>[]?&'. _*".contains(byte));
    (known && plain && !matches!(rest.get(end + 1), Some(b'=' | b'>'))).then_some(end + 1)
}

/// Length of `PIC X(12) VALUE`, with which COBOL declares a text.
pub fn picture(rest: &[u8]) -> Option<usize> {
    let head = rest[..rest.len().min(64)].to_ascii_uppercase();
    let value = memchr::memmem::find(&head, b" VALUE ")?;
    let clause = &head[..value];
    let plain = clause.iter().all(|byte| byte.is_ascii_alphanumeric() || b" ()".contains(byte));
    let at = value + b" VALUE ".len();
    let is = if head[at..].starts_with(b"IS ") { 3 } else { 0 };
    (plain && clause.starts_with(b"PIC")).then_some(at + is)
}
