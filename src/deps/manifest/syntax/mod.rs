//! Notations that several formats share: JSON and YAML as one tree, XML, and the words of program code. Knows no format.

mod code;
mod data;
mod json;
mod xml;
mod yaml;

pub use crate::json::{COMMENTS, STRICT};
pub use code::{Code, Kind, Quote, Syntax};
pub use data::{Entry, Node, Value};
pub use json::parse as json;
pub use xml::{Element, parse as xml};
pub use yaml::{parse as yaml, parse_one as yaml_document};
