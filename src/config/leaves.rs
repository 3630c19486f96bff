//! Every value of a TOML text with its place, whatever it means: for telling people where a setting comes from.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::text::Lines;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The keys that lead to it, with dots: `rules.github-pat.severity`, `exclude.0.path`.
    pub key: String,
    /// As written.
    pub value: String,
    /// Its line, from 1.
    pub line: usize,
}

/// All values, in the order of their places.
pub fn leaves(text: &str) -> Vec<Leaf> {
    let (root, _) = DeTable::parse_recoverable(text);
    let (lines, mut acc) = (Lines::new(text.as_bytes()), Vec::new());
    for (key, value) in root.get_ref() {
        walk(key.get_ref().to_string(), value, &(text, &lines), &mut acc);
    }
    acc.sort_by_key(|leaf| leaf.line);
    acc
}

fn walk(key: String, value: &Spanned<DeValue<'_>>, source: &(&str, &Lines<'_>), acc: &mut Vec<Leaf>) {
    let is_tables = |items: &[Spanned<DeValue<'_>>]| {
        !items.is_empty() && items.iter().all(|item| matches!(item.get_ref(), DeValue::Table(_)))
    };
    match value.get_ref() {
        DeValue::Table(table) => {
            for (name, value) in table {
                walk(format!("{key}.{}", name.get_ref()), value, source, acc);
            }
        }
        DeValue::Array(items) if is_tables(items) => {
            for (idx, item) in items.iter().enumerate() {
                walk(format!("{key}.{idx}"), item, source, acc);
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => {
            let (text, lines) = source;
            let value_text = text.get(value.span()).unwrap_or_default().to_owned();
            acc.push(Leaf { key, value: value_text, line: lines.position(value.span().start).line });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn every_value_has_a_key_and_a_line() {
        let text =
            "schema = 1\n[rules.\"a.b\"]\nseverity = 'low'\n[[exclude]]\npath = 'x'\nrules = ['a', 'b']\n";
        let read = leaves(text);
        let shown: Vec<String> =
            read.iter().map(|leaf| format!("{} {} {}", leaf.line, leaf.key, leaf.value)).collect();
        let expected = [
            "1 schema 1",
            "3 rules.a.b.severity 'low'",
            "5 exclude.0.path 'x'",
            "6 exclude.0.rules ['a', 'b']",
        ];
        assert_eq!(shown, expected);
    }
}
