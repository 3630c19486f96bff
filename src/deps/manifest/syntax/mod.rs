//! Notations that several formats share: JSON and YAML as one tree, XML, git's configuration, and the words of program
//! code. Knows no format.

mod code;
mod data;
mod git_config;
mod json;
mod xml;
mod yaml;

pub use crate::json::{COMMENTS, STRICT};
pub use code::{Code, Kind, Quote, Syntax};
pub use data::{Entry, Node, Value};
pub use git_config::{Variable, parse as git_config};
pub use json::parse as json;
pub use xml::{Element, parse as xml};
pub use yaml::{parse as yaml, parse_one as yaml_document};
