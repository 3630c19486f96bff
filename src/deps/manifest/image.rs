//! Names of container images: registry, repository, tag and digest told apart, and the variables in them. Knows no file
//! format.

use std::collections::BTreeMap;

use super::{Manifest, Note};
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// The image that `reference` names; nothing for `scratch`, which is no image. Docker Hub is left out of the name.
pub fn read(reference: &str, span: Span) -> Option<Dependency> {
    let reference = reference.trim().strip_prefix("docker://").unwrap_or(reference.trim());
    let (rest, digest) =
        reference.split_once('@').map_or((reference, None), |(rest, digest)| (rest, Some(digest)));
    let last = rest.rfind('/').map_or(0, |at| at + 1);
    let (name, tag) = match rest[last..].split_once(':') {
        Some((_, tag)) => (&rest[..rest.len() - tag.len() - 1], tag),
        None => (rest, ""),
    };
    let hub = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let name = hub.iter().find_map(|host| name.strip_prefix(host)).unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    if name.is_empty() || name == "scratch" {
        return None;
    }
    let requirement = match (tag, digest) {
        (tag, None) => tag.to_owned(),
        ("", Some(digest)) => digest.to_owned(),
        (tag, Some(digest)) => format!("{tag}@{digest}"),
    };
    Some(Dependency { scope: Scope::Runtime, requirement, ..Dependency::new(Ecosystem::Docker, name, span) })
}

/// Adds the image that `text` names, variables filled in; a name that stays computed is told.
pub fn push(text: &str, values: &BTreeMap<String, String>, span: Span, acc: &mut Manifest) {
    let resolved = resolved(text, values);
    let name = resolved.split(['@', ':']).next().unwrap_or_default();
    if name.contains('$') || name.contains("{{") {
        acc.notes.push(Note::Computed { what: format!("image {text}"), span });
        return;
    }
    acc.dependencies.extend(read(&resolved, span));
}

/// `$X`, `${X}`, `${X:-default}` and `${X-default}`; what has no value stays as written.
pub fn resolved(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let (name, default, written) = variable(&rest[at + 1..]);
        match values.get(name).map(String::as_str).filter(|value| !value.is_empty()).or(default) {
            Some(value) => result.push_str(value),
            None => result.push_str(&rest[at..=at + written]),
        }
        rest = &rest[at + 1 + written..];
    }
    result + rest
}

/// Name, default and written length of the variable behind a `$`.
fn variable(text: &str) -> (&str, Option<&str>, usize) {
    let word = |text: &str| {
        text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len())
    };
    // `${{ .. }}` is filled in by somebody else.
    if let Some((inner, _)) = text.strip_prefix("{{").and_then(|text| text.split_once("}}")) {
        return ("", None, inner.len() + 4);
    }
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.split_once('}')).map(|(inner, _)| inner)
    else {
        let length = word(text);
        return (&text[..length], None, length);
    };
    let name = &inner[..word(inner)];
    let default = inner[name.len()..].strip_prefix(":-").or(inner[name.len()..].strip_prefix('-'));
    (name, default, inner.len() + 2)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{read, resolved};
    use crate::model::Span;

    #[test]
    fn images_are_named_without_the_usual_registry() {
        for (reference, expected) in [
            ("alpine", "alpine "),
            ("alpine:3.20", "alpine 3.20"),
            ("docker.io/library/alpine:3", "alpine 3"),
            ("o/x@sha256:ab", "o/x sha256:ab"),
            ("ghcr.io/o/x:1@sha256:ab", "ghcr.io/o/x 1@sha256:ab"),
            ("localhost:5000/x", "localhost:5000/x "),
            ("localhost:5000/x:1", "localhost:5000/x 1"),
            ("docker://alpine:3", "alpine 3"),
        ] {
            let found = read(reference, Span::new(0, 0)).expect("an image");
            assert_eq!(format!("{} {}", found.name, found.requirement), expected, "{reference}");
        }
        assert!(read("scratch", Span::new(0, 0)).is_none());
    }

    #[test]
    fn variables_are_filled_in_with_their_value_or_default() {
        let values = BTreeMap::from([("V".to_owned(), "1".to_owned())]);
        for (text, expected) in [
            ("x:$V", "x:1"),
            ("x:${V}-y", "x:1-y"),
            ("${W:-a}:1", "a:1"),
            ("$W/x", "$W/x"),
            ("${W-b}", "b"),
            ("a$", "a$"),
            ("a:${{ env.V }}", "a:${{ env.V }}"),
        ] {
            assert_eq!(resolved(text, &values), expected, "{text}");
        }
    }
}
