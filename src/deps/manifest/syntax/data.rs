//! A tree of maps, lists and texts with places, so that readers of JSON and YAML are written once. Knows no notation.

use std::collections::BTreeSet;

use super::super::{Misread, Problem};
use crate::model::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    /// What stands there.
    pub value: Value,
    /// Where.
    pub span: Span,
}

/// What can stand anywhere.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing.
    Null,
    /// A string, or a number or truth value as written.
    Text(String),
    /// Values in their order.
    List(Vec<Node>),
    /// Keys and values in the order of the file. Invariant: no key stands twice.
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, unescaped.
    pub key: String,
    /// The place of the key, to the end of the value.
    pub span: Span,
    /// The value.
    pub node: Node,
}

impl Node {
    /// A map; refuses keys that stand twice, unless they are comments.
    pub fn map(entries: Vec<Entry>, span: Span) -> Result<Node, Misread> {
        let mut keys = BTreeSet::new();
        for entry in &entries {
            if !keys.insert(entry.key.as_str()) && !entry.key.starts_with("//") {
                return Err(Misread::new(Problem::DuplicateKey(entry.key.clone()), entry.span));
            }
        }
        Ok(Node { value: Value::Map(entries), span })
    }

    /// The entry of `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The entry at `path`, through maps.
    pub fn at(&self, path: &[&str]) -> Option<&Entry> {
        let (last, folders) = path.split_last()?;
        let mut node = self;
        for folder in folders {
            node = &node.get(folder)?.node;
        }
        node.get(last)
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// The values of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null | Value::Text(_) | Value::Map(_) => &[],
        }
    }

    /// The text, when this is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The text of `key`, when this is a map that has one.
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(|entry| entry.node.text())
    }

    /// Entries of the table at `path`: none when nothing stands there, a problem when it is no table.
    pub fn table(&self, path: &[&str]) -> Result<&[Entry], Misread> {
        self.at(path).map_or(Ok(&[]), Entry::table)
    }

    /// Values of the list at `path`: none when nothing stands there, a problem when it is no list.
    pub fn list(&self, path: &[&str]) -> Result<&[Node], Misread> {
        self.at(path).map_or(Ok(&[]), Entry::list)
    }

    /// This as the file's own table; an empty file has an empty one.
    pub fn file(self) -> Result<Node, Misread> {
        match &self.value {
            Value::Map(_) | Value::Null => Ok(self),
            Value::Text(_) | Value::List(_) => Err(Misread::wrong_type("the file", "a table", self.span)),
        }
    }
}

impl Entry {
    /// The entries of a table; a key without a value is an empty one.
    pub fn table(&self) -> Result<&[Entry], Misread> {
        match &self.node.value {
            Value::Map(entries) => Ok(entries),
            Value::Null => Ok(&[]),
            // What PHP writes for an empty table.
            Value::List(items) if items.is_empty() => Ok(&[]),
            Value::Text(_) | Value::List(_) => Err(Misread::wrong_type(&self.key, "a table", self.span)),
        }
    }

    /// The values of a list; a key without a value is an empty one.
    pub fn list(&self) -> Result<&[Node], Misread> {
        match &self.node.value {
            Value::List(items) => Ok(items),
            Value::Null => Ok(&[]),
            Value::Text(_) | Value::Map(_) => Err(Misread::wrong_type(&self.key, "a list", self.span)),
        }
    }

    /// The text.
    pub fn required_text(&self) -> Result<&str, Misread> {
        self.node.text().ok_or_else(|| Misread::wrong_type(&self.key, "a string", self.span))
    }
}
