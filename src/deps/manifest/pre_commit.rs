//! Reads `.pre-commit-config.yaml` and `prek.toml`: repositories whose hooks run on every machine, and what they install besides.

use super::syntax::yaml_document;
use super::toml::Toml;
use super::{Manifest, Misread, npm_spec, pep508};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// Names in the place of a repository.
const OWN: [&str; 4] = ["local", "meta", "builtin", ""];

/// Reads a `.pre-commit-config.yaml`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let root = yaml_document(content)?;
    let mut manifest = Manifest::default();
    for entry in root.list(&["repos"])? {
        let place = entry.str("repo").unwrap_or_default();
        if !OWN.contains(&place) {
            let span = entry.get("repo").map_or(entry.span, |repo| repo.span);
            manifest.dependencies.push(hooks(place, entry.str("rev").or(entry.str("sha")), span));
        }
        for hook in entry.list(&["hooks"])? {
            for addition in hook.list(&["additional_dependencies"])? {
                let language = hook.str("language").unwrap_or_default();
                let text = addition.text().map(|text| (text, addition.span));
                manifest.dependencies.extend(text.and_then(|text| additional(text, language)));
            }
        }
    }
    Ok(manifest)
}

/// Reads a `prek.toml`, which says the same in TOML.
pub fn read_toml(content: &[u8]) -> Result<Manifest, Misread> {
    let toml = Toml::parse(content)?;
    let mut manifest = Manifest::default();
    let Some(repos) = toml.get(toml.root(), "repos") else { return Ok(manifest) };
    for repo in toml.as_tables(&repos)? {
        let string = |key| toml.get(repo, key).map(|entry| toml.as_str(&entry)).transpose();
        if let (Some(place), Some(entry)) = (string("repo")?, toml.get(repo, "repo"))
            && !OWN.contains(&place)
        {
            manifest.dependencies.push(hooks(place, string("rev")?, entry.span));
        }
        let hooks = toml.get(repo, "hooks").map(|hooks| toml.as_tables(&hooks)).transpose()?;
        for hook in hooks.unwrap_or_default() {
            let language = toml.get(hook, "language").and_then(|language| language.item.as_str());
            let additions = toml.strings(hook, &["additional_dependencies"])?;
            let found =
                additions.into_iter().filter_map(|text| additional(text, language.unwrap_or_default()));
            manifest.dependencies.extend(found);
        }
    }
    Ok(manifest)
}

/// A repository whose hooks run.
fn hooks(place: &str, commit: Option<&str>, span: Span) -> Dependency {
    let requirement = commit.unwrap_or_default().to_owned();
    Dependency { scope: Scope::Tool, requirement, ..Dependency::new(Ecosystem::Git, repository(place), span) }
}

/// What a hook installs besides itself, in the notation of its language. Where the hook's own repository says the
/// language, it is told by the notation: `name@version` is npm's.
fn additional((text, span): (&str, Span), language: &str) -> Option<Dependency> {
    let text = text.trim();
    let ecosystem = match language {
        "node" => Ecosystem::Npm,
        "golang" => Ecosystem::Golang,
        "rust" => Ecosystem::Cargo,
        "ruby" => Ecosystem::Gem,
        "conda" => Ecosystem::Conda,
        "" if text.starts_with('@') || text.contains('@') && !text.contains(" @") => Ecosystem::Npm,
        _ => Ecosystem::Pypi,
    };
    let blank = |name: &str| Dependency { scope: Scope::Tool, ..Dependency::new(ecosystem, name, span) };
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
    use crate::deps::manifest::Format::{PreCommit, Prek};
    use crate::deps::manifest::tests::check;

    #[test]
    fn prek_says_the_same_in_toml() {
        check(
            Prek,
            "[[repos]]\nrepo = 'https://github.com/o/a'\nrev = 'v1'\nhooks = [{ id = 'x' }, { id = 'y', additional_dependencies = ['b==1'] }]\n[[repos]]\nrepo = 'local'\n[[repos.hooks]]\nid = 'z'\nlanguage = 'node'\nadditional_dependencies = ['c@2']\n[[repos]]\nrepo = 'builtin'\n",
            &[
                "2:1 github.com/o/a =v1 tool registry",
                "4:63 b ===1 tool registry",
                "10:28 c =2 tool registry",
            ],
        );
    }

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
