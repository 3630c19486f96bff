//! Judges whether a machine drew a value by lot or a person made it of words; knows no provider's format.

use super::entropy::{self, Alphabet};

/// For each letter, those that commonly follow it in English words and identifiers: 190 of 676 pairs, which make up
/// 88% of the pairs in words and 28% of the pairs in random letters.
const FOLLOWERS: [&str; 26] = [
    "bcdgilmnprst",
    "aeilou",
    "acehiklortu",
    "adeiorsu",
    "acdefglmnprstvx",
    "aefilors",
    "einr",
    "aeio",
    "abcdefglmnoprstvz",
    "",
    "e",
    "adeilosty",
    "aeiopsu",
    "acdefgiost",
    "cdlmnoprstuvw",
    "aeiloprstu",
    "u",
    "acdeimnorstuy",
    "acehiopstuy",
    "acehilorstuy",
    "abceilmnprst",
    "aei",
    "ai",
    "",
    "",
    "e",
];

const SHORTEST: usize = 12;

/// True when a value of at least twelve to sixteen characters was more likely drawn by lot than made of words.
pub fn looks_random(value: &[u8]) -> bool {
    match entropy::alphabet(value) {
        Alphabet::Decimal | Alphabet::Other => return false,
        // A key in hexadecimal has 16 digits or more; what is shorter is a colour, a number, an abbreviated hash.
        Alphabet::Hex if value.len() < 16 => return false,
        Alphabet::Hex | Alphabet::Base32 | Alphabet::Alphanumeric | Alphabet::Base64 | Alphabet::Graphic => {}
    }
    value.len() >= least_len(value)
        && entropy::bits_per_char(value) >= 2.5
        && !is_structured(value)
        && !names_itself(value)
        && !spells_text(value)
        && !is_camel_case(value)
        && wordiness(value) < least_doubt(value)
}

/// `XOAuth2Token`, `pkcs-9-at-pkcs15Token`: a name of a secret; a draw of forty characters holds such a word seldom.
fn names_itself(value: &[u8]) -> bool {
    let ends = |word: &str| {
        value.len() > word.len() && value[value.len() - word.len()..].eq_ignore_ascii_case(word.as_bytes())
    };
    ["token", "secret", "password", "credential", "_key", "-key"].iter().any(|word| ends(word))
        || matches!(value, [.., before, b'K', b'e', b'y'] if before.is_ascii_lowercase())
}

/// `41204c4f4e474552`: hexadecimal digits of readable characters, which sixteen digits are by lot once in 3000.
fn spells_text(value: &[u8]) -> bool {
    let readable = |pair: &[u8]| match pair {
        [high @ b'2'..=b'7', low] => low.is_ascii_hexdigit() && !matches!([*high, *low], [b'7', b'f' | b'F']),
        _ => false,
    };
    value.len().is_multiple_of(2) && value.chunks_exact(2).all(readable)
}

/// `Rfc3565KeyWrapBlob`, `heightAboveWGS84Units`: nothing but capitalised words, numbers, and one acronym before a number,
/// three words or more.
fn is_camel_case(value: &[u8]) -> bool {
    let mut words = 0;
    let mut acronyms = 0;
    let head = value.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let mut rest = if head > 2 { &value[head..] } else { value };
    while let [first, tail @ ..] = rest {
        let (kind, least): (fn(&u8) -> bool, usize) = match first {
            b'A'..=b'Z' => (u8::is_ascii_lowercase, 1),
            b'0'..=b'9' => (u8::is_ascii_digit, 0),
            _ => return false,
        };
        let mut len = tail.iter().take_while(|byte| kind(byte)).count();
        if len < least {
            len = tail.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
            acronyms += 1;
            if acronyms > 1 || len == 0 || !tail.get(len).is_some_and(u8::is_ascii_digit) {
                return false;
            }
        }
        words += usize::from(first.is_ascii_uppercase());
        rest = &tail[len..];
    }
    words >= 3
}

/// Sixteen characters, or twelve of which some are upper case, some lower case and some digits.
fn least_len(value: &[u8]) -> usize {
    let any = |test: fn(&u8) -> bool| value.iter().any(test);
    let mixed = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit);
    if mixed { SHORTEST } else { 16 }
}

/// Without a digit the evidence must be strong: names such as `xmlSecKeysMngrPtr` have odd letters too.
fn least_doubt(value: &[u8]) -> f64 {
    if value.iter().any(u8::is_ascii_digit) { -2.0 } else { -0.6 * value.len() as f64 }
}

/// How much more likely the value is made of words than drawn by lot: a logarithm, positive for words.
pub fn wordiness(value: &[u8]) -> f64 {
    value.windows(2).map(|pair| evidence(pair[0], pair[1])).sum()
}

fn evidence(left: u8, right: u8) -> f64 {
    let both_letters = left.is_ascii_alphabetic() && right.is_ascii_alphabetic();
    if both_letters && left.is_ascii_lowercase() && right.is_ascii_uppercase() {
        -0.7 // A new word begins: one letter in eight in camel case, one pair in four by lot.
    } else if both_letters {
        if is_common(left, right) { 1.14 } else { -1.8 }
    } else if left.is_ascii_digit() && right.is_ascii_digit() {
        -0.3
    } else if left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric() {
        -1.2 // A letter beside a digit.
    } else {
        0.0
    }
}

