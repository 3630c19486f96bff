//! Tells values that stand in for a secret from secrets; knows nothing of where the value stands.

use once_cell::sync::Lazy;

use super::StopWords;

mod runs;

use runs::{
    counts_bytes, few_characters, has_run_of_x, has_sequence, is_grouped_sequence, is_mashed, is_repetition,
};

/// Long enough not to occur in a random token by chance: seven letters in a hundred characters of base62, in any
/// case, once in 10^9.
static WORDS: Lazy<StopWords> = Lazy::new(|| {
    let words = [
        "example",
        "placeholder",
        "changeme",
        "change_me",
        "change-me",
        "change_this",
        "change-this",
        "changethis",
        "redacted",
        "insert_",
        "insert-",
        "replace_",
        "replace-",
        "replaceme",
        "replacewith",
        "yourapi",
        "yourkey",
        "yourtoken",
        "yoursecret",
        "yourpass",
        "youraccess",
        "yourown",
        "goes_here",
        "goes-here",
        "goeshere",
        "key_here",
        "key-here",
        "keyhere",
        "token_here",
        "token-here",
        "tokenhere",
        "secret_here",
        "secret-here",
        "secrethere",
        "password_here",
        "password-here",
        "passwordhere",
        "not_a_real",
        "not-a-real",
        "notareal",
        "not_real",
        "notreal",
        "not_valid",
        "not_a_valid",
        "not-a-valid",
        "not-valid",
        "foobarbaz",
        "loremipsum",
        "verylong",
        "mock_",
        "mock-",
        "dummy_",
        "dummy-",
        "fill_in",
        "fill-me",
        "<your",
        "...",
        "***",
        "\u{2026}",
        "\u{2022}\u{2022}",
    ];
    StopWords::new(words.into_iter().chain(PUBLISHED))
});

/// Keys side by side. Short of a token's length they are a password that people have.
static WALKS: Lazy<StopWords> = Lazy::new(|| StopWords::new(["qwerty", "asdfgh", "asdfasdf", "zxcvbn"]));

/// The longest value that somebody may have typed along the keyboard to log in with.
const TYPED: usize = 16;

/// Tokens that RFC 5849, 6749, 6750 and 6455 print and every library quotes, the key of Azure's emulator, and the names of
/// .NET's own public keys.
const PUBLISHED: [&str; 21] = [
    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
    "31bf3856ad364e35",
    "b03f5f7f11d50a3a",
    "b77a5c561934e089",
    "2YotnFZFEjr1zCsicMWpAA",
    "mF_9.B5f-4.1JqM",
    "45ghiukldjahdnhzdauz",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    "dpf43f3p2l4k3l03",
    "hh5s93j4hdidpola",
    "kd94hf93k423kf44",
    "hdhd0244k9j7ao03",
    "nnch734d00sl2jdk",
    "pfkkdhi9sl3r4s00",
    "9djdj82h48djs9d2",
    "kkk9d7dh3k39sjv7",
    "h480djs93hd8",
    "dGhlIHNhbXBsZSBub25jZQ",
    "x3JJHMbDL1EzLkh9GBhXDw",
    "s6BhdRkqt3",
];

/// Short words that count only when nothing but signs stands beside them.
const WHOLE_WORDS: [&[u8]; 24] = [
    b"your",
    b"my",
    b"dummy",
    b"sample",
    b"todo",
    b"fixme",
    b"tbd",
    b"fake",
    b"mock",
    b"xxx",
    b"foo",
    b"bar",
    b"baz",
    b"foobar",
    b"changeit",
    b"invalid",
    b"example",
    b"none",
    b"null",
    b"undefined",
    b"secret-value",
    b"hidden",
    b"masked",
    b"insert",
];

/// Signs that open a template in the languages we meet, and the mark that splits a value in a rule's examples.
const TEMPLATES: [&[u8]; 8] = [b"${", b"{{", b"<%", b"#{", b"@{", b"[[", b"$[", b"{|}"];

/// Signs that stand beside a bracket in passwords too: these open a template when a name or a quote follows.
const CALLS: [&[u8]; 2] = [b"$(", b"%("];

/// A test of a trimmed value.
type Test = fn(&[u8]) -> bool;

/// What tells a stand-in, in words that go behind "because it".
const TESTS: [(&str, Test); 11] = [
    ("is empty", <[u8]>::is_empty),
    ("stands in brackets", in_brackets),
    ("is a template", |value| TEMPLATES.iter().any(|sign| contains(value, sign)) || has_call(value)),
    ("is a slot of a format", is_format),
    ("has too few different characters", few_characters),
    ("has a run of one character", has_run_of_x),
    ("has a sequence such as 1234 or abcd", |value| {
        has_sequence(value) && !is_short_number(value) || counts_bytes(value) || is_grouped_sequence(value)
    }),
    ("is typed along the keyboard", |value| value.len() > TYPED && (is_walk(value) || is_mashed(value))),
    ("repeats itself", is_repetition),
    ("contains a word for a stand-in", |value| WORDS.occur_in(value) && !is_marked_password(value)),
    ("is a word for a stand-in", |value| {
        parts(value).any(|part| WHOLE_WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
    }),
];

/// True when the value is a stand-in: a template, a run, a sequence, a repeated piece, or words that say so.
pub fn is_placeholder(value: &[u8]) -> bool {
    why(value).is_some()
}

/// What tells that the value is a stand-in, if it is one.
pub fn why(value: &[u8]) -> Option<&'static str> {
    let value = value.trim_ascii();
    TESTS.iter().find(|(_, test)| test(value)).map(|(why, _)| *why)
}

