//! Reads `go.mod` as the go command does: its lexer, its directives, its blocks. Knows one file, no workspace.

use super::{Manifest, Misread, Problem, text_of};
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Directives of a `go.mod`; what is no `require`, `replace` or `tool` brings in nothing.
const MODULE: [&str; 10] =
    ["require", "replace", "tool", "module", "go", "toolchain", "godebug", "exclude", "retract", "ignore"];

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    span: Span,
}

/// The words of one line and whether its comment says "indirect".
#[derive(Debug, Default)]
struct Line {
    words: Vec<Word>,
    indirect: bool,
}

/// Reads a `go.work`: its modules lie in the repository, its replacements count for all of them.
pub fn read_work(content: &[u8]) -> Result<Manifest, Misread> {
    directives(content, &["replace", "use", "go", "toolchain", "godebug"])
}

/// Reads a `go.mod`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    directives(content, &MODULE)
}

/// `known` are the directives that the file may hold.
fn directives(content: &[u8], known: &[&str]) -> Result<Manifest, Misread> {
    let (text, mark) = text_of(content)?;
    let mut manifest = Manifest::default();
    let mut block: Option<Word> = None;
    let mut start = mark;
    for raw in text.split('\n') {
        let line = lex(raw, start)?;
        start += raw.len() + 1;
        let texts: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
        match (&block, texts.as_slice()) {
            (_, []) => {}
            (Some(_), [")"]) => block = None,
            (Some(verb), _) => directive(&verb.text, (&line.words, line.indirect), known, &mut manifest)?,
            (None, [_verb, "(", ")"]) => {}
            (None, [_verb, "("]) => block = line.words.first().cloned(),
            (None, [verb, ..]) => directive(verb, (&line.words[1..], line.indirect), known, &mut manifest)?,
        }
    }
    match block {
        Some(open) => {
            Err(Misread::new(Problem::Syntax(format!("block {} is not closed", open.text)), open.span))
        }
        None => Ok(manifest),
    }
}

fn directive(
    verb: &str,
    (words, indirect): (&[Word], bool),
    known: &[&str],
    acc: &mut Manifest,
) -> Result<(), Misread> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let first = words.first().map_or(Span::new(0, 0), |word| word.span);
    let span = Span::new(first.start, words.last().map_or(first.end, |word| word.span.end));
    if !known.contains(&verb) {
        return Err(Misread::new(Problem::Syntax(format!("unknown directive {verb:?}")), span));
    }
    match (verb, texts.as_slice()) {
        ("require", [module, version]) => {
            let scope = if indirect { Scope::Indirect } else { Scope::Runtime };
            acc.dependencies.push(dependency(module, version, (scope, Source::Registry), span));
        }
        ("replace", [old, "=>", new @ ..] | [old, _, "=>", new @ ..]) => match new {
            [path] => {
                let source = Source::Path((*path).to_owned());
                acc.dependencies.push(dependency(old, "", (Scope::Runtime, source), span));
            }
            [module, version] => {
                let mut found = dependency(module, version, (Scope::Runtime, Source::Registry), span);
                found.key = (old != module).then(|| (*old).to_owned());
                acc.dependencies.push(found);
            }
            _ => return Err(malformed(verb, span)),
        },
        // The module of a tool's package is required as well.
        ("tool", [_package]) => {}
        ("require" | "replace" | "tool", _) => return Err(malformed(verb, span)),
        _ => {}
    }
    Ok(())
}

fn malformed(verb: &str, span: Span) -> Misread {
    Misread::new(Problem::Syntax(format!("malformed {verb} directive")), span)
}

fn dependency(module: &str, version: &str, (scope, source): (Scope, Source), span: Span) -> Dependency {
    let requirement = version.to_owned();
    Dependency { scope, requirement, source, ..Dependency::new(Ecosystem::Golang, module, span) }
}

/// Splits a line into words, as the go command does: parentheses and commas stand alone, `//` begins a comment even
/// inside a word, strings are quoted with `"` or backticks.
fn lex(line: &str, start: usize) -> Result<Line, Misread> {
    let mut found = Line::default();
    let mut at = 0;
    while let Some(char) = line[at..].chars().next() {
        let rest = &line[at..];
        if matches!(char, ' ' | '\t' | '\r') {
            at += 1;
            continue;
        }
        if let Some(comment) = rest.strip_prefix("//") {
            let comment = comment.trim();
            let word = comment.split_whitespace().next().unwrap_or_default();
            found.indirect = comment == "indirect" || word == "indirect;";
            break;
        }
        let length = word_length(rest);
        let span = Span::new(start + at, start + at + length.max(char.len_utf8()));
        let word = &rest[..length];
        let text = match char {
            _ if length == 0 => {
                return Err(Misread::new(Problem::Syntax(format!("unexpected {char:?}")), span));
            }
            '"' | '`' => unquote(word).ok_or_else(|| {
                Misread::new(Problem::Syntax(format!("string {word} is open or holds an escape")), span)
            })?,
            _ => word.to_owned(),
        };
        found.words.push(Word { text, span });
        at += length;
    }
    Ok(found)
}

