//! Reads `package.json` as npm, yarn, pnpm and bun do together: a declaration that any of them obeys counts. Strict JSON;
//! a key that stands twice is refused, because readers differ on which one counts.

use std::collections::BTreeSet;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, parse_to_ast};

use super::{Manifest, Misread, Note, Problem, commands, npm_spec, text_of};
use crate::json::STRICT;
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Tables of name and specification.
const TABLES: [(&[&str], Scope); 6] = [
    (&["dependencies"], Scope::Runtime),
    (&["devDependencies"], Scope::Dev),
    (&["optionalDependencies"], Scope::Optional),
    (&["peerDependencies"], Scope::Peer),
    (&["workspaces", "catalog"], Scope::Runtime),
    (&["catalog"], Scope::Runtime),
];

/// Tables whose values are such tables.
const TABLES_OF_TABLES: [&[&str]; 2] = [&["workspaces", "catalogs"], &["catalogs"]];

/// Tables that choose other versions, or other packages, for what dependencies bring in.
const OVERRIDES: [&[&str]; 3] = [&["overrides"], &["resolutions"], &["pnpm", "overrides"]];

/// Package managers that npm's own tooling fetches on the word of `packageManager`.
const MANAGERS: [&str; 4] = ["npm", "pnpm", "yarn", "bun"];

/// Scripts that run without being asked for when the package, or something that depends on it, is installed.
const INSTALL_SCRIPTS: [&str; 6] =
    ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];

/// Reads a `package.json`.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let (text, mark) = text_of(content)?;
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let range = error.range();
        Misread::new(
            Problem::Syntax(error.kind().to_string()),
            Span::new(range.start + mark, range.end + mark),
        )
    })?;
    let mut reader = Reader { mark, found: Vec::new() };
    let Some(Value::Object(root)) = &parsed.value else {
        let problem = Problem::WrongType { key: "the file".to_owned(), expected: "an object" };
        return Err(Misread::new(problem, Span::new(mark, mark)));
    };
    reader.file(root)?;
    let mut manifest = Manifest { dependencies: std::mem::take(&mut reader.found), ..Manifest::default() };
    reader.code(root, &mut manifest);
    Ok(manifest)
}

struct Reader {
    mark: usize,
    found: Vec<Dependency>,
}

impl Reader {
    fn file(&mut self, root: &Object<'_>) -> Result<(), Misread> {
        self.no_key_twice(root)?;
        for (path, scope) in TABLES {
            for prop in self.table(root, path)? {
                self.dependency(prop, scope)?;
            }
        }
        for path in TABLES_OF_TABLES {
            for prop in self.table(root, path)? {
                for prop in self.object(prop)? {
                    self.dependency(prop, Scope::Runtime)?;
                }
            }
        }
        for path in OVERRIDES {
            for prop in self.table(root, path)? {
                self.override_of(prop, key(prop))?;
            }
        }
        for prop in self.table(root, &["pnpm", "packageExtensions"])? {
            let Value::Object(extension) = &prop.value else { continue };
            for (path, scope) in &TABLES[..4] {
                for prop in self.table(extension, path)? {
                    self.dependency(prop, *scope)?;
                }
            }
        }
        self.manager(root)
    }

