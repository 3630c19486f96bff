//! YAML as a tree with places: anchors followed, merge keys merged, nothing expanded without end. Knows no format.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, Span as Marked};

use super::super::{Misread, Problem, text_of};
use super::data::{Entry, Node, Value};
use crate::model::Span;

/// Values that aliases may add up to; a file of a person's own stays far below.
const MOST_COPIES: usize = 200_000;

/// Levels of nesting.
const DEEPEST: usize = 100;

/// Parses every document of `content`.
pub fn parse(content: &[u8]) -> Result<Vec<Node>, Misread> {
    let (text, mark) = text_of(content)?;
    events(text, mark).or_else(|error| events(&brackets_joined(text), mark).map_err(|_| error))
}

/// A bracket that closes a list at the indentation of its key is against the letter of YAML, but usual. It is joined to
/// the line above, which moves no byte; a comment there would swallow it.
fn brackets_joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let closes = line.trim_start().starts_with([']', '}']);
        let above = joined.rfind('\n').filter(|at| at + 1 == joined.len());
        let start = above.map_or(0, |at| joined[..at].rfind('\n').map_or(0, |at| at + 1));
        if let Some(at) = above.filter(|_| closes && !joined[start..].contains('#')) {
            joined.replace_range(at..=at, " ");
        }
        joined.push_str(line);
    }
    joined
}

fn events(text: &str, mark: usize) -> Result<Vec<Node>, Misread> {
    let mut builder = Builder { offsets: Offsets::new(text, mark), ..Builder::default() };
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|error| {
            let at = builder.offsets.of(error.marker().index());
            Misread::new(Problem::Syntax(error.info().to_owned()), Span::new(at, at))
        })?;
        builder.event(event, place)?;
    }
    Ok(builder.documents)
}

/// Parses `content`, which holds one document whose top is a table.
pub fn parse_one(content: &[u8]) -> Result<Node, Misread> {
    let mut documents = parse(content)?.into_iter();
    match (documents.next(), documents.next()) {
        (None, _) => Ok(Node { value: Value::Null, span: Span::new(0, 0) }),
        (Some(document), None) => document.file(),
        (Some(_), Some(second)) => {
            Err(Misread::new(Problem::Syntax("a second document in one file".to_owned()), second.span))
        }
    }
}

/// From the parser's characters to bytes.
#[derive(Default)]
struct Offsets {
    /// The byte of each character; empty when that is the same number.
    bytes: Vec<usize>,
    mark: usize,
}

impl Offsets {
    fn new(text: &str, mark: usize) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
        };
        Offsets { bytes, mark }
    }

    fn of(&self, index: usize) -> usize {
        let byte =
            if self.bytes.is_empty() { Some(&index) } else { self.bytes.get(index).or(self.bytes.last()) };
        byte.map_or(0, |byte| byte + self.mark)
    }
}

/// A list or map that is still open.
struct Open {
    anchor: usize,
    start: usize,
    items: Vec<Node>,
    /// The keys of a map, one ahead of its values while a value is awaited; nothing for a list.
    keys: Option<Vec<(String, usize)>>,
}

#[derive(Default)]
struct Builder {
    offsets: Offsets,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copies: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, place: Marked) -> Result<(), Misread> {
        let span = Span::new(self.offsets.of(place.start.index()), self.offsets.of(place.end.index()));
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
            Event::DocumentEnd => self.anchors.clear(),
            Event::Alias(anchor) => {
                let Some(target) = self.anchors.get(&anchor) else {
                    return Err(Misread::new(
                        Problem::Syntax("an alias inside of its own anchor".to_owned()),
                        span,
                    ));
                };
                self.copies += size(target);
                if self.copies > MOST_COPIES {
                    return Err(Misread::new(Problem::Syntax("aliases expand without end".to_owned()), span));
                }
                let copy = Node { value: target.value.clone(), span };
                self.value(copy, 0)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                let custom = tag.is_none_or(|tag| !tag.is_yaml_core_schema());
                let plain = style == saphyr_parser::ScalarStyle::Plain && custom;
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Text(text.into_owned()) };
                self.value(Node { value, span }, anchor)?;
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, span, None)?,
            Event::MappingStart(anchor, _) => self.start(anchor, span, Some(Vec::new()))?,
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
        }
        Ok(())
    }

    fn start(
        &mut self,
        anchor: usize,
        span: Span,
        keys: Option<Vec<(String, usize)>>,
    ) -> Result<(), Misread> {
        if self.open.len() >= DEEPEST {
            return Err(Misread::new(Problem::Syntax("nested too deep".to_owned()), span));
        }
        self.open.push(Open { anchor, start: span.start, items: Vec::new(), keys });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Misread> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let whole = Span::new(open.start, span.end.max(open.start));
        let node = match open.keys {
            None => Node { value: Value::List(open.items), span: whole },
            Some(keys) => {
                let entry = |((key, start), node): ((String, usize), Node)| {
                    let end = node.span.end.max(start);
                    Entry { key, span: Span::new(start, end), node }
                };
                merged(keys.into_iter().zip(open.items).map(entry).collect(), whole)?
            }
        };
        self.value(node, open.anchor)
    }

    /// Puts a finished value where it belongs: as key or value of the open map, into the open list, or at the top.
    fn value(&mut self, node: Node, anchor: usize) -> Result<(), Misread> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open { keys: Some(keys), items, .. }) if keys.len() == items.len() => match node.value {
                Value::Text(text) => keys.push((text, node.span.start)),
                Value::Null => keys.push(("null".to_owned(), node.span.start)),
                Value::List(_) | Value::Map(_) => {
                    return Err(Misread::new(Problem::Syntax("a key that is no text".to_owned()), node.span));
                }
            },
            Some(open) => open.items.push(node),
        }
        Ok(())
    }
}

