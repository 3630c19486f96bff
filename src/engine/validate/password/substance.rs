//! Tells words from what somebody has made up: digits, signs and letters that no word has.

use crate::engine::validate::randomness::wordiness;

/// More than one plain word: digits in one word, a sign inside, or letters that no word has.
pub fn has_substance(value: &[u8]) -> bool {
    let end = value.iter().rposition(|byte| !b"!?:.,".contains(byte)).map_or(0, |last| last + 1);
    let body = &value[..end];
    let letters = body.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    let joints = body.iter().filter(|byte| b"_-./:".contains(byte)).count();
    let signs = body.iter().filter(|byte| byte.is_ascii_punctuation()).count() - joints;
    if signs > 0 {
        return letters + digits >= 3;
    }
    if letters == 0 {
        return digits == body.len() && digits <= 16;
    }
    let words = joints + body.windows(2).filter(|pair| is_camel(pair[0], pair[1])).count() + 1;
    let leet = body.windows(3).filter(|three| is_leet(three)).count();
    let unlike_words = wordiness(body) < -0.15 * body.len() as f64;
    match (digits, words) {
        (0, _) => letters >= 8 && unlike_words && wordiness(body) < -4.0,
        (_, 1) => letters >= 3 && digits <= 8 || unlike_words,
        (_, _) => {
            joints == 0 && (leet >= 2 || ends_in_a_year(body))
                || joints <= 1 && body.windows(4).any(is_spelled)
                || wordiness(body) < -0.3 * body.len() as f64
                || (value.len() > end && joints == 0)
        }
    }
}

/// `pgPass2020`, `terraPw11`: two to four digits behind words, which are no bits of an algorithm.
fn ends_in_a_year(body: &[u8]) -> bool {
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let word = body[..body.len() - digits].iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let end = &body[body.len() - digits - word..body.len() - digits];
    let algorithm =
        ["aes", "base", "bit", "bits", "des", "int", "md", "rsa", "sha", "utf"].iter().any(|name| {
            end.len() >= name.len() && end[end.len() - name.len()..].eq_ignore_ascii_case(name.as_bytes())
        });
    matches!(digits, 2..=4) && word > 0 && !algorithm
}

/// `s3c`: a digit in the place of a letter.
fn is_leet(three: &[u8]) -> bool {
    three[0].is_ascii_alphabetic() && three[1].is_ascii_digit() && three[2].is_ascii_alphabetic()
}

/// `n0wd` of `Sn0wdrop`, `V3nu` of `V3nus`: a digit for the letter that makes a word of it, with a letter more behind.
fn is_spelled(four: &[u8]) -> bool {
    let letters: &[u8] = match four[1] {
        b'0' => b"o",
        b'1' => b"il",
        b'3' => b"e",
        b'4' => b"a",
        b'5' => b"s",
        b'7' => b"t",
        _ => return false,
    };
    let first = four[0].to_ascii_lowercase();
    let lower = [first, four[2], four[3]].iter().all(u8::is_ascii_lowercase);
    lower && letters.iter().any(|letter| wordiness(&[first, *letter, four[2]]) > 2.0)
}

pub fn is_camel(left: u8, right: u8) -> bool {
    (left.is_ascii_lowercase() || left.is_ascii_digit()) && right.is_ascii_uppercase()
}