    /// The entries of the table at `path`; none when nothing stands there or when the folder on the way is a list.
    fn table<'r, 'a>(&self, root: &'r Object<'a>, path: &[&str]) -> Result<&'r [ObjectProp<'a>], Misread> {
        let Some((last, folders)) = path.split_last() else { return Ok(&[]) };
        let mut object = root;
        for folder in folders {
            match property(object, folder).map(|prop| &prop.value) {
                Some(Value::Object(inner)) => object = inner,
                Some(_) | None => return Ok(&[]),
            }
            self.no_key_twice(object)?;
        }
        match property(object, last) {
            Some(prop) => self.object(prop),
            None => Ok(&[]),
        }
    }

    fn object<'r, 'a>(&self, prop: &'r ObjectProp<'a>) -> Result<&'r [ObjectProp<'a>], Misread> {
        let object = match &prop.value {
            Value::Object(object) => object,
            // As good as left out.
            Value::NullKeyword(_) => return Ok(&[]),
            _ => return Err(Misread::wrong_type(key(prop), "an object", self.span(prop))),
        };
        self.no_key_twice(object)?;
        Ok(&object.properties)
    }

    /// Comments such as `"//"` may repeat: no package has such a name.
    fn no_key_twice(&self, object: &Object<'_>) -> Result<(), Misread> {
        let mut keys = BTreeSet::new();
        for prop in &object.properties {
            if !keys.insert(key(prop)) && !key(prop).starts_with("//") {
                return Err(Misread::new(Problem::DuplicateKey(key(prop).to_owned()), self.span(prop)));
            }
        }
        Ok(())
    }

    fn dependency(&mut self, prop: &ObjectProp<'_>, scope: Scope) -> Result<(), Misread> {
        if key(prop).starts_with("//") {
            return Ok(());
        }
        let Value::StringLit(spec) = &prop.value else {
            return Err(Misread::wrong_type(key(prop), "a string", self.span(prop)));
        };
        self.push(key(prop), &spec.value, (scope, self.span(prop)));
        Ok(())
    }

    fn push(&mut self, key: &str, spec: &str, (scope, span): (Scope, Span)) {
        let spec = npm_spec::parse(spec);
        let name = spec.name.unwrap_or_else(|| key.to_owned());
        self.found.push(Dependency {
            key: (name != key).then(|| key.to_owned()),
            name,
            ecosystem: Ecosystem::Npm,
            scope,
            requirement: spec.requirement,
            source: spec.source,
            ..Dependency::new(Ecosystem::Npm, "", span)
        });
    }

    /// `"foo@^1": "2"`, `"a>b": "npm:c@1"`, `"**/x": ".."`, nested objects with `.` for the parent itself. A version for
    /// what is there anyway is indirect; another package or source has to be approved like a declaration.
    fn override_of(&mut self, prop: &ObjectProp<'_>, selector: &str) -> Result<(), Misread> {
        match &prop.value {
            Value::StringLit(spec) => {
                let name = overridden(selector);
                let value: &str = if spec.value.starts_with('$') { "" } else { &spec.value };
                // pnpm removes a dependency with "-".
                if value == "-" {
                    return Ok(());
                }
                let parsed = npm_spec::parse(value);
                let same = parsed.name.as_deref().is_none_or(|target| target == name)
                    && parsed.source == Source::Registry;
                let scope = if same { Scope::Indirect } else { Scope::Runtime };
                self.push(name, value, (scope, self.span(prop)));
            }
            Value::Object(inner) => {
                self.no_key_twice(inner)?;
                for inner in &inner.properties {
                    let selector = if key(inner) == "." { selector } else { key(inner) };
                    self.override_of(inner, selector)?;
                }
            }
            Value::NumberLit(_) | Value::BooleanLit(_) | Value::Array(_) | Value::NullKeyword(_) => {
                return Err(Misread::wrong_type(key(prop), "a string or an object", self.span(prop)));
            }
        }
        Ok(())
    }

    /// `"packageManager": "yarn@4.1.0"` is fetched by corepack, from a URL if it says so.
    fn manager(&mut self, root: &Object<'_>) -> Result<(), Misread> {
        let Some(prop) = property(root, "packageManager") else { return Ok(()) };
        let Value::StringLit(manager) = &prop.value else {
            return Err(Misread::wrong_type("packageManager", "a string", self.span(prop)));
        };
        let (name, version) = manager.value.split_once('@').unwrap_or((&manager.value, ""));
        if !MANAGERS.contains(&name) || version.contains("://") {
            self.push(name, version, (Scope::Tool, self.span(prop)));
        }
        Ok(())
    }

    /// What runs on installation, and what scripts install. Scripts of another type than a text are npm's to refuse.
    fn code(&self, root: &Object<'_>, acc: &mut Manifest) {
        let declared: BTreeSet<String> = acc
            .dependencies
            .iter()
            .flat_map(|one| [Some(&one.name), one.key.as_ref()])
            .flatten()
            .cloned()
            .collect();
        let scripts = self.table(root, &["scripts"]).unwrap_or_default();
        for prop in scripts {
            let Value::StringLit(script) = &prop.value else { continue };
            if INSTALL_SCRIPTS.contains(&key(prop)) {
                let what = format!("the script {}: {}", key(prop), script.value);
                acc.notes.push(Note::InstallCode { what, package: None, span: self.span(prop) });
            }
            commands::script_at(&script.value, self.span(prop), acc);
        }
        // `npx x` runs what is declared here, when it is.
        acc.commands
            .retain(|command| command.ecosystem != Ecosystem::Npm || !declared.contains(&command.name));
        let pnpm = match property(root, "pnpm").map(|prop| &prop.value) {
            Some(Value::Object(pnpm)) => property(pnpm, "onlyBuiltDependencies"),
            Some(_) | None => None,
        };
        for prop in property(root, "trustedDependencies").into_iter().chain(pnpm) {
            let Value::Array(list) = &prop.value else { continue };
            for value in &list.elements {
                let Value::StringLit(name) = value else { continue };
                let range = value.range();
                let span = Span::new(range.start + self.mark, range.end + self.mark);
                acc.notes.push(Note::script_of(&name.value, span));
            }
        }
    }

    fn span(&self, prop: &ObjectProp<'_>) -> Span {
        let range = prop.range();
        Span::new(range.start + self.mark, range.end + self.mark)
    }
}

