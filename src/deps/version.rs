//! Version requirements as intervals, so that it can be told whether one lies within another. Knows the notations of
//! the package managers, not which versions exist.

use std::ops::Range;

use crate::model::Ecosystem;

/// Four numbers, and a fifth that stands for "right behind".
type Bound = [u64; 5];

const TOP: Bound = [u64::MAX; 5];

/// The versions that a requirement admits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions(Vec<Range<Bound>>);

/// What a version without an operator means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// What is compatible with it.
    Caret,
    /// It, or everything below it when numbers are left out.
    Prefix,
    /// It or a later one.
    Minimum,
    /// A later one with the same first number.
    Major,
}

impl Versions {
    /// Reads a requirement; none when it names no versions, as branches and tags do.
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Option<Versions> {
        let text = text.trim();
        if matches!(text, "" | "*" | "x" | "X" | "any" | "latest") {
            return Some(Versions(vec![[0; 5]..TOP]));
        }
        let bare = bare(ecosystem)?;
        if text.starts_with(['[', '(']) {
            return bracketed(text);
        }
        let alternatives = text.split("||").flat_map(|part| part.split('|')).map(str::trim);
        let found: Option<Vec<_>> = alternatives.map(|part| all_of(part, ecosystem, bare)).collect();
        found.map(Versions)
    }

    /// True when every version here is one of `other`.
    pub fn within(&self, other: &Versions) -> bool {
        let covers = |range: &Range<Bound>| {
            other.0.iter().any(|outer| outer.start <= range.start && range.end <= outer.end)
        };
        self.0.iter().all(covers)
    }

    /// True when nothing keeps later versions out.
    pub fn is_open(&self) -> bool {
        self.0.iter().any(|range| range.end == TOP)
    }

    /// The number that changes when something breaks: the first, or the second behind a zero, of the lowest version.
    pub fn major(&self) -> Option<(u64, u64)> {
        let low = self.0.iter().map(|range| range.start).min()?;
        Some(if low[0] == 0 { (0, low[1]) } else { (low[0], 0) })
    }
}

fn bare(ecosystem: Ecosystem) -> Option<Bare> {
    match ecosystem {
        Ecosystem::Cargo => Some(Bare::Caret),
        Ecosystem::Nuget | Ecosystem::Vcpkg => Some(Bare::Minimum),
        Ecosystem::Golang | Ecosystem::Bazel | Ecosystem::Swift => Some(Bare::Major),
        Ecosystem::Npm
        | Ecosystem::Pypi
        | Ecosystem::Maven
        | Ecosystem::Gem
        | Ecosystem::Composer
        | Ecosystem::Hex
        | Ecosystem::Pub
        | Ecosystem::Cocoapods
        | Ecosystem::Conda
        | Ecosystem::Conan
        | Ecosystem::Terraform
        | Ecosystem::Helm
        | Ecosystem::Ansible => Some(Bare::Prefix),
        Ecosystem::Docker | Ecosystem::Actions | Ecosystem::Git => None,
    }
}

/// `[1.0,2.0)`, `[1.0]`, `(,2.0]`.
fn bracketed(text: &str) -> Option<Versions> {
    let (open, close) = (text.chars().next()?, text.chars().last()?);
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    let (low, high) = inner.split_once(',').unwrap_or((inner, inner));
    let low = match (low.trim(), open) {
        ("", _) => [0; 5],
        (low, '(') => behind(number(low)?.0),
        (low, _) => number(low)?.0,
    };
    let high = match (high.trim(), close) {
        ("", _) => TOP,
        (high, ')') => number(high)?.0,
        (high, ']') => behind(number(high)?.0),
        _ => return None,
    };
    Some(Versions(vec![low..high]))
}

/// Comparators that all have to hold: `>=1, <2`, `>= 1 < 2`, `1.2 - 2.0`.
fn all_of(text: &str, ecosystem: Ecosystem, bare: Bare) -> Option<Range<Bound>> {
    if let Some((low, high)) = text.split_once(" - ") {
        let (low, (high, given)) = (number(low.trim())?.0, number(high.trim())?);
        return Some(low..if given < 3 { raised(high, given - 1) } else { behind(high) });
    }
    let mut range = [0; 5]..TOP;
    let mut rest = text.trim_start_matches([' ', ',']);
    while !rest.is_empty() {
        let operator = rest.find(|char| !"<>=!~^".contains(char)).unwrap_or(rest.len());
        let (operator, behind) = rest.split_at(operator);
        let behind = behind.trim_start();
        let end = behind.find([' ', ',', '<', '>', '=', '!', '~', '^', ';']).unwrap_or(behind.len());
        let one = comparator(operator, &behind[..end], ecosystem, bare)?;
        range = range.start.max(one.start)..range.end.min(one.end);
        rest = behind[end..].trim_start_matches([' ', ',']);
    }
    (range.start < range.end).then_some(range)
}

