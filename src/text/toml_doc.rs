//! Reads TOML with places: every problem of a file is collected with line and column, unknown keys get the nearest
//! known name. Knows nothing of what the keys mean.
//!
//! ```
//! use portcullis::text::toml_doc::Document;
//!
//! let doc = Document::parse("config.toml", "schema = 1\nnmae = 'x'\n");
//! let root = doc.root();
//! let schema = root.integer("schema");
//! let name = root.string("name");
//! root.finish();
//! let read = (schema, name.is_some());
//! let error = doc.into_result(read).unwrap_err();
//! assert_eq!(error.to_string(), "config.toml:2:1: unknown key `nmae`, did you mean `name`?");
//! ```

mod document;
mod outline;
mod problem;

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub use document::Document;
pub use outline::{Asked, Kind, Outline};
pub use problem::{Fault, Problem, Problems};

/// A value with the bytes it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file, quotes included.
    pub span: Range<usize>,
}

/// One table of a document; each getter notes the key as known, `finish` reports the others.
pub struct Table<'d, 'i> {
    doc: &'d Document<'i>,
    table: &'d DeTable<'i>,
    span: Range<usize>,
    known: RefCell<Vec<&'static str>>,
    /// Its place, where nothing is read.
    place: String,
}

impl<'d, 'i> Table<'d, 'i> {
    fn new(doc: &'d Document<'i>, table: &'d DeTable<'i>, span: Range<usize>) -> Self {
        Table { doc, table, span, known: RefCell::default(), place: String::new() }
    }

    /// The table that seems to stand under `key` where nothing is read.
    fn imagined(&self, key: &str) -> Option<Self> {
        let place = outline::place(&self.place, key);
        let table = Table { place, ..Table::new(self.doc, self.table, self.span.clone()) };
        self.doc.outline.is_some().then_some(table)
    }

