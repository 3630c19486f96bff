//! Reads `.gitmodules`. Knows the file, not the commits that submodules stand at.

use super::{Manifest, Misread, ini};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Source};

/// Reads a `.gitmodules`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let mut manifest = Manifest::default();
    let settings = ini::parse(content, false)?;
    for setting in settings.iter().filter(|setting| setting.section.starts_with("submodule ")) {
        if !setting.key.eq_ignore_ascii_case("url") {
            continue;
        }
        let url = setting.value();
        let url = url.trim_matches('"');
        let branch = settings
            .iter()
            .find(|other| other.section == setting.section && other.key.eq_ignore_ascii_case("branch"));
        // A relative address is one beside this repository's own.
        let local = url.starts_with("./") || url.starts_with("../");
        let (name, source) = if local {
            (url.to_owned(), Source::Path(url.to_owned()))
        } else {
            (repository(url), Source::Registry)
        };
        manifest.dependencies.push(Dependency {
            requirement: branch.map(ini::Setting::value).unwrap_or_default(),
            source,
            ..Dependency::new(Ecosystem::Git, name, setting.span)
        });
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
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
}
