//! The check digit of payment cards (ISO/IEC 7812-1, annex B); knows no issuer.

use super::ChecksumVerdict;

/// Digits, perhaps in groups. One number in ten passes, so this proves nothing.
pub fn verify(number: &[u8]) -> ChecksumVerdict {
    let digits = number.iter().rev().filter(|byte| byte.is_ascii_digit()).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.enumerate().map(|(idx, digit)| weight(idx, digit)).sum();
    if sum > 0 && sum.is_multiple_of(10) { ChecksumVerdict::NotApplicable } else { ChecksumVerdict::Invalid }
}

/// Every second digit counts twice, as the sum of the digits of the double.
fn weight(idx: usize, digit: u32) -> u32 {
    match (idx % 2, digit) {
        (0, _) => digit,
        (_, 5..) => 2 * digit - 9,
        (_, _) => 2 * digit,
    }
}

#[cfg(test)]
mod tests {
    use super::{ChecksumVerdict, verify};

    /// The number of the standard's own example, and of the issuers' documentation.
    #[test]
    fn the_last_digit_follows_from_the_others() {
        for number in ["79927398713", "4242 4242 4242 4242", "3782-822463-10005", "6011111111111117"] {
            assert_eq!(verify(number.as_bytes()), ChecksumVerdict::NotApplicable, "{number}");
        }
        for last in (0..10).filter(|last| *last != 3) {
            let number = format!("7992739871{last}");
            assert_eq!(verify(number.as_bytes()), ChecksumVerdict::Invalid, "{number}");
        }
        assert_eq!(verify(b"0000"), ChecksumVerdict::Invalid);
    }
}
