//! Reads the `use` declarations of Rust code, as far as they begin with the name of a crate.

use std::collections::BTreeSet;

use super::Import;
use super::cursor::{Cursor, line_start, words};
use crate::model::Span;

/// Names that begin paths and are no crates of others.
const OWN: [&str; 9] = ["crate", "self", "super", "Self", "std", "core", "alloc", "proc_macro", "test"];

/// Levels of braces.
const DEEPEST: usize = 32;

/// Each path of each `use`, the last name taken; what the file itself defines or brings in is left out.
pub fn imports(code: &[u8]) -> Vec<Import> {
    let mut found = Vec::new();
    for at in words(code, "use") {
        if begins_item(code, at) {
            let mut tree = Tree { cursor: Cursor::new(code, at + "use".len()), found: Vec::new() };
            tree.read(&[], 0);
            found.extend(tree.found);
        }
    }
    for at in words(code, "extern") {
        let mut cursor = Cursor::new(code, at + "extern".len());
        if begins_item(code, at) && cursor.eat_word("crate") {
            found.extend(cursor.word().map(|(name, span)| Import::new(name, span)));
        }
    }
    let bound = bound(code, &found);
    // Nobody can tell here what a star brings in.
    let anything = found.iter().any(|import| import.alias.is_none() && import.module.contains("::"));
    found.retain(|import| {
        let root = import.module.split("::").next().unwrap_or_default();
        let is_crate = root.starts_with(|char: char| char.is_ascii_lowercase() || char == '_');
        is_crate && !OWN.contains(&root) && (import.excused || !anything && !bound.contains(root))
    });
    // `::name` can be nothing but a crate; until here that was what `excused` marked.
    found.iter_mut().for_each(|import| import.excused = false);
    found.sort_by_key(|import| import.span);
    found
}

/// The names that `extern crate … as …` gives to crates; in the root of a crate they hold in all of its files.
pub fn given_names(code: &[u8]) -> Vec<&str> {
    let given = |at: usize| {
        let mut cursor = Cursor::new(code, at + "extern".len());
        let renames = cursor.eat_word("crate") && cursor.word().is_some() && cursor.eat_word("as");
        renames.then(|| cursor.word()).flatten()
    };
    words(code, "extern").filter_map(given).map(|(name, _)| name).collect()
}

/// True when nothing but a visibility or an attribute stands before it on its line.
fn begins_item(code: &[u8], at: usize) -> bool {
    let head = code[line_start(code, at)..at].trim_ascii();
    head.is_empty()
        || head.starts_with(b"pub")
        || head.ends_with(b"]")
        || head.ends_with(b"{")
        || head.ends_with(b";")
}

/// Names that stand for something else than a crate: modules of this file, and what other declarations bring in.
fn bound(code: &[u8], imports: &[Import]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, length) in words(code, "macro_rules").map(|at| (at, "macro_rules".len())) {
        let mut cursor = Cursor::new(code, at + length);
        cursor.eat(b'!');
        names.extend(cursor.word().map(|(name, _)| name.to_owned()));
    }
    for word in ["mod", "enum", "fn", "trait", "struct"] {
        let named = |at| Cursor::new(code, at + word.len()).word().map(|(name, _)| name.to_owned());
        names.extend(words(code, word).filter_map(named));
    }
    // What is brought in under its own first name, as in `use serde;`, is the crate.
    let brought = imports.iter().filter(|import| import.module.contains("::"));
    names.extend(brought.filter_map(|import| import.alias.clone()));
    names
}

struct Tree<'c> {
    cursor: Cursor<'c>,
    found: Vec<Import>,
}

impl Tree<'_> {
    /// Reads one path behind `prefix`, with the braces at its end.
    fn read(&mut self, prefix: &[(String, Span)], depth: usize) {
        let mut path = prefix.to_vec();
        let global = prefix.is_empty() && self.cursor.eat_all(b"::");
        loop {
            if self.cursor.eat(b'{') {
                while depth < DEEPEST && self.cursor.peek().is_some_and(|byte| byte != b'}') {
                    let at = self.cursor.at;
                    self.read(&path, depth + 1);
                    self.cursor.eat(b',');
                    if self.cursor.at == at {
                        return;
                    }
                }
                self.cursor.eat(b'}');
                return;
            }
            if self.cursor.eat(b'*') {
                self.push(&path, global, None);
                return;
            }
            let mut ahead = self.cursor;
            // A macro's variable.
            if ahead.peek() == Some(b'$') {
                return;
            }
            let Some((name, span)) = self.cursor.word() else { return };
            path.push((name.trim_start_matches("r#").to_owned(), span));
            if self.cursor.eat(b'!') || !self.cursor.eat_all(b"::") {
                break;
            }
        }
        let alias = if self.cursor.eat_word("as") {
            self.cursor.word().map(|(name, _)| name.to_owned())
        } else {
            path.last().map(|(name, _)| name.clone())
        };
        self.push(&path, global, alias);
    }

    /// Without an alias it is a star.
    fn push(&mut self, path: &[(String, Span)], global: bool, alias: Option<String>) {
        let Some((_, span)) = path.first().cloned() else { return };
        let names: Vec<&str> = path.iter().map(|(name, _)| name.as_str()).collect();
        let star = if alias.is_none() { "::*" } else { "" };
        let mut import = Import { alias, ..Import::new(format!("{}{star}", names.join("::")), span) };
        import.taken.extend(path.last().filter(|_| path.len() > 1 && import.alias.is_some()).cloned());
        import.excused = global;
        self.found.push(import);
    }
}

#[cfg(test)]
mod tests {
    use super::super::import::tests;
    use crate::lang;
    use crate::model::Language;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let lexed = lang::lex(Language::Rust, text.as_bytes());
        tests::check(text, &super::imports(&lexed.code), expected);
    }

    #[test]
    fn paths_are_read_through_braces() {
        check("use serde::Deserialize;\n", &["1:5 serde::Deserialize as Deserialize taking Deserialize"]);
        check("pub use a::{b, c::{D as E}};\n", &["1:9 a::b as b taking b", "1:9 a::c::D as E taking D"]);
        check("extern crate x;\n#[cfg(test)] use ::y::z;\n", &["1:14 x", "2:20 y::z as z taking z"]);
        check("use log;\nuse log::info;\n", &["1:5 log as log", "2:5 log::info as info taking info"]);
    }

    #[test]
    fn what_is_no_crate_is_none() {
        check("use crate::a; use std::fmt;\nuse self::b; use super::c;\n", &[]);
        check("mod a;\nuse a::b;\nuse std::fmt;\nuse fmt::Display;\nenum Color {}\nuse Color::A;\n", &[]);
        check("macro_rules! a { () => {} }\npub(crate) use a;\n", &[]);
        check("use crate::prelude::*;\nuse maybe::X;\nuse ::surely::Y;\n", &["3:7 surely::Y as Y taking Y"]);
        check(
            "// use x::y;\nlet t = \"use x::y;\";\nuse $crate::x;\nfn f() -> impl Sized + use<'a> {}\n",
            &[],
        );
    }
}