/// `EXAMPLEp4ssw0rd123`: such a word alone in front of a password with digits in the places of letters, which somebody
/// chose.
pub(super) fn is_marked_password(value: &[u8]) -> bool {
    let marks = ["example", "sample", "test"];
    let rest = marks.iter().find_map(|mark| {
        let (head, rest) = value.split_at_checked(mark.len())?;
        head.eq_ignore_ascii_case(mark.as_bytes()).then_some(rest)
    });
    rest.is_some_and(|rest| {
        let runs = rest.chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit());
        let short = |run: &&[u8]| run[0].is_ascii_digit() && run.len() <= 4;
        (10..=24).contains(&rest.len())
            && rest.iter().all(u8::is_ascii_alphanumeric)
            && rest.iter().any(u8::is_ascii_lowercase)
            && rest[0].is_ascii_alphabetic()
            && runs.filter(short).count() >= 3
    })
}

/// True for what is typed along the keyboard, in part.
pub fn is_walk(value: &[u8]) -> bool {
    WALKS.occur_in(value)
}

/// `12345678`: a password that people have.
fn is_short_number(value: &[u8]) -> bool {
    value.len() < 10 && value.iter().all(u8::is_ascii_digit)
}

fn contains(value: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(value, needle).is_some()
}

/// `$(cat file)`, `$("id")`, `%(name)s`.
fn has_call(value: &[u8]) -> bool {
    let opens = |at: usize, sign: &[u8]| {
        let inner = &value[at + sign.len()..];
        inner.first().is_some_and(|byte| byte.is_ascii_alphabetic() || b"_ \"'<$/.".contains(byte))
            && (sign == b"$(" || inner.contains(&b')'))
    };
    CALLS.iter().any(|sign| memchr::memmem::find_iter(value, sign).any(|at| opens(at, sign)))
}

fn in_brackets(value: &[u8]) -> bool {
    let pair = (value.first().copied(), value.last().copied());
    value.len() > 1
        && matches!(
            pair,
            (Some(b'<'), Some(b'>'))
                | (Some(b'['), Some(b']'))
                | (Some(b'{'), Some(b'}'))
                | (Some(b'%'), Some(b'%'))
        )
        || (value.starts_with(b"__") && value.ends_with(b"__"))
}

/// `%s`, `%d`, `{0}`, `:name`, `?`: the whole value is a slot of a format or a query.
fn is_format(value: &[u8]) -> bool {
    match value {
        [b'%', b's' | b'd' | b'v' | b'q' | b'r' | b'@'] | [b'?'] => true,
        [b':', rest @ ..] => rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_'),
        _ => false,
    }
}

/// Pieces between signs. A token's own separators give short random pieces, so only values whose pieces are all
/// letters are taken apart: a random piece of letters that is one of the words is then no accident.
fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words_only = value.iter().all(|byte| byte.is_ascii_alphabetic() || b" _-.:".contains(byte));
    let value: &[u8] = if words_only { value } else { b"" };
    value.split(|byte| !byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::samples::{BASE32, BASE62, BASE64URL, HEX, LOWER36, token};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stand_ins_are_recognised() {
        for value in [
            "",
            "xxxxxxxx",
            "XXXXXXXXXXXX",
            "ghp_xxxxxxxxxxxxxxxx",
            "********",
            "aaaaaaaaaaaa",
            "00000000-0000-0000",
            "<password>",
            "<your-token>",
            "${TOKEN}",
            "$(cat file)",
            "{{ token }}",
            "<%= key %>",
            "#{token}",
            "%s",
            "%(token)s",
            "{0}",
            "[Shared Access key goes here]",
            "%TOKEN%",
            ":password",
            "?",
            "__TOKEN__",
            "your_token",
            "your-api-key-here",
            "YOUR_API_KEY",
            "YourApiKey",
            "my_secret",
            "my-password",
            "changeme",
            "CHANGE_ME",
            "dummy",
            "dummy_key",
            "sample",
            "todo",
            "REDACTED",
            "replace_with_token",
            "not-a-valid-key",
            "foo",
            "foobar",
            "0123456789",
            "abcdefghijkl",
            "ABCDEFGHIJKLMNOP",
            "0123456789abcdef",
            "9876543210",
            "qwertyuiopasdfgh1",
            "asdfasdfasdfasdf",
            "deadbeefdeadbeefdeadbeef",
            "101112131415161718191a1b",
            "abcd-efgh-ijkl-mnop",
            "asldkgfaklsdfjsjaslfjaklsdjf",
            "alice_mock_jwt_token",
            "VERYLONGSECRETeyJraWQiOiJr",
            "sk-...",
            "abc…",
            "insert",
            "example1234567890",
            "EXAMPLE_k3y_v4l_123",
            concat!("AKIA", "IOSFODNN7EXAMPLE"),
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_people_type_as_passwords_is_no_stand_in() {
        for value in [
            "hunter2",
            "super$ecret",
            "Summer2024!",
            "123P4ssW0rd@@",
            "tr0ub4dor&3",
            "123456",
            "VMware1!",
            "9o!%(^+=gr@cu",
            "9w$(8)q2z",
            "EXAMPLEp4ssw0rd123",
        ] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn random_tokens_are_never_stand_ins(seed: u64, len in 20_usize..200) {
            for alphabet in [BASE62, BASE64URL, BASE32, LOWER36, HEX] {
                let value = token(alphabet, len, seed);
                prop_assert!(!is_placeholder(&value), "{}", String::from_utf8_lossy(&value));
            }
        }
    }
}
