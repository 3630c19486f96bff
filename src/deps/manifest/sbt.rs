//! Reads `*.sbt` and the Scala files of a build as far as they say what they want: `"group" %% "name" % "version"`. Runs
//! nothing.

use std::collections::BTreeMap;

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
    let reader = Reader { values: values(&code), code: &code };
    let mut manifest = Manifest::default();
    let mut at = 0;
    while at < code.tokens.len() {
        at = reader.module(at, &mut manifest).unwrap_or(at + 1);
    }
    Ok(manifest)
}

/// Names that are given a string, or another name: `val x = "1"`, `val y = x`.
fn values(code: &Code) -> BTreeMap<&str, (Kind, &str)> {
    let given = |at: usize| {
        let value = code.tokens.get(at + 2).filter(|_| code.is(at + 1, "="))?;
        let alone = code.tokens.get(at + 3).is_none_or(|next| next.kind == Kind::Line || next.text == "}");
        let fits = alone && matches!(value.kind, Kind::Text | Kind::Word);
        Some((code.word(at)?, (value.kind, value.text.as_str()))).filter(|_| fits)
    };
    let mut found: BTreeMap<&str, Option<(Kind, &str)>> = BTreeMap::new();
    for (name, value) in (0..code.tokens.len()).filter_map(given) {
        // A name that is given two values stands for neither.
        found
            .entry(name)
            .and_modify(|known| *known = known.filter(|known| *known == value))
            .or_insert(Some(value));
    }
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

struct Reader<'c> {
    code: &'c Code,
    values: BTreeMap<&'c str, (Kind, &'c str)>,
}

/// A string or name, what it stands for, and where it ends.
#[derive(Clone, Copy)]
struct Operand<'c> {
    kind: Kind,
    text: &'c str,
    end: usize,
}

/// How many names lead from one to its string.
const DEEPEST: usize = 4;

impl<'c> Reader<'c> {
    /// Reads the module that begins at `at`, and returns where it ends.
    fn module(&self, at: usize, acc: &mut Manifest) -> Option<usize> {
        let code = self.code;
        let group = self.operand(at)?;
        if let Some(url) = code.text(at + 2).filter(|url| code.is(at + 1, "at") && url.contains("://")) {
            let source = Source::OtherRegistry(url.to_owned());
            acc.notes.push(Note::Registry { source, span: code.span(at, at + 3) });
            return Some(at + 3);
        }
        let first = group.end + percents(code, group.end)?;
        let name = self.operand(first)?;
        let texts = code.text(at).is_some() && code.text(first).is_some();
        let version = percents(code, name.end).and_then(|count| self.operand(name.end + count));
        // `("g" %% "a").map(_ % v)`; two names with a mark between them are a calculation.
        let version = match version {
            Some(version) => version,
            None if texts => Operand { kind: Kind::Text, text: "", end: name.end },
            None => return None,
        };
        let mut end = version.end;
        let mut scope =
            if at >= 2 && code.is(at - 2, "addSbtPlugin") { Scope::Build } else { Scope::Runtime };
        if let Some(count) = percents(code, end).filter(|_| end > name.end)
            && let Some(configuration) = self.operand(end + count)
        {
            let lower = configuration.text.to_ascii_lowercase();
            if lower.contains("test") {
                scope = Scope::Dev;
            } else if lower.contains("provided") {
                scope = Scope::Peer;
            }
            end = configuration.end;
        }
        let span = code.span(at, end);
        if [group, name].iter().any(|part| part.kind != Kind::Text) {
            acc.notes.push(Note::Computed { what: format!("{} % {}", group.text, name.text), span });
            return Some(end);
        }
        let dependency = Dependency::new(Ecosystem::Maven, format!("{}:{}", group.text, name.text), span);
        acc.dependencies.push(Dependency { scope, requirement: version.text.to_owned(), ..dependency });
        Some(end)
    }

    /// A string, or a name such as `x` or `versions.x` with the string that it is given in the file.
    fn operand(&self, at: usize) -> Option<Operand<'c>> {
        let code = self.code;
        let token = code.tokens.get(at)?;
        match token.kind {
            Kind::Text | Kind::Computed => {
                return Some(Operand { kind: token.kind, text: &token.text, end: at + 1 });
            }
            Kind::Mark | Kind::Line => return None,
            Kind::Word => {}
        }
        let mut last = at;
        while code.is(last + 1, ".") && code.word(last + 2).is_some() {
            last += 2;
        }
        let (mut kind, mut text) = (Kind::Word, code.word(last)?);
        for _ in 0..DEEPEST {
            match self.values.get(text).filter(|_| kind == Kind::Word) {
                Some((next, value)) => (kind, text) = (*next, value),
                None => break,
            }
        }
        Some(Operand { kind, text, end: last + 1 })
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
    fn names_stand_for_the_strings_that_the_file_gives_them() {
        check(
            Sbt,
            "val v = \"1\"\nval w = v\nobject V { val cats = \"2\" }\nval org = \"o\"\nlibraryDependencies += \"g\" % \"a\" % w\nlibraryDependencies += org %% \"b\" % V.cats % Test\nlibraryDependencies ++= Seq(\"g\" %% \"c\", \"g\" %% \"d\").map(_ % v)\nval loop = loop\nval x = \"g\" % \"e\" % loop\nvar n = \"good\"\nn = \"evil\"\nval y = n % \"f\" % \"1\"\n",
            &[
                "5:24 g:a =1 runtime registry",
                "6:24 o:b =2 dev registry",
                "7:29 g:c = runtime registry",
                "7:41 g:d = runtime registry",
                "9:9 g:e =loop runtime registry",
                "12:9 computes n % f",
            ],
        );
    }

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
