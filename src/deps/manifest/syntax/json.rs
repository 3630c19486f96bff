//! JSON, with or without comments, as a tree with places. Knows no format.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::super::{Misread, Problem, text_of};
use super::data::{Entry, Node, Value};
use crate::model::Span;

/// Parses `content`, whose top must be a table.
pub fn parse(content: &[u8], options: &ParseOptions) -> Result<Node, Misread> {
    let (text, mark) = text_of(content)?;
    let place = |range: jsonc_parser::common::Range| Span::new(range.start + mark, range.end + mark);
    let parsed = parse_to_ast(text, &CollectOptions::default(), options)
        .map_err(|error| Misread::new(Problem::Syntax(error.kind().to_string()), place(error.range())))?;
    match parsed.value {
        Some(value @ ast::Value::Object(_)) => node(&value, mark),
        Some(_) | None => Err(Misread::wrong_type("the file", "an object", Span::new(mark, mark))),
    }
}

/// The parser refuses deep nesting, so this recursion ends.
fn node(value: &ast::Value<'_>, mark: usize) -> Result<Node, Misread> {
    let range = value.range();
    let span = Span::new(range.start + mark, range.end + mark);
    let text = |text: &str| Ok(Node { value: Value::Text(text.to_owned()), span });
    match value {
        ast::Value::StringLit(string) => text(&string.value),
        ast::Value::NumberLit(number) => text(number.value),
        ast::Value::BooleanLit(boolean) => text(if boolean.value { "true" } else { "false" }),
        ast::Value::NullKeyword(_) => Ok(Node { value: Value::Null, span }),
        ast::Value::Array(array) => {
            let items: Result<_, _> = array.elements.iter().map(|element| node(element, mark)).collect();
            Ok(Node { value: Value::List(items?), span })
        }
        ast::Value::Object(object) => {
            let entry = |prop: &ast::ObjectProp<'_>| {
                let range = prop.range();
                let span = Span::new(range.start + mark, range.end + mark);
                Ok(Entry { key: prop.name.as_str().to_owned(), span, node: node(&prop.value, mark)? })
            };
            let entries: Result<_, Misread> = object.properties.iter().map(entry).collect();
            Node::map(entries?, span)
        }
    }
}
