//! Reads `rebar.config` of Erlang: terms that are written out. What a `rebar.config.script` makes of them stays unknown.

use super::syntax::{Code, Kind, Quote, Syntax};
use super::{Manifest, Misread, Note};
use crate::model::{Dependency, Ecosystem, Scope, Source};

const SYNTAX: Syntax = Syntax {
    line_comments: &["%"],
    block_comment: None,
    quotes: &[
        Quote { mark: "\"", computes: "", lines: true },
        Quote { mark: "'", computes: "", lines: false },
    ],
    ruby: false,
};

/// Lists of packages.
const LISTS: [(&str, Scope); 3] =
    [("deps", Scope::Runtime), ("plugins", Scope::Tool), ("project_plugins", Scope::Tool)];

/// Reads a `rebar.config`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut manifest = Manifest::default();
    let mut profiles = 0;
    for at in 0..code.tokens.len() {
        if !(code.is(at, "{") && code.is(at + 2, ",")) {
            continue;
        }
        if code.is(at + 1, "profiles") {
            profiles = code.close(at);
        }
        let Some((_, scope)) = LISTS.iter().find(|(name, _)| code.is(at + 1, name)) else { continue };
        let open = code.skip_lines(at + 3);
        // What a profile adds is for tests and tools.
        let scope = if at < profiles && *scope == Scope::Runtime { Scope::Dev } else { *scope };
        for (start, end) in code.parts(open + 1, code.close(open)) {
            package(&code, (start, end), scope, &mut manifest);
        }
    }
    Ok(manifest)
}

/// `name`, `{name, "1"}`, `{name, {git, "url", {tag, "v1"}}}`, `{name, "1", {pkg, real}}`.
fn package(code: &Code, (start, end): (usize, usize), scope: Scope, acc: &mut Manifest) {
    let is_tuple = code.is(start, "{");
    let parts = if is_tuple { code.parts(start + 1, code.close(start)) } else { vec![(start, end)] };
    let span = code.span(start, if is_tuple { code.close(start) + 1 } else { start + 1 });
    let Some(name) = parts.first().and_then(|(at, _)| atom(code, *at)) else {
        acc.notes.extend((start < end).then(|| Note::Computed { what: "deps".to_owned(), span }));
        return;
    };
    let mut dependency = Dependency { scope, ..Dependency::new(Ecosystem::Hex, name, span) };
    for (at, _) in &parts[1..] {
        if let Some(version) = code.text(*at) {
            version.clone_into(&mut dependency.requirement);
            continue;
        }
        let place = code.parts(at + 1, code.close(*at));
        let Some(kind) = place.first().and_then(|(at, _)| atom(code, *at)) else { continue };
        let strings = |part: usize| {
            let (from, end) = place.get(part).copied().unwrap_or_default();
            (from..end).find_map(|at| code.text(at))
        };
        match (kind, place.get(1).and_then(|(at, _)| atom(code, *at))) {
            ("pkg", Some(real)) => {
                dependency.key = (real != name).then(|| name.to_owned());
                dependency.name = real.to_owned();
            }
            ("pkg" | "raw", None) | ("raw", Some(_)) => {}
            (_, url) => {
                dependency.source = Source::Git(url.unwrap_or_default().to_owned());
                dependency.requirement = strings(2).unwrap_or_default().to_owned();
            }
        }
    }
    acc.dependencies.push(dependency);
}

/// A name or a string.
fn atom(code: &Code, at: usize) -> Option<&str> {
    let token = code.tokens.get(at)?;
    matches!(token.kind, Kind::Word | Kind::Text).then_some(token.text.as_str())
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Rebar;
    use crate::deps::manifest::tests::check;

    #[test]
    fn packages_are_read_in_every_notation() {
        check(
            Rebar,
            "{erl_opts, [debug_info]}. % {deps, [no]}\n{deps, [\n  a,\n  {b, \"~> 1.0\"},\n  {c, {git, \"https://h.example/c.git\", {tag, \"v1\"}}},\n  {d, \".*\", {git, \"git://h.example/d.git\", \"main\"}},\n  {e, \"1\", {pkg, real}},\n  {'f-x', {git_subdir, \"https://h.example/f\", {branch, \"m\"}, \"sub\"}},\n  {g, {git, \"https://h.example/g\"}}\n]}.\n{profiles, [{test, [{deps, [meck]}, {plugins, [p]}]}]}.\n{plugins, [{q, \"2\"}]}.\n{deps, [z]}.\n",
            &[
                "3:3 a = runtime registry",
                "4:3 b =~> 1.0 runtime registry",
                "5:3 c =v1 runtime git:h.example/c",
                "6:3 d =main runtime git:h.example/d",
                "7:3 real(e) =1 runtime registry",
                "8:3 f-x =m runtime git:h.example/f",
                "9:3 g = runtime git:h.example/g",
                "11:29 meck = dev registry",
                "11:48 p = tool registry",
                "12:12 q =2 tool registry",
                "13:9 z = runtime registry",
            ],
        );
        check(Rebar, "{deps, []}.\n", &[]);
    }
}
