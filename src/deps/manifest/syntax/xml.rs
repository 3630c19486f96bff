//! XML as a tree of elements with places; namespaces are dropped, entities of the file's own are refused. Knows no
//! format.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::{Misread, Problem, text_of};
use crate::model::Span;

/// Levels of nesting.
const DEEPEST: usize = 200;

/// An element.
#[derive(Debug, Default)]
pub struct Element {
    /// The name without its prefix.
    pub name: String,
    /// Attributes in their order, without prefixes.
    pub attributes: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<Element>,
    /// The text inside, that of children left out.
    pub text: String,
    /// The opening tag.
    pub start: usize,
    /// The end of the element.
    pub end: usize,
}

impl Element {
    /// The whole element.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    /// The first child called `name`.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The trimmed text of the child called `name`.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    /// Elements at `path`, through all children of each name.
    pub fn all<'e>(&'e self, path: &[&str]) -> Vec<&'e Element> {
        let mut found = vec![self];
        for name in path {
            found = found
                .into_iter()
                .flat_map(|one| one.children.iter().filter(|child| child.name == *name))
                .collect();
        }
        found
    }

    /// This element and everything inside of it.
    pub fn each<'e>(&'e self, visit: &mut dyn FnMut(&'e Element)) {
        visit(self);
        self.children.iter().for_each(|child| child.each(visit));
    }

    /// An attribute, whatever the case of its name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Parses `content`; the returned element stands for the file and holds its roots.
pub fn parse(content: &[u8]) -> Result<Element, Misread> {
    let (text, mark) = text_of(content)?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element { start: mark, ..Element::default() }];
    loop {
        let start = position(reader.buffer_position()) + mark;
        let event = reader.read_event().map_err(|error| {
            let at = position(reader.error_position()) + mark;
            syntax(error.to_string(), at)
        })?;
        let end = position(reader.buffer_position()) + mark;
        match event {
            Event::Start(tag) => {
                if open.len() > DEEPEST {
                    return Err(syntax("nested too deep".to_owned(), start));
                }
                open.push(element(&tag, (start, end))?);
            }
            Event::Empty(tag) => {
                let empty = element(&tag, (start, end))?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(empty);
                }
            }
            Event::End(_) => close(&mut open, end),
            Event::Text(text) => append(&mut open, &text),
            Event::CData(text) => append(&mut open, &text),
            Event::GeneralRef(reference) => {
                let text = resolved(&reference).unwrap_or_else(|| format!("&{};", &*reference));
                append(&mut open, &text);
            }
            Event::DocType(definition) if definition.contains("<!ENTITY") => {
                return Err(syntax("the file defines entities of its own".to_owned(), start));
            }
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if open.len() > 1 => {
                return Err(syntax("an element is not closed".to_owned(), open[open.len() - 1].start));
            }
            Event::Eof => break,
        }
    }
    let file = open.swap_remove(0);
    if file.children.is_empty() && !file.text.trim().is_empty() {
        return Err(syntax("no XML".to_owned(), mark));
    }
    Ok(file)
}

fn syntax(problem: String, at: usize) -> Misread {
    Misread::new(Problem::Syntax(problem), Span::new(at, at))
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn element(tag: &BytesStart<'_>, (start, end): (usize, usize)) -> Result<Element, Misread> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| syntax(error.to_string(), start))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| syntax(error.to_string(), start))?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    let name = tag.local_name().as_ref().to_owned();
    Ok(Element { name, attributes, start, end, ..Element::default() })
}

fn close(open: &mut Vec<Element>, end: usize) {
    if let Some(mut closed) = open.pop() {
        closed.end = end;
        if let Some(parent) = open.last_mut() {
            parent.children.push(closed);
        }
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The five entities of XML and characters by number.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(char)) = reference.resolve_char_ref() {
        return Some(char.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(reference).map(str::to_owned)
}
