//! Marks passwords that everybody writes where some password is needed: words for the thing itself, and the name of the
//! user once more. Knows no rules and no places, and not what a mark means.

use super::validate::randomness::wordiness;
use super::{Engine, Match, Proof, Views};
use crate::model::Span;
use crate::rules::Validator;

/// What people are told of it.
const REMARK: &str = "a password that everybody writes where some password is needed";
/// The same of a word that nobody would write a password like, unless to have some.
const PLAIN: &str = "a plain word";

/// What such passwords contain, once digits and signs are read as the letters they stand for.
const WORDS: [&str; 23] = [
    "admin",
    "asdf",
    "barbaz",
    "changeit",
    "correcthorse",
    "deadbeef",
    "foobar",
    "foobaz",
    "hackme",
    "hunter",
    "letmein",
    "mypass",
    "opensesame",
    "passphrase",
    "passwd",
    "password",
    "passwort",
    "qwerty",
    "secret",
    "sekret",
    "swordfish",
    "whatever",
    "yourpass",
];
/// The same in digits.
const DIGITS: [&[u8]; 3] = [b"1234", b"abc123", b"temp123"];

/// A longer value was not made up on the spot.
const LONGEST: usize = 32;

/// How far from a password the name of its user may stand.
const NEAR: usize = 160;
/// How far from the word `user` it may stand.
const BESIDE: usize = 24;

/// Marks the matches that a judgement of passwords has let pass.
pub fn mark(engine: &Engine, views: &Views<'_>, matches: &mut [Match]) {
    for found in matches {
        let rule = engine.rule(found);
        let password = match rule.validator {
            Some(Validator::Password | Validator::Literal | Validator::Weak | Validator::Phrase) => {
                rule.generic
            }
            Some(Validator::Random | Validator::Basic) | None => false,
        };
        let word = rule.validator == Some(Validator::Literal) && is_word(found.span.of(views.content()));
        let remark = match password {
            true if is_commonplace(views.content(), found.span) => REMARK,
            true if word => PLAIN,
            true | false => continue,
        };
        found.proof = match found.proof {
            Proof::Plain => Proof::Commonplace,
            // In documentation it opens nothing at all.
            Proof::Sample => Proof::Public,
            Proof::Proven | Proof::Commonplace | Proof::Doubtful | Proof::Public => continue,
        };
        found.remark.get_or_insert(remark.into());
    }
}

/// Letters and nothing else, in an order that words have.
fn is_word(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_alphabetic) && wordiness(value) > 0.0
}

fn is_commonplace(content: &[u8], span: Span) -> bool {
    let value = span.of(content);
    if value.len() > LONGEST {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let read: Vec<u8> = unescaped(&lower).map(letter).filter(u8::is_ascii_alphanumeric).collect();
    let holds = |text: &[u8], word: &[u8]| memchr::memmem::find(text, word).is_some();
    DIGITS.iter().any(|word| holds(&lower, word))
        || WORDS.iter().any(|word| holds(&read, word.as_bytes()))
        || is_user(content, span)
}

/// Without what a URL writes for a blank or a sign: `pass%20word`.
fn unescaped(value: &[u8]) -> impl Iterator<Item = u8> {
    let escape = |at: usize| {
        value[at] == b'%'
            && value.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let inside = move |at: usize| (at.saturating_sub(2)..=at).any(escape);
    (0..value.len()).filter(move |at| !inside(*at)).map(|at| value[at])
}

/// The letter that a digit or a sign stands for.
fn letter(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        other => other,
    }
}

/// `"user": "ann", "password": "ann"`.
fn is_user(content: &[u8], span: Span) -> bool {
    let value = span.of(content);
    let before = &content[span.start.saturating_sub(NEAR)..span.start];
    let behind = &content[span.end..content.len().min(span.end + NEAR)];
    let whole = |text: &[u8], at: usize| {
        let ends = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        ends(at.checked_sub(1).and_then(|left| text.get(left))) && ends(text.get(at + value.len()))
    };
    let named = |text: &[u8], at: usize| {
        let name = text[at.saturating_sub(BESIDE)..at].to_ascii_lowercase();
        memchr::memmem::find(&name, b"user").is_some_and(|user| !name[user..].contains(&b'\n'))
    };
    [before, behind]
        .iter()
        .any(|text| memchr::memmem::find_iter(text, value).any(|at| whole(text, at) && named(text, at)))
}

#[cfg(test)]
mod tests {
    use super::is_commonplace;
    use crate::model::Span;

    #[track_caller]
    fn check(text: &str, value: &str, expected: bool) {
        let start = text.rfind(value).unwrap();
        let found = is_commonplace(text.as_bytes(), Span::new(start, start + value.len()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_for_the_thing_itself_are_written_where_some_password_is_needed() {
        for value in [
            "hunter2",
            "P@ssW0rd!",
            "passw0rd1",
            "s3cr3t",
            "F00barbaz",
            "foobar123&",
            "123456",
            "adm1n",
            "pass%20word",
        ] {
            check(value, value, true);
        }
        for value in ["Kx8vT2qLm9", "blue-Giraffe-72", "sunflower", "x/gfuL?4Zuj{n73m}eeJt1"] {
            check(value, value, false);
        }
        for (value, expected) in [("BLUECOW", true), ("xkqzvwe", false), ("blue2cow", false)] {
            assert_eq!(super::is_word(value.as_bytes()), expected, "{value}");
        }
        let long = "secret".repeat(6);
        check(&long, &long, false);
    }

    #[test]
    fn the_name_of_the_user_is_no_password_that_somebody_thought_of() {
        for text in [
            "\"username\": \"saltdev\", \"password\": \"saltdev\"",
            "user = saltdev\npassword = saltdev\n",
            "login(user='saltdev', pw='saltdev')",
        ] {
            check(text, "saltdev", true);
        }
        check("\"username\": \"saltdeveloper\", \"password\": \"saltdev\"", "saltdev", false);
        check("\"host\": \"saltdev\", \"password\": \"saltdev\"", "saltdev", false);
        check("host = saltdev\nuser = ann\npassword = saltdev\n", "saltdev", false);
    }
}
