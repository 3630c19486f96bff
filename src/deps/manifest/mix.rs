//! Reads `mix.exs` of Elixir as far as it says what it wants: tuples in functions whose names speak of dependencies. Runs
//! nothing.

use std::collections::BTreeSet;

use super::syntax::{Code, Quote, Syntax};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

/// Elixir.
pub const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[
        Quote { mark: "\"\"\"", computes: "#{", lines: true },
        Quote { mark: "\"", computes: "#{", lines: true },
    ],
    ruby: false,
};

/// Reads a `mix.exs`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    let declaring = declaring(&code);
    let mut inside = false;
    for at in 0..code.tokens.len() {
        if matches!(code.word(at), Some("def" | "defp")) {
            inside = code.word(at + 1).is_some_and(|name| declaring.contains(name));
        }
        // `deps: [..]` right in the project.
        let listed = code.is(at, "deps") && code.is(at + 1, ":") && code.is(at + 2, "[");
        if listed {
            (at..code.close(at + 2))
                .filter(|at| code.is(*at, "{"))
                .for_each(|at| tuple(&code, at, &mut manifest));
        } else if inside && code.is(at, "{") {
            tuple(&code, at, &mut manifest);
        }
    }
    Ok(manifest)
}

/// Functions whose tuples are dependencies: those whose names speak of them, and those that they add with `++`.
fn declaring(code: &Code) -> BTreeSet<&str> {
    let defines = |at: &usize| matches!(code.word(*at), Some("def" | "defp"));
    let starts: Vec<usize> = (0..code.tokens.len()).filter(defines).collect();
    let ends = starts.iter().skip(1).copied().chain([code.tokens.len()]);
    let functions: Vec<(&str, usize, usize)> = starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| Some((code.word(start + 1)?, start + 2, end)))
        .collect();
    let named = functions.iter().map(|(name, _, _)| *name).filter(|name| name.contains("dep"));
    let mut found: BTreeSet<&str> = named.collect();
    loop {
        let callers = functions.iter().filter(|(name, _, _)| found.contains(name));
        let joined = |at: &usize| {
            let before = *at > 1 && code.is(at - 1, "+") && code.is(at - 2, "+");
            let behind = (at + 1..at + 3).any(|at| code.is(code.close(at) + 1, "+")) || code.is(at + 1, "+");
            before || behind
        };
        let called =
            callers.flat_map(|(_, start, end)| *start..*end).filter(joined).filter_map(|at| code.word(at));
        let more: Vec<&str> = called
            .filter(|word| functions.iter().any(|(name, _, _)| name == word) && !found.contains(word))
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// `{:name, "~> 1", only: :test, git: ".."}`.
fn tuple(code: &Code, open: usize, acc: &mut Manifest) {
    let close = code.close(open);
    let parts = code.parts(open + 1, close);
    let span = code.span(open, close + 1);
    let Some((start, _)) = parts.first() else { return };
    let name = match (code.is(*start, ":"), code.word(start + 1).or(code.text(start + 1))) {
        (true, Some(name)) => name,
        (true, None) | (false, _) => return,
    };
    let mut dependency = Dependency::new(Ecosystem::Hex, name, span);
    for (start, end) in &parts[1..] {
        let text = |at: usize| code.text(at).map(str::to_owned);
        if let Some(version) = code.text(*start) {
            version.clone_into(&mut dependency.requirement);
            continue;
        }
        let Some(key) = code.word(*start).filter(|_| code.is(start + 1, ":")) else {
            if start + 1 == *end {
                acc.notes.push(Note::Computed { what: name.to_owned(), span });
            }
            continue;
        };
        let value = start + 2;
        match (key, text(value)) {
            ("git", Some(url)) => dependency.source = Source::Git(url),
            ("github", Some(repository)) => {
                dependency.source = Source::Git(format!("https://github.com/{repository}"))
            }
            ("path", Some(path)) => dependency.source = Source::Path(path),
            ("in_umbrella", _) => dependency.source = Source::Workspace,
            ("repo" | "organization", Some(name)) => dependency.source = Source::OtherRegistry(name),
            ("tag" | "branch" | "ref", Some(pin)) => dependency.requirement = format!("{key} {pin}"),
            ("hex", _) => {
                let real = text(value).or(code.word(value + 1).map(str::to_owned));
                if let Some(real) = real.filter(|real| *real != dependency.name) {
                    dependency.key = Some(std::mem::replace(&mut dependency.name, real));
                }
            }
            ("only", _) => {
                let environments: Vec<&str> = (value..*end).filter_map(|at| code.word(at)).collect();
                let shipped =
                    environments.iter().any(|name| !matches!(*name, "dev" | "test" | "docs" | "ci"));
                dependency.scope = if shipped { Scope::Runtime } else { Scope::Dev };
            }
            _ => {}
        }
    }
    acc.dependencies.push(dependency);
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Mix;
    use crate::deps::manifest::tests::check;

    #[test]
    fn lists_of_other_functions_that_are_added_count_too() {
        check(
            Mix,
            "defp deps do\n  [{:a, \"1\"}] ++ other() ++ more(Mix.env())\nend\ndefp other, do: [{:b, \"2\"}] ++ third\ndefp more(_) do\n  [{:c, \"3\"}]\nend\ndefp third, do: [{:d, \"4\"}]\ndefp no, do: [{:e, \"5\"}]\n",
            &[
                "2:4 a =1 runtime registry",
                "4:18 b =2 runtime registry",
                "6:4 c =3 runtime registry",
                "8:18 d =4 runtime registry",
            ],
        );
    }

    #[test]
    fn tuples_of_dependencies_are_read() {
        check(
            Mix,
            "def project do\n  [version: \"1\", deps: deps(), x: {:y, \"z\"}]\nend\ndefp deps do\n  [\n    {:a, \"~> 1\"},\n    {:b, github: \"o/b\", tag: \"v1\"}, # {:no, \"1\"}\n    {:c, \">= 0.0.0\", only: [:dev, :test], runtime: false},\n    {:d, \"1\", hex: :real_d},\n    {:\"e\", path: \"../e\"},\n    {:f, in_umbrella: true},\n    {:g, version()}\n  ]\nend\n",
            &[
                "6:5 a =~> 1 runtime registry",
                "7:5 b =tag v1 runtime git:github.com/o/b",
                "8:5 c =>= 0.0.0 dev registry",
                "9:5 real_d(d) =1 runtime registry",
                "10:5 e = runtime path",
                "11:5 f = runtime workspace",
                "12:5 g = runtime registry",
            ],
        );
        check(Mix, "[deps: [{:a, \"1\"}]]", &["1:9 a =1 runtime registry"]);
    }
}