fn key<'p>(prop: &'p ObjectProp<'_>) -> &'p str {
    prop.name.as_str()
}

fn property<'r, 'a>(object: &'r Object<'a>, name: &str) -> Option<&'r ObjectProp<'a>> {
    object.properties.iter().find(|prop| key(prop) == name)
}

/// The package that a selector chooses: the last one in `a@1>b@2`, `a/b`, `**/@s/b`.
pub fn overridden(selector: &str) -> &str {
    // A `>` behind a blank, `|` or `@` belongs to a range.
    let bytes = selector.as_bytes();
    let separates = |at: &usize| bytes[*at] == b'>' && *at > 0 && !b" |@".contains(&bytes[at - 1]);
    let last = (0..bytes.len()).rev().find(separates).map_or(selector, |at| &selector[at + 1..]);
    let at = last.char_indices().skip(1).find(|(at, char)| *char == '@' && !last[..*at].ends_with('/'));
    let name = at.map_or(last, |(at, _)| &last[..at]);
    let mut parts = name.rsplit('/');
    let base = parts.next().unwrap_or(name);
    match parts.next().filter(|scope| scope.starts_with('@')) {
        Some(scope) => &name[name.len() - scope.len() - 1 - base.len()..],
        None => base,
    }
}

#[cfg(test)]
mod tests {
    use super::overridden;
    use crate::deps::manifest::Format::Npm;
    use crate::deps::manifest::tests::{check, check_refused};

