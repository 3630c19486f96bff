//! From a rule file as written to checked rules; every problem of the file is collected.

use std::borrow::Cow;

use super::anchor::{self, Required};
use super::groups;
use super::kinds::{Argument, Boundary, Checksum, Detector, ScopeKind, Text, Unit, Validator};
use super::pattern::{self, Bounded};
use super::requires;
use super::rule::{Example, Keyword, Near, Pattern, Rule, Sample};
use crate::model::{Category, Confidence, Language, RuleId, RuleInfo, Severity};
use crate::text::toml_doc::{Document, Item, Located, Outline, Problems, Table};

/// What a rule file holds.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// Their examples.
    pub examples: Vec<Example>,
}

/// Reads and checks one rule file. `examples_required` holds for our packs.
pub fn check_file(file: &str, text: &str, examples_required: bool) -> Result<Checked, Problems> {
    let doc = Document::parse(file, text);
    let checked = read(&doc, examples_required);
    doc.into_result(checked)
}

/// What may stand in a rule file.
pub fn outline() -> Outline {
    Document::outline(|doc| drop(read(doc, false)))
}

fn read(doc: &Document<'_>, examples_required: bool) -> Checked {
    let root = doc.root();
    root.schema();
    let pack = root.required_string("pack").map_or("", |pack| pack.value);
    let mut checked = Checked::default();
    for table in root.tables("rule") {
        let examples = examples(doc, &table, examples_required);
        let rule = rule(&table, pack);
        table.finish();
        if let Some(rule) = rule {
            if checked.rules.iter().any(|known| known.info.id == rule.info.id) {
                table.invalid("id", format!("{} stands in this file already", rule.info.id));
            }
            if examples_required && rule.fix.is_some() && examples.iter().all(|one| one.fixed.is_none()) {
                table.invalid("fix", "needs a `hit` example with `fixed`, what the fix makes of it");
            }
            let id = rule.info.id.as_str();
            checked
                .examples
                .extend(examples.into_iter().map(|example| Example { rule: id.to_owned(), ..example }));
            checked.rules.push(rule);
        }
    }
    root.finish();
    checked
}

/// Checks one `[[rule]]`; none when a problem was noted that leaves nothing to build.
fn rule(table: &Table<'_, '_>, pack: &str) -> Option<Rule> {
    // Everything is read before anything is given up, so that all problems are told.
    let info = info(table, pack);
    let detector = table.one_of("detector", &Detector::NAMES);
    let unicode = table.boolean("unicode").unwrap_or(false);
    let category = info.as_ref().map(|info| info.category);
    let boundary = table.one_of("boundary", &Boundary::NAMES);
    let secret = category == Some(Category::Secret);
    let requires = requires::requires(table);
    let matching = if table.has("requires") {
        requires::beside(table, unicode).map(|pattern| (Some(pattern), Vec::new()))
    } else {
        matching(table, detector, unicode)
    };
    let scope = table.one_of("scope", &ScopeKind::NAMES).unwrap_or(ScopeKind::Raw);
    let unit = table.one_of("unit", &Unit::NAMES).unwrap_or(Unit::Window);
    if unit == Unit::Block && scope == ScopeKind::Raw {
        table.invalid("unit", "a block is found in code: `scope` must not be `raw`");
    }
    let rule = Rule {
        boundary: boundary.unwrap_or(if secret { Boundary::Token } else { Boundary::None }),
        detector,
        entropy: table.number("entropy").map(|bits| bits as f32),
        stop_words: texts(&table.strings("stop_words"), str::to_ascii_lowercase),
        placeholders: table.boolean("placeholders").unwrap_or(secret),
        checksum: table.one_of("checksum", &Checksum::NAMES),
        validator: table.one_of("validator", &Validator::NAMES),
        public: table.string("public").map(|reason| owned(reason.value)),
        samples: samples(table).into(),
        generic: table.boolean("generic").unwrap_or(false),
        requires: requires.into(),
        helper: table.boolean("helper").unwrap_or(false),
        languages: table.all_of("languages", Language::NAMES).into(),
        paths: globs(table),
        file_names: texts(&table.strings("file_names"), str::to_owned),
        scope,
        unit,
        all_of: patterns(table, "all_of", unicode),
        none_of: patterns(table, "none_of", unicode),
        near: near(table, unicode),
        argument: table.one_of("argument", &Argument::NAMES),
        named_by: patterns(table, "named_by", unicode),
        fix: table.string("fix").map(|fix| owned(fix.value)),
        file_requires: patterns(table, "file_requires", unicode),
        info: info?,
        keywords: Cow::default(),
        pattern: None,
    };
    let (pattern, keywords) = matching?;
    groups::check(table, pattern.as_ref(), &rule);
    groups::check_fix(table, &rule);
    Some(Rule { pattern, keywords: keywords.into(), ..rule })
}

