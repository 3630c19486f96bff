//! Names for findings that no other finding of the report has, the same in every run: services take two findings with
//! one name for one finding.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::model::Judged;

/// One name for each finding, in their order: 32 hexadecimal digits.
pub fn ids(findings: &[Judged]) -> Vec<String> {
    let mut seen: HashMap<(&str, &[u8]), usize> = HashMap::new();
    let name = |judged: &'_ Judged, nth: usize| {
        let path = String::from_utf8_lossy(judged.finding.path.as_bytes()).into_owned();
        digest(&format!("{} {path} {nth}", judged.finding.fingerprint))
    };
    let mut names = Vec::with_capacity(findings.len());
    for judged in findings {
        let key = (judged.finding.fingerprint.as_str(), judged.finding.path.as_bytes());
        let nth = seen.entry(key).and_modify(|nth| *nth += 1).or_default();
        names.push(name(judged, *nth));
    }
    names
}

/// The first 128 bits of SHA-256 in hexadecimal digits.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A digest as a UUID of version 8 (RFC 9562), whose other digits mean what their maker likes.
pub fn uuid(digest: &str) -> String {
    let variant = match digest.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    let d = digest;
    format!("{}-{}-8{}-{variant}{}-{}", &d[..8], &d[8..12], &d[13..16], &d[17..20], &d[20..32])
}

#[cfg(test)]
mod tests {
    use super::{digest, uuid};

    #[test]
    fn a_digest_becomes_a_uuid_of_version_8() {
        // The first half of `printf '' | sha256sum` is e3b0c44298fc1c149afbf4c8996fb924.
        assert_eq!(uuid(&digest("")), "e3b0c442-98fc-8c14-9afb-f4c8996fb924");
    }
}
