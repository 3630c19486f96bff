//! Writes entries of the record: one block each, keys in one order, so that merges stay local. Changes nothing that is
//! there.

use toml_edit::{Document, Item, TomlError, Value};

use super::approvals::{Approval, Besides, Denial, Subject, TrustedRegistry};
use crate::model::Span;

/// The start of a record that holds nothing yet.
pub const HEADER: &str = "# Approved dependencies; see docs/dependencies.md.\nschema = 1\n";

/// One entry as a block of text.
pub fn block(approval: &Approval) -> String {
    let mut lines = vec!["[[approve]]".to_owned(), line("ecosystem", approval.ecosystem.to_string())];
    lines.push(match &approval.subject {
        Subject::Name(name) => line("name", name.as_str()),
        Subject::Namespace(prefix) => line("pattern", format!("{prefix}*")),
    });
    lines.extend(approval.version.as_ref().map(|version| line("version", version.as_str())));
    if !approval.scopes.is_empty() {
        lines.push(list("scope", approval.scopes.iter().map(ToString::to_string)));
    }
    if !approval.paths.written().is_empty() {
        lines.push(list("paths", approval.paths.written().iter().cloned()));
    }
    if !approval.origin.is_default() {
        lines.push(line("source", approval.origin.as_str()));
    }
    lines.push(line("reason", approval.reason.as_str()));
    lines.push(line("approved_by", approval.approved_by.as_str()));
    lines.push(format!("date = {}", approval.date));
    lines.extend(approval.expires.map(|day| format!("expires = {day}")));
    let Besides { ticket, tags, imports, replaces, install_scripts } = &approval.besides;
    lines.extend(ticket.as_ref().map(|ticket| line("ticket", ticket.as_str())));
    if !tags.is_empty() {
        lines.push(list("tags", tags.iter().cloned()));
    }
    if !imports.is_empty() {
        lines.push(list("imports", imports.iter().cloned()));
    }
    if !replaces.is_empty() {
        lines.push(list("replaces", replaces.iter().map(|(ecosystem, name)| format!("{ecosystem}:{name}"))));
    }
    if *install_scripts {
        lines.push("install_scripts = true".to_owned());
    }
    lines.join("\n") + "\n"
}

fn line(key: &str, value: impl Into<String>) -> String {
    format!("{key} = {}", Value::from(value.into()))
}

fn list(key: &str, values: impl Iterator<Item = String>) -> String {
    format!("{key} = {}", values.collect::<toml_edit::Array>())
}

/// A denial as a block of text.
pub fn denial(denial: &Denial) -> String {
    let mut lines = vec!["[[deny]]".to_owned(), line("ecosystem", denial.ecosystem.to_string())];
    lines.push(match &denial.subject {
        Subject::Name(name) => line("name", name.as_str()),
        Subject::Namespace(prefix) => line("pattern", format!("{prefix}*")),
    });
    lines.extend(denial.versions.as_ref().map(|versions| line("versions", versions.as_str())));
    if !denial.paths.written().is_empty() {
        lines.push(list("paths", denial.paths.written().iter().cloned()));
    }
    lines.push(line("reason", denial.reason.as_str()));
    lines.extend(denial.use_instead.as_ref().map(|other| line("use_instead", other.as_str())));
    lines.join("\n") + "\n"
}

/// A registry as a block of text.
pub fn registry(registry: &TrustedRegistry) -> String {
    let place = registry.origin.as_str();
    let lines = [
        "[[registry]]".to_owned(),
        line("ecosystem", registry.ecosystem.to_string()),
        line("url", place.strip_prefix("registry:").unwrap_or(place)),
        line("reason", registry.reason.as_str()),
        line("approved_by", registry.approved_by.as_str()),
        format!("date = {}\n", registry.date),
    ];
    lines.join("\n")
}

/// `text` with `approval` in front of the first entry that sorts behind it; everything else stays byte for byte.
pub fn insert(text: &str, approval: &Approval) -> Result<String, TomlError> {
    insert_block(text, "approve", &sort_key(approval), &block(approval))
}

/// The same with a denial.
pub fn insert_denial(text: &str, one: &Denial) -> Result<String, TomlError> {
    insert_block(text, "deny", &denial_key(one), &denial(one))
}

