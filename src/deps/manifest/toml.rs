//! The little of TOML that manifests need: parsing with places, tables whatever their notation. Knows no format.

use std::ops::Range;

use toml_edit::{Document, Item, Key, TableLike, Value};

use super::{Misread, Problem, text_of};
use crate::model::Span;

/// A parsed file whose places count from the first byte of the file, byte order mark included.
pub struct Toml {
    document: Document<String>,
    mark: usize,
}

/// A key and its value inside a table.
#[derive(Clone, Copy)]
pub struct Entry<'t> {
    /// The key, unescaped.
    pub key: &'t str,
    /// What stands there.
    pub item: &'t Item,
    /// Key and value where they stand together, else the key.
    pub span: Span,
}

impl Toml {
    /// Parses `content`.
    pub fn parse(content: &[u8]) -> Result<Toml, Misread> {
        let (text, mark) = text_of(content)?;
        let document = Document::parse(text.to_owned()).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let problem = Problem::Syntax(error.message().trim().replace('\n', ", "));
            Misread::new(problem, Span::new(span.start + mark, span.end + mark))
        })?;
        Ok(Toml { document, mark })
    }

    /// The file's own table.
    pub fn root(&self) -> &dyn TableLike {
        self.document.as_table()
    }

    /// The entries of the table at `path` below `table`; none when nothing stands there.
    pub fn entries<'t>(&self, table: &'t dyn TableLike, path: &[&str]) -> Result<Vec<Entry<'t>>, Misread> {
        Ok(match self.table(table, path)? {
            Some(table) => self.entries_of(table),
            None => Vec::new(),
        })
    }

    /// The table at `path` below `table`.
    pub fn table<'t>(
        &self,
        table: &'t dyn TableLike,
        path: &[&str],
    ) -> Result<Option<&'t dyn TableLike>, Misread> {
        let mut table = table;
        for key in path {
            let Some((key, item)) = table.get_key_value(key) else {
                return Ok(None);
            };
            let entry = self.entry(key, item);
            table = self.as_table(&entry)?;
        }
        Ok(Some(table))
    }

    /// The value of `key`.
    pub fn get<'t>(&self, table: &'t dyn TableLike, key: &str) -> Option<Entry<'t>> {
        table.get_key_value(key).map(|(key, item)| self.entry(key, item))
    }

    /// Every entry of `table`, in the order of the file.
    pub fn entries_of<'t>(&self, table: &'t dyn TableLike) -> Vec<Entry<'t>> {
        let keys = table.iter().map(|(key, _)| key);
        keys.filter_map(|key| table.get_key_value(key)).map(|(key, item)| self.entry(key, item)).collect()
    }

    /// The entry as a table.
    pub fn as_table<'t>(&self, entry: &Entry<'t>) -> Result<&'t dyn TableLike, Misread> {
        entry.item.as_table_like().ok_or_else(|| Misread::wrong_type(entry.key, "a table", entry.span))
    }

    /// The entry as a string.
    pub fn as_str<'t>(&self, entry: &Entry<'t>) -> Result<&'t str, Misread> {
        entry.item.as_str().ok_or_else(|| Misread::wrong_type(entry.key, "a string", entry.span))
    }

    /// The entry as an array: its values with their places.
    pub fn as_array<'t>(&self, entry: &Entry<'t>) -> Result<Vec<(&'t Value, Span)>, Misread> {
        let array =
            entry.item.as_array().ok_or_else(|| Misread::wrong_type(entry.key, "an array", entry.span))?;
        let place = |value: &Value| value.span().map_or(entry.span, |span| self.moved(span));
        Ok(array.iter().map(|value| (value, place(value))).collect())
    }

    /// The entry as an array of strings.
    pub fn as_strings<'t>(&self, entry: &Entry<'t>) -> Result<Vec<(&'t str, Span)>, Misread> {
        let string = |(value, span): (&'t Value, Span)| match value.as_str() {
            Some(text) => Ok((text, span)),
            None => Err(Misread::wrong_type(entry.key, "an array of strings", span)),
        };
        self.as_array(entry)?.into_iter().map(string).collect()
    }

    /// The strings of the array at `path` below `table`; none when nothing stands there.
    pub fn strings<'t>(
        &self,
        table: &'t dyn TableLike,
        path: &[&str],
    ) -> Result<Vec<(&'t str, Span)>, Misread> {
        let Some((key, folders)) = path.split_last() else {
            return Ok(Vec::new());
        };
        match self.table(table, folders)?.and_then(|table| self.get(table, key)) {
            Some(entry) => self.as_strings(&entry),
            None => Ok(Vec::new()),
        }
    }

    /// The entry as tables: one table, an array of them, or `[[..]]`.
    pub fn as_tables<'t>(&self, entry: &Entry<'t>) -> Result<Vec<&'t dyn TableLike>, Misread> {
        if let Some(table) = entry.item.as_table_like() {
            return Ok(vec![table]);
        }
        if let Some(tables) = entry.item.as_array_of_tables() {
            return Ok(tables.iter().map(|table| table as &dyn TableLike).collect());
        }
        let table = |(value, span): (&'t Value, Span)| match value.as_inline_table() {
            Some(table) => Ok(table as &dyn TableLike),
            None => Err(Misread::wrong_type(entry.key, "tables", span)),
        };
        self.as_array(entry)?.into_iter().map(table).collect()
    }

    fn moved(&self, span: Range<usize>) -> Span {
        Span::new(span.start + self.mark, span.end + self.mark)
    }

    fn entry<'t>(&self, key: &'t Key, item: &'t Item) -> Entry<'t> {
        let key_span = key.span();
        let value_span = item.as_value().and_then(|value| value.span());
        let start = key_span.clone().or(value_span.clone()).or(item.span()).unwrap_or(0..0);
        let end = value_span.map_or(start.end, |value| value.end.max(start.end));
        Entry { key: key.get(), item, span: self.moved(start.start..end) }
    }
}
