//! Reads the strings of a JSON file with the paths to them; comments and trailing commas are allowed.

use jsonc_parser::ast::Value;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Pair;

/// Deeper values are not looked at.
const DEEPEST: usize = 12;

/// Every string, named by its keys; none when the text is not JSON.
pub fn read(text: &[u8]) -> Vec<Pair> {
    let Ok(text) = std::str::from_utf8(text) else { return Vec::new() };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let mut pairs = Vec::new();
    if let Some(root) = parsed.ok().and_then(|parsed| parsed.value) {
        strings(&root, &mut Vec::new(), &mut pairs);
    }
    pairs
}

fn strings(value: &Value<'_>, keys: &mut Vec<String>, acc: &mut Vec<Pair>) {
    if keys.len() > DEEPEST {
        return;
    }
    match value {
        Value::StringLit(text) => acc.push(Pair::new(keys.join("."), text.value.as_bytes())),
        Value::Object(object) => {
            for property in &object.properties {
                keys.push(property.name.as_str().to_owned());
                strings(&property.value, keys, acc);
                keys.pop();
            }
        }
        Value::Array(array) => array.elements.iter().for_each(|element| strings(element, keys, acc)),
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => {}
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn strings_are_named_by_their_keys() {
        let text = r#"{ // settings
            "ConnectionStrings": { "Default": "a\"b" }, "list": ["x", 1, null], }"#;
        let read: Vec<_> = super::read(text.as_bytes())
            .iter()
            .map(|pair| format!("{}={}", pair.name, String::from_utf8_lossy(&pair.value)))
            .collect();
        assert_eq!(read, ["ConnectionStrings.Default=a\"b", "list=x"]);
        assert!(super::read(b"{\"a\": ").is_empty());
    }
}
