//! Reads `setup.py` as far as it says what it wants: lists, dictionaries and texts that are written out, names followed
//! one step. Runs nothing; the rest is told as computed.

use std::collections::BTreeSet;

use super::syntax::{Code, Kind, Quote, Syntax};
use super::{Manifest, Misread, Note, pep508};
use crate::model::{Dependency, Ecosystem, Scope, Span};

/// Python, and Starlark, which is written like it.
pub const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[
        Quote { mark: "\"\"\"", computes: "", lines: true },
        Quote { mark: "'''", computes: "", lines: true },
        Quote { mark: "\"", computes: "", lines: false },
        Quote { mark: "'", computes: "", lines: false },
    ],
    ruby: false,
};

/// Arguments of `setup()` that declare dependencies.
const ARGUMENTS: [(&str, Scope); 6] = [
    ("install_requires", Scope::Runtime),
    ("requires", Scope::Runtime),
    ("extras_require", Scope::Optional),
    ("setup_requires", Scope::Build),
    ("tests_require", Scope::Dev),
    ("dependency_links", Scope::Runtime),
];

/// How many names lead from an argument to its value.
const DEEPEST: usize = 4;

/// Names that are followed in one file.
const MOST_NAMES: usize = 200;

/// Reads a `setup.py`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let mut reader = Reader { code: &code, followed: 0, manifest: Manifest::default() };
    let mut answered = false;
    for at in 0..code.tokens.len() {
        for (name, scope) in ARGUMENTS {
            // `install_requires=..` and `"install_requires": ..`.
            let keyword = code.is(at, name) && code.is(at + 1, "=") && !code.is(at + 2, "=");
            let key = code.text(at) == Some(name) && code.is(at + 1, ":");
            let item = code.text(at) == Some(name) && code.is(at + 1, "]") && code.is(at + 2, "=");
            if keyword || key || item {
                answered |= name == ARGUMENTS[0].0;
                let from = at + if item { 3 } else { 2 };
                reader.value(name, (from, scope), DEEPEST);
            }
        }
    }
    let mut manifest = reader.manifest;
    if !answered {
        manifest.notes.extend(made_elsewhere(&code));
    }
    once(&mut manifest);
    Ok(manifest)
}

/// A class of its own or a function may answer for the argument, such as `def get_install_requires`.
fn made_elsewhere(code: &Code) -> Option<Note> {
    let token =
        code.tokens.iter().find(|token| token.kind == Kind::Word && token.text.contains(ARGUMENTS[0].0))?;
    Some(Note::Computed { what: ARGUMENTS[0].0.to_owned(), span: token.span })
}

/// A name may be followed more than once: what stands in one place counts once, for its widest purpose.
fn once(acc: &mut Manifest) {
    let place = |one: &Dependency| (one.span, one.name.clone(), one.requirement.clone());
    acc.dependencies.sort_by_key(|one| (place(one), one.scope));
    acc.dependencies.dedup_by_key(|one| place(one));
    let mut told = BTreeSet::new();
    acc.notes.retain(|note| match note {
        Note::Computed { what, span } => told.insert((what.clone(), *span)),
        Note::Registry { .. }
        | Note::CommandRegistry { .. }
        | Note::UnknownList { .. }
        | Note::InstallCode { .. } => true,
    });
}

struct Reader<'c> {
    code: &'c Code,
    followed: usize,
    manifest: Manifest,
}

