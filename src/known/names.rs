//! Judges by the name of a setting what its value may be; knows nothing of values.

/// What a name says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A secret, even if somebody made it up.
    Secret,
    /// Nothing: only a value that a machine drew counts.
    Unsaid,
    /// A setting, such as a host or a mode: only a password inside of an address counts.
    Setting,
    /// Published with the program: never a secret.
    Public,
}

/// Words that name a secret by themselves.
const SECRETS: [&str; 21] = [
    "password",
    "passwd",
    "passwort",
    "pwd",
    "pass",
    "passphrase",
    "passcode",
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "creds",
    "apikey",
    "authtoken",
    "accesskey",
    "secretkey",
    "pat",
    "pw",
    "kennwort",
];

/// Words that make a following `key` one of a secret kind.
const KEYS: [&str; 17] = [
    "api",
    "app",
    "secret",
    "private",
    "access",
    "account",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "master",
    "shared",
    "storage",
    "license",
    "admin",
    "service",
    "auth",
];

/// Last words that make a name one of a setting: `TOKEN_TTL` is no token.
const SETTINGS: [&str; 93] = [
    "host",
    "hostname",
    "port",
    "url",
    "uri",
    "urls",
    "endpoint",
    "region",
    "zone",
    "env",
    "environment",
    "name",
    "user",
    "username",
    "login",
    "email",
    "mail",
    "from",
    "to",
    "domain",
    "domains",
    "bucket",
    "model",
    "version",
    "id",
    "ids",
    "project",
    "path",
    "dir",
    "folder",
    "file",
    "filename",
    "driver",
    "mode",
    "timeout",
    "expires",
    "expiry",
    "expiration",
    "expire",
    "ttl",
    "age",
    "lifetime",
    "size",
    "length",
    "len",
    "count",
    "limit",
    "debug",
    "level",
    "locale",
    "lang",
    "language",
    "timezone",
    "tz",
    "image",
    "tag",
    "branch",
    "commit",
    "sha",
    "hash",
    "digest",
    "origin",
    "origins",
    "database",
    "db",
    "schema",
    "queue",
    "channel",
    "format",
    "type",
    "provider",
    "backend",
    "store",
    "engine",
    "method",
    "algorithm",
    "alg",
    "issuer",
    "audience",
    "scope",
    "scopes",
    "header",
    "prefix",
    "suffix",
    "class",
    "module",
    "enabled",
    "title",
    "description",
    "rounds",
    "policy",
    "field",
    "dsn",
];

/// Words that say that everybody may see the value: frameworks put such settings into what they ship.
const PUBLIC: [&str; 7] = ["public", "publishable", "vite", "gatsby", "pub", "publickey", "fingerprint"];

/// Judges `name`: `DB_PASSWORD`, `spring.datasource.password`, `stripeSecretKey`, `//host/:_authToken`.
pub fn class(name: &str) -> Class {
    let words = words(name);
    let word = |idx: usize| words.get(words.len().wrapping_sub(idx)).map_or("", String::as_str);
    let has = |set: &[&str]| words.iter().any(|word| set.contains(&word.as_str()));
    let is_react_app = words.windows(2).any(|pair| pair == ["react", "app"]);
    if has(&PUBLIC) || is_react_app {
        return Class::Public;
    }
    // `PASSWORD_2`, `TOKEN_PROD_1`: a number at the end says nothing.
    let last = if word(1).bytes().all(|byte| byte.is_ascii_digit()) { word(2) } else { word(1) };
    if SETTINGS.contains(&last) {
        return Class::Setting;
    }
    let has_key = words.windows(2).any(|pair| pair[1] == "key" && KEYS.contains(&pair[0].as_str()));
    if has(&SECRETS) || has_key { Class::Secret } else { Class::Unsaid }
}

/// The words of a name in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for char in name.chars() {
        let hump = before.is_lowercase() && char.is_uppercase();
        if hump || !char.is_alphanumeric() {
            words.push(String::new());
        }
        if char.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(char.to_lowercase());
        }
        before = char;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::Class::{self, Public, Secret, Setting, Unsaid};

    #[track_caller]
    fn check(names: &[&str], expected: Class) {
        for name in names {
            assert_eq!(super::class(name), expected, "{name}");
        }
    }

    #[test]
    fn names_say_what_their_values_are() {
        check(
            &["DB_PASSWORD", "db.password", "stripeSecretKey", "JWT_SECRET", "//h/:_authToken", "API_KEY"],
            Secret,
        );
        check(&["SECRET_KEY_BASE", "APP_KEY", "TOKEN_2", "GH_PAT", "h password", "ENCRYPTION_KEY"], Secret);
        check(
            &["NODE_ENV", "DB_HOST", "TOKEN_TTL", "AWS_ACCESS_KEY_ID", "KEY_PATH", "PASSWORD_MIN_LENGTH"],
            Setting,
        );
        check(&["NEXT_PUBLIC_API_KEY", "VITE_TOKEN", "REACT_APP_API_KEY", "STRIPE_PUBLISHABLE_KEY"], Public);
        check(&["FEATURES", "SALT", "SORT_KEY", "COMPASS", "APP", ""], Unsaid);
    }
}
