//! Tells a value that names where the secret is kept from the secret itself; knows nothing of what is kept there.

/// What references begin with, in any case.
const PREFIXES: [&str; 55] = [
    "os.environ",
    "os.getenv",
    "getenv",
    "process.env",
    "import.meta.env",
    "env.",
    "env:",
    "env(",
    "env[",
    "$env:",
    "system.getenv",
    "system.env",
    "vault:",
    "vault.",
    "secret://",
    "secrets.",
    "secret:",
    "op://",
    "keyring:",
    "ssm:",
    "ssm/",
    "kms:",
    "arn:",
    "aws-sm:",
    "gcp-sm:",
    "sops:",
    "enc[",
    "enc(",
    "{cipher}",
    "!vault",
    "!ref",
    "!sub",
    "!getatt",
    "!env",
    "!secret",
    "projects/",
    "ref+",
    "file:",
    "file(",
    "config.",
    "settings.",
    "self.",
    "this.",
    "var.",
    "local.",
    "data.",
    "dep:",
    "module.",
    "props.",
    "options.",
    "params.",
    "request.",
    "args.",
    "secretkeyref",
    "valuefrom",
];

/// True when the value is a variable, an expression, a call or the address of a secret store.
pub fn is_reference(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    PREFIXES.iter().any(|prefix| starts_with(value, prefix))
        || is_variable(value)
        || is_joined(value)
        || is_call(value)
        || is_dotted_path(value)
        || [b"${".as_slice(), b"$(", b"{{", b"#{", b"<%"]
            .iter()
            .any(|sign| memchr::memmem::find(value, sign).is_some())
}

fn starts_with(value: &[u8], prefix: &str) -> bool {
    value.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// `$user:$password:x`: names with a sigil, joined.
fn is_joined(value: &[u8]) -> bool {
    let starts = |part: &[u8]| part.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let mut parts = value.split(|byte| *byte == b'$');
    parts.next().is_some_and(<[u8]>::is_empty)
        && value.iter().filter(|byte| **byte == b'$').count() >= 2
        && value.contains(&b':')
        && parts.all(starts)
}

/// `$NAME`, `$NAME$`, `%NAME%`, `@name`, `&name`: one sigil and a name of letters and `_`.
fn is_variable(value: &[u8]) -> bool {
    let name = match value {
        [b'$', name @ .., b'$'] => name,
        [b'$', name @ ..] => name,
        [b'%', name @ .., b'%'] => name,
        [b'@' | b'&' | b'*', name @ ..] => name,
        _ => return false,
    };
    // Behind `@` and its like a person's word with digits is a password.
    let joined =
        matches!(value[0], b'$' | b'%') && name.contains(&b'_') && name.iter().all(|byte| is_name(*byte));
    let parts = |byte: &u8| byte.is_ascii_alphabetic() || b"_.:[]'\"->=".contains(byte);
    !name.is_empty() && (joined || name.iter().all(parts))
}

/// `name(…`, `a.b(…`, `name[…`: a name, then an opening bracket.
fn is_call(value: &[u8]) -> bool {
    let name = value.iter().take_while(|byte| is_name(**byte) || b".:!".contains(byte)).count();
    let closes = matches!(value.last(), Some(b')' | b']' | b'(' | b'[' | b',' | b';' | b'"' | b'\''));
    let opens = matches!(value.get(name), Some(b'(' | b'['));
    // `item[host` of `item[host + "x"]`
    let cut = || value[name + 1..].iter().all(|byte| is_name(*byte));
    name >= 2 && !value[0].is_ascii_digit() && opens && (closes || cut())
}

/// `config.database.password`, `a->b`, `Type::NAME`: names without digits, joined as members are.
fn is_dotted_path(value: &[u8]) -> bool {
    let names =
        value.split(|byte| b".:>-?".contains(byte)).map(without_index).filter(|name| !name.is_empty());
    let member =
        [b".".as_slice(), b"::", b"->"].iter().any(|sign| memchr::memmem::find(value, sign).is_some());
    let all_names =
        names.clone().all(|name| name.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_'));
    member && all_names && names.count() >= 2
}

/// `names[0]`, `names[*]`: the name. Of `names[-1]` the test for members has split off `1]`.
fn without_index(name: &[u8]) -> &[u8] {
    let Some(open) = name.strip_suffix(b"]") else { return name.strip_suffix(b"[").unwrap_or(name) };
    let digits = open.iter().rev().take_while(|byte| byte.is_ascii_digit() || **byte == b'*').count();
    let name = &open[..open.len() - digits];
    name.strip_suffix(b"[").unwrap_or(name)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::super::samples::{BASE62, BASE64URL, HEX, token};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_secrets_are_references() {
        for value in [
            "$DB_PASSWORD",
            "${DB_PASSWORD}",
            "%DB_PASSWORD%",
            "$(cat /run/secret)",
            "$password",
            "$user:$password:x",
            "item[host",
            "$ICINGA2_USER",
            "$encrypted_0fb9444d0374_key",
            "%AzureToken:\"=%",
            "$ldap$",
            "@password",
            "&password",
            "os.environ['PW']",
            "os.getenv(\"PW\")",
            "process.env.DB_PASSWORD",
            "ENV['PW']",
            "ENV.fetch('PW')",
            "vault:secret/data/app#pw",
            "dep:pkcs8",
            "op://vault/item/field",
            "arn:aws:secretsmanager:eu",
            "{{ .Values.password }}",
            "#{password}",
            "<%= pw %>",
            "!vault |",
            "ENC[AES256_GCM,data]",
            "env('PW')",
            "config.db.password",
            "settings.PASSWORD",
            "self.password",
            "this->password",
            "Config::PASSWORD",
            "getPassword()",
            "user.getPassword(",
            "decrypt(\"x1\")",
            "args[\"password\"]",
            "secretKeyRef:",
            "random_password.db.result",
            "var.db_password",
            "prefix${X}suffix",
            "Jobs[-1].JobId",
            "_scram_sha_256(password)",
        ] {
            assert!(is_reference(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn literals_are_no_references() {
        for value in [
            "hunter2",
            "super$ecret",
            "P@ssw0rd",
            "a.1b.2c",
            "Pass(word)1",
            "$1$abc",
            "p4ss:w0rd",
            "1234",
            "pa$$word9",
            "Qb7.x9Kd",
            "my.hunter2",
            "&3tr0ub4dor",
        ] {
            assert!(!is_reference(value.as_bytes()), "{value}");
        }
    }

    proptest! {
        #[test]
        fn random_tokens_are_no_references(seed: u64, len in 16_usize..100) {
            for alphabet in [BASE62, BASE64URL, HEX] {
                prop_assert!(!is_reference(&token(alphabet, len, seed)));
            }
        }
    }
}
