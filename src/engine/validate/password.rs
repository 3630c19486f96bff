//! Judges whether a value could be a password that somebody typed; knows nothing of the key it is assigned to.

use super::placeholder::is_marked_password;
use super::randomness::wordiness;
use super::weak::says_whose;

/// Endings of files that keys and certificates are stored in.
const FILE_ENDINGS: [&str; 25] = [
    ".asc", ".der", ".gpg", ".pgp", ".ppk", ".pem", ".key", ".crt", ".cer", ".p12", ".pfx", ".jks", ".txt",
    ".json", ".yml", ".yaml", ".env", ".ini", ".conf", ".html", ".php", ".py", ".js", ".ts", ".sql",
];

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
const COMMON: [&str; 30] = [
    "admin",
    "always",
    "never",
    "function",
    "required",
    "changed",
    "administrator",
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

/// What a password is kept as: `$6$salt$…`, `pbkdf2_sha256$…`, PostgreSQL's `md5…`. It has to be guessed first.
pub(super) fn is_hashed(value: &[u8]) -> bool {
    let schemes = [
        "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "$apr1$", "$argon2", "$pbkdf2", "{SSHA}",
        "pbkdf2",
    ];
    let digest = |hash: &[u8]| hash.len() == 32 && hash.iter().all(u8::is_ascii_hexdigit);
    schemes.iter().any(|scheme| value.len() > 24 && value.starts_with(scheme.as_bytes()))
        || value.strip_prefix(b"md5").is_some_and(digest)
}

/// Long enough and odd enough that signs in it mean nothing.
fn is_surely_random(value: &[u8]) -> bool {
    value.len() >= 24 && wordiness(value) < -0.4 * value.len() as f64
}

/// Paths, files, URLs and mail addresses.
pub(super) fn is_address(value: &[u8]) -> bool {
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
fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").or_else(|| value.strip_prefix(b"0X")).unwrap_or_default();
    (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `required|min:8`, `prog,scan`: names of rules for a form, with their numbers; a list of words.
pub(super) fn is_rules(value: &[u8]) -> bool {
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
fn names_a_password(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'\\')
        && memchr::memmem::find(&value.to_ascii_lowercase(), b"password").is_some()
}

/// Tags, patterns, selectors, lists, options, escapes and expressions.
pub(super) fn is_markup(value: &[u8]) -> bool {
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
fn has_class(value: &[u8]) -> bool {
    [b"[a-z".as_slice(), b"[A-Z", b"[0-9", b"[a-f", b"[A-F", b"[^\\"]
        .iter()
        .any(|sign| memchr::memmem::find(value, sign).is_some())
}

/// `%ff%41`, `\x0f\x41`: nothing but escapes of bytes; `\xb0\x325\x23`: bytes, not letters.
fn is_escapes(value: &[u8]) -> bool {
    // `\u65B0\u53E3`: a text in letters that are not ours.
    if memchr::memmem::find_iter(value, b"\\u").any(|at| is_letter_code(&value[at + 2..])) {
        return true;
    }
    let bytes = memchr::memmem::find_iter(value, b"\\x").count();
    bytes >= 3
        || memchr::memmem::find(value, b"\\x00").is_some()
        || [b"%".as_slice(), b"\\x"].iter().any(|sign| {
            let escape =
                |part: &[u8]| part.starts_with(sign) && part[sign.len()..].iter().all(u8::is_ascii_hexdigit);
            let len = sign.len() + 2;
            value.len().is_multiple_of(len) && value.chunks(len).all(escape)
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

/// `test1234`, `testpassword`, `fake-pw-1`: people say so when a password is made up.
pub(super) fn starts_like_a_test(value: &[u8]) -> bool {
    ["test", "fake", "mock", "dummy", "sample", "stub", "demo"]
        .iter()
        .any(|word| value.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes())))
        && wordiness(value) > -6.0
        && !is_marked_password(value)
}

/// More than one plain word: digits in one word, a sign inside, or letters that no word has.
fn has_substance(value: &[u8]) -> bool {
    let end = value.iter().rposition(|byte| !b"!?:.,".contains(byte)).map_or(0, |last| last + 1);
    let body = &value[..end];
    let letters = body.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    let joints = body.iter().filter(|byte| b"_-./:".contains(byte)).count();
    let signs = body.iter().filter(|byte| byte.is_ascii_punctuation()).count() - joints;
    if signs > 0 {
        return letters + digits >= 3;
    }
    if letters == 0 {
        return digits == body.len() && digits <= 16;
    }
    let words = joints + body.windows(2).filter(|pair| is_camel(pair[0], pair[1])).count() + 1;
    let leet = body.windows(3).filter(|three| is_leet(three)).count();
    let unlike_words = wordiness(body) < -0.15 * body.len() as f64;
    match (digits, words) {
        (0, _) => letters >= 8 && unlike_words && wordiness(body) < -4.0,
        (_, 1) => letters >= 3 && digits <= 8 || unlike_words,
        (_, _) => {
            joints == 0 && (leet >= 2 || ends_in_a_year(body))
                || joints <= 1 && body.windows(4).any(is_spelled)
                || wordiness(body) < -0.3 * body.len() as f64
                || (value.len() > end && joints == 0)
        }
    }
}

/// `pgPass2020`, `terraPw11`: two to four digits behind words, which are no bits of an algorithm.
fn ends_in_a_year(body: &[u8]) -> bool {
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = body[..body.len() - digits].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let end = &body[body.len() - digits - word..body.len() - digits];
    let algorithm =
        ["aes", "base", "bit", "bits", "des", "int", "md", "rsa", "sha", "utf"].iter().any(|name| {
            end.len() >= name.len() && end[end.len() - name.len()..].eq_ignore_ascii_case(name.as_bytes())
        });
    matches!(digits, 2..=4) && word > 0 && !algorithm
}

/// `s3c`: a digit in the place of a letter.
fn is_leet(three: &[u8]) -> bool {
    three[0].is_ascii_alphabetic() && three[1].is_ascii_digit() && three[2].is_ascii_alphabetic()
}

/// `n0wd` of `Sn0wdrop`, `V3nu` of `V3nus`: a digit for the letter that makes a word of it, with a letter more behind.
fn is_spelled(four: &[u8]) -> bool {
    let letters: &[u8] = match four[1] {
        b'0' => b"o",
        b'1' => b"il",
        b'3' => b"e",
        b'4' => b"a",
        b'5' => b"s",
        b'7' => b"t",
        _ => return false,
    };
    let first = four[0].to_ascii_lowercase();
    let lower = [first, four[2], four[3]].iter().all(u8::is_ascii_lowercase);
    lower && letters.iter().any(|letter| wordiness(&[first, *letter, four[2]]) > 2.0)
}

pub(super) fn is_camel(left: u8, right: u8) -> bool {
    (left.is_ascii_lowercase() || left.is_ascii_digit()) && right.is_ascii_uppercase()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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
