//! Judges one matched value by its bytes alone; knows no files and nothing of what stands around it.

pub mod checksum;
pub mod entropy;
pub mod password;
pub mod placeholder;
pub mod randomness;
pub mod reference;
pub mod stop_words;

pub use checksum::ChecksumVerdict;
pub use stop_words::StopWords;

use super::Proof;
use crate::rules::{Rule, Validator};

/// What the validators of a rule say about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// It is no finding.
    Refused,
    /// It is one.
    Accepted(Proof),
}

/// Asks every validator of `rule` about a matched value. A valid checksum ends the discussion; an invalid one leaves
/// a doubtful finding, unless the value is a placeholder.
pub fn judge(rule: &Rule, stop_words: &StopWords, value: &[u8]) -> Opinion {
    let verdict = rule.checksum.map_or(ChecksumVerdict::NotApplicable, |checksum| checksum.verify(value));
    if verdict == ChecksumVerdict::Valid {
        return Opinion::Accepted(Proof::Proven);
    }
    let refused = rule.placeholders && placeholder::is_placeholder(value)
        || stop_words.occur_in(value)
        || rule.entropy.is_some_and(|least| entropy::bits_per_char(value) < f64::from(least))
        || rule.validator.is_some_and(|validator| !validator.accepts(value));
    match (refused, verdict) {
        (true, _) => Opinion::Refused,
        (false, ChecksumVerdict::Invalid) => Opinion::Accepted(Proof::Doubtful),
        (false, ChecksumVerdict::Valid | ChecksumVerdict::NotApplicable) => Opinion::Accepted(Proof::Plain),
    }
}

impl Validator {
    /// True when the value may be a secret of this kind.
    pub fn accepts(self, value: &[u8]) -> bool {
        if placeholder::is_placeholder(value) || reference::is_reference(value) {
            return false;
        }
        match self {
            Validator::Password => password::is_plausible(value),
            Validator::Random => randomness::looks_random(value),
            Validator::Literal => password::is_literal(value),
        }
    }
}

#[cfg(test)]
mod samples {
    //! Tokens made at run time, so that no file holds one.

    pub const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    pub const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    pub const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    pub const LOWER36: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    pub const HEX: &[u8] = b"0123456789abcdef";

    /// A token of `len` characters; the same seed gives the same token.
    pub fn token(alphabet: &[u8], len: usize, seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize
        };
        (0..len).map(|_| alphabet[next() % alphabet.len()]).collect()
    }
}
