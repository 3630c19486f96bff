//! Reads `Podfile` and `*.podspec` as far as they say what they want. Runs nothing.

use super::gemfile::source;
use super::ruby::{self, Call};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Reads a `Podfile`, whose pods stand in `pod`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    pods(content, "pod")
}

/// Reads a podspec, whose pods stand in `s.dependency`.
pub fn read_podspec(content: &[u8]) -> Result<Manifest, Misread> {
    pods(content, "dependency")
}

fn pods(content: &[u8], word: &str) -> Result<Manifest, Misread> {
    let code = ruby::parse(content)?;
    let mut manifest = Manifest::default();
    for at in 0..code.tokens.len() {
        let Some(call) = code
            .word(at)
            .filter(|name| [word, "source", "plugin"].contains(name))
            .and_then(|_| ruby::call(&code, at))
        else {
            continue;
        };
        match (call.name, call.package) {
            ("source", Some(url)) if !code.is(at + 1, "=") && !is_trunk(url) && url.contains("://") => {
                let source = Source::OtherRegistry(url.to_owned());
                manifest.notes.push(Note::Registry { source, span: call.span });
            }
            (name, Some(package)) if name == word && !call.computed => {
                manifest.dependencies.push(pod(package, &call))
            }
            (name, package) if name == word && (package.is_some() || code.word(at + 1).is_some()) => {
                manifest.notes.push(Note::Computed { what: name.to_owned(), span: call.span });
            }
            ("plugin", Some(package)) => {
                let dependency = Dependency::new(Ecosystem::Gem, package, call.span);
                manifest.dependencies.push(Dependency { scope: Scope::Tool, ..dependency });
            }
            _ => {}
        }
    }
    Ok(manifest)
}

/// `Name/Part` is a part of the pod `Name`.
fn pod(package: &str, call: &Call<'_>) -> Dependency {
    let name = package.split('/').next().unwrap_or(package);
    let pin =
        ["commit", "tag", "branch"].iter().find_map(|key| call.option(key).map(|pin| format!("{key} {pin}")));
    let elsewhere = call.option("podspec").or(call.option("http")).map(|url| match url.contains("://") {
        true => Source::Url(url.to_owned()),
        false => Source::Path(url.to_owned()),
    });
    Dependency {
        key: (name != package).then(|| package.to_owned()),
        requirement: pin.unwrap_or_else(|| call.versions.join(", ")),
        source: source(call).or(elsewhere).unwrap_or(Source::Registry),
        ..Dependency::new(Ecosystem::Cocoapods, name, call.span)
    }
}

fn is_trunk(url: &str) -> bool {
    let place = url.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase();
    matches!(place.as_str(), "https://cdn.cocoapods.org" | "https://github.com/cocoapods/specs")
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{Podfile, Podspec};
    use crate::deps::manifest::tests::check;

    #[test]
    fn pods_are_read_with_their_sources() {
        check(
            Podfile,
            "source 'https://github.com/CocoaPods/Specs.git'\nsource 'https://h.example/specs.git'\ntarget 'App' do\n  pod 'A', '~> 1'\n  pod 'B/Part', :git => 'https://h.example/b.git', :commit => 'c'\n  pod 'C', :path => '../c'\n  pod 'D', podspec: 'https://h.example/d.podspec'\n  pod NAME\nend\n",
            &[
                "4:3 A =~> 1 runtime registry",
                "5:3 B(B/Part) =commit c runtime git:h.example/b",
                "6:3 C = runtime path",
                "7:3 D = runtime url:https://h.example/d.podspec",
                "2:1 looks in registry:h.example/specs.git",
                "8:3 computes pod",
            ],
        );
        check(
            Podspec,
            "Pod::Spec.new do |s|\n s.dependency 'A', '1'\n s.source = { :git => 'https://h.example' }\nend\n",
            &["2:4 A =1 runtime registry"],
        );
    }
}
