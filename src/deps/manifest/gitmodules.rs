//! Reads `.gitmodules`. Knows the file, not the commits that submodules stand at.

use super::{Manifest, Misread, syntax};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `.gitmodules`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    let mut variables = syntax::git_config(content)?;
    variables.retain(|one| one.section == "submodule");
    for variable in variables.iter().filter(|one| one.name == "url") {
        let url = variable.value.as_str();
        let mut branches = variables.iter().filter(|one| one.name == "branch");
        let branch = branches.rfind(|one| one.subsection == variable.subsection);
        // A relative address is one beside this repository's own.
        let local = url.starts_with("./") || url.starts_with("../");
        let (name, source) = if local {
            (url.to_owned(), Source::Path(url.to_owned()))
        } else {
            (repository(url), Source::Registry)
        };
        manifest.dependencies.push(Dependency {
            requirement: branch.map(|branch| branch.value.clone()).unwrap_or_default(),
            source,
            ..Dependency::new(Ecosystem::Git, name, variable.span)
        });
    }
    Ok(manifest)
}

/// True when the file says from where git takes the submodule at `path`.
pub fn tells_of(content: &[u8], path: &[u8]) -> bool {
    let Ok(variables) = syntax::git_config(content) else { return false };
    let of_path = |one: &&syntax::Variable| {
        one.section == "submodule" && one.name == "path" && one.value.trim_end_matches('/').as_bytes() == path
    };
    let has_url = |named: &syntax::Variable| {
        variables.iter().any(|one| {
            one.section == "submodule"
                && one.subsection == named.subsection
                && one.name == "url"
                && !one.value.is_empty()
        })
    };
    variables.iter().filter(of_path).any(has_url)
}

#[cfg(test)]
mod tests {
    use super::tells_of;
    use crate::deps::manifest::Format::GitModules;
    use crate::deps::manifest::tests::check;

    #[test]
    fn submodules_are_named_by_their_repository() {
        check(
            GitModules,
            "[submodule \"a\"]\n\tpath = a\n\turl = git@github.com:O/a.git\n\tbranch = main\n[submodule \"b\"]\n\tURL = ../b\n",
            &["3:2 github.com/o/a =main runtime registry", "6:2 ../b = runtime path"],
        );
    }

    #[test]
    fn what_git_takes_for_a_submodule_cannot_be_hidden_from_us() {
        for text in [
            "[SubModule \"a\"]\nurl = https://evil.example/o/r\n",
            "[submodule.a]\nurl = https://evil.example/o/r\n",
            "[submodule \t\"a\"] url = https://evil.example/o/r\n",
            "[submodule \"a\"]\nurl = \"https://evil.example/o\"/r # ours\n",
            "[submodule \"a\"]\nurl = https://evil.example/\\\no/r\n",
        ] {
            let line = text.lines().position(|line| line.contains("url")).unwrap_or_default() + 1;
            let column = if line == 1 { text.find("url").unwrap_or_default() + 1 } else { 1 };
            check(GitModules, text, &[&format!("{line}:{column} evil.example/o/r = runtime registry")]);
        }
        check(
            GitModules,
            "[submodule \"a\"]\nurl: x\n",
            &["refused: line 2, column 1: not a line of git's configuration"],
        );
    }

    #[test]
    fn a_path_is_told_of_when_its_section_has_an_address() {
        let text = b"[submodule \"x\"]\npath = lib/a/\nurl = ../a\n[submodule \"y\"]\npath = lib/b\n";
        for (path, told) in [("lib/a", true), ("lib/b", false), ("lib", false), ("x", false)] {
            assert_eq!(tells_of(text, path.as_bytes()), told, "{path}");
        }
        assert!(!tells_of(b"[submodule", b"a"));
    }
}