fn insert_block(text: &str, kind: &str, key: &Key, block: &str) -> Result<String, TomlError> {
    let document = Document::parse(text)?;
    let entries = document.get(kind).and_then(Item::as_array_of_tables);
    let behind = entries.into_iter().flatten().find(|table| {
        let field = |name| table.get(name).and_then(Item::as_str).unwrap_or_default();
        let name = if table.contains_key("name") { field("name") } else { field("pattern") };
        (field("ecosystem"), name) > (key.0.as_str(), key.1.as_str())
    });
    let header = behind.and_then(|table| table.span());
    let at = header.map_or(text.len(), |header| start_of_block(text, Span::new(header.start, header.end)));
    let (before, after) = text.split_at(at);
    let gap = gap_behind(before);
    let end = if after.is_empty() { "" } else { "\n" };
    Ok(format!("{before}{gap}{block}{end}{after}"))
}

/// `text` with an entry for a registry at its end.
pub fn append_registry(text: &str, one: &TrustedRegistry) -> String {
    format!("{text}{}{}", gap_behind(text), registry(one))
}

/// One empty line between blocks.
fn gap_behind(text: &str) -> &'static str {
    if text.is_empty() || text.ends_with("\n\n") {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    }
}

/// What entries are sorted by: ecosystem, then name.
pub type Key = (String, String);

/// The order of approvals.
pub fn sort_key(approval: &Approval) -> Key {
    (approval.ecosystem.to_string(), approval.subject.to_string())
}

/// The order of denials.
pub fn denial_key(denial: &Denial) -> Key {
    (denial.ecosystem.to_string(), denial.subject.to_string())
}

/// The order of registries.
pub fn registry_key(registry: &TrustedRegistry) -> Key {
    (registry.ecosystem.to_string(), registry.origin.as_str().to_owned())
}

/// The block of the entry with the header at `header`: from the comments above it to the next entry.
pub fn block_at(text: &str, header: Span) -> Span {
    let start = start_of_block(text, header);
    let from = text[header.start..].find('\n').map_or(text.len(), |end| header.start + end + 1);
    let next = text[from..].split_inclusive('\n').scan(from, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let header = next.into_iter().find(|(_, line)| line.trim_start().starts_with('['));
    let end = header.map_or(text.len(), |(at, _)| start_of_block(text, Span::new(at, at)));
    Span::new(start, end.max(from))
}

/// Comments right above a header belong to it.
fn start_of_block(text: &str, header: Span) -> usize {
    let mut start = text[..header.start].rfind('\n').map_or(0, |at| at + 1);
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::insert;
    use crate::deps::Approvals;

    fn entry(ecosystem: &str, name: &str) -> String {
        format!(
            "[[approve]]\necosystem = \"{ecosystem}\"\nname = \"{name}\"\nreason = \"a good reason\"\napproved_by = \"lead\"\ndate = 2026-11-21\n"
        )
    }

    #[track_caller]
    fn check(before: &str, name: &str, expected: &str) {
        let one = format!("schema = 1\n{}", entry("npm", name));
        let approvals = Approvals::read("a.toml", &one).expect("valid");
        assert_eq!(insert(before, &approvals.approved[0]).expect("TOML"), expected);
    }

    #[test]
    fn an_entry_goes_where_it_sorts_and_nothing_else_moves() {
        let (a, b, c, pypi) = (entry("npm", "a"), entry("npm", "b"), entry("npm", "c"), entry("pypi", "a"));
        check("schema = 1\n", "b", &format!("schema = 1\n\n{b}"));
        check("schema = 1", "b", &format!("schema = 1\n\n{b}"));
        check(&format!("schema = 1\n\n{a}"), "b", &format!("schema = 1\n\n{a}\n{b}"));
        check(
            &format!("schema = 1 # x\n\n{a}\n# about c\n# more\n{c}\n{pypi}"),
            "b",
            &format!("schema = 1 # x\n\n{a}\n{b}\n# about c\n# more\n{c}\n{pypi}"),
        );
        check(&format!("schema = 1\n\n{c}"), "b", &format!("schema = 1\n\n{b}\n{c}"));
    }
}
