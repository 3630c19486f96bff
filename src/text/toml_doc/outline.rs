//! What the reader of a TOML file asks for: keys, what may stand there, and which must. Knows no file and no reader.

use std::collections::BTreeMap;

/// What may stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A number without fraction, not negative.
    Integer,
    /// A list of such numbers.
    Integers,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A day.
    Date,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// A list of strings or tables.
    Items,
}

impl Kind {
    /// What people are told to write.
    pub fn expected(self) -> &'static str {
        match self {
            Kind::Text => "a string",
            Kind::Texts => "a list of strings",
            Kind::Integer => "a number that is not negative",
            Kind::Integers => "a list of numbers",
            Kind::Number => "a number",
            Kind::Flag => "true or false",
            Kind::Date => "a date such as 2026-11-21",
            Kind::Table => "a table",
            Kind::Tables => "a list of tables",
            Kind::Items => "a list of strings or tables",
        }
    }
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What may stand there.
    pub kind: Kind,
    /// The only words that may, when there are any.
    pub words: Vec<&'static str>,
    /// Whether it must be there.
    pub required: bool,
}

/// Everything that a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Keys by their place, as in `gate.severity`; `*` stands for any name.
    pub keys: BTreeMap<String, Asked>,
    /// Places of tables, with keys of which at least one must be there.
    pub alternatives: Vec<(String, &'static [&'static str])>,
}

impl Outline {
    /// Notes a question; the first one says what may stand there.
    pub fn ask(&mut self, place: String, kind: Kind) {
        self.keys.entry(place).or_insert(Asked { kind, words: Vec::new(), required: false });
    }

    /// Notes that the key must be there.
    pub fn require(&mut self, place: &str) {
        if let Some(asked) = self.keys.get_mut(place) {
            asked.required = true;
        }
    }

    /// Notes the only words that may stand there.
    pub fn words(&mut self, place: &str, words: Vec<&'static str>) {
        if let Some(asked) = self.keys.get_mut(place) {
            asked.words = words;
        }
    }
}

/// The place of a key in a table.
pub fn place(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}
