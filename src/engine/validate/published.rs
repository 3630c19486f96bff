//! Values that stand in documentation for everybody to read, known by their hashes; knows no documentation.

use sha2::{Digest, Sha256};

use crate::rules::{Sample, Text};

/// Where `value` comes from, if it is one of `samples`.
pub fn reason(samples: &[Sample], value: &[u8]) -> Option<Text> {
    if samples.is_empty() {
        return None;
    }
    let hash: [u8; 32] = Sha256::digest(value).into();
    samples.iter().find(|sample| sample.sha256 == hash).map(|sample| sample.reason.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_known_as_a_whole_and_not_by_a_part() {
        let sample = |value: &str, reason: &'static str| Sample {
            sha256: Sha256::digest(value).into(),
            reason: reason.into(),
        };
        let samples = [sample("one-value", "first"), sample("another", "second")];
        for (value, expected) in
            [("one-value", Some("first")), ("another", Some("second")), ("one-valu", None), ("", None)]
        {
            assert_eq!(reason(&samples, value.as_bytes()).as_deref(), expected, "{value}");
        }
        assert_eq!(reason(&[], b"one-value"), None);
    }
}
