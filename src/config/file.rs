//! `.portcullis/config.toml`: as written, checked, with its defaults.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};

use super::doors::{self, Doors};
use super::parse_size;
use super::waiving::{self, Waiving};
use crate::model::{Confidence, RuleId, Severity};
use crate::text::toml_doc::{Document, Fault, Problems, Table, nearest};

/// One of the team's files: its name for messages, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamFile {
    /// As in `.portcullis/config.toml`.
    pub name: String,
    /// The bytes; not yet known to be UTF-8.
    pub content: Vec<u8>,
}

/// The files in `.portcullis/`, wherever they were read from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamFiles {
    /// `config.toml`.
    pub config: Option<TeamFile>,
    /// `approved.toml`.
    pub approved: Option<TeamFile>,
    /// `waivers.toml`.
    pub waivers: Option<TeamFile>,
    /// `baseline.toml`.
    pub baseline: Option<TeamFile>,
    /// `key.toml`.
    pub key: Option<TeamFile>,
    /// `rules/*.toml`, sorted by name.
    pub rules: Vec<TeamFile>,
}

impl TeamFiles {
    /// Puts a file in its place by its path below `.portcullis/`; other files are nobody's.
    pub fn add(&mut self, path: &str, content: Vec<u8>) {
        let file = TeamFile { name: format!(".portcullis/{path}"), content };
        match path {
            "config.toml" => self.config = Some(file),
            "approved.toml" => self.approved = Some(file),
            "waivers.toml" => self.waivers = Some(file),
            "baseline.toml" => self.baseline = Some(file),
            "key.toml" => self.key = Some(file),
            path if is_rule_file(path) => {
                self.rules.push(file);
                self.rules.sort_by(|a, b| a.name.cmp(&b.name));
            }
            _ => {}
        }
    }

    /// True when `path` below `.portcullis/` is one that `add` takes.
    pub fn wants(path: &str) -> bool {
        Self::NAMES.contains(&path) || is_rule_file(path)
    }

    /// The files that have a name of their own.
    pub const NAMES: [&'static str; 5] =
        ["config.toml", "approved.toml", "waivers.toml", "baseline.toml", "key.toml"];
}

/// True for the path below `.portcullis/` of a file with rules.
pub fn is_rule_file(path: &str) -> bool {
    path.strip_prefix("rules/").is_some_and(|name| name.ends_with(".toml") && !name.contains('/'))
}

/// From which severity and confidence on a finding stops the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// At least this harm.
    pub severity: Severity,
    /// At least this certainty.
    pub confidence: Confidence,
}

impl Default for Gate {
    fn default() -> Self {
        Gate { severity: Severity::High, confidence: Confidence::Medium }
    }
}

/// What the team changes about one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleSetting {
    /// Off or on.
    pub enabled: Option<bool>,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Another confidence.
    pub confidence: Option<Confidence>,
    /// Why; mandatory where the rule is off.
    pub reason: Option<String>,
}

/// Paths that are not scanned, or not for some rules.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// The glob as written.
    pub glob: String,
    /// The same, to match with.
    pub matcher: GlobMatcher,
    /// Why; mandatory.
    pub reason: String,
    /// Only these rules; empty: the path is not scanned at all.
    pub rules: Vec<RuleId>,
}

/// Which local secret files are read, to find their values in what is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretFiles {
    /// None.
    Unread,
    /// Those in the repository's folders that git does not track.
    Repository,
    /// Also those below the home folder.
    Home,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The built-in packs that are on; none: all.
    pub packs: Option<Vec<String>>,
    /// What blocks.
    pub gate: Gate,
    /// Changes to rules.
    pub rules: BTreeMap<RuleId, RuleSetting>,
    /// Paths left out.
    pub excludes: Vec<Exclude>,
    /// Larger files are skipped, with a warning; in bytes.
    pub max_file_size: u64,
    /// Where values come from that may not be committed.
    pub secret_files: SecretFiles,
    /// How pushes, servers and unseen commits are guarded.
    pub doors: Doors,
    /// What comments may waive.
    pub waiving: Waiving,
}

impl Default for Config {
    fn default() -> Self {
        let max_file_size = 64 << 20;
        Config {
            packs: None,
            gate: Gate::default(),
            rules: BTreeMap::new(),
            excludes: Vec::new(),
            max_file_size,
            secret_files: SecretFiles::Repository,
            doors: Doors::default(),
            waiving: Waiving::default(),
        }
    }
}

/// Reads the configuration; `known` are the packs and rules that exist, so that a misspelt name is told.
pub fn parse(file: &str, text: &str, known: &Known<'_>) -> Result<Config, Problems> {
    let doc = Document::parse(file, text);
    let root = doc.root();
    let mut config = Config::default();
    root.schema();
    if root.has("packs") {
        let names: Vec<_> = known.packs.iter().map(|name| (*name, *name)).collect();
        config.packs = Some(root.all_of("packs", &names).into_iter().map(str::to_owned).collect());
    }
    if let Some(table) = root.table("gate") {
        config.gate.severity = table.one_of("severity", &Severity::NAMES).unwrap_or(config.gate.severity);
        config.gate.confidence =
            table.one_of("confidence", &Confidence::NAMES).unwrap_or(config.gate.confidence);
        table.finish();
    }
    if let Some(table) = root.table("rules") {
        rules(&doc, &table, known, &mut config);
    }
    config.excludes = root.tables("exclude").iter().filter_map(|table| exclude(table, known)).collect();
    if let Some(table) = root.table("limits") {
        if let Some(size) = table.string("max_file_size") {
            match parse_size(size.value) {
                // Everything with content would be skipped.
                Some(0) => table.invalid("max_file_size", "at least one byte"),
                Some(size) => config.max_file_size = size,
                None => table.invalid("max_file_size", "a size such as \"64 MB\""),
            }
        }
        table.finish();
    }
    config.secret_files = secret_files(&root);
    config.doors = doors::read(&root);
    config.waiving = waiving::read(&root, known);
    root.finish();
    doc.into_result(config)
}

