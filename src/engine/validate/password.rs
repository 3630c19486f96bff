//! Judges whether a value could be a password that somebody typed; knows nothing of the key it is assigned to.

use super::placeholder::is_marked_password;
use super::randomness::wordiness;
use super::weak::says_whose;

mod notation;
mod substance;

use notation::{has_class, is_escapes, is_number, names_a_password};
pub(super) use notation::{is_address, is_markup, is_rules};
use substance::has_substance;
pub(super) use substance::is_camel;

/// Names of types, schemes and settings that stand where a password could.
pub(super) const NO_PASSWORDS: [&str; 65] = [
    "adgangskode",
    "argon2",
    "argon2d",
    "argon2i",
    "argon2id",
    "base32",
    "base64",
    "basic",
    "bcrypt",
    "bearer",
    "boolean",
    "bytes",
    "confirmed",
    "contrasena",
    "default",
    "digest",
    "disabled",
    "enabled",
    "encrypted",
    "hashed",
    "haslo",
    "heslo",
    "hidden",
    "integer",
    "jelszo",
    "kennwort",
    "latin1",
    "losenord",
    "motdepasse",
    "not-set",
    "not_set",
    "notset",
    "nullable",
    "number",
    "oauth2",
    "object",
    "optional",
    "parola",
    "parool",
    "passphrase",
    "passwd",
    "password",
    "password1",
    "password2",
    "pbkdf2",
    "plaintext",
    "prompt",
    "required",
    "salasana",
    "scrypt",
    "secret",
    "secretstr",
    "senha",
    "sha-256",
    "sha-512",
    "sha1sum",
    "sha256",
    "sha512",
    "sifre",
    "string",
    "unicode",
    "unknown",
    "utf8mb4",
    "varchar",
    "wachtwoord",
];

/// True for 6 to 128 characters that are neither prose nor a name in a program, a path, an address or markup.
pub fn is_plausible(value: &[u8]) -> bool {
    is_app_password(value)
        || (6..=128).contains(&value.len())
            && value.iter().all(|byte| byte.is_ascii_graphic() || !byte.is_ascii())
            && !NO_PASSWORDS.iter().any(|name| value.eq_ignore_ascii_case(name.as_bytes()))
            && !is_address(value)
            && !is_number(value)
            && !is_rules(value)
            && !names_a_password(value)
            && !is_hashed(value)
            && !has_class(value)
            && !is_escapes(value)
            && (is_surely_random(value) || !is_markup(value))
            && !starts_like_a_test(value)
            && has_substance(value)
}

/// Four groups of four letters, as Google draws passwords for programs: unlike words.
fn is_app_password(value: &[u8]) -> bool {
    let groups = value.split(|byte| *byte == b' ');
    let drawn = |group: &[u8]| group.len() == 4 && group.iter().all(u8::is_ascii_lowercase);
    value.len() == 19 && groups.clone().all(drawn) && groups.map(wordiness).sum::<f64>() < -4.0
}

/// Words that programs, images and documentation ship with, and the last words of names of things.
const COMMON: [&str; 31] = [
    "admin",
    "always",
    "never",
    "function",
    "required",
    "changed",
    "administrator",
    "anonymous",
    "root",
    "guest",
    "user",
    "username",
    "login",
    "postgres",
    "mysql",
    "redis",
    "mongo",
    "oracle",
    "rabbitmq",
    "minio",
    "superuser",
    "false",
    "empty",
    "blank",
    "value",
    "letter",
    "nopass",
    "on_create",
    "pass",
    "text",
    "field",
];

/// True for one word of 6 to 64 characters that is no name of a thing, no setting and no well-known default.
pub fn is_literal(value: &[u8]) -> bool {
    let any_of = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    let lower = value.to_ascii_lowercase();
    let names_itself = ["pass", "secret", "token", "pwd", "_key", "fake"]
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some());
    (6..=64).contains(&value.len())
        && value.iter().all(u8::is_ascii_graphic)
        && value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= 4
        && (value.iter().any(u8::is_ascii_alphabetic) || value.iter().all(u8::is_ascii_digit))
        && !any_of(&NO_PASSWORDS)
        && !any_of(&COMMON)
        && (!names_itself || says_whose(value))
        && !is_hashed(value)
        && !is_address(value)
        && !is_rules(value)
        && !is_markup(value)
        && !starts_like_a_test(value)
}

/// What a password is kept as: `$6$salt$…`, `pbkdf2_sha256$…`, PostgreSQL's `md5…`, MySQL's `*…`. It has to be guessed first.
pub(super) fn is_hashed(value: &[u8]) -> bool {
    let schemes = [
        "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$pbkdf2", "{SSHA}",
        "pbkdf2",
    ];
    let digest = |hash: &[u8]| matches!(hash.len(), 32 | 40) && hash.iter().all(u8::is_ascii_hexdigit);
    schemes.iter().any(|scheme| value.len() > 24 && value.starts_with(scheme.as_bytes()))
        || [&b"md5"[..], b"*"].iter().any(|scheme| value.strip_prefix(*scheme).is_some_and(digest))
}

/// Long enough and odd enough that signs in it mean nothing.
fn is_surely_random(value: &[u8]) -> bool {
    value.len() >= 24 && wordiness(value) < -0.4 * value.len() as f64
}

/// `test1234`, `testpassword`, `fake-pw-1`: people say so when a password is made up.
pub(super) fn starts_like_a_test(value: &[u8]) -> bool {
    ["test", "fake", "mock", "dummy", "sample", "stub", "demo"]
        .iter()
        .any(|word| value.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())))
        && wordiness(value) > -6.0
        && !is_marked_password(value)
}

