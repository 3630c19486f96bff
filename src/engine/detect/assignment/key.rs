//! The name of a value: finds the name around a keyword, and tells the name of a secret from the name of something about
//! one. Knows no values.

use super::joint::FULL_COLON;
use super::words::{COMPOUNDS, PLACES, REFUSED_BEFORE, REFUSED_BEHIND};
use crate::model::Span;

/// How far a name reaches to either side of its keyword.
pub const REACH: usize = 48;

/// Behind it stands the short form of a public key.
const PUBLIC: &[u8] = b"public key ";

/// The name around a keyword, if it is the name of a secret.
pub fn around(text: &[u8], keyword: Span) -> Option<Span> {
    let low = keyword.start.saturating_sub(REACH);
    let before = &text[low..keyword.start];
    let start = before.iter().rposition(|byte| !in_name(*byte)).map_or(low, |at| low + at + 1);
    let behind = &text[keyword.end..text.len().min(keyword.end + REACH)];
    let ends = |at: &usize| !in_name(behind[*at]) || behind[*at..].starts_with(FULL_COLON);
    let end = keyword.end + (0..behind.len()).find(ends).unwrap_or(behind.len());
    let (before, word, behind) = (&text[start..keyword.start], keyword.of(text), &text[keyword.end..end]);
    let path = matches!(text[..start], [.., folder, b'/'] if in_name(folder));
    // `arn:aws:secretsmanager:eu-west-1:1:secret:name`
    let part = matches!(text[..start], [.., left, b':'] if in_name(left) || left == b';')
        && text[end..].starts_with(b":");
    // A name that goes on beyond what is looked at is a path, or data.
    let endless = behind.len() == REACH && end == keyword.end + REACH;
    let named = !path
        && !part
        && !endless
        && ends_word(word, behind)
        && starts_word(before, word)
        && is_qualified(&text[low..keyword.start], word, (before, behind))
        && !words(before).any(|before| is_refused(before, word))
        && !words(behind).any(|behind| is_one_of(behind, &REFUSED_BEHIND))
        && !text[..start]
            .last_chunk()
            .is_some_and(|left: &[u8; PUBLIC.len()]| left.eq_ignore_ascii_case(PUBLIC));
    named.then(|| Span::new(start, end))
}

pub fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// A plural, a new hump, a sign, or nothing stands behind the keyword.
fn ends_word(word: &[u8], behind: &[u8]) -> bool {
    let Some(next) = behind.first().filter(|next| is_letter(**next)) else { return true };
    let upper = word.last().is_some_and(u8::is_ascii_uppercase);
    if next.is_ascii_uppercase() && !upper {
        return true;
    }
    let run = behind.iter().take_while(|byte| is_letter(**byte) && byte.is_ascii_uppercase() == upper);
    next.eq_ignore_ascii_case(&b's') && run.count() == 1
}

/// The keyword begins a word, or stands behind one that is written together with it.
fn starts_word(before: &[u8], word: &[u8]) -> bool {
    let Some(last) = before.last().filter(|last| is_letter(**last)) else { return true };
    let hump = word[0].is_ascii_uppercase()
        && (!last.is_ascii_uppercase() || word.get(1).is_some_and(u8::is_ascii_lowercase));
    if hump {
        return true;
    }
    let run = before.iter().rev().take_while(|byte| is_letter(**byte)).count();
    let compound = words(&before[before.len() - run..]).last().unwrap_or_default();
    if word.len() >= 6 { !is_refused(compound, word) } else { is_one_of(compound, &COMPOUNDS) }
}

/// Whether a word in front of a keyword makes it something else.
fn is_refused(before: &[u8], keyword: &[u8]) -> bool {
    let placed = || [&b"key"[..], b"token", b"auth"].iter().any(|kind| ends_with(keyword, kind));
    is_one_of(before, &REFUSED_BEFORE) || is_one_of(before, &PLACES) && placed()
}

