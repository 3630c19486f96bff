//! Reads `paket.dependencies`.

use super::{Manifest, Misread, Note, text_of};
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Reads a `paket.dependencies`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let (text, mark) = text_of(content)?;
    let mut manifest = Manifest::default();
    let mut scope = Scope::Runtime;
    let mut start = mark;
    for raw in text.split_inclusive('\n') {
        let line = raw.split("//").next().filter(|_| !raw.contains("://")).unwrap_or(raw).trim();
        let at = start + raw.len() - raw.trim_start().len();
        let span = Span::new(at, at + line.len());
        start += raw.len();
        let (verb, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let (name, version) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let found = |ecosystem, name: &str| Dependency {
            scope,
            requirement: bare(version).to_owned(),
            ..Dependency::new(ecosystem, name, span)
        };
        match verb {
            "group" => {
                let development =
                    ["test", "build", "dev"].iter().any(|word| name.to_ascii_lowercase().contains(word));
                scope = if development { Scope::Dev } else { Scope::Runtime };
            }
            "nuget" => manifest.dependencies.push(found(Ecosystem::Nuget, name)),
            "clitool" => {
                manifest.dependencies.push(Dependency { scope: Scope::Tool, ..found(Ecosystem::Nuget, name) })
            }
            "github" => {
                let (place, pin) = name.split_once(':').unwrap_or((name, ""));
                let named = found(Ecosystem::Git, &format!("github.com/{place}").to_ascii_lowercase());
                manifest.dependencies.push(Dependency { requirement: pin.to_owned(), ..named });
            }
            "git" => {
                manifest.dependencies.push(found(Ecosystem::Git, &crate::deps::origin::repository(name)))
            }
            "http" => {
                let source = Source::Url(name.to_owned());
                manifest.dependencies.push(Dependency {
                    source,
                    ..found(Ecosystem::Git, &crate::deps::origin::repository(name))
                });
            }
            "source"
                if name.contains("://")
                    && !name.contains("//api.nuget.org/")
                    && !name.contains("//www.nuget.org/api/") =>
            {
                manifest.notes.push(Note::Registry { source: Source::OtherRegistry(name.to_owned()), span });
            }
            _ => {}
        }
    }
    Ok(manifest)
}

/// The version without the settings behind it: `>= 1 < 2 framework: net45, import_targets: false`.
fn bare(version: &str) -> &str {
    let end = version.find(':').map_or(version.len(), |at| {
        version[..at].rfind(|char: char| char.is_whitespace() || char == ',').unwrap_or(0)
    });
    version[..end].trim()
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Paket;
    use crate::deps::manifest::tests::check;

    #[test]
    fn settings_are_no_part_of_a_version() {
        check(
            Paket,
            "nuget A >= 1 < 2 framework: net45, content: none\nnuget B copy_local: true\nnuget C ~> 1\n",
            &["1:1 A =>= 1 < 2 runtime registry", "2:1 B = runtime registry", "3:1 C =~> 1 runtime registry"],
        );
    }

    #[test]
    fn packages_of_every_source_are_read() {
        check(
            Paket,
            "source https://api.nuget.org/v3/index.json\nsource https://h.example/v3\n// nuget No\nnuget A ~> 1\nclitool B\ngithub o/R:main file.fs\ngroup Test\n  nuget C\n",
            &[
                "4:1 A =~> 1 runtime registry",
                "5:1 B = tool registry",
                "6:1 github.com/o/r =main runtime registry",
                "8:3 C = dev registry",
                "2:1 looks in registry:h.example/v3",
            ],
        );
    }
}