/// `<<: *base` and `<<: [*one, *other]`: keys that stand in the map itself win, then the first map that has them.
fn merged(entries: Vec<Entry>, span: Span) -> Result<Node, Misread> {
    let (merges, own): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| entry.key == "<<");
    let mut node = Node::map(own, span)?;
    for merge in &merges {
        let maps = match &merge.node.value {
            Value::List(maps) => maps.as_slice(),
            Value::Map(_) | Value::Null | Value::Text(_) => std::slice::from_ref(&merge.node),
        };
        for entry in maps.iter().flat_map(Node::entries) {
            if node.get(&entry.key).is_none()
                && let Value::Map(own) = &mut node.value
            {
                own.push(entry.clone());
            }
        }
    }
    Ok(node)
}

fn size(node: &Node) -> usize {
    let inner: usize = match &node.value {
        Value::Null | Value::Text(_) => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| size(&entry.node)).sum(),
    };
    inner + 1
}

#[cfg(test)]
mod tests {
    use super::parse_one;

    #[track_caller]
    fn check(text: &str, path: &[&str], expected: &str) {
        let found = match parse_one(text.as_bytes()) {
            Ok(node) => node.at(path).map_or("nothing".to_owned(), |entry| {
                format!("{} {:?}", &text[entry.span.start..entry.span.end], entry.node.text())
            }),
            Err(error) => format!("refused: {}", error.problem),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values_have_their_places_behind_letters_of_any_width() {
        check("a: 1.10\n", &["a"], "a: 1.10 Some(\"1.10\")");
        check("\u{e9}: {b: 'x'}\n", &["\u{e9}", "b"], "b: 'x' Some(\"x\")");
        check("a:\n", &["a"], "a None");
        check("", &["a"], "nothing");
        check("x:\n  a: [\n    1,\n  ]\n  b: 2\n", &["x", "b"], "b: 2 Some(\"2\")");
    }

    #[test]
    fn anchors_and_merge_keys_mean_what_they_stand_for() {
        check("x: &x {a: 1}\ny: *x\n", &["y", "a"], "a: 1 Some(\"1\")");
        check("x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}\n", &["y", "a"], "a: 3 Some(\"3\")");
        check("x: &x {a: 1}\ny: {<<: [*x], b: 3, <<: *x}\n", &["y", "a"], "a: 1 Some(\"1\")");
    }

    #[test]
    fn what_readers_differ_on_or_never_finish_is_refused() {
        check(
            "a: 1\na: 2\n",
            &["a"],
            "refused: duplicate key \"a\": package managers differ on which one counts",
        );
        check("a: 1\n---\nb: 1\n", &["a"], "refused: a second document in one file");
        check("a: &a [*a]\n", &["a"], "refused: an alias inside of its own anchor");
        check("? [a]\n: b\n", &["a"], "refused: a key that is no text");
        check("- a\n", &["a"], "refused: the file: expected a table");
        check(&format!("a: {}", "[".repeat(101)), &["a"], "refused: nested too deep");
        let level = |at: usize| format!("l{at}: &l{at} [{}]\n", vec![format!("*l{}", at - 1); 9].join(", "));
        let laughs: String = (1..9).map(level).collect();
        check(&format!("l0: &l0 x\n{laughs}"), &["l0"], "refused: aliases expand without end");
    }
}
