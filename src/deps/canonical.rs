//! The one form of the record: approvals, denials and registries, each sorted, one block an entry, keys in one order.
//! Comments keep their entry.

use toml_edit::{Document, Item, Table};

use super::approvals::{Approvals, PATH};
use super::record;
use crate::model::Span;
use crate::text::toml_doc::Problems;

/// `text` in canonical form; entries that stand twice, word for word, stand once.
pub fn format(text: &str) -> Result<String, Problems> {
    let approvals = Approvals::read(PATH, text)?;
    let Ok(document) = Document::parse(text) else { return Ok(text.to_owned()) };
    let places = |key: &str| -> Vec<Place> {
        let tables = document.get(key).and_then(Item::as_array_of_tables);
        tables.into_iter().flatten().map(|table| Place::of(text, table)).collect()
    };
    let (approved, denied, registries) = (places("approve"), places("deny"), places("registry"));
    let first = approved.iter().chain(&denied).chain(&registries).map(|place| place.start).min();
    let mut result = text[..first.unwrap_or(text.len())].trim_end().to_owned() + "\n";
    let approved =
        approvals.approved.iter().map(|one| (record::sort_key(one), record::block(one))).zip(approved);
    let denied =
        approvals.denied.iter().map(|one| (record::denial_key(one), record::denial(one))).zip(denied);
    let registries = approvals
        .registries
        .iter()
        .map(|one| (record::registry_key(one), record::registry(one)))
        .zip(registries);
    for section in [approved.collect::<Vec<_>>(), denied.collect(), registries.collect()] {
        let mut blocks: Vec<_> =
            section.into_iter().map(|((key, block), place)| (key, place.comments + &block)).collect();
        blocks.sort();
        blocks.dedup();
        for (_, block) in blocks {
            result.push('\n');
            result.push_str(&block);
        }
    }
    Ok(result)
}

/// Where an entry stands, and the comments above and in it.
struct Place {
    start: usize,
    comments: String,
}

impl Place {
    fn of(text: &str, table: &Table) -> Place {
        let span = table.span().unwrap_or_default();
        let block = record::block_at(text, Span::new(span.start, span.end));
        let mut comments = String::new();
        for line in text[block.start..block.end].lines() {
            if line.trim_start().starts_with('#') {
                comments.push_str(line.trim());
                comments.push('\n');
            }
        }
        for (_, item) in table {
            let behind =
                item.as_value().and_then(|value| value.decor().suffix()).and_then(|suffix| suffix.span());
            let behind = behind.and_then(|span| text.get(span)).map(str::trim).unwrap_or_default();
            if behind.starts_with('#') {
                comments.push_str(behind);
                comments.push('\n');
            }
        }
        Place { start: block.start, comments }
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    const SIGNED: &str = "reason = \"a good reason\"\napproved_by = \"lead\"\ndate = 2026-11-21\n";

    fn entry(ecosystem: &str, name: &str) -> String {
        format!("[[approve]]\necosystem = \"{ecosystem}\"\nname = \"{name}\"\n{SIGNED}")
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let formatted = format(text).map_err(|problems| problems.to_string()).expect("valid");
        assert_eq!(formatted, expected);
        let again = format(&formatted).map_err(|problems| problems.to_string()).expect("valid");
        assert_eq!(again, formatted, "once is enough");
    }

    #[test]
    fn entries_are_sorted_and_written_in_one_form_with_their_comments() {
        let (a, b) = (entry("npm", "a"), entry("npm", "b"));
        let registry = format!("[[registry]]\necosystem = \"npm\"\nurl = \"https://n.example\"\n{SIGNED}");
        let denial = "[[deny]]\necosystem = \"npm\"\nname = \"c\"\nreason = \"no\"\n";
        let loose = format!(
            "# head\nschema = 1\n{registry}\n# about b\n[[approve]]\nname = 'B'  # capital\ndate = 2026-11-21\n\
             # inside\necosystem = 'npm'\nreason = 'a good reason'\napproved_by = 'lead'\n\n\n{denial}{a}{a}"
        );
        check(
            &loose,
            &format!(
                "# head\nschema = 1\n\n{a}\n# about b\n# inside\n# capital\n{b}\n{denial}\n{}",
                registry.replace("https://", "")
            ),
        );
        check("schema = 1\n", "schema = 1\n");
        check("schema = 1", "schema = 1\n");
    }
}
