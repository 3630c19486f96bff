//! Knows which words a project is full of: those of its own settings, and those that everybody uses.

use std::collections::BTreeSet;

use super::format::Pair;
use super::names::{Class, class};

/// Names of servers, places and habits that stand for passwords on developers' machines.
const EVERYBODYS: [&str; 62] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "minio",
    "minioadmin",
    "elastic",
    "elasticsearch",
    "kibana",
    "grafana",
    "localhost",
    "default",
    "development",
    "production",
    "staging",
    "testing",
    "local",
    "database",
    "django",
    "laravel",
    "rails",
    "symfony",
    "wordpress",
    "drupal",
    "magento",
    "homestead",
    "docker",
    "vagrant",
    "password",
    "passwd",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "secret",
    "secretkey",
    "supersecret",
    "topsecret",
    "secretpassword",
    "mypassword",
    "mysecret",
    "admin",
    "administrator",
    "adminadmin",
    "root",
    "rootroot",
    "toor",
    "guest",
    "user",
    "username",
    "test",
    "tester",
    "testtest",
    "testpass",
    "testpassword",
    "letmein",
    "welcome",
    "keycloak",
    "airflow",
];

/// What a secret may not be to be looked for, in lower case: a name or a plain setting of the same file, or a word that
/// everybody uses.
pub fn dull(pairs: &[Pair]) -> Dull {
    let mut words = BTreeSet::new();
    for pair in pairs {
        words.insert(pair.name.to_ascii_lowercase().into_bytes());
        match class(&pair.name) {
            Class::Setting | Class::Public => {
                words.insert(pair.value.to_ascii_lowercase());
            }
            Class::Secret | Class::Unsaid => {}
        }
    }
    Dull(words)
}

/// Words that are no secrets.
pub struct Dull(BTreeSet<Vec<u8>>);

impl Dull {
    /// True for such a word, also with a number or a sign behind it.
    pub fn contains(&self, value: &[u8]) -> bool {
        let value = value.to_ascii_lowercase();
        let stem_len = value.iter().rposition(u8::is_ascii_alphabetic).map_or(0, |last| last + 1);
        // `postgres123` and `admin!` are everybody's; what is longer is somebody's.
        let stem = if value.len() - stem_len <= 4 { &value[..stem_len] } else { &value[..] };
        let everybodys = |word: &[u8]| EVERYBODYS.iter().any(|known| known.as_bytes() == word);
        everybodys(&value) || everybodys(stem) || self.0.contains(&value) || self.0.contains(stem)
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::{self, Format};
    use super::dull;

    #[test]
    fn words_of_the_project_and_of_everybody_are_dull() {
        let pairs =
            format::read(Format::Dotenv, b"APP_NAME=Acme-Shop\nSESSION_DRIVER=x\nDB_PASSWORD=h0rse\n");
        let dull = dull(&pairs);
        for word in ["acme-shop", "ACME-SHOP", "acme-shop1", "session_driver", "Postgres123", "admin!"] {
            assert!(dull.contains(word.as_bytes()), "{word}");
        }
        for word in ["h0rse", "acme-shop-x", "postgres12345", "secretsauce", ""] {
            assert!(!dull.contains(word.as_bytes()), "{word}");
        }
    }
}
