//! Names a finding so that the next run recognises it, with the team's key or without one. Does not know where the key lies
//! or who accepts what.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::PathClass;
use crate::model::{RepoPath, RuleId};
use crate::text::toml_doc::{Document, Outline, Problems};

/// How many bytes of a hash go into a name.
const LEN: usize = 16;

/// Without a key: `v1:` and 32 hexadecimal digits over rule, path, the line without the secret and white space, and which
/// of equal ones it is. It survives moves inside the file and reformatting; it cannot be used to guess a password.
pub fn fingerprint(rule: &RuleId, path: &RepoPath, line_without_secret: &[u8], nth: usize) -> String {
    let mut hash = Sha256::new();
    for part in [rule.as_str().as_bytes(), path.as_bytes(), nth.to_string().as_bytes()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let text: Vec<u8> =
        line_without_secret.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    hash.update(text);
    hex("v1", &hash.finalize())
}

/// The team's key, made once. It lies beside the code that the names are about, and does not leave with a report.
#[derive(Clone, PartialEq, Eq)]
pub struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    /// Takes random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        FingerprintKey(random)
    }

    /// Reads the file that `to_toml` writes.
    pub fn read(file: &str, text: &str) -> Result<Self, Problems> {
        let doc = Document::parse(file, text);
        let key = FingerprintKey::checked(&doc);
        doc.into_result(key)
    }

    /// What may stand in the file.
    pub fn outline() -> Outline {
        Document::outline(|doc| {
            // Only what is asked for is of interest.
            let _ = FingerprintKey::checked(doc);
        })
    }

    fn checked(doc: &Document<'_>) -> FingerprintKey {
        let root = doc.root();
        root.schema();
        let written = root.required_string("words");
        let bytes = written.as_ref().map(|written| from_words(written.value));
        if let Some(None) = bytes {
            root.invalid("words", "must be eight groups of eight letters from a to p, as they were made");
        }
        root.finish();
        FingerprintKey(bytes.flatten().unwrap_or_default())
    }

    /// The file that holds the key. Letters alone: no scanner takes them for a secret of somebody's.
    pub fn to_toml(&self) -> String {
        let letters = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(b'a' + digit));
        let groups: Vec<String> =
            self.0.chunks(4).map(|part| part.iter().flat_map(letters).collect()).collect();
        format!(
            "# Names findings in waivers.toml, baseline.toml and reports. Made once; with another key\n\
             # every fingerprint is another one. See docs/team.md.\nschema = 1\nwords = \"{}\"\n",
            groups.join(" ")
        )
    }

    /// `v2:` and 32 hexadecimal digits over the rule, the kind of place and `text` without white space: the secret, or the
    /// statement. It survives moves, also to another file, and reformatting; another secret has another name.
    pub fn name(&self, rule: &RuleId, class: PathClass, text: &[u8]) -> String {
        let mut mac = self.mac();
        for part in [rule.as_str(), class.name()] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let words = text.split(u8::is_ascii_whitespace);
        words.for_each(|word| mac.update(word));
        hex("v2", &mac.finalize().into_bytes())
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length, and this one has 32 bytes")]
    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0).expect("a key of 32 bytes")
    }
}

fn from_words(words: &str) -> Option<[u8; 32]> {
    let digit = |letter: u8| (b'a'..=b'p').contains(&letter).then(|| letter - b'a');
    let digits: Option<Vec<u8>> = words.bytes().filter(|byte| *byte != b' ').map(digit).collect();
    let bytes: Vec<u8> = digits?.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect();
    bytes.try_into().ok().filter(|_| words.len() == 8 * 8 + 7)
}

