//! Judges whether a literal could be a password at all, however weak; knows nothing of the key it is assigned to.

use super::password::{
    NO_PASSWORDS, is_address, is_camel, is_hashed, is_markup, is_rules, starts_like_a_test,
};

/// Words for the absence of a password, for what it looks like, and for the people who have one.
const NO_VALUES: [&str; 37] = [
    "abcd",
    "always",
    "auto",
    "blank",
    "changed",
    "empty",
    "enter",
    "error",
    "false",
    "field",
    "function",
    "input",
    "int64",
    "key",
    "keyring",
    "letter",
    "login",
    "missing",
    "name",
    "never",
    "nopass",
    "null",
    "on_create",
    "password_hash",
    "plain",
    "please",
    "text",
    "textbox",
    "token",
    "true",
    "type",
    "unavailable",
    "undef",
    "user",
    "username",
    "value",
    "yes",
];

/// What a value that names a password is about.
const SUBJECTS: [&str; 9] =
    ["passphrase", "passcode", "password", "passwort", "passwd", "secret", "token", "pass", "pwd"];

/// What people say of a password that opens nothing.
const MADE_UP: [&str; 5] = ["fake", "dummy", "sample", "mock", "bogus"];

/// What people put before `password` when that is the password: `mypassword`, `thisismypassword`.
const OWNERS: [&str; 7] = ["thisismy", "thisisa", "thisisthe", "thisis", "mysuper", "our", "my"];

/// True for 4 to 64 characters in one word that is no name of a thing, no type, label or setting, and made up of more than
/// two words only with digits in it. Well-known defaults such as `root` and `12345` count.
pub fn is_weak(value: &[u8]) -> bool {
    let any_of = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    let alphanumeric = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    (4..=64).contains(&value.len())
        && value.iter().all(u8::is_ascii_graphic)
        && alphanumeric >= 4
        && (value.iter().any(u8::is_ascii_alphabetic) || alphanumeric == value.len())
        && !any_of(&NO_PASSWORDS)
        && !any_of(&NO_VALUES)
        && !is_address(value)
        && !is_hashed(value)
        && !is_markup(value)
        && !is_rules(value)
        && !starts_like_a_test(value)
        && (says_whose(value) || !is_name(value))
}

/// `mypassword`, `thisIsMyPassword`.
pub(super) fn says_whose(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    OWNERS.iter().any(|owner| {
        lower.strip_prefix(owner.as_bytes()).is_some_and(|rest| {
            SUBJECTS.iter().any(|subject| rest.starts_with(subject.as_bytes()) && rest.len() < 12)
        })
    })
}

/// `class_password`, `connectAs`, `operation-not-allowed`: says what it is about, or is put together as names are.
fn is_name(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let holds = |word: &&str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    let about = SUBJECTS.iter().any(holds) || MADE_UP.iter().any(holds);
    let humps = value.windows(2).filter(|pair| is_camel(pair[0], pair[1])).count();
    let joints = value.iter().filter(|byte| b"_-./:".contains(byte)).count();
    let digits = value.iter().any(u8::is_ascii_digit);
    about || !digits && (humps > 0 || joints > 1 || value.iter().any(|byte| b"./:".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::super::Validator;

    #[test]
    fn any_literal_is_a_weak_password_unless_it_names_something() {
        for (value, expected) in [
            ("blerg", true),
            ("root", true),
            ("Admin", true),
            ("12345", true),
            ("1234", true),
            ("s3cr3t", true),
            ("open_sesame", true),
            ("mypassword", true),
            ("myPassword", true),
            ("thisismypassword", true),
            ("postgres", true),
            ("default", false),
            ("abc", false),
            ("secret", false),
            ("password", false),
            ("newPassword", false),
            ("new_password", false),
            ("class_password", false),
            ("mypassword_reset_form", false),
            ("connectAs", false),
            ("operation-not-allowed", false),
            ("dep:pem", false),
            ("required|min:8", false),
            ("string", false),
            ("username", false),
            ("Enter", false),
            ("$1$0P70xKPa$4jt5/10cBTckk6I/w/", false),
            ("true", false),
            ("testpass", false),
            ("somefakekey", false),
            ("xxxx", false),
            ("changeme", false),
            ("your-password", false),
            ("/run/db", false),
            ("me@example.org", false),
            ("$PASS", false),
            ("----", false),
            ("open sesame", false),
        ] {
            assert_eq!(Validator::Weak.accepts(value.as_bytes()), expected, "{value}");
        }
    }
}
