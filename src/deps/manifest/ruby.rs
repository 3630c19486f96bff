//! Calls in Ruby files that declare dependencies: `NAME "package", "version", key: value`. Knows Ruby's notation for
//! arguments, not what the calls mean.

use super::Misread;
use super::syntax::{Code, Kind, Quote, Syntax};
use crate::model::Span;

const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[
        Quote { mark: "\"", computes: "#{", lines: true },
        Quote { mark: "'", computes: "", lines: true },
    ],
    ruby: true,
};

/// A call with its arguments.
pub struct Call<'c> {
    /// What is called.
    pub name: &'c str,
    /// The first argument, when it is a string; what is computed stands as written.
    pub package: Option<&'c str>,
    /// Strings behind it: versions.
    pub versions: Vec<&'c str>,
    /// Named arguments: every string or symbol that each is given.
    pub options: Vec<(&'c str, Vec<&'c str>)>,
    /// Whether the package's name is computed.
    pub computed: bool,
    /// The place of the first token.
    pub at: usize,
    /// From the name of the call to the end of its arguments.
    pub span: Span,
}

impl Call<'_> {
    /// The first value of an option.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(key, _)| *key == name).and_then(|(_, values)| values.first().copied())
    }

    /// Every value of an option.
    pub fn values(&self, names: &[&str]) -> Vec<&str> {
        self.options
            .iter()
            .filter(|(key, _)| names.contains(key))
            .flat_map(|(_, values)| values.clone())
            .collect()
    }
}

/// Splits a Ruby file, which ends with a line `__END__`.
pub fn parse(content: &[u8]) -> Result<Code, Misread> {
    let lines = memchr::memmem::find_iter(content, b"\n__END__").map(|at| at + 1);
    let ends = |at: &usize| matches!(content.get(at + b"__END__".len()), None | Some(b'\r' | b'\n'));
    let end = lines.into_iter().find(ends).unwrap_or(content.len());
    Code::parse(&content[..end], &SYNTAX)
}

/// The call whose name stands at `at`.
pub fn call(code: &Code, at: usize) -> Option<Call<'_>> {
    let name = code.word(at)?;
    let (from, end) =
        if code.is(at + 1, "(") { (at + 2, code.close(at + 1)) } else { (at + 1, code.statement_end(at)) };
    let mut call = Call {
        name,
        package: None,
        versions: Vec::new(),
        options: Vec::new(),
        computed: false,
        at,
        span: code.span(at, end),
    };
    let mut first = true;
    for (start, end) in code.parts(from, end) {
        if let Some((key, value)) = option(code, start, end) {
            call.options.push((key, strings(code, value, end)));
            continue;
        }
        let text = code.string(start);
        if first {
            call.package = text.map(|token| token.text.as_str());
            call.computed = text.is_none_or(|token| token.kind == Kind::Computed);
        } else {
            call.versions.extend(strings(code, start, end));
        }
        first = false;
    }
    Some(call)
}

/// Strings and symbols among the arguments of the call at `at`, whose block opens at `end`: `group :dev, 'test' do`.
pub fn arguments(code: &Code, at: usize, end: usize) -> Vec<&str> {
    let (from, end) = if code.is(at + 1, "(") { (at + 2, code.close(at + 1)) } else { (at + 1, end) };
    let parts = code.parts(from, end).into_iter().filter(|(start, end)| option(code, *start, *end).is_none());
    parts.flat_map(|(start, end)| strings(code, start, end)).collect()
}

/// `key: value`, `:key => value`, `"key" => value`: the key and where the value begins.
fn option(code: &Code, start: usize, end: usize) -> Option<(&str, usize)> {
    if code.word(start).is_some() && code.is(start + 1, ":") && start + 2 < end {
        return code.word(start).map(|key| (key, start + 2));
    }
    let symbol = usize::from(code.is(start, ":"));
    let key =
        code.word(start + symbol).filter(|_| symbol == 1).or(code.text(start).filter(|_| symbol == 0))?;
    let arrow = code.is(start + symbol + 1, "=") && code.is(start + symbol + 2, ">");
    arrow.then_some((key, start + symbol + 3))
}

/// Strings and symbols in a range, also inside of a list.
fn strings(code: &Code, from: usize, end: usize) -> Vec<&str> {
    let symbol = |at: usize| {
        code.word(at).filter(|word| at > 0 && code.is(at - 1, ":") || matches!(*word, "true" | "false"))
    };
    // `ENV['X']` names a variable, no version.
    let indexes = |at: usize| at > 1 && code.is(at - 1, "[") && code.word(at - 2).is_some();
    let given = |at: &usize| !indexes(*at);
    (from..end).filter(given).filter_map(|at| code.text(at).or_else(|| symbol(at))).collect()
}