impl Reader<'_> {
    /// The value that begins at `from`: everything up to the comma or line that ends it.
    fn value(&mut self, argument: &str, (from, scope): (usize, Scope), depth: usize) {
        let end = self.value_end(from);
        let mut open = Vec::new();
        let mut computed: Option<Span> = None;
        let mut at = from;
        while at < end {
            let token = &self.code.tokens[at];
            let text = token.text.as_str();
            match token.kind {
                Kind::Computed => _ = computed.get_or_insert(token.span),
                Kind::Text if self.code.is(at + 1, ":") && open.last() == Some(&"{") => {}
                Kind::Text if open.last() == Some(&"[key") => {}
                Kind::Text => at = self.strings(at, (scope, end)),
                // A call computes, unless it only gathers what is written out.
                Kind::Word if self.code.is(at + 1, "(") => {
                    let gathers = matches!(
                        text,
                        "list" | "sorted" | "set" | "dict" | "tuple" | "split" | "splitlines" | "strip"
                    );
                    if !gathers {
                        computed.get_or_insert(token.span);
                        at = self.code.close(at + 1);
                    }
                }
                Kind::Word if at > from && self.code.is(at - 1, ".") => {}
                // `dict(x=[..])`.
                Kind::Word if self.code.is(at + 1, "=") && !self.code.is(at + 2, "=") => {}
                Kind::Word
                    if matches!(
                        text,
                        "if" | "else" | "for" | "in" | "and" | "or" | "not" | "None" | "True" | "False"
                    ) => {}
                Kind::Word => {
                    if !self.follow(argument, (at, scope), depth) {
                        _ = computed.get_or_insert(token.span);
                    }
                }
                Kind::Mark if matches!(text, "[" | "{" | "(") => {
                    let subscript =
                        at > from && (self.code.word(at - 1).is_some() || self.code.is(at - 1, "]"));
                    open.push(if subscript && text == "[" { "[key" } else { text });
                }
                Kind::Mark if matches!(text, "]" | "}" | ")") => drop(open.pop()),
                Kind::Mark | Kind::Line => {}
            }
            at += 1;
        }
        if let Some(span) = computed {
            self.manifest.notes.push(Note::Computed { what: argument.to_owned(), span });
        }
    }

    fn value_end(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(token) = self.code.tokens.get(at) {
            let text = token.text.as_str();
            match token.kind {
                Kind::Line => return at,
                Kind::Mark if matches!(text, "," | ")" | "]" | "}" | ";") => return at,
                Kind::Mark | Kind::Word | Kind::Text | Kind::Computed => at = self.code.close(at) + 1,
            }
        }
        at.min(self.code.tokens.len())
    }

    /// What `name = ..`, `name += ..`, `name[..] = ..` and `name.append(..)` say elsewhere in the file; false when
    /// nothing does.
    fn follow(&mut self, argument: &str, (at, scope): (usize, Scope), depth: usize) -> bool {
        self.followed += 1;
        let Some(name) = self.code.word(at).filter(|_| self.followed <= MOST_NAMES).map(str::to_owned) else {
            return false;
        };
        let values: Vec<usize> = (0..self.code.tokens.len()).filter_map(|at| self.given(&name, at)).collect();
        if values.is_empty() || depth == 0 {
            return false;
        }
        for value in values {
            self.value(argument, (value, scope), depth - 1);
        }
        true
    }

    /// Where the value begins that the statement at `at` gives to `name`.
    fn given(&self, name: &str, at: usize) -> Option<usize> {
        let code = self.code;
        let begins = at == 0 || code.tokens[at - 1].kind == Kind::Line;
        if !begins || !code.is(at, name) {
            return None;
        }
        if code.is(at + 1, ".") && matches!(code.word(at + 2), Some("append" | "extend" | "insert")) {
            return code.parts(at + 4, code.close(at + 3)).last().map(|(start, _)| *start);
        }
        let key = if code.is(at + 1, "[") { code.close(at + 1) } else { at };
        let sign = key + 1 + usize::from(code.is(key + 1, "+"));
        // `setup(name=name)` gives nothing new.
        let next = code.skip_lines(sign + 2);
        let itself = code.is(sign + 1, name) && (code.is(next, ",") || code.is(next, ")"));
        (code.is(sign, "=") && !code.is(sign + 1, "=") && !itself).then_some(sign + 1)
    }

    /// Strings beside each other are one; each line of it is a requirement. Returns the last token.
    fn strings(&mut self, at: usize, (scope, end): (Scope, usize)) -> usize {
        let mut text = String::new();
        let mut last = at;
        let mut next = at;
        while next < end {
            match self.code.tokens[next].kind {
                Kind::Text => {
                    text.push_str(&self.code.tokens[next].text);
                    last = next;
                }
                Kind::Line => {}
                Kind::Word | Kind::Mark | Kind::Computed => break,
            }
            next += 1;
        }
        let span = self.code.tokens[at].span;
        // The separator of `"a b".split(" ")` is no requirement.
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#') && *line != ",")
        {
            self.requirement(line, scope, span);
        }
        last
    }

    fn requirement(&mut self, text: &str, scope: Scope, span: Span) {
        match pep508::parse_pip(text) {
            Some(found) => self.manifest.dependencies.push(Dependency {
                scope,
                requirement: found.version,
                source: found.source,
                ..Dependency::new(Ecosystem::Pypi, found.name, span)
            }),
            // `"a %s" % x`, `"{}".format(x)`: only running it tells.
            None => self.manifest.notes.push(Note::Computed { what: text.to_owned(), span }),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::SetupPy;
    use crate::deps::manifest::tests::check;

    #[test]
    fn what_is_added_to_a_list_counts_and_each_place_once() {
        check(
            SetupPy,
            "reqs = ['a']\nif x:\n    reqs.append('b')\nreqs += ['c']\nreqs.extend(['d', 'e'])\ntests = ['t'] + reqs\n\
             extras = {'x': ['f']}\nextras['y'] = ['g']\nsetup(\n    install_requires=reqs,\n    tests_require=tests,\n    \
             extras_require=extras,\n    setup_requires=list(reqs),\n)\n",
            &[
                "1:9 a = runtime registry",
                "3:17 b = runtime registry",
                "4:10 c = runtime registry",
                "5:14 d = runtime registry",
                "5:19 e = runtime registry",
                "6:10 t = dev registry",
                "7:17 f = optional registry",
                "8:16 g = optional registry",
            ],
        );
        check(
            SetupPy,
            "install_requires = ['a']\nsetup(\n    install_requires=install_requires,\n    extras_require=dict(x=['b']),\n)\n",
            &["1:21 a = runtime registry", "4:28 b = optional registry"],
        );
    }

    #[test]
    fn literals_are_read_where_they_stand_and_one_name_away() {
        for (text, expected) in [
            (
                "setup(install_requires=['a>=1', \"b\"])",
                &["1:25 a =>=1 runtime registry", "1:33 b = runtime registry"][..],
            ),
            ("setup(setup_requires='a')", &["1:22 a = build registry"]),
            ("setup(tests_require=('a' '>=1',))", &["1:22 a =>=1 dev registry"]),
            (
                "setup(extras_require={'x': ['a'], 'y': 'b'})",
                &["1:29 a = optional registry", "1:40 b = optional registry"],
            ),
            (
                "R = ['a']\nR += ['b']\nsetup(install_requires=R + ['c'])",
                &["1:6 a = runtime registry", "2:7 b = runtime registry", "3:29 c = runtime registry"],
            ),
            ("setup(**{'install_requires': ['a']})", &["1:31 a = runtime registry"]),
            ("kw['install_requires'] = ['a']", &["1:27 a = runtime registry"]),
            (
                "R = '''\na\nb>=1\n'''\nsetup(install_requires=R.split())",
                &["1:5 a = runtime registry", "1:5 b =>=1 runtime registry"],
            ),
            (
                "setup(install_requires=['a @ https://h.example/a.zip'])",
                &["1:25 a = runtime url:https://h.example/a.zip"],
            ),
            ("# install_requires=['a']\n'''install_requires=['b']'''", &[]),
        ] {
            check(SetupPy, text, expected);
        }
    }

    #[test]
    fn what_is_computed_is_told() {
        check(
            SetupPy,
            "setup(install_requires=open('r.txt').readlines())",
            &["1:24 computes install_requires"],
        );
        check(
            SetupPy,
            "setup(install_requires=['a'] + read())",
            &["1:25 a = runtime registry", "1:32 computes install_requires"],
        );
        check(
            SetupPy,
            "class D(Distribution):\n    def _install_requires(self):\n        return read()\nsetup(distclass=D)",
            &["2:9 computes install_requires"],
        );
        check(SetupPy, "setup(install_requires=[])", &[]);
        check(SetupPy, "setup(install_requires=R)", &["1:24 computes install_requires"]);
        check(SetupPy, "setup(install_requires=[f'a=={v}'])", &["1:26 computes install_requires"]);
        check(SetupPy, "R = R\nsetup(install_requires=R)", &["1:5 computes install_requires"]);
    }
}
