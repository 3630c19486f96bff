//! Reads `build.gradle(.kts)` and `settings.gradle(.kts)` as far as they say what they want: coordinates, plugins and
//! repositories that are written out. Runs nothing; what the script computes is told as computed.

use std::collections::{BTreeMap, BTreeSet};

use super::syntax::{Code, Kind, Quote, Syntax};
use super::{Include, Manifest, Misread, Note, gradle_catalog};
use crate::model::{Dependency, Ecosystem, Scope, Source, Span};

/// Groovy and Kotlin.
const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[
        Quote { mark: "\"\"\"", computes: "$", lines: true },
        Quote { mark: "'''", computes: "", lines: true },
        Quote { mark: "\"", computes: "$", lines: false },
        Quote { mark: "'", computes: "", lines: false },
    ],
    ruby: false,
};

/// Repositories that need nobody's approval, as hosts and paths.
const USUAL: [&str; 5] = [
    "repo.maven.apache.org/maven2",
    "repo1.maven.org/maven2",
    "maven.google.com",
    "dl.google.com/dl/android/maven2",
    "plugins.gradle.org/m2",
];

/// What stands for a dependency without naming a package, or names one that is read elsewhere.
const ELSEWHERE: [&str; 16] = [
    "libs",
    "projects",
    "project",
    "platform",
    "enforcedPlatform",
    "files",
    "fileTree",
    "kotlin",
    "gradleApi",
    "gradleTestKit",
    "localGroovy",
    "testFixtures",
    "npm",
    "rootProject",
    "embeddedKotlin",
    "sourceSets",
];

/// Reads a build script.
pub fn read(content: &[u8]) -> Result<Manifest, Misread> {
    let code = Code::parse(content, &SYNTAX)?;
    let values = values(&code);
    let reassigned = reassigned(&code, &values);
    let mut reader = Reader { code: &code, values, reassigned, manifest: Manifest::default() };
    reader.block(0, code.tokens.len(), "");
    Ok(reader.manifest)
}

/// Names that are given a string: `def x = '1'`, `val x = "1"`, `x = '1'`, `x: '1'`.
fn values(code: &Code) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for at in 0..code.tokens.len() {
        let given = code.is(at + 1, "=") || code.is(at + 1, ":");
        let value = code.tokens.get(at + 2).filter(|token| token.kind == Kind::Text);
        if let (Some(name), true, Some(value)) = (code.word(at), given, value) {
            found.entry(name.to_owned()).or_insert_with(|| value.text.clone());
        }
    }
    found
}

/// Names that are given one string and then another: only running the script tells which one a package is called by.
fn reassigned(code: &Code, values: &BTreeMap<String, String>) -> BTreeSet<String> {
    let given = |at: usize| code.text(at + 2).filter(|_| code.is(at + 1, "="));
    let other = |at: usize| {
        let name = code.word(at)?;
        (values.get(name).map(String::as_str) != Some(given(at)?)).then(|| name.to_owned())
    };
    (0..code.tokens.len()).filter_map(other).collect()
}

struct Reader<'c> {
    code: &'c Code,
    values: BTreeMap<String, String>,
    reassigned: BTreeSet<String>,
    manifest: Manifest,
}

