//! `Gemfile.lock` and `Podfile.lock`.

use super::super::syntax::{Node, Value, yaml_document};
use super::super::{Manifest, Misread};
use super::{answer, lines_of, locked, unexpected};
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `Gemfile.lock`: `name (version)` with four blanks in front, below the place it comes from.
pub fn ruby(content: &[u8]) -> Result<Manifest, Misread> {
    let mut found = Vec::new();
    let mut source = Source::Registry;
    let mut section = "";
    for (line, span) in lines_of(content)? {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        match (indent, section) {
            (0, _) => {
                let heading = text.chars().all(|char| char.is_ascii_uppercase() || char == ' ');
                if !heading {
                    return Err(unexpected(line, span));
                }
                section = text;
                source = Source::Registry;
            }
            (2, "GIT" | "PATH" | "GEM" | "PLUGIN SOURCE") => {
                if let Some(place) = text.strip_prefix("remote:").map(str::trim) {
                    source = match section {
                        "GIT" => Source::Git(place.to_owned()),
                        "PATH" => Source::Path(place.to_owned()),
                        _ if place.trim_end_matches('/') == "https://rubygems.org" => Source::Registry,
                        _ => Source::OtherRegistry(place.to_owned()),
                    };
                }
            }
            (4, "GIT" | "PATH" | "GEM" | "PLUGIN SOURCE") => {
                let (name, version) = text.split_once(' ').unwrap_or((text, ""));
                let version = version.trim_matches(['(', ')']);
                found.push(Dependency {
                    source: source.clone(),
                    ..locked(Ecosystem::Gem, name, version, span)
                });
            }
            _ => {}
        }
    }
    Ok(answer(found))
}

/// Reads a `Podfile.lock`: strings `Name/Part (version)`, or tables of one such key.
pub fn cocoapods(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut found: Vec<Dependency> = Vec::new();
    for pod in root.list(&["PODS"])? {
        let text = match &pod.value {
            Value::Text(text) => text.as_str(),
            Value::Map(entries) => entries.first().map_or("", |entry| entry.key.as_str()),
            Value::Null | Value::List(_) => return Err(Misread::wrong_type("PODS", "pods", pod.span)),
        };
        let (full, version) = text.split_once(' ').unwrap_or((text, ""));
        let name = full.split('/').next().unwrap_or(full);
        let source = root.get("EXTERNAL SOURCES").and_then(|sources| external(&sources.node, name));
        found.push(Dependency {
            key: (full != name).then(|| full.to_owned()),
            source: source.unwrap_or(Source::Registry),
            ..locked(Ecosystem::Cocoapods, name, version.trim_matches(['(', ')']), pod.span)
        });
    }
    Ok(answer(found))
}

fn external(sources: &Node, name: &str) -> Option<Source> {
    let place = &sources.get(name)?.node;
    let git = place.str(":git").map(|url| Source::Git(url.to_owned()));
    git.or(place.str(":path").map(|path| Source::Path(path.to_owned())))
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{GemfileLock, PodfileLock};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn gems_are_read_with_the_place_they_come_from() {
        check(
            GemfileLock,
            "GIT\n  remote: https://h.example/a\n  revision: x\n  specs:\n    a (1)\n      b (~> 1)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    b (1.2-java)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  a!\n",
            &["5:5 a =1 indirect git:h.example/a", "11:5 b =1.2-java indirect registry"],
        );
        check_refused(GemfileLock, "gems:\n", "1:1 unexpected line \"gems:\"");
    }

    #[test]
    fn pods_are_read() {
        check(
            PodfileLock,
            "PODS:\n  - A/Core (1.0):\n    - B\n  - B (2.0)\nEXTERNAL SOURCES:\n  B:\n    :git: https://h.example/b\n",
            &["2:5 A(A/Core) =1.0 indirect registry", "4:5 B =2.0 indirect git:h.example/b"],
        );
    }
}
