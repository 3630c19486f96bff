//! Reads `Package.swift` as far as it says what it wants: calls of `.package` and `.binaryTarget`. Runs nothing.

use super::syntax::{Code, Quote, Syntax};
use super::{Manifest, Misread, Note};
use crate::deps::origin::repository;
use crate::model::{Dependency, Ecosystem, Scope, Source};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[
        Quote { mark: "\"\"\"", computes: "\\(", lines: true },
        Quote { mark: "\"", computes: "\\(", lines: false },
    ],
    ruby: false,
};

/// Reads a `Package.swift`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    for at in 1..code.tokens.len() {
        let call = matches!(code.word(at), Some("package" | "Package" | "binaryTarget"));
        // `Package.Dependency.package(..)` and `.package(..)`; `.product(name:, package:)` has no bracket behind it.
        if call && code.is(at - 1, ".") && code.is(at + 1, "(") {
            package(&code, at, &mut manifest);
        }
    }
    Ok(manifest)
}

fn package(code: &Code, at: usize, acc: &mut Manifest) {
    let close = code.close(at + 1);
    let span = code.span(at, close + 1);
    let parts = code.parts(at + 2, close);
    let value = |label: &str| {
        let part = parts.iter().find(|(start, _)| code.is(*start, label) && code.is(start + 1, ":"));
        part.map(|(start, _)| start + 2)
    };
    let text = |label: &str| value(label).and_then(|at| code.text(at));
    let binary = code.is(at, "binaryTarget");
    let name = text("name").filter(|_| !binary).map(str::to_owned);
    let requirement = ["from", "exact", "branch", "revision"].into_iter().find_map(text);
    // `"1.0"..<"2.0"`, `.upToNextMajor(from: "1.0")`.
    let versions = || {
        let labelled = |start: &usize| code.is(start + 1, ":") && !code.is(*start, ".");
        let rest = parts.iter().filter(|(start, _)| !labelled(start)).flat_map(|(start, end)| *start..*end);
        let rest: Vec<usize> = rest.collect();
        let closed = rest.windows(3).any(|marks| marks.iter().all(|at| code.is(*at, ".")));
        let texts: Vec<&str> = rest.iter().filter_map(|at| code.text(*at)).collect();
        texts.join(if closed { "..." } else { "..<" })
    };
    // Until Swift 4: `.Package(url: "..", majorVersion: 1)`.
    let major = || value("majorVersion").and_then(|at| code.word(at)).map(str::to_owned);
    let requirement = requirement.map(str::to_owned).or_else(major).unwrap_or_else(versions);
    let (location, scope) = (text("url"), Scope::Runtime);
    let dependency = match (location, text("path"), text("id")) {
        (Some(url), _, _) if binary => Dependency {
            source: Source::Url(url.to_owned()),
            ..Dependency::new(Ecosystem::Swift, repository(url), span)
        },
        (Some(url), _, _) => Dependency::new(Ecosystem::Swift, repository(url), span),
        (None, Some(_), _) if binary => return,
        (None, Some(path), _) => {
            let named = name.clone().unwrap_or_else(|| path.to_owned());
            Dependency {
                source: Source::Path(path.to_owned()),
                ..Dependency::new(Ecosystem::Swift, named, span)
            }
        }
        (None, None, Some(id)) => Dependency::new(Ecosystem::Swift, id, span),
        (None, None, None) => {
            acc.notes.push(Note::Computed { what: "package".to_owned(), span });
            return;
        }
    };
    if dependency.name.contains("\\(") {
        acc.notes.push(Note::Computed { what: dependency.name, span });
        return;
    }
    let key = name.filter(|name| *name != dependency.name);
    acc.dependencies.push(Dependency { key, scope, requirement, ..dependency });
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Swift;
    use crate::deps::manifest::tests::check;

    #[test]
    fn the_notation_of_swift_3_is_read() {
        check(
            Swift,
            "let p = Package(dependencies: [\n.Package(url: \"https://h.example/a\", majorVersion: 1),\n.Package(url: \"https://h.example/b\", versions: Version(1,0,0)..<Version(2,0,0))])\n",
            &["2:2 h.example/a =1 runtime registry", "3:2 h.example/b = runtime registry"],
        );
    }

    #[test]
    fn packages_are_named_by_their_repository() {
        for (call, expected) in [
            (
                ".package(url: \"https://github.com/Apple/swift-nio.git\", from: \"2.0\")",
                "github.com/apple/swift-nio =2.0 runtime registry",
            ),
            (
                ".package(name: \"X\", url: \"git@github.com:o/x.git\", .upToNextMajor(from: \"1\"))",
                "github.com/o/x(X) =1 runtime registry",
            ),
            (
                ".package(url: \"https://h.example/x\", \"1.0\"..<\"2.0\")",
                "h.example/x =1.0..<2.0 runtime registry",
            ),
            (
                ".package(url: \"https://h.example/x\", branch: \"main\")",
                "h.example/x =main runtime registry",
            ),
            (".package(path: \"../x\")", "../x = runtime path"),
            (".package(id: \"o.x\", exact: \"1\")", "o.x =1 runtime registry"),
            (
                ".binaryTarget(name: \"B\", url: \"https://h.example/b.zip\", checksum: \"c\")",
                "h.example/b.zip = runtime url:https://h.example/b.zip",
            ),
        ] {
            check(Swift, format!("dependencies: [\n  {call}, // x\n]"), &[&format!("2:4 {expected}")]);
        }
        check(
            Swift,
            "[.package(url: base, from: \"1\"), .product(name: \"N\", package: \"x\")]",
            &["1:3 computes package"],
        );
        check(Swift, "/* .package(url: \"https://h.example/x\") */", &[]);
    }
}
