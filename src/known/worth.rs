//! Decides which values of a secret file are worth looking for: what could be anybody's is not. Knows no places.

use zeroize::Zeroizing;

use super::Worth;
use super::format::{Pair, nested};
use super::names::{Class, class};
use crate::engine::validate::{entropy, placeholder, randomness, reference};

/// Shorter values are found by accident.
const SHORTEST: usize = 6;
/// Shorter ones must not be words.
const SHORTEST_WORD: usize = 8;
/// Longer ones are files of their own, which other rules know.
const LONGEST: usize = 8192;

/// A value to look for, with the name to tell.
type Found = (String, Zeroizing<Vec<u8>>, Worth);

/// What is worth looking for of one setting: the value, and what is secret inside of an address, a connection string
/// or JSON.
pub fn values(pair: &Pair) -> Vec<Found> {
    let class = class(&pair.name);
    if class == Class::Public {
        return Vec::new();
    }
    let parts = parts(pair);
    if parts.is_empty() {
        return judge(class, &pair.value)
            .map(|worth| found(&pair.name, &pair.value, worth))
            .into_iter()
            .collect();
    }
    let judged = parts.iter().filter_map(|part| {
        let inner = if part.is_password { Class::Secret } else { self::class(&part.name) };
        judge(inner, &part.value).map(|worth| found(&part.name, &part.value, worth))
    });
    judged.collect()
}

fn found(name: &str, value: &[u8], worth: Worth) -> Found {
    (name.to_owned(), Zeroizing::new(value.to_vec()), worth)
}

fn judge(class: Class, value: &[u8]) -> Option<Worth> {
    if !(SHORTEST..=LONGEST).contains(&value.len())
        || placeholder::is_placeholder(value)
        || reference::is_reference(value)
        || is_setting(value)
    {
        return None;
    }
    let drawn = randomness::looks_random(value);
    match class {
        Class::Public | Class::Setting => None,
        Class::Unsaid => (drawn && value.len() >= 20 && !is_uuid(value)).then_some(Worth::Drawn),
        Class::Secret if drawn && value.len() >= 16 || is_uuid(value) => Some(Worth::Drawn),
        Class::Secret if is_words(value) => (value.len() >= SHORTEST_WORD).then_some(Worth::Word),
        Class::Secret => (!value.is_ascii() || entropy::distinct(value) >= 4).then_some(Worth::Chosen),
    }
}

/// Letters, also several words of them.
fn is_words(value: &[u8]) -> bool {
    value.iter().all(|byte| byte.is_ascii_alphabetic() || b" _-.".contains(byte))
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Numbers, times, sizes, addresses without a password, paths, mail addresses, hosts, dates and versions, lists of them.
fn is_setting(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_number =
        digits > 0 && text.bytes().all(|byte| byte.is_ascii_digit() || b".,:-/ +TZ_".contains(&byte));
    // A number of sixteen digits is no port, time or phone.
    let has_unit = text.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.').len() <= 2
        && text.starts_with(|char: char| char.is_ascii_digit());
    is_number && digits < 16
        || has_unit && digits < 12
        || address(text).is_some()
        || is_path(text)
        || is_mail(text)
        || is_host(text)
}

fn is_path(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte);
    ["/", "./", "../", "~/"].iter().any(|start| text.starts_with(start)) && text.bytes().all(fits)
}

fn is_mail(text: &str) -> bool {
    let address = text.rsplit_once('<').map_or(text, |(_, address)| address.trim_end_matches('>'));
    address.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty()
            && is_host(host)
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
    })
}

/// `db.internal`, `localhost:3000`, `10.0.0.1`: labels that a person reads, the last of letters, and perhaps a port.
fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "0"));
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 40
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or("");
    let ends_like_one =
        last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_lowercase()) && host.contains('.');
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port && (ends_like_one || host == "localhost") && host.split('.').all(label)
}

/// A secret part of a value.
struct Part {
    name: String,
    value: Zeroizing<Vec<u8>>,
    is_password: bool,
}

/// The parts of a value that is an address, a connection string or JSON; none when it is anything else.
fn parts(pair: &Pair) -> Vec<Part> {
    let inner = nested(pair);
    if !inner.is_empty() {
        return inner
            .into_iter()
            .map(|Pair { name, value }| Part { name, value, is_password: false })
            .collect();
    }
    let Ok(text) = std::str::from_utf8(&pair.value) else { return Vec::new() };
    let part = |value: &str, is_password| Part {
        name: pair.name.clone(),
        value: Zeroizing::new(value.as_bytes().to_vec()),
        is_password,
    };
    let mut parts = Vec::new();
    // Laravel's keys; the rest is what people copy.
    if let Some(rest) = text.strip_prefix("base64:") {
        parts.push(part(rest, true));
    } else if let Some(rest) = address(text) {
        parts.extend(password(rest).map(|password| part(password, true)));
        if pair.name.to_ascii_lowercase().contains("hook") {
            let pieces = rest.split(['/', '?', '&', '=']).skip(1);
            let drawn =
                pieces.filter(|piece| piece.len() >= 16 && randomness::looks_random(piece.as_bytes()));
            parts.extend(drawn.map(|piece| part(piece, true)));
        }
        // An address is a whole: without a secret part nothing of it counts.
        if parts.is_empty() {
            parts.push(part("", false));
        }
    } else if let Some(settings) = connection_string(text) {
        parts.extend(settings.into_iter().map(|(name, value)| Part {
            name: format!("{}.{}", pair.name, name.trim()),
            value: Zeroizing::new(value.trim().as_bytes().to_vec()),
            is_password: false,
        }));
    }
    parts
}