impl Reader<'_> {
    /// Reads the statements of a block; `name` is what it is called.
    fn block(&mut self, from: usize, end: usize, name: &str) {
        let code = self.code;
        let mut at = from;
        let mut statement = from;
        while at < end.min(code.tokens.len()) {
            if code.tokens[at].kind == Kind::Line || code.is(at, ";") {
                statement = at + 1;
            } else if code.is(at, "{") {
                let close = code.close(at);
                let inner = self.block_name(statement, at, name);
                self.block(at + 1, close, inner);
                at = close;
            } else if self.string(at, (statement, name)) {
            } else if let Some(word) = code.word(at) {
                self.word(at, word, (statement, name));
            }
            at += 1;
        }
    }

    /// `dependencies {` opens its own block; `implementation("x") {` and `if (x) {` stay in the one around them.
    fn block_name<'n>(&self, statement: usize, open: usize, outer: &'n str) -> &'n str {
        let names = ["dependencies", "plugins", "repositories", "constraints", "exclude", "versionCatalogs"];
        let word = (statement..open).rev().find_map(|at| self.code.word(at));
        names.into_iter().find(|name| Some(*name) == word).unwrap_or(outer)
    }

    /// A string; true when the token is one.
    fn string(&mut self, at: usize, (statement, block): (usize, &str)) -> bool {
        let Some(token) = self.code.string(at) else { return false };
        let first = self.first_word(statement, at);
        let span = token.span;
        let text = token.text.as_str();
        match block {
            _ if (statement..at).any(|at| self.code.is(at, "exclude")) => {}
            "repositories" => self.repository(text, span),
            "plugins" => self.plugin(at, text, span),
            "versionCatalogs" if (statement..at).any(|at| self.code.is(at, "from")) => {
                self.coordinates(text, (true, token.kind), (Scope::Build, span));
            }
            "versionCatalogs" => self.manifest.dependencies.extend(gradle_catalog::entry(self.code, at)),
            _ if text.contains("://") => {
                let applied = (statement..at).any(|at| self.code.is(at, "apply"));
                let from = (statement..at).any(|at| self.code.is(at, "from"));
                if applied && from {
                    self.manifest.includes.push(Include { target: text.to_owned(), constraint: false, span });
                }
            }
            _ => {
                let declares = matches!(block, "dependencies" | "constraints");
                if declares && let Some((name, version, end)) = self.three_strings(at) {
                    let span = Span::new(span.start, end);
                    self.push(&name, &version, (scope(first, block), span));
                    return true;
                }
                self.coordinates(text, (declares, token.kind), (scope(first, block), span));
                let rich = self.rich_version(at);
                if let Some(last) = self.manifest.dependencies.last_mut()
                    && last.span == span
                    && last.requirement.is_empty()
                {
                    last.requirement = rich.unwrap_or_default();
                }
            }
        }
        true
    }

    /// `("g:a") { version { strictly("[1,2[") } }`: what the block behind the string at `at` says.
    fn rich_version(&self, at: usize) -> Option<String> {
        let open = at + 1 + usize::from(self.code.is(at + 1, ")"));
        let block = open..self.code.close(open);
        let kinds = ["strictly", "require", "prefer"];
        let says = |kind: &str| {
            let word =
                block.clone().filter(|_| self.code.is(open, "{")).find(|at| self.code.is(*at, kind))?;
            self.code.text(word + 1 + usize::from(self.code.is(word + 1, "(")))
        };
        kinds.into_iter().find_map(says).map(|text| self.resolved(text))
    }

    /// `implementation("group", "name", "version")` of Kotlin: name and version, when `at` is the first of them.
    fn three_strings(&self, at: usize) -> Option<(String, String, usize)> {
        let is_first = at > 1 && self.code.is(at - 1, "(") && self.code.word(at - 2).is_some();
        let next = |at: usize| self.code.string(at + 1).filter(|_| self.code.is(at, ","));
        let (group, name) = (self.code.string(at).filter(|_| is_first)?, next(at + 1)?);
        let [group, artifact] = [group, name].map(|token| self.resolved(&token.text));
        if [&group, &artifact].into_iter().any(|part| part.is_empty() || part.contains([':', '$', '/'])) {
            return None;
        }
        let version = next(at + 3);
        let end = version.unwrap_or(name).span.end;
        let version = version.map(|token| self.resolved(&token.text)).unwrap_or_default();
        Some((format!("{group}:{artifact}"), version, end))
    }

    fn first_word(&self, statement: usize, at: usize) -> &str {
        (statement..at).find_map(|at| self.code.word(at)).unwrap_or_default()
    }

    /// `group:name:version:classifier@type`; outside of `dependencies` only with a version, where nothing else looks so.
    fn coordinates(&mut self, text: &str, (declares, kind): (bool, Kind), (scope, span): (Scope, Span)) {
        // Of the version it matters less.
        let named: Vec<&str> = text.split(':').take(2).collect();
        let unsure = |name: &String| {
            let forms = [format!("${name}"), format!("${{{name}}}"), format!(".{name}}}")];
            named.iter().any(|part| forms.iter().any(|form| part.contains(form)))
        };
        if kind == Kind::Computed && self.reassigned.iter().any(unsure) {
            self.manifest.notes.push(Note::Computed { what: text.to_owned(), span });
            return;
        }
        let resolved = if kind == Kind::Computed { self.resolved(text) } else { text.to_owned() };
        let parts: Vec<&str> = resolved.split('@').next().unwrap_or_default().split(':').collect();
        let [group, name, rest @ ..] = parts.as_slice() else {
            if declares && kind == Kind::Computed && self.code_computes(&resolved) {
                self.manifest.notes.push(Note::Computed { what: text.to_owned(), span });
            }
            return;
        };
        let version = rest.first().copied().unwrap_or_default();
        let plain = |part: &&str| {
            !part.is_empty() && part.chars().all(|char| char.is_alphanumeric() || "._-".contains(char))
        };
        let versioned = version.starts_with(|char: char| char.is_ascii_digit() || "$[(+v".contains(char));
        let meant = declares || versioned && group.contains('.');
        if rest.len() > 2 || !meant {
            return;
        }
        if plain(group) && plain(name) {
            self.push(&format!("{group}:{name}"), version, (scope, span));
        } else if declares && (group.contains('$') || name.contains('$')) {
            self.manifest.notes.push(Note::Computed { what: text.to_owned(), span });
        }
    }

    fn code_computes(&self, text: &str) -> bool {
        text.contains('$') && !text.contains(['/', '\\'])
    }

    fn push(&mut self, name: &str, version: &str, (scope, span): (Scope, Span)) {
        let requirement = version.to_owned();
        let dependency = Dependency::new(Ecosystem::Maven, name, span);
        self.manifest.dependencies.push(Dependency { scope, requirement, ..dependency });
    }

    /// `id "x" version "1"`, `id("x")`, `kotlin("jvm")`, or an id in backticks.
    fn plugin(&mut self, at: usize, text: &str, span: Span) {
        let before = at - usize::from(at > 0 && self.code.is(at - 1, "("));
        let id = match before.checked_sub(1).and_then(|at| self.code.word(at)) {
            Some("id") => text.to_owned(),
            Some("kotlin") => format!("org.jetbrains.kotlin.{text}"),
            Some(_) | None => return,
        };
        let after = at + 1 + usize::from(self.code.is(at + 1, ")"));
        let version = if self.code.is(after, "version") {
            self.code
                .text(after + 1 + usize::from(self.code.is(after + 1, "(")))
                .unwrap_or_default()
                .to_owned()
        } else {
            String::new()
        };
        // Without a dot it is one of Gradle's own.
        if !id.contains('.') {
            return;
        }
        let dependency = Dependency::new(Ecosystem::Maven, format!("{id}:{id}.gradle.plugin"), span);
        self.manifest.dependencies.push(Dependency {
            key: Some(id),
            scope: Scope::Build,
            requirement: version,
            ..dependency
        });
    }

    fn repository(&mut self, text: &str, span: Span) {
        let Some((_, place)) = text.split_once("://") else { return };
        if !USUAL.contains(&place.trim_end_matches('/')) {
            let source = Source::OtherRegistry(text.to_owned());
            self.manifest.notes.push(Note::Registry { source, span });
        }
    }

    fn word(&mut self, at: usize, word: &str, (statement, block): (usize, &str)) {
        if !matches!(block, "dependencies" | "constraints") {
            return;
        }
        let excluded = (statement..at).any(|at| self.code.is(at, "exclude"));
        match word {
            "group" if !excluded => self.map_notation(at, (statement, block)),
            "kotlin" if self.code.is(at + 1, "(") => {
                if let Some(module) = self.code.text(at + 2) {
                    let name = format!("org.jetbrains.kotlin:kotlin-{module}");
                    let span = self.code.span(at, at + 4);
                    let version = self.code.text(at + 4).unwrap_or_default().to_owned();
                    self.push(&name, &version, (scope(self.first_word(statement, at), block), span));
                }
            }
            _ => self.reference(at, (statement, block)),
        }
    }

    /// `group: 'g', name: 'a', version: '1'` and `group = "g", name = "a"`.
    fn map_notation(&mut self, at: usize, (statement, block): (usize, &str)) {
        let end = self.code.statement_end(at);
        let value = |key: &str| {
            let at = (at..end).find(|at| {
                self.code.is(*at, key) && (self.code.is(at + 1, ":") || self.code.is(at + 1, "="))
            })?;
            let token = self.code.tokens.get(at + 2)?;
            let text = match token.kind {
                Kind::Text | Kind::Computed => self.resolved(&token.text),
                Kind::Word => self.values.get(&token.text).cloned().unwrap_or(format!("${{{}}}", token.text)),
                Kind::Mark | Kind::Line => return None,
            };
            Some((text, token.span.end))
        };
        let (Some((group, _)), Some((name, end))) = (value("group"), value("name")) else { return };
        let span = Span::new(self.code.tokens[at].span.start, end);
        if group.contains('$') || name.contains('$') {
            self.manifest.notes.push(Note::Computed { what: format!("{group}:{name}"), span });
            return;
        }
        let version = value("version").map(|(version, _)| version).unwrap_or_default();
        self.push(&format!("{group}:{name}"), &version, (scope(self.first_word(statement, at), block), span));
    }

    /// `implementation deps.x`, `api(x)`: only running the script tells what that is, unless the file says it.
    fn reference(&mut self, at: usize, (statement, block): (usize, &str)) {
        let open = usize::from(self.code.is(statement + 1, "("));
        let argument = statement + 1 + open;
        let is_argument = at == argument && self.code.word(statement).is_some() && block == "dependencies";
        let Some(word) = self.code.word(at).filter(|_| is_argument) else { return };
        let next = self.code.tokens.get(at + 1);
        let named = self.code.is(at + 1, ".")
            || next.is_none_or(|token| token.kind == Kind::Line)
            || self.code.is(at + 1, ")");
        let last = (at..).step_by(2).take_while(|at| self.code.word(*at).is_some()).last();
        let known = last.and_then(|at| self.code.word(at)).is_some_and(|last| self.values.contains_key(last));
        let keyword = matches!(
            self.code.word(statement),
            Some("def" | "val" | "var" | "if" | "for" | "else" | "return" | "exclude")
        );
        if named && !known && !keyword && !ELSEWHERE.contains(&word) {
            let end = self.code.statement_end(at);
            let span = self.code.span(statement, end);
            self.manifest.notes.push(Note::Computed { what: format!("dependency {word}"), span });
        }
    }

    /// `$name` and `${name}` filled in, as far as the file gives them a value.
    fn resolved(&self, text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            result.push_str(&rest[..at]);
            let braced = rest[at + 1..].strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let bare = &rest[at + 1..];
            let length = bare.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(bare.len());
            let (name, written) = match braced {
                Some((name, _)) => (name, name.len() + 3),
                None => (&bare[..length], length + 1),
            };
            let last = name.rsplit('.').next().unwrap_or(name);
            match self.values.get(last) {
                Some(value) => result.push_str(value),
                None => result.push_str(&rest[at..at + written]),
            }
            rest = &rest[at + written..];
        }
        result + rest
    }
}

