//! Tells values that are written in some notation: paths, addresses, numbers, markup, patterns, escapes. Nobody types a
//! password like this.

use crate::engine::validate::randomness::wordiness;

/// Endings of files that keys and certificates are stored in.
const FILE_ENDINGS: [&str; 25] = [
    ".asc", ".der", ".gpg", ".pgp", ".ppk", ".pem", ".key", ".crt", ".cer", ".p12", ".pfx", ".jks", ".txt",
    ".json", ".yml", ".yaml", ".env", ".ini", ".conf", ".html", ".php", ".py", ".js", ".ts", ".sql",
];

/// Paths, files, URLs and mail addresses.
pub fn is_address(value: &[u8]) -> bool {
    let ends = |ending: &&str| {
        value.len() > ending.len()
            && value[value.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
    };
    let mail = value.iter().position(|&byte| byte == b'@').is_some_and(|at| {
        at > 0
            && value[at..].contains(&b'.')
            && value[at + 1..].iter().all(|byte| is_name(*byte) || b".-".contains(byte))
    });
    let slashes = value.iter().filter(|&&byte| byte == b'/').count();
    let login = memchr::memmem::find(value, b":password@").is_some();
    memchr::memmem::find(value, b"://").is_some()
        || login
        || [b"/".as_slice(), b"./", b"../", b"~/", b"\\\\", b"..\\"]
            .iter()
            .any(|start| value.starts_with(start))
        || (slashes > 0 && wordiness(value) > 0.0)
        || FILE_ENDINGS.iter().any(ends)
        || mail
}

/// `0x00000020`: a number as programs write it.
pub fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").or_else(|| value.strip_prefix(b"0X")).unwrap_or_default();
    (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `required|min:8`, `prog,scan`: names of rules for a form, with their numbers; a list of words.
pub fn is_rules(value: &[u8]) -> bool {
    let rule = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_lowercase)
            && part
                .iter()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_:,".contains(byte))
    };
    let word = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_lowercase);
    value.contains(&b'|') && value.split(|byte| *byte == b'|').all(rule)
        || value.contains(&b',') && value.split(|byte| *byte == b',').all(word)
}

/// `wgDBpassword`, `Controllers\\UserPasswordController`: letters alone, and the word in them.
pub fn names_a_password(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'\\')
        && memchr::memmem::find(&value.to_ascii_lowercase(), b"password").is_some()
}

/// Tags, patterns, selectors, lists, options, escapes and expressions.
pub fn is_markup(value: &[u8]) -> bool {
    let first = value[0];
    let last = value[value.len() - 1];
    let wordy_rest = value[1..].iter().all(|byte| is_name(*byte) || *byte == b'-');
    b"<>[](){};,|".contains(&first)
        || b"<[({,;\\".contains(&last)
        || (b"#.:@-+!?&=".contains(&first) && wordy_rest && wordiness(value) > -2.0)
        || (b")]}@".contains(&last) && !value.iter().any(u8::is_ascii_digit))
        || (first == b'^' && last == b'$')
        || [
            b"=>".as_slice(),
            b"->",
            b"'.$",
            b"\".$",
            b"==",
            b"!=",
            b"&&",
            b"||",
            b"</",
            b"/>",
            b"\\d",
            b"\\w",
            b".*",
            b"::",
            b"?:",
            b"+=",
        ]
        .iter()
        .any(|sign| memchr::memmem::find(value, sign).is_some())
        || is_assignment(value)
        || is_version_range(value)
        || is_escapes(value)
}

/// `[a-z…`: a class of a pattern, which no value has by chance.
pub fn has_class(value: &[u8]) -> bool {
    [b"[a-z".as_slice(), b"[A-Z", b"[0-9", b"[a-f", b"[A-F", b"[^\\"]
        .iter()
        .any(|sign| memchr::memmem::find(value, sign).is_some())
}

/// `%ff%41`, `\x0f\x41`, `%3A%40c`: mostly escapes of bytes; `\xb0\x325\x23`: bytes, not letters.
pub fn is_escapes(value: &[u8]) -> bool {
    // `\u65B0\u53E3`: a text in letters that are not ours.
    if memchr::memmem::find_iter(value, b"\\u").any(|at| is_letter_code(&value[at + 2..])) {
        return true;
    }
    let bytes = memchr::memmem::find_iter(value, b"\\x").count();
    bytes >= 3
        || memchr::memmem::find(value, b"\\x00").is_some()
        || [b"%".as_slice(), b"\\x"].iter().any(|sign| {
            let digits = |at: usize| value.get(at + sign.len()..at + sign.len() + 2);
            let escapes = memchr::memmem::find_iter(value, sign)
                .filter(|at| digits(*at).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)));
            escapes.count() * (sign.len() + 2) * 2 > value.len()
        })
}

/// Four digits that stand for a letter: `00FC` does, and `0026` is a sign that JSON need not write like this.
fn is_letter_code(digits: &[u8]) -> bool {
    let code = digits.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
    code.and_then(|code| u32::from_str_radix(code, 16).ok()).is_some_and(|code| code >= 0xC0)
}

/// `user=name`: a name of letters, then `=`.
fn is_assignment(value: &[u8]) -> bool {
    let name = value.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    name > 0 && value.get(name) == Some(&b'=') && value.get(name + 1).is_some_and(|byte| is_name(*byte))
}

/// `^7.1.3`, `~1.2.0`.
fn is_version_range(value: &[u8]) -> bool {
    b"^~=".contains(&value[0]) && value[1..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