fn info(table: &Table<'_, '_>, pack: &str) -> Option<RuleInfo> {
    let id = table.required_string("id").and_then(|id| {
        let parsed = RuleId::parse(id.value);
        if parsed.is_none() {
            table.invalid(
                "id",
                "2 to 80 letters, digits, `-` and `.`, beginning and ending with a letter or digit",
            );
        }
        parsed
    });
    let title = table.required_string("title");
    let category = table.required_one_of("category", &Category::NAMES);
    let severity = table.required_one_of("severity", &Severity::NAMES);
    let confidence = table.required_one_of("confidence", &Confidence::NAMES);
    let message = table.required_string("message");
    let remediation = table.required_string("remediation");
    let topic = table.string("topic").map_or("", |topic| topic.value);
    if category == Some(Category::Code) && topic.is_empty() {
        table.missing("topic");
    }
    // The one word that there is; a table of its own where there are more.
    let when = table.one_of("when", &[("ai-authored", true)]);
    let references = texts(&table.strings("references"), str::to_owned);
    let owasp = texts(&table.strings("owasp"), str::to_owned);
    let cwe = table.integers("cwe");
    Some(RuleInfo {
        id: id?,
        title: owned(title?.value),
        pack: owned(pack),
        category: category?,
        topic: owned(topic),
        severity: severity?,
        confidence: confidence?,
        blocks_agents: when.unwrap_or(false),
        message: owned(message?.value),
        remediation: owned(remediation?.value),
        fixable: table.string("fix").is_some(),
        references,
        cwe: cwe.into(),
        owasp,
    })
}

/// The pattern and its keywords, which must fit each other.
fn matching(
    table: &Table<'_, '_>,
    detector: Option<Detector>,
    unicode: bool,
) -> Option<(Option<Pattern>, Vec<Keyword>)> {
    let written = table.strings("keywords");
    let source = table.string("pattern");
    let keywords: Vec<&[u8]> = written.iter().map(|keyword| keyword.value.as_bytes()).collect();
    if keywords.iter().any(|keyword| keyword.len() < 2) {
        table.invalid("keywords", "a keyword needs at least 2 bytes");
        return None;
    }
    let Some(source) = source else {
        return if table.has("file_names") {
            by_name(table, detector, &keywords)
        } else {
            without_pattern(table, detector, &keywords)
        };
    };
    if table.has("file_names") {
        table.invalid("pattern", "a rule with `file_names` looks at no content");
        return None;
    }
    if detector.is_some() {
        table.invalid("pattern", "a rule with a `detector` has no pattern");
        return None;
    }
    let bounded = match pattern::bound(source.value, unicode) {
        Ok(bounded) => bounded,
        Err(error) => {
            table.invalid("pattern", error.to_string());
            return None;
        }
    };
    let required = required(table, &bounded, &keywords)?;
    let keyword = |required: Required| Keyword {
        bytes: required.bytes.into(),
        fold: required.fold,
        back: required.back as u32,
        tail: required.tail.into(),
        places: required.places.into(),
    };
    let pattern = Pattern {
        source: owned(source.value),
        unicode,
        max_len: bounded.max_len as u32,
        run: anchor::longest_run(&bounded.hir),
    };
    Some((Some(pattern), required.into_iter().map(keyword).collect()))
}

fn required(table: &Table<'_, '_>, bounded: &Bounded, keywords: &[&[u8]]) -> Option<Vec<Required>> {
    if keywords.is_empty() {
        let derived = anchor::derive(&bounded.hir);
        if derived.is_none() {
            table.invalid(
                "pattern",
                "contains no literal of at least 2 bytes that the engine could look for first",
            );
        }
        return derived;
    }
    let found = anchor::locate(&bounded.hir, keywords);
    found
        .map_err(|derived| {
            let words = |all: Vec<Required>| {
                all.iter()
                    .map(|r| format!("{:?}", r.bytes.escape_ascii().to_string()))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let hint = derived
                .map_or_else(String::new, |all| format!("; every match contains one of: {}", words(all)));
            table.invalid("keywords", format!("a match of the pattern need not contain one of them{hint}"));
        })
        .ok()
}

/// A rule over names of files has nothing to look for in them.
fn by_name(
    table: &Table<'_, '_>,
    detector: Option<Detector>,
    keywords: &[&[u8]],
) -> Option<(Option<Pattern>, Vec<Keyword>)> {
    if detector.is_some() || !keywords.is_empty() {
        table.invalid("file_names", "a rule with `file_names` has neither `keywords` nor a `detector`");
        return None;
    }
    let empty = |name: &Located<&str>| name.value.split('/').any(str::is_empty);
    if table.strings("file_names").iter().any(empty) {
        table.invalid("file_names", "a name, or the end of a path such as `.ssh/id_*`");
    }
    Some((None, Vec::new()))
}

fn without_pattern(
    table: &Table<'_, '_>,
    detector: Option<Detector>,
    keywords: &[&[u8]],
) -> Option<(Option<Pattern>, Vec<Keyword>)> {
    match detector {
        None => {
            table.needs_one_of(&["pattern", "detector", "file_names"]);
            None
        }
        Some(Detector::Dependency | Detector::Policy | Detector::KnownValue) => Some((None, Vec::new())),
        Some(Detector::Assignment | Detector::Setting | Detector::SqlChain) if keywords.is_empty() => {
            table.missing("keywords");
            None
        }
        Some(Detector::Assignment | Detector::Setting | Detector::SqlChain) => {
            let keyword = |bytes: &&[u8]| Keyword {
                bytes: bytes.to_ascii_lowercase().into(),
                fold: true,
                back: 0,
                tail: Cow::default(),
                places: Cow::default(),
            };
            Some((None, keywords.iter().map(keyword).collect()))
        }
    }
}

/// The values that everybody knows.
fn samples(table: &Table<'_, '_>) -> Vec<Sample> {
    let sample = |item: Table<'_, '_>| {
        let written = item.strings("sha256");
        let reason = item.required_string("reason");
        item.finish();
        let hashes: Vec<_> = written.iter().filter_map(|text| digest(text.value)).collect();
        if hashes.is_empty() || hashes.len() < written.len() {
            item.invalid("sha256", "a list of 64 lower-case hexadecimal digits each");
        }
        let reason = reason.map(|reason| owned(reason.value)).unwrap_or_default();
        hashes.into_iter().map(move |sha256| Sample { sha256, reason: reason.clone() }).collect::<Vec<_>>()
    };
    table.tables("samples").into_iter().flat_map(sample).collect()
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        })
        .collect();
    let bytes: Vec<u8> =
        digits?.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect();
    bytes.try_into().ok().filter(|_| text.len() == 64)
}