    #[test]
    fn every_table_of_dependencies_is_read() {
        for (table, scope) in [
            ("dependencies", "runtime"),
            ("devDependencies", "dev"),
            ("optionalDependencies", "optional"),
            ("peerDependencies", "peer"),
        ] {
            check(
                Npm,
                format!("{{\"{table}\":\n{{\"a\": \"^1\"}}}}"),
                &[&format!("2:2 a =^1 {scope} registry")],
            );
        }
        check(
            Npm,
            r#"{"workspaces": {"packages": ["x"], "catalog": {"a": "1"}, "catalogs": {"t": {"b": "2"}}}}"#,
            &["1:48 a =1 runtime registry", "1:78 b =2 runtime registry"],
        );
        check(Npm, r#"{"workspaces": ["x"]}"#, &[]);
        check(
            Npm,
            r#"{"pnpm": {"packageExtensions": {"x@1": {"dependencies": {"a": "1"}}}}}"#,
            &["1:58 a =1 runtime registry"],
        );
    }

    #[test]
    fn keys_are_unescaped_and_aliases_resolved() {
        check(
            Npm,
            "\u{feff}{\"dependencies\": {\"\\u0061\": \"npm:evil@1\"}}",
            &["1:20 evil(a) =1 runtime registry"],
        );
        check(Npm, r#"{"\u0064ependencies": {"a": "u/r#v1"}}"#, &["1:24 a =v1 runtime git:github.com/u/r"]);
        check(Npm, r#"{"dependencies": {"// why": "x", "//": "y", "//": "z"}}"#, &[]);
    }

    #[test]
    fn overrides_that_keep_the_package_are_indirect_and_others_are_declarations() {
        check(
            Npm,
            r#"{"overrides": {"a": "1", "b@^1": {".": "2", "c": "npm:evil@1"}, "d": "$a"}}"#,
            &[
                "1:16 a =1 indirect registry",
                "1:35 b =2 indirect registry",
                "1:45 evil(c) =1 runtime registry",
                "1:65 d = indirect registry",
            ],
        );
        check(
            Npm,
            r#"{"resolutions": {"**/@s/a": "file:./x", "x/b": "1"}}"#,
            &["1:18 @s/a = runtime path", "1:41 b =1 indirect registry"],
        );
        check(Npm, r#"{"pnpm": {"overrides": {"a@>1>b": "2", "c": "-"}}}"#, &["1:25 b =2 indirect registry"]);
    }

    #[test]
    fn selectors_name_the_package_they_override() {
        for (selector, name) in [
            ("a", "a"),
            ("a@^1", "a"),
            ("@s/a@1", "@s/a"),
            ("a>b", "b"),
            ("a@1>@s/b@2", "@s/b"),
            ("a@>1 || >2>b", "b"),
            ("**/@s/a", "@s/a"),
            ("x/y", "y"),
            ("@s/x/y", "y"),
            ("a@npm:^1", "a"),
        ] {
            assert_eq!(overridden(selector), name, "{selector}");
        }
    }

    #[test]
    fn a_package_manager_is_a_tool_when_it_is_not_a_usual_one() {
        check(Npm, r#"{"packageManager": "pnpm@9.0.0"}"#, &[]);
        check(
            Npm,
            r#"{"packageManager": "yarn@https://h.example/y.js"}"#,
            &["1:2 yarn = tool url:https://h.example/y.js"],
        );
        check(Npm, r#"{"packageManager": "evil@1"}"#, &["1:2 evil =1 tool registry"]);
    }

    #[test]
    fn what_npm_refuses_or_readers_differ_on_is_refused() {
        let twice =
            |key: &str| format!("duplicate key \"{key}\": package managers differ on which one counts");
        check_refused(
            Npm,
            "{\"dependencies\": {\"a\": \"1\",\n\"a\": \"2\"}}",
            &format!("2:1 {}", twice("a")),
        );
        check_refused(
            Npm,
            r#"{"dependencies": {}, "d\u0065pendencies": {}}"#,
            &format!("1:22 {}", twice("dependencies")),
        );
        check(Npm, r#"{"dependencies": null}"#, &[]);
        check_refused(Npm, r#"{"dependencies": ["a@1"]}"#, "1:2 dependencies: expected an object");
        check_refused(Npm, r#"{"dependencies": {"a": {"version": "1"}}}"#, "1:19 a: expected a string");
        check_refused(Npm, "[]", "1:1 the file: expected an object");
        check_refused(Npm, "", "1:1 the file: expected an object");
        for text in [
            "{} x",
            "{'a': 1}",
            "{\"a\": 1,}",
            "{\"a\": 1 /* x */}",
            "{a: 1}",
            "{\"a\": 0x1}",
            "{\"a\" \"b\"}",
            "{\"a\": \"\\x41\"}",
            "{\"a\": 1} // x",
            "{\"a\": 01}",
        ] {
            let refused = crate::deps::manifest::read(Npm, text.as_bytes()).is_err();
            assert!(refused, "{text}");
        }
    }
}
