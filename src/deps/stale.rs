//! Finds approvals that nothing needs, that cannot count or that run out soon, and takes them out of the record's text.
//! Knows no disk.

use std::collections::BTreeSet;
use std::fmt;

use toml_edit::{Document, Item, TomlError};

use super::approvals::{Approval, Approvals, Subject};
use super::{CanonicalName, Date, record};
use crate::model::{Dependency, Ecosystem, Span};

/// How many days before its end an approval is told.
const SOON: u16 = 30;

/// An entry that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The package.
    pub subject: String,
    /// The entry in the record's text, with the comments above it.
    pub span: Span,
    /// Why.
    pub why: Why,
}

/// Why an entry is worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No manifest declares it.
    Undeclared,
    /// It is denied, and deny counts.
    Denied,
    /// Another package was let in to take its place, and it is declared still.
    Replaced(String),
    /// It ended, and is declared still.
    Ended(Date),
    /// It ends within a month.
    EndsSoon(Date),
}

impl Why {
    /// True when the entry does nothing, so that it can go.
    pub fn is_final(&self) -> bool {
        match self {
            Why::Undeclared | Why::Denied => true,
            Why::Replaced(_) | Why::Ended(_) | Why::EndsSoon(_) => false,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Undeclared => write!(f, "no manifest declares it"),
            Why::Denied => write!(f, "it is denied as well, which counts"),
            Why::Replaced(other) => write!(f, "{other} was let in to take its place; it is declared still"),
            Why::Ended(day) => write!(f, "it ended on {day}"),
            Why::EndsSoon(day) => write!(f, "it ends on {day}"),
        }
    }
}

/// Looks at every approval; `declared` is what manifests declare, when all of them read.
pub fn find(
    text: &str,
    approvals: &Approvals,
    declared: Option<&[&Dependency]>,
    today: Date,
) -> Result<Vec<Stale>, TomlError> {
    let document = Document::parse(text)?;
    let tables = document.get("approve").and_then(Item::as_array_of_tables);
    let spans = tables.into_iter().flatten().map(|table| table.span().unwrap_or_default());
    let names: Option<BTreeSet<(Ecosystem, CanonicalName)>> = declared.map(|declared| {
        let name =
            |one: &&Dependency| Some((one.ecosystem, CanonicalName::parse(one.ecosystem, &one.name).ok()?));
        declared.iter().filter_map(name).collect()
    });
    let mut found = Vec::new();
    for (entry, span) in approvals.approved.iter().zip(spans) {
        if let Some(why) = why(entry, approvals, names.as_ref(), today) {
            let span = record::block_at(text, Span::new(span.start, span.end));
            found.push(Stale { subject: format!("{}:{}", entry.ecosystem, entry.subject), span, why });
        }
    }
    Ok(found)
}

fn why(
    entry: &Approval,
    approvals: &Approvals,
    names: Option<&BTreeSet<(Ecosystem, CanonicalName)>>,
    today: Date,
) -> Option<Why> {
    if let Subject::Name(name) = &entry.subject
        && approvals.total_denial(entry.ecosystem, name).is_some()
    {
        return Some(Why::Denied);
    }
    let is_meant = |(ecosystem, name): &(Ecosystem, CanonicalName)| {
        *ecosystem == entry.ecosystem && entry.subject.covers(name)
    };
    if names.is_some_and(|names| !names.iter().any(is_meant)) {
        return Some(Why::Undeclared);
    }
    if let Subject::Name(name) = &entry.subject
        && let Some(other) = approvals.successor(entry.ecosystem, name)
    {
        return Some(Why::Replaced(format!("{}:{}", other.ecosystem, other.subject)));
    }
    let day = entry.expires?;
    match day {
        day if day < today => Some(Why::Ended(day)),
        day if day <= today.plus(SOON) => Some(Why::EndsSoon(day)),
        _ => None,
    }
}

