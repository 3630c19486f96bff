//! Reads the entries of version catalogs that `settings.gradle(.kts)` writes out: `library("x", "g", "a").version("1")`.
//! Knows the notation of one call, not the script around it.

use super::syntax::Code;
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// The library or plugin whose alias is the string at `at`.
pub fn entry(code: &Code, at: usize) -> Option<Dependency> {
    let open = at.checked_sub(1).filter(|at| code.is(*at, "("));
    let kind = code.word(open.unwrap_or(at).checked_sub(1)?)?;
    let alias = code.text(at)?;
    let arguments = (at..).step_by(2).take_while(|at| code.is(at + 1, ","));
    let arguments: Vec<&str> = arguments.map_while(|at| code.text(at + 2)).collect();
    let end = at + 2 * arguments.len();
    let behind = end + 1 + usize::from(open.is_some());
    let version = || version(code, behind);
    let (name, scope, version) = match (kind, arguments.as_slice()) {
        ("library", [group, name]) => (format!("{group}:{name}"), Scope::Runtime, version()),
        ("library", [coordinates]) => {
            let (group, rest) = coordinates.split_once(':')?;
            let (name, version) = rest.split_once(':').unwrap_or((rest, ""));
            (format!("{group}:{name}"), Scope::Runtime, version.to_owned())
        }
        ("plugin", [id]) => (format!("{id}:{id}.gradle.plugin"), Scope::Build, version()),
        _ => return None,
    };
    let span = Span::new(code.tokens[at].span.start, code.tokens[end].span.end);
    let dependency = Dependency::new(Ecosystem::Maven, name, span);
    Some(Dependency { key: Some(alias.to_owned()), scope, requirement: version, ..dependency })
}

/// `.version("1")`, `.versionRef("alias")`; nothing where neither stands at `at`.
fn version(code: &Code, at: usize) -> String {
    let given = |at: usize| code.text(at + 1 + usize::from(code.is(at + 1, "(")));
    let found = match code.word(at + 1).filter(|_| code.is(at, ".")) {
        Some("version") => given(at + 1),
        Some("versionRef") => given(at + 1).and_then(|alias| {
            let sets = |at: &usize| code.is(*at, "version") && given(*at) == Some(alias);
            let set = (0..code.tokens.len()).find(sets)?;
            code.text(set + 3 + usize::from(code.is(set + 1, "(")))
        }),
        Some(_) | None => None,
    };
    found.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Gradle;
    use crate::deps::manifest::tests::check;

    #[test]
    fn catalogs_of_settings_are_read() {
        check(
            Gradle,
            "dependencyResolutionManagement {\n  versionCatalogs {\n    libs {\n      version('v', '3')\n      library('a', 'g:a:1')\n      library('b', 'g', 'b').versionRef('v')\n      library 'c', 'g', 'c' version '2'\n      plugin('p', 'com.p').version('1')\n      bundle('x', ['a', 'b'])\n      from('g:catalog:2')\n    }\n  }\n}\n",
            &[
                "5:15 g:a(a) =1 runtime registry",
                "6:15 g:b(b) =3 runtime registry",
                "7:15 g:c(c) = runtime registry",
                "8:14 com.p:com.p.gradle.plugin(p) =1 build registry",
                "10:12 g:catalog =2 build registry",
            ],
        );
        check(
            Gradle,
            "dependencyResolutionManagement { versionCatalogs { create(\"libs\") { version(\"v\", \"1\"); library(\"a\", \"g\", \"a\").versionRef(\"v\") } } }\n",
            &["1:96 g:a(a) =1 runtime registry"],
        );
    }
}
