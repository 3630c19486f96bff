//! Reads `*.sbt` and the Scala files of a build as far as they say what they want: `"group" %% "name" % "version"`. Runs
//! nothing.

use super::syntax::{Code, Kind, Quote, Syntax};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[
        Quote { mark: "\"\"\"", computes: "", lines: true },
        Quote { mark: "\"", computes: "", lines: false },
    ],
    ruby: false,
};

/// Reads a build definition.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    let mut at = 0;
    while at < code.tokens.len() {
        at = module(&code, at, &mut manifest).unwrap_or(at + 1);
    }
    Ok(manifest)
}

/// Reads the module that begins at `at`, and returns where it ends.
fn module(code: &Code, at: usize, acc: &mut Manifest) -> Option<usize> {
    let group = operand(code, at)?;
    if let Some(url) = code.text(at + 2).filter(|url| code.is(at + 1, "at") && url.contains("://")) {
        let source = Source::OtherRegistry(url.to_owned());
        acc.notes.push(Note::Registry { source, span: code.span(at, at + 3) });
        return Some(at + 3);
    }
    let first = at + 1 + percents(code, at + 1)?;
    let name = operand(code, first)?;
    let second = first + 1 + percents(code, first + 1)?;
    let version = operand(code, second)?;
    let mut end = second + 1;
    let mut scope = if at >= 2 && code.is(at - 2, "addSbtPlugin") { Scope::Build } else { Scope::Runtime };
    if let Some(count) = percents(code, end)
        && let Some(configuration) = operand(code, end + count)
    {
        let lower = configuration.1.to_ascii_lowercase();
        if lower.contains("test") {
            scope = Scope::Dev;
        } else if lower.contains("provided") {
            scope = Scope::Peer;
        }
        end += count + 1;
    }
    let span = code.span(at, end);
    let computed = [group, name].iter().any(|(kind, _)| *kind != Kind::Text);
    if computed {
        acc.notes.push(Note::Computed { what: format!("{} % {}", group.1, name.1), span });
        return Some(end);
    }
    let dependency = Dependency::new(Ecosystem::Maven, format!("{}:{}", group.1, name.1), span);
    acc.dependencies.push(Dependency { scope, requirement: version.1.to_owned(), ..dependency });
    Some(end)
}

/// A string or a name.
fn operand(code: &Code, at: usize) -> Option<(Kind, &str)> {
    let token = code.tokens.get(at)?;
    match token.kind {
        Kind::Text | Kind::Computed | Kind::Word => Some((token.kind, &token.text)),
        Kind::Mark | Kind::Line => None,
    }
}

/// How many `%` stand here: one to three.
fn percents(code: &Code, at: usize) -> Option<usize> {
    let count = (at..at + 3).take_while(|at| code.is(*at, "%")).count();
    (count > 0).then_some(count)
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Sbt;
    use crate::deps::manifest::tests::check;

    #[test]
    fn modules_are_read_in_every_notation() {
        check(
            Sbt,
            "libraryDependencies += \"g\" %% \"a\" % \"1\"\nlibraryDependencies ++= Seq(\n  \"g\" % \"b\" % v % Test, // x\n  \"g\" %%% \"c\" % \"2\" % \"provided\"\n)\naddSbtPlugin(\"p\" % \"d\" % \"3\")\nresolvers += \"X\" at \"https://h.example/m\"\nval x = org % \"e\" % \"1\"\nval y = a % 2\n",
            &[
                "1:24 g:a =1 runtime registry",
                "3:3 g:b =v dev registry",
                "4:3 g:c =2 peer registry",
                "6:14 p:d =3 build registry",
                "7:14 looks in registry:h.example/m",
                "8:9 computes org % e",
            ],
        );
    }
}