/// Conditions on the lines around a match.
fn near(table: &Table<'_, '_>, unicode: bool) -> Option<Near> {
    let near = table.table("near")?;
    let lines = near.integer("lines").unwrap_or(0);
    if !(1..=MAX_NEAR).contains(&lines) {
        near.invalid("lines", format!("a number of lines from 1 to {MAX_NEAR}"));
    }
    let found = Near {
        lines: lines.min(MAX_NEAR) as u32,
        any_of: patterns(&near, "any_of", unicode),
        none_of: patterns(&near, "none_of", unicode),
    };
    near.finish();
    Some(found)
}

/// How many lines around a match a rule may look at.
const MAX_NEAR: u64 = 40;

fn patterns(table: &Table<'_, '_>, key: &'static str, unicode: bool) -> Cow<'static, [Text]> {
    let written = table.strings(key);
    for pattern in &written {
        if let Err(error) = pattern::check_syntax(pattern.value, unicode) {
            table.invalid(key, format!("{:?} {error}", pattern.value));
        }
    }
    texts(&written, str::to_owned)
}

/// The globs in `paths`, each of which can be matched with.
fn globs(table: &Table<'_, '_>) -> Cow<'static, [Text]> {
    let written = table.strings("paths");
    for glob in &written {
        if let Err(error) = globset::Glob::new(glob.value) {
            table.invalid("paths", format!("{:?}: {}", glob.value, error.kind()));
        }
    }
    texts(&written, str::to_owned)
}

fn texts(written: &[Located<&str>], form: impl Fn(&str) -> String) -> Cow<'static, [Text]> {
    written.iter().map(|text| Cow::Owned(form(text.value))).collect::<Vec<Text>>().into()
}

fn owned(text: &str) -> Text {
    Cow::Owned(text.to_owned())
}

/// The examples of a rule; their `rule` is filled in by the caller, who knows the id.
fn examples(doc: &Document<'_>, table: &Table<'_, '_>, required: bool) -> Vec<Example> {
    let Some(section) = table.table("examples") else {
        if required && !table.has("examples") {
            table.missing("examples");
        }
        return Vec::new();
    };
    let mut found = Vec::new();
    for (key, hit) in [("hit", true), ("miss", false)] {
        let items = section.items(key);
        if required && items.is_empty() {
            section.missing(key);
        }
        found.extend(items.into_iter().filter_map(|item| example(doc, item, hit)));
    }
    section.finish();
    found
}

fn example(doc: &Document<'_>, item: Item<'_, '_>, hit: bool) -> Option<Example> {
    let (text, path, env, fixed, at) = match item {
        Item::Text(text) => (whole(text.value).into_bytes(), None, None, None, text.span.start),
        Item::Table(table) => {
            table.needs_one_of(&["text", "hex"]);
            let text = table.string("text").map(|text| whole(text.value).into_bytes());
            let text = bytes(&table).or(text);
            let env = table.string("env").map(|env| whole(env.value));
            let path = table.string("path").map(|path| path.value.to_owned());
            // What stands in a file of one's own says enough.
            table.needs_one_of(&["path", "env", "fixed"]);
            let fixed = table.string("fixed").map(|text| whole(text.value)).filter(|_| hit);
            table.finish();
            (text?, path, env, fixed, table.span().start)
        }
    };
    Some(Example { rule: String::new(), hit, text, path, env, fixed, at: doc.position(at) })
}

/// The text without the marks that split what would look like a secret.
fn whole(text: &str) -> String {
    text.replace("{|}", "")
}

/// The bytes of an example that is no text, from their digits.
fn bytes(table: &Table<'_, '_>) -> Option<Vec<u8>> {
    let digits = table.string("hex")?.value.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(*pair.get(1)?)?) as u8);
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    if bytes.is_none() {
        table.invalid("hex", "pairs of hexadecimal digits");
    }
    bytes
}