/// Length of the word at the start of `text`; 0 for a character that no word may begin with.
fn word_length(text: &str) -> usize {
    let first = text.chars().next();
    if text.starts_with("=>") {
        return 2;
    }
    match first {
        Some('(' | ')' | ',' | '[' | ']' | '{' | '}') => 1,
        Some(quote @ ('"' | '`')) => text[1..].find(quote).map_or(text.len(), |end| end + 2),
        Some(_) | None if text.starts_with("/*") => 0,
        Some(_) | None => {
            let ends = |at: usize, char: char| {
                char.is_whitespace()
                    || char == '\0'
                    || "()[]{},".contains(char)
                    || text[at..].starts_with("//")
            };
            text.char_indices().find(|&(at, char)| ends(at, char)).map_or(text.len(), |(at, _)| at)
        }
    }
}

/// The text between quotes. Escapes are refused: they would hide a path from people.
fn unquote(word: &str) -> Option<String> {
    let quote = word.chars().next()?;
    let inner = word.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains([quote, '\\'])).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::{GoMod, GoWork};
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn replacements_of_a_workspace_are_read() {
        check(
            GoWork,
            "go 1.22\nuse (\n\t./a\n\t./b\n)\nreplace x.example/a => y.example/b v1\n",
            &["6:9 y.example/b(x.example/a) =v1 runtime registry"],
        );
        check_refused(GoWork, "require x.example/a v1\n", "1:9 unknown directive \"require\"");
    }

    #[test]
    fn requirements_are_read_in_lines_and_blocks() {
        check(
            GoMod,
            "module m.example/x\n\ngo 1.22\n\nrequire a.example/b v1.0.0\n",
            &["5:9 a.example/b =v1.0.0 runtime registry"],
        );
        check(
            GoMod,
            "require (\n\ta.example/b v1.0.0\n\t\"c.example/d\" v2.0.0 // indirect\n\t`e.example/f` v0.0.0 // indirect; why\n)\n",
            &[
                "2:2 a.example/b =v1.0.0 runtime registry",
                "3:2 c.example/d =v2.0.0 indirect registry",
                "4:2 e.example/f =v0.0.0 indirect registry",
            ],
        );
        check(
            GoMod,
            "require(\na.example/b v1\r\n) // x\nrequire ()\n",
            &["2:1 a.example/b =v1 runtime registry"],
        );
        check(GoMod, "require a.example/b v1 // indirectly\n", &["1:9 a.example/b =v1 runtime registry"]);
    }

    #[test]
    fn the_module_that_replaces_is_the_one_that_runs() {
        check(
            GoMod,
            "replace a.example/b => c.example/d v1\n",
            &["1:9 c.example/d(a.example/b) =v1 runtime registry"],
        );
        check(GoMod, "replace a.example/b v1 => ./local\n", &["1:9 a.example/b = runtime path"]);
        check(
            GoMod,
            "replace (\n a.example/b => a.example/b v2\n)\n",
            &["2:2 a.example/b =v2 runtime registry"],
        );
    }

    #[test]
    fn other_directives_bring_in_nothing() {
        check(
            GoMod,
            "go 1.22\ntoolchain go1.22.0\nexclude a.example/b v1\nretract [v1, v2]\ntool a.example/b/cmd\ngodebug x=1\nignore ./x\n",
            &[],
        );
        check(GoMod, "// require a.example/b v1\n", &[]);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        check_refused(GoMod, "require a.example/b\n", "1:9 malformed require directive");
        check_refused(GoMod, "require a.example/b v1 c.example/d v1\n", "1:9 malformed require directive");
        check_refused(GoMod, "require (\na.example/b v1\n", "1:1 block require is not closed");
        check_refused(GoMod, "requires a.example/b v1\n", "1:10 unknown directive \"requires\"");
        check_refused(GoMod, "require /* x */ a.example/b v1\n", "1:9 unexpected '/'");
        check_refused(GoMod, "require \"a\\x2fb\" v1\n", "1:9 string \"a\\x2fb\" is open or holds an escape");
        check_refused(GoMod, "require a.example/b\u{a0}v1\n", "1:20 unexpected '\\u{a0}'");
        check_refused(GoMod, "replace a.example/b =>\n", "1:9 malformed replace directive");
    }
}