#[cfg(test)]
mod tests {
    use super::super::Validator;
    use super::super::samples::{BASE62, BASE64URL, HEX, token};

    fn accepts(value: &str) -> bool {
        Validator::Password.accepts(value.as_bytes())
    }

    #[test]
    fn what_people_type_is_a_password() {
        for value in [
            "hunter2",
            "Zxcvbnm@12345",
            "qwerty123",
            "12345678",
            "Summer2024",
            "Summer2024!",
            "super$ecret",
            "V3nusFly_Trap",
            "pqmw wmrb hqbf tccs",
            "P@ssw0rd",
            "123P4ssW0rd@@",
            "VMware1!",
            "tr0ub4dor&3",
            "D1fficultP%40ssw0rd",
            "Qx7!mmPz",
            "admin123",
            "s3cr3t-w0rd",
            "letme1n",
            "vzihlaquknriqlht",
            "Winter_2023!x9",
            "123456",
            "pgPass2020",
            concat!("pass", "word@123"),
            concat!("Tr\\u0026", "ub4dor9"),
            "terraPw11",
            "shopPw123",
            "TESTsecur3K3y456",
            "n0rthwind_Sq1",
            "blu3moon-Bay",
            "Sn0wdrop_77",
        ] {
            assert!(accepts(value), "{value}");
        }
    }

    #[test]
    fn names_prose_paths_and_expressions_are_none() {
        for value in [
            "",
            "abc12",
            "password",
            "Password",
            "Password:",
            "new_password",
            "newPassword",
            "DB_PASSWORD",
            "passwordConfirmation",
            "password_reset_token",
            "Enter your password",
            "Passwords do not match!",
            "/run/secrets/db",
            "./secret.txt",
            "server.key",
            "refresh/v6-aes128-eax.pgp",
            "https://host/reset",
            "user@example.com",
            "#password",
            ".password-field",
            "input[type=password]",
            "string",
            "SecretStr",
            "\\xe6\\xa8\\x99\\xe6\\xa8\\x99\\xe6\\xa8\\x99",
            "%3A%40c",
            "*1A01CF8FBE6425398935FB90359AD8B817399102",
            "argon2id",
            "sha256",
            "oauth2_token",
            "user_password_1",
            "${DB_PASSWORD}",
            "$password",
            "os.environ['X1']",
            "get_password(1)",
            "<password1>",
            "xxxxxxxx",
            "changeme",
            "your_password1",
            "test1234",
            "testpassword",
            "true",
            "null",
            "None",
            "^[a-z0-9]+$",
            "prefix1_[A-Za-z0-9_-]{30",
            "\\s{1,4}[^\\n",
            "p1 p2 p3",
            "$6$saYbZFw2$rtmvt2LOYchvlM22y34mCs7Fi",
            "md55a231fcdb710d73268c4f44283487ba2",
            "pass\\x00word",
            "they must have been",
            "enter your pass code",
            "--password-file",
            ":password",
            "secret/data/app",
            "application.yml",
            "passwordInput2",
            "a=1&b=2&c=3",
            "forgot-password",
            "2024-01-02",
            "^7.1.3",
            "oauth2Token",
            "me2@corp.org",
            "/srv/s3crets+x/db1",
            "my+server2.key",
            "https://h0st/r3set?a+b",
            "CONTRASEÑA",
            "ПАРОЛЬ",
            "-anonymous@",
            "database)",
            "%ff%41",
            "\\x0f\\x41\\x3c",
            "\\xb0\\x32q\\x35\\x23x9",
            "latin1",
            "password2",
            "0x00000020",
            "required|min:8",
            "nullable|string|min:8|confirmed",
            "user:password@url",
            "wgDBpassword",
            "passwordUtf16",
            "DatabaseSecret-a1b2c3",
            "prog,scan",
            "\\u65B0\\u53E3\\u4EE4",
            "nyckell\\u00F6senord",
            "..\\srclib\\include\\apr_md5.h",
            "'.$pass.'",
            "PhpMyAdmin\\\\Controllers\\\\UserPasswordController",
        ] {
            assert!(!accepts(value), "{value}");
        }
    }

    #[test]
    fn a_word_is_a_literal_unless_it_names_something() {
        for (value, expected) in [
            ("whiteduke", true),
            ("open-sesame", true),
            ("dev_admin", true),
            ("hunter2", true),
            ("whale", false),
            ("postgres", false),
            ("Admin", false),
            ("smtp_password", false),
            ("mySecret", true),
            ("thisismypassword", true),
            ("string", false),
            ("changeme", false),
            ("$PASS", false),
            ("%nothing%", false),
            ("/run/db", false),
            ("testuser", false),
            ("------", false),
            ("1.2.840.113549", false),
            ("required|string|confirmed", false),
            ("$1$0P70xKPa$4jt5/10cBTckk6I/w/", false),
        ] {
            assert_eq!(Validator::Literal.accepts(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn random_tokens_are_accepted() {
        for (alphabet, len) in [(BASE62, 12), (BASE62, 24), (BASE64URL, 32), (HEX, 32)] {
            let found =
                (1..=1000).filter(|&seed| Validator::Password.accepts(&token(alphabet, len, seed))).count();
            assert!(found >= 930, "{found} of 1000, {} characters, {len} long", alphabet.len());
        }
    }
}
