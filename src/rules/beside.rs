//! What stands before and behind a literal in every match of a pattern, byte by byte and nearest first, as far as a chain of
//! byte sets can say it. A chain may allow more than the pattern does, never less.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::anchor::byte_class;
use super::kinds::ScopeKind;
use super::rule::{ByteSet, Keyword, Link};

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

/// Whether two neighbours are letters of one word. Nothing hidden in a view (a comment, a string) begins or ends inside of a
/// word: a sign or a line end always stands at its border.
#[inline]
pub fn in_one_word(left: u8, right: u8) -> bool {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    in_word(left) && in_word(right)
}

/// The bytes that may stand right before and right behind a keyword, in the content, whatever the rule's view hides.
pub fn edges(keyword: &Keyword, scope: ScopeKind) -> (ByteSet, ByteSet) {
    let nearest = |chain: &[Link], edge: Option<&u8>| {
        let set = nearest(chain);
        let hidden = (0..=u8::MAX).filter(|byte| edge.is_none_or(|edge| !in_one_word(*edge, *byte)));
        let hidden = hidden.filter(|_| scope.hides() && set.has(b' '));
        hidden.fold(set, |set, byte| set.union(&ByteSet::of(&[byte])))
    };
    if keyword.places.is_empty() {
        return (ByteSet::FULL, ByteSet::FULL);
    }
    keyword.places.iter().fold((ByteSet::default(), ByteSet::default()), |(before, behind), place| {
        let left = nearest(&place.before, keyword.bytes.first());
        let right = nearest(&place.behind, keyword.bytes.last());
        (before.union(&left), behind.union(&right))
    })
}

/// The bytes that a chain may begin with.
fn nearest(chain: &[Link]) -> ByteSet {
    let mut set = ByteSet::default();
    for link in chain {
        set = set.union(&link.set);
        if link.must {
            return set;
        }
    }
    ByteSet::FULL
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
    use super::edges;
    use crate::rules::anchor::locate;
    use crate::rules::kinds::ScopeKind;
    use crate::rules::pattern::bound;
    use crate::rules::rule::{ByteSet, Keyword, Link, Place};

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

    /// Which of these bytes may stand next to the literal `K`, in the content.
    #[track_caller]
    fn check_edges(pattern: &str, scope: ScopeKind, expected: (&str, &str)) {
        let found = locate(&bound(pattern, false).unwrap().hir, &[b"K"]).unwrap();
        let places = found[0].places.clone().into();
        let (bytes, tail) = (b"K".as_slice().into(), Vec::new().into());
        let (before, behind) = edges(&Keyword { bytes, fold: false, back: 0, tail, places }, scope);
        let shown = |set: ByteSet| "ax_( /\"".chars().filter(|char| set.has(*char as u8)).collect::<String>();
        assert_eq!((shown(before).as_str(), shown(behind).as_str()), expected, "{pattern}");
    }

    #[test]
    fn what_a_view_hides_may_stand_next_to_a_literal_but_for_a_part_of_its_word() {
        check_edges(r"a\s*K\(", ScopeKind::Raw, ("a ", "("));
        check_edges(r"a\s*K\(", ScopeKind::Code, ("a( /\"", "("));
        check_edges(r"K\s*\(", ScopeKind::String, ("ax_( /\"", "( /\""));
        check_edges(r"K\s*\(", ScopeKind::Source, ("ax_( /\"", "( "));
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