fn is_common(left: u8, right: u8) -> bool {
    let row = usize::from(left.to_ascii_lowercase() - b'a');
    FOLLOWERS[row].as_bytes().contains(&right.to_ascii_lowercase())
}

/// Values that look irregular and follow a public form: addresses, paths, versions, dates, network numbers.
fn is_structured(value: &[u8]) -> bool {
    memchr::memmem::find(value, b"://").is_some()
        || value.iter().any(|byte| b"<>{}()[]|\\`\"' ,;".contains(byte))
        || value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"--")
        || value.starts_with(b"sha256:")
        || value.starts_with(b"sha512-")
        || value.ends_with(b"/aws4_request")
        || is_account(value)
        || is_unsigned(value)
        || is_mostly_numbers(value)
        || pieces_are_words(value)
}

/// `0x` and forty hexadecimal digits: the address of an account or a contract on a chain of blocks. Keys have 64.
fn is_account(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or_default();
    digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `eyJhbGci…`, `eyJhbGci….eyJzdWIi…`, `….x`: a JSON web token without a signature that could be one.
fn is_unsigned(value: &[u8]) -> bool {
    let head = [&b"eyJhbGciOi"[..], b"eyJ0eXAiOi"].iter().any(|head| value.starts_with(head));
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    head && (last.len() < 20 || last.starts_with(b"eyJ"))
}

/// `2024-05-06T07:08:09Z`, `10.0.0.1:8080`, `v1.2.3-rc1`: groups of a few digits between signs.
fn is_mostly_numbers(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = value.iter().filter(|byte| b".:-/TZ+v".contains(byte)).count();
    let others = value.len() - digits - signs;
    signs >= 2 && others <= 3 && value.split(|byte| !byte.is_ascii_digit()).all(|run| run.len() <= 8)
}

/// `us-east-1-prod-2`, `user_token_v2`: every piece between signs is a word or a number.
fn pieces_are_words(value: &[u8]) -> bool {
    let pieces = value.split(|byte| b"-_./:+=".contains(byte)).filter(|piece| !piece.is_empty());
    let is_word = |piece: &[u8]| {
        let letters = piece.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let digits = piece[letters..].iter().all(u8::is_ascii_digit);
        let one_case = piece[1..].iter().all(|byte| !byte.is_ascii_uppercase())
            || piece.iter().all(|byte| !byte.is_ascii_lowercase());
        digits
            && one_case
            && (letters <= 3 || wordiness(&piece[..letters]) > 0.0)
            && piece.len() - letters <= 4
    };
    pieces.clone().count() >= 2 && pieces.clone().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{BASE62, BASE64URL, HEX, LOWER36, token};
    use super::*;

    #[test]
    fn words_identifiers_and_public_forms_are_not_random() {
        for value in [
            "getUserAccessToken",
            "Rfc3565KeyWrapBlob",
            "access_token_expires_in",
            "ACCESS_TOKEN_URL",
            "internationalisation",
            "us-east-1-prod-2",
            "https://example.com/a1b2c3d4e5f6",
            "/etc/ssl/private/server.key",
            "1.2.3-beta.4",
            "2024-05-06T07:08:09Z",
            "192.168.100.200:8080",
            "my-service-account-name",
            "thisismypassword",
            "application/json",
            "com.company.product.Class",
            "client_credentials",
            "0123456789012345",
            "short1X",
            "the quick brown fox",
            "user_token_v2_final",
            "RS256,ES256,PS256",
            "authorization_code",
            "xmlSecKeysMngrPtr",
            "smRewriteLhsUser",
            "PKPushPayload",
            "VI_KEYS_ALWAYS_ON",
            "h480djs93hd8",
            "pkcs-9-at-pkcs15Token",
            "PKCS12x509Secret",
            "MLKEM768X25519PublicKey",
            "heightOfGeoidAboveWGS84Units",
            "41204c4f4e4745522059454c4c4f57205355424d4152494e45",
            "H20ABqCkLZID4rLe/20220809/us-east-1/s3/aws4_request",
            "0xA604060890923Ff400e8c6f5290461A83AEDACec",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiQGIuY29tIiwiY29tcGFueSI6IkFDTUUifQ",
            "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiQGIuY29tIn0.wrong",
        ] {
            assert!(!looks_random(value.as_bytes()), "{value}: {}", wordiness(value.as_bytes()));
        }
    }

    #[test]
    fn uuids_are_random() {
        let hex = token(HEX, 32, 5);
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        assert!(looks_random(&parts.join(&b'-')));
    }

    #[test]
    fn nearly_every_random_token_is_recognised() {
        for (alphabet, len, expected) in [
            (BASE62, 20, 985),
            (BASE62, 32, 998),
            (BASE64URL, 32, 998),
            (LOWER36, 24, 985),
            (LOWER36, 40, 998),
            (HEX, 32, 985),
            (HEX, 40, 990),
        ] {
            let found = (1..=1000).filter(|&seed| looks_random(&token(alphabet, len, seed))).count();
            assert!(found >= expected, "{found} of 1000 with {} characters, {len} long", alphabet.len());
        }
    }
}
