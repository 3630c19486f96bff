//! Judges one matched value by its bytes alone; knows no rules, no files and nothing of what stands around it.

pub mod checksum;
pub mod entropy;
pub mod password;
pub mod placeholder;
pub mod randomness;
pub mod reference;
pub mod stop_words;

pub use checksum::{Checksum, ChecksumVerdict};
pub use stop_words::StopWords;

/// A judgement that a rule can name: what a value must look like to be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Validator {
    /// Somebody could have typed it as a password: no identifier, no prose, no path, no reference.
    Password,
    /// A machine made it: letters and digits without the habits of language.
    Random,
}

impl Validator {
    /// Every validator with its name in rule files.
    pub const NAMES: [(&'static str, Validator); 2] =
        [("password", Validator::Password), ("random", Validator::Random)];

    /// True when the value may be a secret of this kind.
    pub fn accepts(self, value: &[u8]) -> bool {
        if placeholder::is_placeholder(value) || reference::is_reference(value) {
            return false;
        }
        match self {
            Validator::Password => password::is_plausible(value),
            Validator::Random => randomness::looks_random(value),
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