/// What a configuration is for, by its name.
fn scope(configuration: &str, block: &str) -> Scope {
    let lower = configuration.to_ascii_lowercase();
    if block == "constraints" {
        Scope::Indirect
    } else if lower.contains("test") {
        Scope::Dev
    } else if ["classpath", "kapt", "ksp", "annotationprocessor", "compileonly"]
        .iter()
        .any(|known| lower.starts_with(known))
    {
        Scope::Build
    } else {
        Scope::Runtime
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::manifest::Format::Gradle;
    use crate::deps::manifest::tests::check;

    #[track_caller]
    fn declared(line: &str, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|one| format!("2:{one}")).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check(Gradle, format!("dependencies {{\n{line}\n}}\n"), &expected);
    }

    #[test]
    fn a_name_that_is_given_two_values_names_no_package() {
        check(
            Gradle,
            "def g = 'good'\ng = 'evil'\ndef v = '1'\nv = '2'\ndependencies {\n  api \"$g:a:1\"\n  api \"g:b:$v\"\n}\n",
            &["7:7 g:b =1 runtime registry", "6:7 computes $g:a:1"],
        );
    }

    #[test]
    fn a_version_may_stand_in_a_block_of_its_own() {
        check(
            Gradle,
            "dependencies {\n  api('g:a') { version { strictly '[1,2['; prefer '1.5' } }\n  api('g:b') { because 'x' }\n}\n",
            &["2:7 g:a =[1,2[ runtime registry", "3:7 g:b = runtime registry"],
        );
    }

    #[test]
    fn every_notation_of_coordinates_is_read() {
        declared("implementation 'g:a:1'", &["16 g:a =1 runtime registry"]);
        declared(
            "implementation(\"g:a:1\") { exclude group: 'x', module: 'y' }",
            &["16 g:a =1 runtime registry"],
        );
        declared("\"implementation\"(\"g:a\")", &["18 g:a = runtime registry"]);
        declared("add(\"ksp\", \"g:a:1\")", &["12 g:a =1 runtime registry"]);
        declared("testImplementation platform('g:a:1@pom')", &["29 g:a =1 dev registry"]);
        declared("api group: 'g', name: 'a', version: '1'", &["5 g:a =1 runtime registry"]);
        declared("api(group = \"g\", name = \"a\")", &["5 g:a = runtime registry"]);
        declared("api(\"g\", \"a\", \"1\")", &["5 g:a =1 runtime registry"]);
        declared("testApi(\"g\", \"a\")", &["9 g:a = dev registry"]);
        declared("kapt 'g:a:1:c@aar'", &["6 g:a =1 build registry"]);
        declared(
            "implementation kotlin('stdlib')",
            &["16 org.jetbrains.kotlin:kotlin-stdlib = runtime registry"],
        );
        declared(
            "implementation 'g:a:1', 'g:b:2'",
            &["16 g:a =1 runtime registry", "25 g:b =2 runtime registry"],
        );
    }

    #[test]
    fn what_lies_in_the_repository_or_stands_in_the_catalog_is_not_declared_here() {
        declared("implementation project(':a')", &[]);
        declared("implementation(libs.a.b)", &[]);
        declared("implementation files('libs/x.jar')", &[]);
        declared("implementation fileTree(dir: 'libs', include: ['*.jar'])", &[]);
        declared("// implementation 'g:a:1'", &[]);
    }

    #[test]
    fn what_the_script_computes_is_filled_in_or_told() {
        check(
            Gradle,
            "def v = '1'\ndef g = 'com.x'\ndependencies {\n  api \"$g:a:$v\"\n  api \"${h}:a:1\"\n  api deps.x\n}",
            &["4:7 com.x:a =1 runtime registry", "5:7 computes ${h}:a:1", "6:3 computes dependency deps"],
        );
        check(
            Gradle,
            "ext.deps = [\n  x: 'com.x:a:1',\n]\ndependencies {\n  api deps.x\n}",
            &["2:6 com.x:a =1 runtime registry"],
        );
        declared("api \"g:a:${v}\"", &["5 g:a =${v} runtime registry"]);
    }

    #[test]
    fn plugins_and_repositories_are_read() {
        check(
            Gradle,
            "plugins {\n  id 'java'\n  id(\"com.x\") version \"1\" apply false\n  kotlin(\"jvm\") version \"2\"\n  alias(libs.plugins.y)\n}\n",
            &[
                "3:6 com.x:com.x.gradle.plugin(com.x) =1 build registry",
                "4:10 org.jetbrains.kotlin.jvm:org.jetbrains.kotlin.jvm.gradle.plugin(org.jetbrains.kotlin.jvm) =2 build registry",
            ],
        );
        check(
            Gradle,
            "repositories {\n mavenCentral()\n maven { url 'https://h.example/m' }\n maven(\"https://maven.google.com/\")\n}\napply from: 'https://h.example/x.gradle'\n",
            &["6:13 includes https://h.example/x.gradle", "3:14 looks in registry:h.example/m"],
        );
        check(Gradle, "buildscript { dependencies { classpath 'g:a:1' } }", &["1:40 g:a =1 build registry"]);
    }
}
