//! Verifies the checksums and structures that providers build into their tokens; knows no patterns and no network.

mod base58;
mod bech32;
mod crc;
mod crc16;
mod luhn;
mod macaroon;
mod marvin;
mod pem;
mod phrase;
mod structure;

pub use crate::rules::Checksum;

/// What a check says about a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChecksumVerdict {
    /// A provider issued it, or somebody took pains.
    Valid,
    /// It was made up or mistyped.
    Invalid,
    /// The token is of a form without this checksum, or the check can only refute and did not.
    NotApplicable,
}

impl Checksum {
    /// Checks a whole token, prefix included.
    pub fn verify(self, token: &[u8]) -> ChecksumVerdict {
        match self {
            Checksum::Crc32Base62 => crc::base62(token),
            Checksum::GithubFineGrained => structure::github_fine_grained(token),
            Checksum::Crc32HexUpperSuffix => crc::hex_upper_suffix(token),
            Checksum::Grafana => crc::grafana(token),
            Checksum::Cloudflare => crc::cloudflare(token),
            Checksum::Confluent => crc::confluent(token),
            Checksum::GitlabRoutable => crc::gitlab_routable(token),
            Checksum::Bech32 => bech32::verify(token),
            Checksum::Base32Crc16 => crc16::base32(token),
            Checksum::Base58Check => base58::check(token),
            Checksum::AzureCask => marvin::common_annotated(token),
            Checksum::Jwt => structure::jwt(token),
            Checksum::AwsAccessKeyId => structure::aws_access_key_id(token),
            Checksum::DiscordBot => structure::discord_bot(token),
            Checksum::Bip39 => phrase::bip39(token),
            Checksum::Macaroon => macaroon::verify(token),
            Checksum::PemKey => pem::body(token),
            Checksum::Luhn => luhn::verify(token),
        }
    }
}

impl Checksum {
    /// What people are told of a token that the check refutes.
    pub fn refutation(self) -> &'static str {
        match self {
            Checksum::Jwt => "looks like one, but does not decode to a header and claims",
            Checksum::AwsAccessKeyId => "looks like one, but holds no account number",
            Checksum::DiscordBot => "looks like one, but begins with no bot's id",
            Checksum::PemKey => "looks like one, but its body is none of a key",
            Checksum::Crc32Base62
            | Checksum::GithubFineGrained
            | Checksum::Crc32HexUpperSuffix
            | Checksum::Grafana
            | Checksum::Cloudflare
            | Checksum::Confluent
            | Checksum::GitlabRoutable
            | Checksum::Base32Crc16
            | Checksum::Base58Check
            | Checksum::AzureCask
            | Checksum::Luhn
            | Checksum::Bip39
            | Checksum::Macaroon
            | Checksum::Bech32 => "looks like one, but its checksum is wrong: made up or mistyped",
        }
    }
}

impl ChecksumVerdict {
    fn of(matches: bool) -> Self {
        if matches { ChecksumVerdict::Valid } else { ChecksumVerdict::Invalid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_no_token_upsets_a_check() {
        for (idx, (name, checksum)) in Checksum::NAMES.into_iter().enumerate() {
            assert!(Checksum::NAMES[..idx].iter().all(|(other, known)| *other != name && *known != checksum));
            for token in [
                "",
                "_",
                ".",
                "..",
                "a",
                "ghp_",
                "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
                "AKIA",
                "1",
                "glpat-",
            ] {
                assert_ne!(checksum.verify(token.as_bytes()), ChecksumVerdict::Valid, "{name} {token}");
            }
        }
    }
}