fn comparator(operator: &str, version: &str, ecosystem: Ecosystem, bare: Bare) -> Option<Range<Bound>> {
    if matches!(version, "*" | "x" | "X") {
        return Some([0; 5]..TOP);
    }
    let (low, given) = number(version)?;
    let last = given - 1;
    Some(match operator {
        ">=" => low..TOP,
        ">" => behind(low)..TOP,
        "<=" => [0; 5]..behind(low),
        "<" => [0; 5]..low,
        // One version less is still the same interval.
        "!=" => [0; 5]..TOP,
        "^" => low..caret(low, given),
        "~" if ecosystem == Ecosystem::Composer => low..raised(low, last.saturating_sub(1)),
        "~" => low..raised(low, last.min(1)),
        "~>" | "~=" => low..raised(low, last.saturating_sub(1)),
        "=" | "==" | "===" => low..exactly(low, version, given),
        "" => match bare {
            Bare::Caret => low..caret(low, given),
            Bare::Prefix => low..exactly(low, version, given),
            Bare::Minimum => low..TOP,
            Bare::Major => low..raised(low, 0),
        },
        _ => return None,
    })
}

/// The end of what is compatible: the first number that is not zero may not change.
fn caret(low: Bound, given: usize) -> Bound {
    let first = low[..given].iter().position(|number| *number != 0).unwrap_or(given - 1);
    raised(low, first)
}

/// The end of one version; of all that begin like it when it leaves numbers out.
fn exactly(low: Bound, version: &str, given: usize) -> Bound {
    if given < 3 || version.ends_with(".*") || version.ends_with(".x") {
        raised(low, given - 1)
    } else {
        behind(low)
    }
}

/// The bound with the number at `place` one higher, and zeros behind it.
fn raised(mut bound: Bound, place: usize) -> Bound {
    bound[place] = bound[place].saturating_add(1);
    bound[place + 1..].fill(0);
    bound
}

fn behind(mut bound: Bound) -> Bound {
    bound[4] = 1;
    bound
}

/// The numbers of a version and how many were given; what is before and after the release counts as the release.
fn number(version: &str) -> Option<(Bound, usize)> {
    let version = version.trim_start_matches(['v', 'V']);
    let mut bound = [0; 5];
    let mut given = 0;
    for part in version.split('.').take(4) {
        if matches!(part, "*" | "x" | "X") {
            break;
        }
        let digits = part.find(|char: char| !char.is_ascii_digit()).unwrap_or(part.len());
        if digits == 0 {
            break;
        }
        bound[given] = part[..digits].parse().ok()?;
        given += 1;
        if digits < part.len() {
            break;
        }
    }
    (given > 0).then_some((bound, given))
}

#[cfg(test)]
mod tests {
    use super::Versions;
    use crate::model::Ecosystem::{self, Actions, Cargo, Composer, Gem, Golang, Maven, Npm, Nuget, Pypi};

    #[track_caller]
    fn check(ecosystem: Ecosystem, declared: &str, approved: &str, expected: Option<bool>) {
        let read = |text| Versions::parse(ecosystem, text);
        let within =
            read(declared).zip(read(approved)).map(|(declared, approved)| declared.within(&approved));
        assert_eq!(within, expected, "{ecosystem} {declared} in {approved}");
    }

    #[test]
    fn a_requirement_lies_within_another_as_its_package_manager_reads_it() {
        for (ecosystem, declared, approved, expected) in [
            (Cargo, "1.2", "1", true),
            (Cargo, "1", "1.2", false),
            (Cargo, "2", "1", false),
            (Cargo, "0.3", "0.2", false),
            (Cargo, "=1.0.5", ">=1, <2", true),
            (Cargo, ">=1", ">=1, <2", false),
            (Cargo, "~1.2", "1.2", true),
            (Cargo, "1.0.0-rc.1", "1", true),
            (Npm, "^1.2.3", "^1", true),
            (Npm, "1.2.3", "^1.2.0", true),
            (Npm, "1.x", "^1", true),
            (Npm, "^1 || ^2", "^1", false),
            (Npm, ">=1.0.0 <1.5.0", "^1", true),
            (Npm, ">= 1.0 < 1.5", "^1", true),
            (Npm, "1.0 - 1.9", "^1", true),
            (Npm, "*", "^1", false),
            (Npm, "latest", "^1", false),
            (Npm, "^1", "*", true),
            (Pypi, "==1.4.*", ">=1,<2", true),
            (Pypi, "~=1.4.2", "~=1.4", true),
            (Pypi, ">=1", ">=1,<2", false),
            (Pypi, ">=1,!=1.5,<2", ">=1,<2", true),
            (Gem, "~> 1.4", "~> 1", true),
            (Gem, "~> 2.0", "~> 1.4", false),
            (Golang, "v1.9.0", "v1.2.0", true),
            (Golang, "v1.1.0", "v1.2.0", false),
            (Nuget, "[1.0,2.0)", "1.0", true),
            (Nuget, "1.0", "[1.0,2.0)", false),
            (Maven, "1.2.3", "[1,2)", true),
            (Composer, "~1.2", "^1", true),
        ] {
            check(ecosystem, declared, approved, Some(expected));
        }
    }

    #[test]
    fn what_names_no_versions_is_not_compared() {
        check(Npm, "next", "^1", None);
        check(Actions, "v4", "v4", None);
        check(Cargo, ">=2, <1", "1", None);
        check(Pypi, "[", "1", None);
    }

    #[test]
    fn floors_and_ends_are_told() {
        for (text, major, open) in [
            ("^1.2", Some((1, 0)), false),
            ("0.4", Some((0, 4)), false),
            (">=2", Some((2, 0)), true),
            ("*", Some((0, 0)), true),
        ] {
            let versions = Versions::parse(Npm, text).expect("versions");
            assert_eq!((versions.major(), versions.is_open()), (major, open), "{text}");
        }
    }
}
