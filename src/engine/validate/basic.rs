//! Judges the credentials of basic authorisation, a user and a password in base64; knows no headers.

use data_encoding::BASE64_NOPAD;

use super::placeholder;

/// Passwords that say what they are.
const SUBJECTS: [&[u8]; 4] = [b"password", b"passwd", b"pass", b"secret"];

/// False where the password in it is a stand-in. What does not decode is told: some services put a token there.
pub fn is_credential(value: &[u8]) -> bool {
    let digits = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    let Ok(text) = BASE64_NOPAD.decode(digits) else { return true };
    let Some(colon) = text.iter().position(|byte| *byte == b':') else { return true };
    let (user, password) = (&text[..colon], &text[colon + 1..]);
    let stands_in = !password.is_empty() && placeholder::is_placeholder(password);
    let repeats = password.len() < 8 && user == password;
    !stands_in && !repeats && !SUBJECTS.iter().any(|word| password.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_inside_decides() {
        for (text, expected) in [
            ("robot:Zk4qwXn8", true),
            ("Aladdin:open sesame", true),
            ("key-without-a-password:", true),
            ("a token", true),
            ("user:password", false),
            ("aaa:bbb", false),
            ("admin:admin", false),
            ("user:<password>", false),
            ("user:xxxxxxxx", false),
        ] {
            let value = data_encoding::BASE64.encode(text.as_bytes());
            assert_eq!(is_credential(value.as_bytes()), expected, "{text}");
        }
        assert!(is_credential(b"no-base64"));
    }
}
