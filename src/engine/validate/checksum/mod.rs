//! Verifies the checksums and structures that providers build into their tokens; knows no patterns and no network.

mod bech32;
mod crc;
mod structure;

/// A check that a rule can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checksum {
    /// CRC-32 of the body in base62, six digits at the end: GitHub's classic tokens, npm, Vercel.
    Crc32Base62,
    /// SHA-256 in base32, eight digits inside: GitHub's fine-grained tokens.
    GithubFineGrained,
    /// CRC-32 of everything before in upper-case hexadecimal, eight digits at the end: Atlassian, Bitbucket.
    Crc32HexUpperSuffix,
    /// CRC-32 of everything before, bytes reversed, in lower-case hexadecimal: Grafana service accounts.
    Grafana,
    /// CRC-32 of the body without prefix in lower-case hexadecimal, eight digits at the end: Cloudflare, Zuplo.
    Cloudflare,
    /// CRC-32 of the body in base64, bytes reversed, six digits at the end: Confluent.
    Confluent,
    /// CRC-32 of everything before in base36, seven digits at the end: GitLab's routable tokens.
    GitlabRoutable,
    /// The BCH code of bech32: age.
    Bech32,
    /// A header and claims that decode as JSON.
    Jwt,
    /// A base32 body that decodes to an account of twelve digits.
    AwsAccessKeyId,
}

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
    /// Every check with its name in rule files.
    pub const NAMES: [(&'static str, Checksum); 10] = [
        ("crc32-base62", Checksum::Crc32Base62),
        ("github-fine-grained", Checksum::GithubFineGrained),
        ("crc32-hex-upper-suffix", Checksum::Crc32HexUpperSuffix),
        ("grafana", Checksum::Grafana),
        ("cloudflare", Checksum::Cloudflare),
        ("confluent", Checksum::Confluent),
        ("gitlab-routable", Checksum::GitlabRoutable),
        ("bech32", Checksum::Bech32),
        ("jwt", Checksum::Jwt),
        ("aws-access-key-id", Checksum::AwsAccessKeyId),
    ];

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
            Checksum::Jwt => structure::jwt(token),
            Checksum::AwsAccessKeyId => structure::aws_access_key_id(token),
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