/// `text` without these entries.
pub fn without(text: &str, entries: &[Stale]) -> String {
    let mut rest = text.to_owned();
    let mut spans: Vec<Span> = entries.iter().map(|entry| entry.span).collect();
    spans.sort();
    for span in spans.into_iter().rev() {
        rest.replace_range(span.start..span.end, "");
    }
    let trimmed = rest.trim_end().len();
    rest.truncate(trimmed);
    rest + "\n"
}

#[cfg(test)]
mod tests {
    use super::{find, without};
    use crate::deps::{Approvals, Date};
    use crate::model::{Dependency, Ecosystem, Span};

    fn entry(name: &str, more: &str) -> String {
        format!(
            "[[approve]]\necosystem = \"npm\"\nname = \"{name}\"\nreason = \"a good reason\"\napproved_by = \"lead\"\ndate = 2026-11-21\n{more}\n"
        )
    }

    #[test]
    fn what_nothing_needs_is_told_and_taken_out_with_its_comment() {
        let (used, soon) = (entry("used", ""), entry("soon", "expires = 2026-12-01\n"));
        let head = "# head\nschema = 1\n\n";
        let denial = "[[deny]]\necosystem = \"npm\"\nname = \"bad\"\nreason = \"no\"\n";
        let gone = format!("# why\n{}", entry("gone", ""));
        let text = format!(
            "{head}{gone}{used}{}{}{soon}{denial}",
            entry("bad", ""),
            entry("late", "expires = 2026-01-01\n")
        );
        let approvals = Approvals::read("a.toml", &text).expect("valid");
        let declared: Vec<Dependency> = ["used", "soon", "late", "bad"]
            .map(|name| Dependency::new(Ecosystem::Npm, name, Span::new(0, 0)))
            .into();
        let declared: Vec<&Dependency> = declared.iter().collect();
        let today = Date::parse("2026-11-21").expect("a day");
        let found = find(&text, &approvals, Some(&declared), today).expect("TOML");
        let shown: Vec<String> = found.iter().map(|one| format!("{}: {}", one.subject, one.why)).collect();
        assert_eq!(
            shown,
            [
                "npm:gone: no manifest declares it",
                "npm:bad: it is denied as well, which counts",
                "npm:late: it ended on 2026-01-01",
                "npm:soon: it ends on 2026-12-01",
            ]
        );
        let useless: Vec<_> = found.into_iter().filter(|one| one.why.is_final()).collect();
        let late = entry("late", "expires = 2026-01-01\n");
        assert_eq!(without(&text, &useless), format!("{head}{used}{late}{soon}{denial}"));
        assert_eq!(
            find(&text, &approvals, None, today).expect("TOML").len(),
            3,
            "nobody knows what is declared"
        );
    }

    #[test]
    fn what_another_package_replaced_is_told_while_it_is_declared() {
        let successor = entry("new", "replaces = [\"npm:old\", \"pypi:used\"]\n");
        let text = format!("schema = 1\n{}{successor}{}", entry("old", ""), entry("used", ""));
        let approvals = Approvals::read("a.toml", &text).expect("valid");
        let declared =
            ["old", "new", "used"].map(|name| Dependency::new(Ecosystem::Npm, name, Span::new(0, 0)));
        let today = Date::parse("2026-11-21").expect("a day");
        let told = |declared: &[&Dependency]| -> Vec<(String, bool)> {
            let found = find(&text, &approvals, Some(declared), today).expect("TOML");
            found.iter().map(|one| (format!("{}: {}", one.subject, one.why), one.why.is_final())).collect()
        };
        let everything: Vec<&Dependency> = declared.iter().collect();
        let replaced = "npm:old: npm:new was let in to take its place; it is declared still";
        assert_eq!(told(&everything), [(replaced.to_owned(), false)]);
        let gone = "npm:old: no manifest declares it".to_owned();
        assert_eq!(told(&everything[1..]), [(gone, true)]);
    }
}