    /// The bytes of the table (of its header, for a `[table]`).
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The table's keys and where they stand, for tables whose keys are names.
    pub fn keys(&self) -> impl Iterator<Item = Located<&'d str>> {
        let any = self.doc.outline.is_some().then_some(Located { value: "*", span: 0..0 });
        any.into_iter()
            .chain(self.table.keys().map(|key| Located { value: key.get_ref().as_ref(), span: key.span() }))
    }

    /// The sub-table under a name that is data, not a keyword.
    pub fn named(&self, key: &str) -> Option<Table<'d, 'i>> {
        let Some(value) = self.table.get(key) else {
            self.doc.note(|outline| outline.ask(outline::place(&self.place, key), Kind::Table));
            return self.imagined(key);
        };
        match value.get_ref() {
            DeValue::Table(table) => Some(Table::new(self.doc, table, value.span())),
            other => {
                let found = other.type_str();
                let why = format!("`{key}` must be a table, not {found}");
                self.doc.fault(value.span().start, Fault::Syntax(why));
                None
            }
        }
    }

    /// The string under a name that is data, not a keyword.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.doc.note(|outline| outline.ask(outline::place(&self.place, key), Kind::Text));
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            other => {
                let why = format!("`{key}` must be a string, not {}", other.type_str());
                self.doc.fault(value.span().start, Fault::Syntax(why));
                None
            }
        }
    }

    fn get(&self, key: &'static str, kind: Kind) -> Option<&'d Spanned<DeValue<'i>>> {
        self.known.borrow_mut().push(key);
        self.doc.note(|outline| outline.ask(outline::place(&self.place, key), kind));
        self.table.get(key)
    }

    fn wrong_type(&self, key: &'static str, kind: Kind, value: &Spanned<DeValue<'i>>) {
        let (expected, found) = (kind.expected(), value.get_ref().type_str());
        self.doc.fault(value.span().start, Fault::WrongType { key, expected, found });
    }

    /// Requires `schema = 1`, the version of the format that this program reads.
    pub fn schema(&self) {
        match self.integer("schema") {
            Some(1) => {}
            Some(other) => self.invalid("schema", format!("this portcullis reads version 1, not {other}")),
            None if !self.has("schema") => self.missing("schema"),
            None => {}
        }
    }

    /// Notes that the reader refuses what stands under `key`.
    pub fn invalid(&self, key: &'static str, why: impl Into<String>) {
        let at = self.table.get(key).map_or(self.span.start, |value| value.span().start);
        self.doc.fault(at, Fault::Invalid { key, why: why.into() });
    }

    /// Notes that `key` ought to be there.
    pub fn missing(&self, key: &'static str) {
        self.doc.note(|outline| outline.require(&outline::place(&self.place, key)));
        self.doc.fault(self.span.start, Fault::Missing(key));
    }

    /// Requires one of these keys; where none is there, the first is told.
    pub fn needs_one_of(&self, keys: &'static [&'static str]) {
        self.doc.note(|outline| outline.alternatives.push((self.place.clone(), keys)));
        if let [first, ..] = keys
            && self.doc.outline.is_none()
            && !keys.iter().any(|key| self.has(key))
        {
            self.missing(first);
        }
    }

    /// True when `key` stands in this table.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A string.
    pub fn string(&self, key: &'static str) -> Option<Located<&'d str>> {
        let value = self.get(key, Kind::Text)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Located { value: text.as_ref(), span: value.span() }),
            _ => {
                self.wrong_type(key, Kind::Text, value);
                None
            }
        }
    }

    /// A string that must be there and not be blank.
    pub fn required_string(&self, key: &'static str) -> Option<Located<&'d str>> {
        let text = self.string(key);
        if !self.has(key) {
            self.missing(key);
        }
        let text = text?;
        if text.value.trim().is_empty() {
            self.invalid(key, "must not be empty");
            return None;
        }
        Some(text)
    }

    /// A list of strings; an absent key is an empty list.
    pub fn strings(&self, key: &'static str) -> Vec<Located<&'d str>> {
        let item = |value: &'d Spanned<DeValue<'i>>| match value.get_ref() {
            DeValue::String(text) => Some(Located { value: text.as_ref(), span: value.span() }),
            _ => {
                self.wrong_type(key, Kind::Texts, value);
                None
            }
        };
        self.array(key, Kind::Texts).into_iter().flatten().filter_map(item).collect()
    }

    /// A list of non-negative integers; an absent key is an empty list.
    pub fn integers(&self, key: &'static str) -> Vec<u32> {
        let item = |value: &'d Spanned<DeValue<'i>>| {
            let number = value.get_ref().as_integer().and_then(|number| to_integer(number).ok());
            if number.is_none() {
                self.wrong_type(key, Kind::Integers, value);
            }
            number
        };
        self.array(key, Kind::Integers).into_iter().flatten().filter_map(item).collect()
    }

    /// A list of strings or tables, as examples are; an absent key is an empty list.
    pub fn items(&self, key: &'static str) -> Vec<Item<'d, 'i>> {
        let item = |value: &'d Spanned<DeValue<'i>>| match value.get_ref() {
            DeValue::String(text) => Some(Item::Text(Located { value: text.as_ref(), span: value.span() })),
            DeValue::Table(table) => Some(Item::Table(Table::new(self.doc, table, value.span()))),
            _ => {
                self.wrong_type(key, Kind::Items, value);
                None
            }
        };
        let written = self.array(key, Kind::Items).into_iter().flatten().filter_map(item);
        written.chain(self.imagined(key).map(Item::Table)).collect()
    }

    fn array(&self, key: &'static str, kind: Kind) -> Option<&'d [Spanned<DeValue<'i>>]> {
        let value = self.get(key, kind)?;
        match value.get_ref() {
            DeValue::Array(items) => Some(items),
            _ => {
                self.wrong_type(key, kind, value);
                None
            }
        }
    }

    /// A non-negative integer.
    pub fn integer(&self, key: &'static str) -> Option<u64> {
        let value = self.get(key, Kind::Integer)?;
        let number = value.get_ref().as_integer().and_then(|number| to_integer(number).ok());
        if number.is_none() {
            self.wrong_type(key, Kind::Integer, value);
        }
        number
    }

    /// A number, with or without fraction.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key, Kind::Number)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => to_integer::<u32>(number).ok().map(f64::from),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(key, Kind::Number, value);
        }
        number
    }

    /// True or false.
    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key, Kind::Flag)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, Kind::Flag, value);
        }
        flag
    }

    /// A date, also when it is written as a string; as text `2026-11-21`.
    pub fn date(&self, key: &'static str) -> Option<Located<String>> {
        let value = self.get(key, Kind::Date)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_type(key, Kind::Date, value);
                return None;
            }
        };
        let is_date = text.len() == 10
            && text.bytes().enumerate().all(|(idx, byte)| match idx {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_date {
            self.wrong_type(key, Kind::Date, value);
            return None;
        }
        Some(Located { value: text, span: value.span() })
    }

    /// A table.
    pub fn table(&self, key: &'static str) -> Option<Table<'d, 'i>> {
        let Some(value) = self.get(key, Kind::Table) else { return self.imagined(key) };
        match value.get_ref() {
            DeValue::Table(table) => Some(Table::new(self.doc, table, value.span())),
            _ => {
                self.wrong_type(key, Kind::Table, value);
                None
            }
        }
    }

    /// A list of tables, as `[[key]]` writes it; an absent key is an empty list.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'d, 'i>> {
        let item = |value: &'d Spanned<DeValue<'i>>| match value.get_ref() {
            DeValue::Table(table) => Some(Table::new(self.doc, table, value.span())),
            _ => {
                self.wrong_type(key, Kind::Tables, value);
                None
            }
        };
        let written = self.array(key, Kind::Tables).into_iter().flatten().filter_map(item);
        written.chain(self.imagined(key)).collect()
    }

    /// A word out of a table of names.
    pub fn one_of<T: Copy>(&self, key: &'static str, names: &[(&'static str, T)]) -> Option<T> {
        let word = self.string(key);
        self.note_words(key, names);
        self.lookup(key, &word?, names)
    }

    /// A word out of a table of names that must be there.
    pub fn required_one_of<T: Copy>(&self, key: &'static str, names: &[(&'static str, T)]) -> Option<T> {
        let word = self.required_string(key);
        self.note_words(key, names);
        self.lookup(key, &word?, names)
    }

    /// A list of words out of a table of names; an absent key is an empty list.
    pub fn all_of<T: Copy>(&self, key: &'static str, names: &[(&'static str, T)]) -> Vec<T> {
        let words = self.strings(key);
        self.note_words(key, names);
        words.iter().filter_map(|word| self.lookup(key, word, names)).collect()
    }

    fn note_words<T>(&self, key: &str, names: &[(&'static str, T)]) {
        let words = || names.iter().map(|(name, _)| *name).collect();
        self.doc.note(|outline| outline.words(&outline::place(&self.place, key), words()));
    }

    fn lookup<T: Copy>(
        &self,
        key: &'static str,
        word: &Located<&str>,
        names: &[(&'static str, T)],
    ) -> Option<T> {
        let found = names.iter().find(|(name, _)| *name == word.value);
        if found.is_none() {
            let all: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            let nearest = nearest(word.value, &all);
            let fault =
                Fault::UnknownValue { key, value: word.value.to_owned(), nearest, allowed: all.join(", ") };
            self.doc.fault(word.span.start, fault);
        }
        found.map(|(_, value)| *value)
    }

    /// Reports every key that no getter has asked for.
    pub fn finish(&self) {
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let fault = Fault::UnknownKey { key: name.to_owned(), nearest: nearest(name, &known) };
                self.doc.fault(key.span().start, fault);
            }
        }
    }
}

/// An element of a list that takes strings and tables.
pub enum Item<'d, 'i> {
    /// A string.
    Text(Located<&'d str>),
    /// A table.
    Table(Table<'d, 'i>),
}

fn to_integer<T: TryFrom<u64>>(number: &toml::de::DeInteger<'_>) -> Result<T, ()> {
    let parsed = u64::from_str_radix(number.as_str(), number.radix()).map_err(|_| ())?;
    T::try_from(parsed).map_err(|_| ())
}

/// The most similar of `names`, if one is similar enough to be meant; what differs in case alone always is.
pub fn nearest(word: &str, names: &[&str]) -> Option<String> {
    let word = word.to_lowercase();
    names
        .iter()
        .map(|name| (strsim::osa_distance(&word, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.len().min(word.len()) / 4)
        .min()
        .map(|(_, name)| (*name).to_string())
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let doc = Document::parse("f.toml", text);
        let root = doc.root();
        root.required_string("name");
        root.integer("count");
        root.one_of("level", &[("low", 1), ("high", 2)]);
        root.date("expires");
        root.strings("tags");
        for item in root.tables("item") {
            item.required_string("id");
            item.finish();
        }
        root.finish();
        let found = doc.into_result(()).err().map(|problems| problems.to_string()).unwrap_or_default();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        check("name = 'x'\ncount = 3\nlevel = 'low'\nexpires = 2026-11-21\ntags = ['a']\n", &[]);
        check("name = ' '", &["f.toml:1:8: `name`: must not be empty"]);
        check(
            "level = 'hihg'\ncount = -1\ntags = ['a', 2]\nexpires = 'soon'\nLEVEL = 1",
            &[
                "f.toml:1:1: `name` is missing",
                "f.toml:1:9: `level` cannot be \"hihg\", did you mean `high`?; one of: low, high",
                "f.toml:2:9: `count` must be a number that is not negative, not integer",
                "f.toml:3:14: `tags` must be a list of strings, not integer",
                "f.toml:4:11: `expires` must be a date such as 2026-11-21, not string",
                "f.toml:5:1: unknown key `LEVEL`, did you mean `level`?",
            ],
        );
        check(
            "name = 'x'\n[[item]]\nid = 'a'\n[[item]]\nidd = 'b'\n",
            &["f.toml:4:1: `id` is missing", "f.toml:5:1: unknown key `idd`, did you mean `id`?"],
        );
    }

    #[test]
    fn a_merge_conflict_is_told_as_one() {
        check(
            "name = 'x'\n<<<<<<< HEAD\ncount = 1\n=======\ncount = 2\n>>>>>>> side\n",
            &["f.toml:2:1: an unresolved merge conflict; choose what stays, then take the marks out"],
        );
        check("name = '''\n<<<<<<< HEAD\n'''\n", &[]);
    }

    #[test]
    fn syntax_errors_do_not_hide_each_other() {
        check(
            "name = 'x'\ncount = \nlevel = low\n",
            &[
                "f.toml:2:9: string values must be quoted, expected literal string",
                "f.toml:2:9: `count` must be a number that is not negative, not string",
                "f.toml:3:9: string values must be quoted, expected literal string",
            ],
        );
    }
}