fn ends_with(word: &[u8], end: &[u8]) -> bool {
    word.len() >= end.len() && word[word.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// Two keywords are everyday words. A key opens something when a word says what: `api_key`, `access key`. To pass is a verb
/// unless it is all of the name, or stands behind such a word.
fn is_qualified(left: &[u8], word: &[u8], (before, behind): (&[u8], &[u8])) -> bool {
    let last = words(before).last();
    if word.eq_ignore_ascii_case(b"pass") {
        return last.is_none_or(|last| is_one_of(last, &COMPOUNDS)) && words(behind).next().is_none();
    }
    if !word.eq_ignore_ascii_case(b"key") || last.is_some() {
        return true;
    }
    let Some(left) = left.strip_suffix(b" ") else { return false };
    let run = left.iter().rev().take_while(|byte| is_letter(**byte)).count();
    is_one_of(&left[left.len() - run..], &COMPOUNDS)
}

/// The words of a name: between signs, digits and humps. `IDStore` is two.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let humps = name
        .split(|byte| !is_letter(*byte))
        .flat_map(|run| run.chunk_by(|left, right| left.is_ascii_uppercase() || !right.is_ascii_uppercase()));
    let parts = humps.flat_map(|hump| {
        let capitals = hump.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        let acronym = if capitals < hump.len() { capitals.saturating_sub(1) } else { 0 };
        <[&[u8]; 2]>::from(hump.split_at(acronym))
    });
    parts.filter(|word| !word.is_empty())
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || !byte.is_ascii()
}

/// Whether a word is in a sorted list, in whatever case.
fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    let lower = || word.iter().map(u8::to_ascii_lowercase);
    list.binary_search_by(|one| one.bytes().cmp(lower())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::around;
    use crate::model::Span;

    #[track_caller]
    fn check(text: &str, keyword: &str, expected: Option<&str>) {
        let start = text.find(keyword).unwrap();
        let found = around(text.as_bytes(), Span::new(start, start + keyword.len()));
        assert_eq!(found.map(|span| &text[span.start..span.end]), expected, "{text}");
    }

    #[test]
    fn the_name_of_a_secret_is_found_in_every_case() {
        for (text, keyword) in [
            ("password", "password"),
            ("DB_PASSWORD", "PASSWORD"),
            ("dbPassword", "Password"),
            ("DBPassword", "Password"),
            ("dbpassword", "password"),
            ("MYSQLPASSWORD", "PASSWORD"),
            ("userpass", "pass"),
            ("SMTP_PASS", "PASS"),
            ("spring.datasource.password", "password"),
            ("x-api-key", "key"),
            ("apiKey", "Key"),
            ("APIKEY", "KEY"),
            ("passwords", "password"),
            ("password2", "password"),
            ("password_prod", "password"),
            ("contraseña", "contraseña"),
            ("EMAIL_HOST_PASSWORD", "PASSWORD"),
            ("sharedSecret", "Secret"),
            ("mailserver_pass", "pass"),
        ] {
            check(text, keyword, Some(text));
        }
        check("(access key: ", "key", Some("key"));
        check("$dbPass =", "Pass", Some("dbPass"));
    }

    #[test]
    fn what_is_only_about_a_secret_is_none() {
        for (text, keyword) in [
            ("compass", "pass"),
            ("scenePass", "Pass"),
            ("pass_env", "pass"),
            ("getPassword", "Password"),
            ("bypass", "pass"),
            ("passenger", "pass"),
            ("tokenizer", "token"),
            ("secretary", "secret"),
            ("PASSWORDLESS", "PASSWORD"),
            ("NOPASSWD", "PASSWD"),
            ("password_file", "password"),
            ("passwordHash", "password"),
            ("trusted_keys", "key"),
            ("rsa_legacy_key_good_signature.sig.bin", "key"),
            ("AUTH0_CLIENT", "AUTH"),
            ("password.length", "password"),
            ("token_url", "token"),
            ("src/token.rs", "token"),
            ("src/token", "token"),
            ("rsa_key_and_rsa_pss_2048_8192_sha256_legacy_key_detects_bad_signature.sig.bin", "key"),
            ("--recv-keys", "key"),
            ("next_page_token", "token"),
            ("csrfToken", "Token"),
            ("public_key", "key"),
            ("scan_pub_key", "key"),
            ("primaryKey", "Key"),
            ("host_key", "key"),
            ("restore-keys", "key"),
            ("Sec-WebSocket-Key", "Key"),
            ("monkey", "key"),
            ("key", "key"),
            ("invalidPassword", "Password"),
            ("passwordIDStore", "password"),
            ("reset_password_within", "password"),
            ("TOKEN_PAYLOAD", "TOKEN"),
            ("malformed_key", "key"),
            ("PASSWORD_VERIFIER", "PASSWORD"),
            ("DatabasePasswordVersion", "Password"),
        ] {
            check(text, keyword, None);
        }
        check("the key: ", "key", None);
        check("arn:aws:secretsmanager:eu-west-1:1234:secret:app", "secret", None);
        check("&region;:&account;:secret:app", "secret", None);
        check("user:secret: ", "secret", None);
        check("{user:x, secret:", "secret", Some("secret"));
        check("# Public Key Token: ", "Token", None);
        check("SecretKeyFactory", "SecretKey", None);
    }
}