fn secret_files(root: &Table<'_, '_>) -> SecretFiles {
    let (known, home) = (root.boolean("known_values"), root.boolean("known_values_in_home"));
    match (known, home) {
        (Some(false), Some(true)) => {
            root.invalid("known_values_in_home", "needs `known_values`, which is off");
            SecretFiles::Unread
        }
        (Some(false), _) => SecretFiles::Unread,
        (_, Some(true)) => SecretFiles::Home,
        (_, Some(false) | None) => SecretFiles::Repository,
    }
}

/// The names that a configuration may use.
pub struct Known<'k> {
    /// Built-in packs.
    pub packs: &'k [&'static str],
    /// All rules, sorted.
    pub rules: &'k [&'k str],
}

fn rules(doc: &Document<'_>, table: &Table<'_, '_>, known: &Known<'_>, config: &mut Config) {
    for key in table.keys() {
        let Some(setting) = table.named(key.value) else { continue };
        let id = known_rule(key.value, known).unwrap_or_else(|fault| {
            doc.fault(key.span.start, fault);
            None
        });
        let read = RuleSetting {
            enabled: setting.boolean("enabled"),
            severity: setting.one_of("severity", &Severity::NAMES),
            confidence: setting.one_of("confidence", &Confidence::NAMES),
            reason: setting.string("reason").map(|reason| reason.value.to_owned()),
        };
        if read.enabled == Some(false) && read.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            doc.fault(
                key.span.start,
                Fault::Invalid { key: "reason", why: "switching a rule off needs a reason".into() },
            );
        }
        setting.finish();
        if let Some(id) = id {
            config.rules.insert(id, read);
        }
    }
}

fn known_rule(name: &str, known: &Known<'_>) -> Result<Option<RuleId>, Fault> {
    if known.rules.binary_search(&name).is_ok() {
        return Ok(RuleId::parse(name));
    }
    Err(Fault::UnknownKey { key: name.to_owned(), nearest: nearest(name, known.rules) })
}

fn exclude(table: &Table<'_, '_>, known: &Known<'_>) -> Option<Exclude> {
    let path = table.required_string("path");
    let reason = table.required_string("reason");
    let names: Vec<RuleId> = table
        .strings("rules")
        .iter()
        .filter_map(|name| match known_rule(name.value, known) {
            Ok(id) => id,
            Err(_) => {
                let hint = nearest(name.value, known.rules);
                let hint = hint.map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
                table.invalid("rules", format!("there is no rule `{}`{hint}", name.value));
                None
            }
        })
        .collect();
    table.finish();
    let (path, reason) = (path?.value, reason?.value);
    match GlobBuilder::new(path).literal_separator(true).build() {
        Ok(glob) => Some(Exclude {
            glob: path.to_owned(),
            matcher: glob.compile_matcher(),
            reason: reason.to_owned(),
            rules: names,
        }),
        Err(error) => {
            table.invalid("path", error.kind().to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, parse};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let known = Known { packs: &["code", "secrets"], rules: &["github-pat", "python-eval"] };
        let problems = parse("c.toml", text, &known).err().map(|p| p.to_string()).unwrap_or_default();
        assert_eq!(problems.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_limit_that_lets_nothing_be_scanned_is_none() {
        let limit = |size| format!("schema = 1\n[limits]\nmax_file_size = '{size}'\n");
        check(&limit("1 B"), &[]);
        check(&limit("0 B"), &["c.toml:3:17: `max_file_size`: at least one byte"]);
        check(&limit("big"), &["c.toml:3:17: `max_file_size`: a size such as \"64 MB\""]);
    }

    #[test]
    fn a_configuration_is_read_whole_or_not_at_all() {
        check(
            "schema = 1\npacks = ['secrets']\n[gate]\nseverity = 'medium'\n[rules.github-pat]\nenabled = false\n\
             reason = 'none here'\n[[exclude]]\npath = 'vendor/**'\nreason = 'not ours'\n[limits]\nmax_file_size = '1 MB'\n",
            &[],
        );
        check(
            "packs = ['secret']\n[gate]\nseverty = 'high'\n[rules.github-pta]\nenabled = false\n[[exclude]]\npath = '[a'\n",
            &[
                "c.toml:1:1: `schema` is missing",
                "c.toml:1:10: `packs` cannot be \"secret\", did you mean `secrets`?; one of: code, secrets",
                "c.toml:3:1: unknown key `severty`, did you mean `severity`?",
                "c.toml:4:8: unknown key `github-pta`, did you mean `github-pat`?",
                "c.toml:4:8: `reason`: switching a rule off needs a reason",
                "c.toml:6:1: `reason` is missing",
            ],
        );
        check(
            "schema = 1\n[[exclude]]\npath = '[a'\nreason = 'x'\n",
            &["c.toml:3:8: `path`: unclosed character class; missing ']'"],
        );
    }
}
