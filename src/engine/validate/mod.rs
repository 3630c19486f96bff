//! Judges one matched value by its bytes alone; knows no files and nothing of what stands around it.

mod basic;
pub mod checksum;
mod claims;
pub mod entropy;
pub mod password;
mod phrase;
pub mod placeholder;
mod published;
pub mod randomness;
pub mod reference;
pub mod stop_words;
mod weak;

pub use checksum::{Checksum, ChecksumVerdict};
pub use stop_words::StopWords;

use super::Proof;
use crate::rules::{Rule, Text, Validator};

/// What the validators of a rule say about a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    /// It is no finding.
    Refused,
    /// It is one, and what people should be told of it.
    Accepted(Proof, Option<Text>),
}

/// What one validator says about a value, with its figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Check {
    /// A checksum.
    Checksum(Checksum, ChecksumVerdict),
    /// Whether it stands in for a secret, and what tells so.
    Placeholder(Option<&'static str>),
    /// Whether it contains one of the rule's stop words.
    StopWord(bool),
    /// Bits per character, and how many there must be.
    Entropy(f64, f64),
    /// A judgement, and what it objects to.
    Validator(Validator, Option<Objection>),
}

/// Why a validator does not accept a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// It stands in for a secret; what tells so.
    Placeholder(&'static str),
    /// It names where the secret is kept.
    Reference,
    /// It is not of the validator's kind.
    Kind,
}

/// What follows from a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It is a finding, and nothing more is asked.
    Proven,
    /// It is no finding, and nothing more is asked.
    Refused,
    /// It only looks like one, unless a later check refuses it.
    Doubtful,
    /// Nothing.
    Nothing,
}

impl Check {
    /// What follows from it.
    pub fn says(&self) -> Says {
        let refused = match self {
            Check::Checksum(_, ChecksumVerdict::Valid) => return Says::Proven,
            Check::Checksum(_, ChecksumVerdict::Invalid) => return Says::Doubtful,
            Check::Checksum(_, ChecksumVerdict::NotApplicable) => false,
            Check::Placeholder(why) => why.is_some(),
            Check::StopWord(found) => *found,
            Check::Entropy(bits, least) => bits < least,
            Check::Validator(_, objection) => objection.is_some(),
        };
        if refused { Says::Refused } else { Says::Nothing }
    }
}

/// The checks that `rule` asks for, in their order; each is made when it is asked for.
fn checks<'r>(
    rule: &'r Rule,
    stop_words: &'r StopWords,
    value: &'r [u8],
) -> impl Iterator<Item = Check> + 'r {
    let checksum = rule.checksum.into_iter().map(|kind| Check::Checksum(kind, kind.verify(value)));
    let placeholder = std::iter::once_with(|| Check::Placeholder(placeholder::why(value)));
    let stop_word = std::iter::once_with(|| Check::StopWord(stop_words.occur_in(value)));
    let bits = || entropy::bits_per_char(value);
    let entropy = rule.entropy.into_iter().map(move |least| Check::Entropy(bits(), f64::from(least)));
    let judged = |validator: Validator| Check::Validator(validator, validator.objection(value));
    let validator = rule.validator.into_iter().map(judged);
    let placeholder = placeholder.filter(|_| rule.placeholders);
    checksum.chain(placeholder).chain(stop_word).chain(entropy).chain(validator)
}

/// The checks that `judge` makes of a value: none of one that everybody knows, else up to the one that decides.
pub fn account(rule: &Rule, stop_words: &StopWords, value: &[u8]) -> Vec<Check> {
    let mut made = Vec::new();
    if published::reason(&rule.samples, value).is_some() {
        return made;
    }
    for check in checks(rule, stop_words, value) {
        made.push(check);
        if matches!(check.says(), Says::Proven | Says::Refused) {
            break;
        }
    }
    made
}

/// Asks the validators of `rule` about a matched value. A value that everybody knows and a valid checksum end the
/// discussion; an invalid checksum leaves a doubtful finding, unless another check refuses the value.
pub fn judge(rule: &Rule, stop_words: &StopWords, value: &[u8]) -> Opinion {
    if let Some(reason) = published::reason(&rule.samples, value) {
        return Opinion::Accepted(Proof::Public, Some(reason));
    }
    let mut refutation = None;
    for check in checks(rule, stop_words, value) {
        match check.says() {
            Says::Proven => return Opinion::Accepted(Proof::Proven, None),
            Says::Refused => return Opinion::Refused,
            Says::Doubtful => refutation = rule.checksum.map(Checksum::refutation),
            Says::Nothing => {}
        }
    }
    match (refutation, rule.checksum, &rule.public) {
        (Some(refutation), ..) => Opinion::Accepted(Proof::Doubtful, Some(refutation.into())),
        (None, Some(Checksum::Jwt), _) => claims::judge(value),
        (None, _, Some(reason)) => Opinion::Accepted(Proof::Public, Some(reason.clone())),
        (None, _, None) => Opinion::Accepted(Proof::Plain, None),
    }
}

impl Validator {
    /// Why the value cannot be a secret of this kind, if so.
    pub fn objection(self, value: &[u8]) -> Option<Objection> {
        if let Some(why) = placeholder::why(value) {
            return Some(Objection::Placeholder(why));
        }
        if reference::is_reference(value) {
            return Some(Objection::Reference);
        }
        let accepted = match self {
            Validator::Password => password::is_plausible(value),
            Validator::Random => randomness::looks_random(value) && !placeholder::is_walk(value),
            Validator::Literal => password::is_literal(value),
            Validator::Weak => weak::is_weak(value),
            Validator::Basic => basic::is_credential(value),
            Validator::Phrase => phrase::is_phrase(value),
        };
        (!accepted).then_some(Objection::Kind)
    }

    /// True when the value may be a secret of this kind.
    pub fn accepts(self, value: &[u8]) -> bool {
        self.objection(value).is_none()
    }
}

#[cfg(test)]
pub(super) mod samples {
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
