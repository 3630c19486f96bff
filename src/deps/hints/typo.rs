//! Tells whether a name is another one with a slip of the finger or a look-alike in it. Asks for the kind of slip, not for
//! a distance: short names are near to each other by chance.

/// Keys beside each other on a keyboard, row by row.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// True when `name` is probably meant to be, or to be taken for, `known`.
pub fn is_typo(name: &str, known: &str) -> bool {
    if name == known || name.len().abs_diff(known.len()) > 2 {
        return false;
    }
    let (plain, other) = (letters(name), letters(known));
    if known.len() >= 5 && folded(&plain) == folded(&other) {
        return true;
    }
    if reordered(name, known) {
        return true;
    }
    // A number at the end is another version or another thing, not a slip.
    if digits(name) != digits(known) {
        return false;
    }
    known.len() >= 6 && slip(name.as_bytes(), known.as_bytes())
}

/// The name without what separates its words.
fn letters(name: &str) -> String {
    name.chars().filter(|char| !"-_.@/".contains(*char)).collect()
}

fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// Letters that look alike made the same.
fn folded(name: &str) -> String {
    name.replace("rn", "m").replace("vv", "w").replace('0', "o").replace(['1', 'i'], "l")
}

/// The same words in another order.
fn reordered(name: &str, known: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let mut words: Vec<String> = name.split(['-', '_', '.']).map(str::to_owned).collect();
        words.sort();
        words
    };
    let (mine, others) = (words(name), words(known));
    mine.len() > 1 && mine == others && letters(name) != letters(known)
}

/// One letter swapped, doubled, left out, put in or struck beside.
fn slip(name: &[u8], known: &[u8]) -> bool {
    let same = name.iter().zip(known).take_while(|(one, other)| one == other).count();
    let (mine, theirs) = (&name[same..], &known[same..]);
    match name.len().cmp(&known.len()) {
        std::cmp::Ordering::Equal => match (mine, theirs) {
            ([a, b, rest @ ..], [c, d, end @ ..]) if rest == end && a == d && b == c => true,
            ([a, rest @ ..], [b, end @ ..]) => rest == end && struck(*a, *b),
            (_, _) => false,
        },
        // Left out: the last letter makes another word, the first another name.
        std::cmp::Ordering::Less => {
            same > 0 && theirs.len() > 1 && theirs[1..] == *mine && known.len() >= 7
                || theirs.len() > 1 && theirs[1..] == *mine && same > 0 && theirs[0] == known[same - 1]
        }
        // Put in: a letter twice, or any letter in a long name.
        std::cmp::Ordering::Greater => {
            mine.len() > 1
                && mine[1..] == *theirs
                && same > 0
                && (mine[0] == name[same - 1] || known.len() >= 9)
                || mine.len() == 1 && same > 0 && mine[0] == name[same - 1] && mine[0] != b's'
                || mine.len() == 1 && same > 1 && mine[0] == b's' && name[same - 1] == b's'
        }
    }
}

/// A vowel for a vowel, or a key for the one beside it.
fn struck(one: u8, other: u8) -> bool {
    let vowel = |byte: u8| b"aeiou".contains(&byte);
    let beside = ROWS.iter().any(|row| {
        let at = |byte: u8| row.bytes().position(|key| key == byte);
        at(one).zip(at(other)).is_some_and(|(one, other)| one.abs_diff(other) == 1)
    });
    vowel(one) && vowel(other) || beside
}

#[cfg(test)]
mod tests {
    use super::is_typo;

    #[test]
    fn slips_are_told_from_other_names() {
        for (name, known, expected) in [
            ("reqeusts", "requests", true),
            ("requets", "requests", true),
            ("reqquests", "requests", true),
            ("requeats", "requests", true),
            ("requsets", "requests", true),
            ("requests2", "requests", false),
            ("numpi", "numpy", false),
            ("py-yaml", "pyyaml", true),
            ("beautifulsoup", "beautifulsoup4", false),
            ("djang0", "django", true),
            ("l0dash", "lodash", true),
            ("expresss", "express", true),
            ("request", "requests", false),
            ("react-dom", "react", false),
            ("dom-react", "react-dom", true),
            ("preact", "react", false),
            ("task", "flask", false),
            ("sqlite3", "sqlite", false),
            ("colours", "colors", false),
            ("typescirpt", "typescript", true),
            ("xtermcolor", "termcolor", false),
        ] {
            assert_eq!(is_typo(name, known), expected, "{name} {known}");
        }
    }
}
