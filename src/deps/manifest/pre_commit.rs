//! Reads `.pre-commit-config.yaml`: repositories whose hooks run on every machine, and what they install besides.

use super::syntax::{Node, yaml_document};
use super::{Manifest, Misread, npm_spec, pep508};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Scope};

/// Reads a `.pre-commit-config.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for entry in root.list(&["repos"])? {
        let place = entry.str("repo").unwrap_or_default();
        if !matches!(place, "local" | "meta" | "builtin" | "") {
            manifest.dependencies.push(Dependency {
                scope: Scope::Tool,
                requirement: entry.str("rev").or(entry.str("sha")).unwrap_or_default().to_owned(),
                ..Dependency::new(
                    Ecosystem::Git,
                    repository(place),
                    entry.get("repo").map_or(entry.span, |repo| repo.span),
                )
            });
        }
        for hook in entry.list(&["hooks"])? {
            for addition in hook.list(&["additional_dependencies"])? {
                let language = hook.str("language").unwrap_or_default();
                manifest.dependencies.extend(additional(addition, language));
            }
        }
    }
    Ok(manifest)
}

/// What a hook installs besides itself, in the notation of its language. Where the hook's own repository says the
/// language, it is told by the notation: `name@version` is npm's.
fn additional(node: &Node, language: &str) -> Option<Dependency> {
    let text = node.text()?.trim();
    let ecosystem = match language {
        "node" => Ecosystem::Npm,
        "golang" => Ecosystem::Golang,
        "rust" => Ecosystem::Cargo,
        "ruby" => Ecosystem::Gem,
        "conda" => Ecosystem::Conda,
        "" if text.starts_with('@') || text.contains('@') && !text.contains(" @") => Ecosystem::Npm,
        _ => Ecosystem::Pypi,
    };
    let blank = |name: &str| Dependency { scope: Scope::Tool, ..Dependency::new(ecosystem, name, node.span) };
    if ecosystem == Ecosystem::Pypi {
        let found = pep508::parse_pip(text);
        return Some(found.map_or_else(
            || blank(text),
            |found| Dependency { requirement: found.version, source: found.source, ..blank(&found.name) },
        ));
    }
    let text = text.strip_prefix("cli:").unwrap_or(text);
    let at =
        text.char_indices().skip(1).find(|(_, char)| "@:=".contains(*char)).map_or(text.len(), |(at, _)| at);
    let version = text[at..].trim_start_matches(['@', ':', '=']);
    let dependency = blank(&text[..at]);
    if ecosystem != Ecosystem::Npm {
        return Some(Dependency { requirement: version.to_owned(), ..dependency });
    }
    let spec = npm_spec::parse(if at == text.len() && text.contains('/') && !text.starts_with('@') {
        text
    } else {
        version
    });
    let key = spec.name.as_ref().map(|_| dependency.name.clone());
    let name = spec.name.unwrap_or(dependency.name);
    Some(Dependency { name, key, requirement: spec.requirement, source: spec.source, ..blank("") })
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::PreCommit;
    use crate::deps::manifest::tests::check;

    #[test]
    fn repositories_and_what_hooks_install_are_read() {
        check(
            PreCommit,
            "repos:\n- repo: https://github.com/Psf/black\n  rev: 24.1\n  hooks:\n  - id: black\n    additional_dependencies: ['a==1', \"b[x]\"]\n- repo: local\n  hooks:\n  - id: x\n    language: node\n    additional_dependencies:\n      - eslint@8\n      - '@s/c@npm:evil@1'\n- repo: https://h.example/h\n  hooks:\n  - {id: y, additional_dependencies: ['d@1']}\n",
            &[
                "2:3 github.com/psf/black =24.1 tool registry",
                "6:31 a ===1 tool registry",
                "6:39 b = tool registry",
                "12:9 eslint =8 tool registry",
                "13:9 evil(@s/c) =1 tool registry",
                "14:3 h.example/h = tool registry",
                "16:39 d =1 tool registry",
            ],
        );
    }
}
