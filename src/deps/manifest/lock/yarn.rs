//! `yarn.lock` of version 1, a notation of its own, and of later versions, which is YAML.

use super::super::syntax::yaml_document;
use super::super::{Manifest, Misread, npm_spec};
use super::npm::REGISTRIES;
use super::{answer, facts, from_url, integrity, lines_of, locked, unexpected};
use crate::model::{Dependency, Ecosystem, Source, Span};

/// Reads a `yarn.lock`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let lines = lines_of(content)?;
    if lines.iter().any(|(line, _)| *line == "__metadata:") {
        return berry(content);
    }
    let mut found: Vec<Dependency> = Vec::new();
    for (line, span) in lines {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        match indent {
            _ if text.is_empty() || text.starts_with('#') => {}
            0 => found.push(header(text, span)?),
            2 => {
                let value = |key: &str| text.strip_prefix(key).map(|value| value.trim().trim_matches('"'));
                if let Some(last) = found.last_mut() {
                    if let Some(version) = value("version ") {
                        version.clone_into(&mut last.requirement);
                    }
                    if let Some(hashes) = value("integrity ") {
                        last.locked.hashes = integrity(Some(hashes));
                    }
                    if let Some(url) = value("resolved ").filter(|_| last.source == Source::Registry) {
                        last.locked.url = Some(url.to_owned());
                        last.source = from_url(url.split('#').next().unwrap_or(url), &REGISTRIES);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(answer(found))
}

/// `a@^1, "@s/b@npm:c@2":`.
fn header(text: &str, span: Span) -> Result<Dependency, Misread> {
    let keys = text.strip_suffix(':').ok_or_else(|| unexpected(text, span))?;
    let first = keys.split(", ").next().unwrap_or(keys).trim_matches('"');
    let (key, range) = split(first).ok_or_else(|| unexpected(text, span))?;
    Ok(named(key, range, span))
}

fn split(text: &str) -> Option<(&str, &str)> {
    let (at, _) = text.char_indices().skip(1).find(|(_, char)| *char == '@')?;
    Some((&text[..at], &text[at + 1..]))
}

fn named(key: &str, range: &str, span: Span) -> Dependency {
    let spec = npm_spec::parse(range);
    let name = spec.name.unwrap_or_else(|| key.to_owned());
    let alias = (name != key).then(|| key.to_owned());
    Dependency { key: alias, source: spec.source, ..locked(Ecosystem::Npm, name, "", span) }
}

fn berry(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut found = Vec::new();
    for entry in root.entries().iter().filter(|entry| entry.key != "__metadata") {
        let first = entry.key.split(", ").next().unwrap_or(&entry.key);
        let resolution = entry.node.str("resolution").unwrap_or(first);
        let (Some((key, _)), Some((name, place))) = (split(first), split(resolution)) else {
            return Err(unexpected(&entry.key, entry.span));
        };
        let dependency = named(name, place, entry.span);
        let requirement = entry.node.str("version").unwrap_or_default().to_owned();
        let alias = (key != dependency.name).then(|| key.to_owned());
        let locked = facts(None, entry.node.str("checksum").map(|sum| format!("berry:{sum}")));
        found.push(Dependency { key: alias, requirement, locked, ..dependency });
    }
    // What lies in the workspace is no package.
    found.retain(|dependency| dependency.source != Source::Workspace);
    Ok(answer(found))
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::YarnLock;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn version_one_is_read() {
        check(
            YarnLock,
            "# yarn lockfile v1\n\n\na@^1, a@^1.2:\n  version \"1.3\"\n  resolved \"https://registry.yarnpkg.com/a/-/a-1.3.tgz#x\"\n  dependencies:\n    b \"^1\"\n\n\"@s/c@npm:evil@2\":\n  version \"2\"\nd@o/d:\n  version \"1\"\n  resolved \"https://codeload.github.com/o/d/tar.gz/abc\"\n",
            &[
                "4:1 a =1.3 indirect registry",
                "10:1 evil(@s/c) =2 indirect registry",
                "12:1 d =1 indirect git:github.com/o/d",
            ],
        );
        check(YarnLock, "", &[]);
        check_refused(YarnLock, "a@1\n", "1:1 unexpected line \"a@1\"");
    }

    #[test]
    fn later_versions_are_read() {
        check(
            YarnLock,
            "__metadata:\n  version: 8\n\n\"a@npm:^1, a@npm:^1.2\":\n  version: 1.3\n  resolution: \"a@npm:1.3\"\n\"b@npm:evil@1\":\n  version: 1.0\n  resolution: \"evil@npm:1.0\"\n\"own@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"own@workspace:.\"\n",
            &["4:1 a =1.3 indirect registry", "7:1 evil(b) =1.0 indirect registry"],
        );
    }
}