/// What follows the scheme of an address.
fn address(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    (scheme.len() >= 2 && scheme.bytes().all(fits)).then_some(rest)
}

/// The settings of `Server=db;User Id=sa;Password=…`: two or more, each with a name of letters.
fn connection_string(text: &str) -> Option<Vec<(&str, &str)>> {
    let settings = text.split(';').filter(|setting| !setting.trim().is_empty());
    let settings: Option<Vec<_>> = settings.map(|setting| setting.split_once('=')).collect();
    let is_name = |name: &str| {
        !name.trim().is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ')
    };
    settings.filter(|settings| settings.len() >= 2 && settings.iter().all(|(name, _)| is_name(name)))
}

/// The password in what follows `://`. People forget to encode one with a slash, but what looks like a port is none.
fn password(rest: &str) -> Option<&str> {
    let (user, password) = rest.rsplit_once('@')?.0.split_once(':')?;
    let is_port =
        password.split('/').next()?.bytes().all(|byte| byte.is_ascii_digit()) && password.contains('/');
    (!user.contains('/') && !is_port).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::super::{Worth, format::Pair};
    use zeroize::Zeroizing;

    #[track_caller]
    fn check(name: &str, value: &str, expected: &[(&str, Worth)]) {
        let pair = Pair { name: name.to_owned(), value: Zeroizing::new(value.as_bytes().to_vec()) };
        let found = super::values(&pair);
        let found: Vec<_> =
            found.iter().map(|(_, value, worth)| (std::str::from_utf8(value).unwrap(), *worth)).collect();
        assert_eq!(found, expected, "{name}={value}");
    }

    #[test]
    fn what_could_be_anybody_s_is_not_looked_for() {
        for (name, value) in [
            ("NODE_ENV", "production"),
            ("APP_NAME", "myproject"),
            ("DB_USER", "postgres"),
            ("JWT_SECRET_EXPIRES", "3600s"),
            ("SESSION_TOKEN_TTL", "86400000"),
            ("MAIL_PASSWORD", "null"),
            ("API_TOKEN", "${VAULT_TOKEN}"),
            ("SECRET", "changeme"),
            ("ADMIN_EMAIL_PASSWORD", "someone@acme.io"),
            ("API_KEY", "https://acme.io/v1"),
            ("CREDENTIALS", "/etc/acme/key.json"),
            ("SECRET_BACKUP", "s3.acme.io:443"),
            ("GIT_SHA", "9f8a7c6d5e4b3a2f1e0d9c8b7a6f5e4d3c2b1a0f"),
            ("NEXT_PUBLIC_KEY", "kX9vQ2mT7rL4wZ8pB3nY"),
            ("DATABASE_URL", "postgres://localhost:5432/app"),
            ("DB_PASSWORD", "abc1"),
            ("RUN_ID", "6f9619ff-8b86-4d11-b42d-00c04fc964ff"),
            ("REQUEST", "6f9619ff-8b86-4d11-b42d-00c04fc964ff"),
        ] {
            check(name, value, &[]);
        }
    }

    #[test]
    fn secrets_are_looked_for_as_what_they_are() {
        check("DB_PASSWORD", "hunter2", &[("hunter2", Worth::Chosen)]);
        check("DB_PASSWORD", "dragonfly", &[("dragonfly", Worth::Word)]);
        check("API_KEY", "kX9vQ2mT7rL4wZ8pB3nY", &[("kX9vQ2mT7rL4wZ8pB3nY", Worth::Drawn)]);
        check("SOMETHING", "kX9vQ2mT7rL4wZ8pB3nY", &[("kX9vQ2mT7rL4wZ8pB3nY", Worth::Drawn)]);
        check(
            "API_KEY",
            "6f9619ff-8b86-4d11-b42d-00c04fc964ff",
            &[("6f9619ff-8b86-4d11-b42d-00c04fc964ff", Worth::Drawn)],
        );
    }

    #[test]
    fn a_drawn_password_may_hold_any_sign() {
        for value in ["=a;b=!(00!)", "k://v9!q;z=", "/q7!Zp2", "-a !b9=x"] {
            check("PASSWORD", value, &[(value, Worth::Chosen)]);
        }
    }

    #[test]
    fn of_an_address_the_password_counts() {
        check("DATABASE_URL", "postgres://app:h0rse!staple@db/x?y=1", &[("h0rse!staple", Worth::Chosen)]);
        check("C", "Server=db;User Id=sa;Password=Sup3r$taple;", &[("Sup3r$taple", Worth::Chosen)]);
        check(
            "G",
            r#"{"client_email": "a@b.io", "secret": "h0rse!staple"}"#,
            &[("h0rse!staple", Worth::Chosen)],
        );
        let hook = "https://hooks.acme.io/services/T1/kX9vQ2mT7rL4wZ8pB3nY";
        check("CHAT_WEBHOOK_URL", hook, &[("kX9vQ2mT7rL4wZ8pB3nY", Worth::Drawn)]);
        check("CHAT_URL", hook, &[]);
        check("APP_KEY", "base64:kX9vQ2mT7rL4wZ8pB3nY", &[("kX9vQ2mT7rL4wZ8pB3nY", Worth::Drawn)]);
    }
}
