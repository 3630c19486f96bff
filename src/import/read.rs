//! A `gitleaks.toml` as it is written; every problem is collected. Judges nothing of it.

use crate::text::toml_doc::{Document, Problems, Table};

/// The file.
#[derive(Debug)]
pub struct File {
    /// Whether its rules come on top of the ones that gitleaks has.
    pub extends_default: bool,
    /// Files and addresses that it builds on.
    pub extends: Vec<String>,
    /// Rules of those that are off.
    pub disabled: Vec<String>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// Exceptions for all rules, or some.
    pub allowlists: Vec<Allowlist>,
}

/// One `[[rules]]`.
#[derive(Debug)]
pub struct Rule {
    pub line: usize,
    pub id: String,
    pub description: Option<String>,
    pub regex: Option<String>,
    pub secret_group: Option<u64>,
    pub entropy: Option<f64>,
    pub path: Option<String>,
    pub keywords: Vec<String>,
    pub tags: Vec<String>,
    pub is_helper: bool,
    pub required: Vec<Required>,
    pub allowlists: Vec<Allowlist>,
}

/// Another rule that must be met near.
#[derive(Debug)]
pub struct Required {
    pub id: String,
    pub lines: Option<u64>,
    pub columns: Option<u64>,
}

/// One `[[allowlists]]`, or `[allowlist]` as it used to be.
#[derive(Debug)]
pub struct Allowlist {
    pub line: usize,
    /// Whether all of its conditions must hold.
    pub needs_all: bool,
    pub commits: Vec<String>,
    pub paths: Vec<String>,
    pub target: Target,
    pub regexes: Vec<String>,
    pub stop_words: Vec<String>,
    /// Only for these rules.
    pub rules: Vec<String>,
}

/// What the expressions of an allowlist look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Secret,
    Match,
    Line,
}

impl Target {
    const NAMES: [(&'static str, Target); 3] =
        [("secret", Target::Secret), ("match", Target::Match), ("line", Target::Line)];
}

/// Reads the file; `file` names it in problems.
pub fn read(file: &str, text: &str) -> Result<File, Problems> {
    let doc = Document::parse(file, text);
    let root = doc.root();
    // They say nothing about what is found.
    for key in ["title", "description", "minVersion"] {
        root.string(key);
    }
    let extend = root.table("extend");
    let mut read = File {
        extends_default: false,
        extends: Vec::new(),
        disabled: Vec::new(),
        rules: Vec::new(),
        allowlists: Vec::new(),
    };
    if let Some(table) = extend {
        read.extends_default = table.boolean("useDefault").unwrap_or(false);
        read.extends
            .extend(["path", "url"].iter().filter_map(|key| table.string(key)).map(|it| it.value.to_owned()));
        read.disabled = strings(&table, "disabledRules");
        table.finish();
    }
    read.rules = root.tables("rules").iter().filter_map(|table| rule(&doc, table)).collect();
    read.allowlists = allowlists(&doc, &root);
    root.finish();
    doc.into_result(read)
}

fn strings(table: &Table<'_, '_>, key: &'static str) -> Vec<String> {
    table.strings(key).iter().map(|text| text.value.to_owned()).collect()
}

fn string(table: &Table<'_, '_>, key: &'static str) -> Option<String> {
    table.string(key).map(|text| text.value.to_owned()).filter(|text| !text.is_empty())
}

fn line(doc: &Document<'_>, table: &Table<'_, '_>) -> usize {
    doc.position(table.span().start).line
}

fn rule(doc: &Document<'_>, table: &Table<'_, '_>) -> Option<Rule> {
    let id = table.required_string("id");
    let required = |item: &Table<'_, '_>| {
        let id = item.required_string("id");
        let (lines, columns) = (item.integer("withinLines"), item.integer("withinColumns"));
        item.finish();
        Some(Required { id: id?.value.to_owned(), lines, columns })
    };
    let rule = Rule {
        line: line(doc, table),
        id: String::new(),
        description: string(table, "description"),
        regex: string(table, "regex"),
        secret_group: table.integer("secretGroup"),
        entropy: table.number("entropy"),
        path: string(table, "path"),
        keywords: strings(table, "keywords"),
        tags: strings(table, "tags"),
        is_helper: table.boolean("skipReport").unwrap_or(false),
        required: table.tables("required").iter().filter_map(required).collect(),
        allowlists: allowlists(doc, table),
    };
    table.finish();
    Some(Rule { id: id?.value.to_owned(), ..rule })
}

fn allowlists(doc: &Document<'_>, table: &Table<'_, '_>) -> Vec<Allowlist> {
    let mut tables = table.tables("allowlists");
    tables.extend(table.table("allowlist"));
    let read = |table: &Table<'_, '_>| {
        table.string("description");
        const CONDITIONS: [(&str, bool); 6] =
            [("OR", false), ("||", false), ("or", false), ("AND", true), ("&&", true), ("and", true)];
        let allowlist = Allowlist {
            line: line(doc, table),
            needs_all: table.one_of("condition", &CONDITIONS).unwrap_or(false),
            commits: strings(table, "commits"),
            paths: strings(table, "paths"),
            target: table.one_of("regexTarget", &Target::NAMES).unwrap_or(Target::Secret),
            regexes: strings(table, "regexes"),
            stop_words: strings(table, "stopwords"),
            rules: strings(table, "targetRules"),
        };
        table.finish();
        allowlist
    };
    tables.iter().map(read).collect()
}
