//! What stands before and behind a literal in every match of a pattern, byte by byte and nearest first, as far as a chain of
//! byte sets can say it. A chain may allow more than the pattern does, never less.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::anchor::byte_class;
use super::rule::{ByteSet, Link};

/// Longer chains tell hardly more.
const MAX_LINKS: usize = 12;
/// How often a repeated byte is told apart.
const MAX_COPIES: u32 = 4;

/// What follows a literal, when these parts of the pattern do.
pub fn behind(parts: &[&Hir]) -> Vec<Link> {
    let mut chain = Chain { links: Vec::new(), backwards: false, done: false };
    parts.iter().for_each(|part| chain.take(part));
    chain.links
}

/// What precedes a literal, when these parts of the pattern do.
pub fn before(parts: &[&Hir]) -> Vec<Link> {
    let mut chain = Chain { links: Vec::new(), backwards: true, done: false };
    parts.iter().rev().for_each(|part| chain.take(part));
    chain.links
}

/// The part of a chain that can rule anything out.
pub fn trimmed(mut links: Vec<Link>) -> Vec<Link> {
    links.truncate(MAX_LINKS);
    while links.last().is_some_and(|link| !link.must || link.set.is_full()) {
        links.pop();
    }
    links
}

struct Chain {
    links: Vec<Link>,
    backwards: bool,
    /// Nothing more can be told.
    done: bool,
}

impl Chain {
    fn take(&mut self, hir: &Hir) {
        if self.done {
            return;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                let mut bytes = literal.0.to_vec();
                if self.backwards {
                    bytes.reverse();
                }
                bytes.into_iter().for_each(|byte| self.link(ByteSet::of(&[byte]), true, false));
            }
            HirKind::Class(_) => self.link(bytes_of(hir), true, byte_class(hir).is_none()),
            HirKind::Capture(capture) => self.take(&capture.sub),
            HirKind::Concat(parts) if self.backwards => parts.iter().rev().for_each(|part| self.take(part)),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.take(part)),
            HirKind::Alternation(_) => self.link(bytes_of(hir), !nullable(hir), true),
            HirKind::Repetition(repetition) => {
                let (sub, min, max) = (&repetition.sub, repetition.min, repetition.max);
                let single = byte_class(sub).is_some();
                let copies = if single { min.min(MAX_COPIES) } else { u32::from(min > 0 && !nullable(sub)) };
                (1..copies).for_each(|_| self.link(bytes_of(sub), true, false));
                let most = if copies == 0 { 1 } else { copies };
                self.link(bytes_of(sub), copies > 0, !single || max != Some(most));
            }
        }
    }

    fn link(&mut self, set: ByteSet, must: bool, many: bool) {
        if self.done {
            return;
        }
        self.done = set.is_full() && many || self.links.len() == MAX_LINKS;
        if !self.done {
            self.links.push(Link { set, must, many });
        }
    }
}

fn nullable(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_none_or(|len| len == 0)
}

/// Every byte that can stand in a match of `hir`.
fn bytes_of(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::default(),
        HirKind::Literal(literal) => ByteSet::of(&literal.0),
        HirKind::Class(Class::Bytes(_)) => byte_class(hir).unwrap_or_default(),
        HirKind::Class(Class::Unicode(class)) => {
            let mut set = ByteSet::default();
            for range in class.iter() {
                let (start, end) = (u32::from(range.start()), u32::from(range.end()));
                if start < 0x80 {
                    set.insert(start as u8, end.min(0x7f) as u8);
                }
                if end >= 0x80 {
                    set.insert(0x80, 0xff);
                }
            }
            set
        }
        HirKind::Capture(capture) => bytes_of(&capture.sub),
        HirKind::Repetition(repetition) => bytes_of(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().fold(ByteSet::default(), |all, part| all.union(&bytes_of(part)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::anchor::locate;
    use crate::rules::pattern::bound;
    use crate::rules::rule::{Link, Place};

    fn shown(links: &[Link]) -> String {
        let one = |link: &Link| {
            let bytes: Vec<u8> = (b' '..=b'~').filter(|byte| link.set.has(*byte)).collect();
            let name = match bytes.as_slice() {
                [byte] => char::from(*byte).to_string(),
                many => many.len().to_string(),
            };
            let count = match (link.must, link.many) {
                (true, false) => "",
                (true, true) => "+",
                (false, false) => "?",
                (false, true) => "*",
            };
            name + count
        };
        links.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    /// Around the literal `K`.
    #[track_caller]
    fn check(pattern: &str, expected: (&str, &str)) {
        let found = locate(&bound(pattern, false).unwrap().hir, &[b"K"]).unwrap();
        let empty = (String::new(), String::new());
        let place = |place: &Place| (shown(&place.before), shown(&place.behind));
        let found = found[0].places.first().map_or(empty, place);
        assert_eq!((found.0.as_str(), found.1.as_str()), expected, "{pattern}");
    }

    #[test]
    fn chains_are_read_away_from_the_literal() {
        check("ab[c-h]{2}K[s-z]:", ("6 6 b a", "8 :"));
        check(r"a[0-9]*b?K[0-9]+\s*;", ("b? 10* a", "10+  * ;"));
        check(r"K[0-9]{2,9}=", ("", "10 10+ ="));
        check(r"K[0-9]{9}=", ("", "10 10 10 10+ ="));
    }

    #[test]
    fn what_is_not_simple_is_allowed_more() {
        check("(?:a[0-9]|cde)xK", ("x 14+", ""));
        check("(?:ab)?xK", ("x", ""));
        check("y(?:ab)?xK", ("x 2* y", ""));
        check("(?:(?:ab)+x){2}K", ("3+", ""));
        check("(?s-u:a.*)K", ("", ""));
    }
}