fn hex(version: &str, hash: &[u8]) -> String {
    let mut name = format!("{version}:");
    for byte in hash.iter().take(LEN) {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// A name of the form that a key makes, without the number of equal ones: `v2:` and 32 hexadecimal digits.
pub fn is_keyed(name: &str) -> bool {
    let digits = name.strip_prefix("v2:").unwrap_or_default();
    digits.len() == 2 * LEN && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// A name and its number among equal ones, from 1, as a report shows them: `v2:…` or `v2:…-2`.
pub fn numbered(name: &str, nth: usize) -> String {
    if nth < 2 { name.to_owned() } else { format!("{name}-{nth}") }
}

/// Takes apart what `numbered` made; none when it is something else.
pub fn parse_numbered(text: &str) -> Option<(&str, usize)> {
    let (name, nth) = match text.split_once('-') {
        Some((name, nth)) => (name, nth.parse().ok().filter(|nth| *nth > 1)?),
        None => (text, 1),
    };
    is_keyed(name).then_some((name, nth))
}

#[cfg(test)]
mod tests {
    use super::{FingerprintKey, numbered, parse_numbered};
    use crate::model::RuleId;
    use crate::policy::PathClass;

    fn key(byte: u8) -> FingerprintKey {
        FingerprintKey::new([byte; 32])
    }

    fn name(key: &FingerprintKey, rule: &str, class: PathClass, text: &str) -> String {
        key.name(&RuleId::parse(rule).unwrap(), class, text.as_bytes())
    }

    #[test]
    fn a_name_depends_on_key_rule_kind_of_place_and_text_and_not_on_white_space() {
        let (shipped, tests) = (PathClass::Shipped, PathClass::Test);
        let usual = name(&key(1), "ab", shipped, "eval(x, y)");
        assert_eq!(name(&key(1), "ab", shipped, "  eval(x,\r\n\ty)"), usual);
        for other in [
            name(&key(2), "ab", shipped, "eval(x, y)"),
            name(&key(1), "ac", shipped, "eval(x, y)"),
            name(&key(1), "ab", tests, "eval(x, y)"),
            name(&key(1), "ab", shipped, "eval(x, z)"),
        ] {
            assert_ne!(other, usual);
        }
    }

    #[test]
    fn the_hash_is_hmac_with_sha_256() {
        // RFC 4231, test case 3: the key is twenty bytes 0xaa, which HMAC fills up with zeros.
        let mut bytes = [0; 32];
        bytes[..20].fill(0xaa);
        let mut mac = FingerprintKey::new(bytes).mac();
        hmac::Mac::update(&mut mac, &[0xdd; 50]);
        let hash = hmac::Mac::finalize(mac).into_bytes();
        let name = super::hex("v2", &hash);
        assert_eq!(name, "v2:773ea91e36800e46854db8ebd09181a7");
    }

    #[test]
    fn a_key_is_read_as_it_was_written_or_not_at_all() {
        let key = FingerprintKey::new(std::array::from_fn(|idx| idx as u8 * 7));
        let text = key.to_toml();
        assert!(FingerprintKey::read("k", &text).is_ok_and(|read| read == key));
        let words = |words: &str| FingerprintKey::read("k", &format!("schema = 1\nwords = '{words}'\n"));
        for damaged in ["", "aaaaaaaa", &"aaaaaaaa ".repeat(9), &"aaaaaaaq ".repeat(8)] {
            assert!(words(damaged.trim()).is_err(), "{damaged}");
        }
    }

    #[test]
    fn equal_ones_are_numbered() {
        let name = format!("v2:{}", "0a".repeat(16));
        for (text, expected) in [
            (name.clone(), Some((name.as_str(), 1))),
            (format!("{name}-12"), Some((name.as_str(), 12))),
            (format!("{name}-1"), None),
            (format!("{name}-x"), None),
            (name.replace("v2", "v1"), None),
            (name.to_uppercase(), None),
            (String::new(), None),
        ] {
            assert_eq!(parse_numbered(&text), expected, "{text}");
            let again = expected.map(|(name, nth)| numbered(name, nth));
            assert!(again.is_none_or(|again| again == text));
        }
    }
}
