//! `.portcullis/config.toml`: as written, checked, with its defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::dependencies::{self, DependencyPolicy};
use super::doors::{self, Doors};
use super::glob::Glob;
use super::names::Known;
use super::parse_size;
use super::protected::{self, Protected, Teams};
use super::tighten::tightened;
use super::waiving::{self, Waiving};
use crate::model::{Confidence, RuleId, Severity};
use crate::text::toml_doc::{Document, Fault, Outline, Problems, Table};

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
    /// `packs.lock`.
    pub lock: Option<TeamFile>,
    /// `packs/**`, packs that are kept in the repository.
    pub vendored: Vec<TeamFile>,
    /// Rules of the packs that the lock names.
    pub pack_rules: Vec<TeamFile>,
    /// Configurations of these packs.
    pub pack_configs: Vec<TeamFile>,
    /// The configuration of the person at this machine, where a person is.
    pub personal: Option<TeamFile>,
    /// A folder that remembers rules as they were checked, where nobody but the person at this machine can write; none: they
    /// are checked again.
    pub memory: Option<PathBuf>,
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
            "packs.lock" => self.lock = Some(file),
            path if path.starts_with("packs/") => self.vendored.push(file),
            path if is_rule_file(path) => {
                self.rules.push(file);
                self.rules.sort_by(|a, b| a.name.cmp(&b.name));
            }
            _ => {}
        }
    }

    /// True when `path` below `.portcullis/` is one that `add` takes.
    pub fn wants(path: &str) -> bool {
        Self::NAMES.contains(&path) || is_rule_file(path) || path.starts_with("packs/")
    }

    /// The files that have a name of their own.
    pub const NAMES: [&'static str; 6] =
        ["config.toml", "approved.toml", "waivers.toml", "baseline.toml", "key.toml", "packs.lock"];
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
    /// Whether it stops an AI agent also where it only advises a person.
    pub blocks_agents: bool,
    /// The least that it may weigh, as a person wants it for himself.
    pub at_least: (Option<Severity>, Option<Confidence>),
}

/// A rule that nobody above may loosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Who has locked it, as `FILE:LINE`.
    pub by: String,
    /// What blocks, as it was said there.
    pub gate: Gate,
    /// Whether waivers in their file count all the same.
    pub waivable: bool,
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The machine's owner.
    System,
    /// Somebody who has set a variable in the place of the machine's owner: may lock and tighten.
    Variable,
    /// A pack that teams share.
    Pack,
    /// The repository.
    Repository,
    /// A person, for himself: may only tighten.
    Personal,
}

/// One configuration of several.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'l> {
    /// Names it in problems.
    pub file: &'l str,
    /// As written.
    pub text: &'l str,
    /// Whose it is.
    pub standing: Standing,
}

/// Paths that are not scanned, or not for some rules.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// Which.
    pub glob: Glob,
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
    /// Paths that not everybody may change alone.
    pub protected: Vec<Protected>,
    /// Who is meant by names in CODEOWNERS.
    pub teams: Teams,
    /// Rules that stay as they are.
    pub locks: BTreeMap<RuleId, Lock>,
    /// What approvals count.
    pub dependencies: DependencyPolicy,
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
            protected: Vec::new(),
            teams: Teams::new(),
            locks: BTreeMap::new(),
            dependencies: DependencyPolicy::default(),
        }
    }
}

/// Reads the configuration of a repository alone; `known` are the packs and rules that exist, so that a misspelt name is
/// told.
pub fn parse(file: &str, text: &str, known: &Known<'_>) -> Result<Config, Problems> {
    parse_onto(Config::default(), &Layer { file, text, standing: Standing::Repository }, known)
}

/// Reads a configuration over `base`, which those below have said; against a lock of theirs nothing helps.
pub fn parse_onto(base: Config, layer: &Layer<'_>, known: &Known<'_>) -> Result<Config, Problems> {
    let doc = Document::parse(layer.file, layer.text);
    let config = read(&Reading { doc: &doc, layer, known }, base);
    doc.into_result(config)
}

/// What may stand in a configuration; `packs` are the built-in ones.
pub fn outline(packs: &[&'static str]) -> Outline {
    let layer = Layer { file: "", text: "", standing: Standing::Repository };
    let known = Known { packs, rules: &[""; 0] };
    Document::outline(|doc| drop(read(&Reading { doc, layer: &layer, known: &known }, Config::default())))
}

fn read(reading: &Reading<'_>, base: Config) -> Config {
    let Reading { doc, layer, known } = *reading;
    let root = doc.root();
    let mut config = base.clone();
    root.schema();
    let names: Vec<_> = known.packs.iter().map(|name| (*name, *name)).collect();
    let packs = root.all_of("packs", &names).into_iter().map(str::to_owned).collect();
    if root.has("packs") {
        config.packs = Some(packs);
    }
    if let Some(table) = root.table("gate") {
        config.gate.severity = table.one_of("severity", &Severity::NAMES).unwrap_or(config.gate.severity);
        config.gate.confidence =
            table.one_of("confidence", &Confidence::NAMES).unwrap_or(config.gate.confidence);
        table.finish();
    }
    if let Some(table) = root.table("rules") {
        rules(reading, &table, &mut config);
    }
    let excludes: Vec<Exclude> =
        root.tables("exclude").iter().filter_map(|table| exclude(table, known, &base)).collect();
    config.excludes.extend(excludes);
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
    config.secret_files = secret_files(&root, config.secret_files);
    config.doors = doors::read(&root, config.doors);
    config.waiving = waiving::read(&root, known, config.waiving);
    let (policy, ignored) = dependencies::read(&root, config.dependencies, known);
    config.dependencies = policy;
    config.excludes.extend(ignored);
    let (protected, teams) = protected::read(doc, &root);
    config.protected.extend(protected);
    config.teams.extend(teams);
    root.finish();
    match layer.standing {
        Standing::System | Standing::Pack | Standing::Repository => config,
        Standing::Variable => Config { locks: config.locks.clone(), ..tightened(base, config) },
        Standing::Personal => tightened(base, config),
    }
}

fn secret_files(root: &Table<'_, '_>, base: SecretFiles) -> SecretFiles {
    let (known, home) = (root.boolean("known_values"), root.boolean("known_values_in_home"));
    match (known, home) {
        (Some(false), Some(true)) => {
            root.invalid("known_values_in_home", "needs `known_values`, which is off");
            SecretFiles::Unread
        }
        (Some(false), _) => SecretFiles::Unread,
        (_, Some(true)) => SecretFiles::Home,
        (Some(true), None) => base.max(SecretFiles::Repository),
        (_, Some(false)) => SecretFiles::Repository,
        (None, None) => base,
    }
}

/// What is read, and against what.
struct Reading<'r> {
    doc: &'r Document<'r>,
    layer: &'r Layer<'r>,
    known: &'r Known<'r>,
}

fn rules(reading: &Reading<'_>, table: &Table<'_, '_>, config: &mut Config) {
    let Reading { doc, layer, known } = reading;
    for key in table.keys() {
        let Some(setting) = table.named(key.value) else { continue };
        let id = known_rule(key.value, known).map_err(|fault| doc.fault(key.span.start, fault)).ok();
        let read = RuleSetting {
            enabled: setting.boolean("enabled"),
            severity: setting.one_of("severity", &Severity::NAMES),
            confidence: setting.one_of("confidence", &Confidence::NAMES),
            reason: setting.string("reason").map(|reason| reason.value.to_owned()),
            blocks_agents: setting.boolean("blocks_agents").unwrap_or(false),
            at_least: (None, None),
        };
        if read.enabled == Some(false) && read.reason.as_ref().is_none_or(|reason| reason.trim().is_empty()) {
            doc.fault(
                key.span.start,
                Fault::Invalid { key: "reason", why: "switching a rule off needs a reason".into() },
            );
        }
        let (is_locked, waivable) = (setting.boolean("locked"), setting.boolean("waivable"));
        setting.finish();
        let Some(id) = id else { continue };
        let own = config.rules.entry(id.clone()).or_default();
        let is_lower = read.enabled == Some(false)
            || read.severity.is_some() && read.severity < own.severity
            || read.confidence.is_some() && read.confidence < own.confidence;
        if is_lower && config.locks.contains_key(&id) {
            doc.fault(key.span.start, locked(&id, &config.locks));
        }
        own.enabled = read.enabled.or(own.enabled);
        own.severity = read.severity.or(own.severity);
        own.confidence = read.confidence.or(own.confidence);
        own.blocks_agents |= read.blocks_agents;
        own.reason = read.reason.or(own.reason.take());
        if is_locked == Some(true) {
            if layer.standing == Standing::Personal {
                doc.invalid(key.span.start, "locked", "a personal configuration locks nothing");
            }
            let by = format!("{}:{}", layer.file, doc.position(key.span.start).line);
            // By the gate as it is now: it is read before.
            let lock = Lock { by, gate: config.gate, waivable: waivable.unwrap_or(false) };
            config.locks.entry(id).or_insert(lock);
        }
    }
}

/// What is said to whoever wants to loosen a locked rule.
fn locked(id: &RuleId, locks: &BTreeMap<RuleId, Lock>) -> Fault {
    let by = locks.get(id).map_or("", |lock| lock.by.as_str());
    Fault::Invalid { key: "rules", why: format!("`{id}` is locked by {by}, and may only be tightened here") }
}

fn known_rule(name: &str, known: &Known<'_>) -> Result<RuleId, Fault> {
    let unknown = || Fault::UnknownKey { key: name.to_owned(), nearest: known.nearest(name) };
    known.rule(name).ok_or_else(unknown)
}

fn exclude(table: &Table<'_, '_>, known: &Known<'_>, base: &Config) -> Option<Exclude> {
    let path = table.required_string("path");
    let reason = table.required_string("reason");
    let names: Vec<RuleId> = table
        .strings("rules")
        .iter()
        .filter_map(|name| match known_rule(name.value, known) {
            Ok(id) => {
                if let Some((id, lock)) = base.locks.get_key_value(&id) {
                    table.invalid("rules", format!("`{id}` is locked by {}, and counts everywhere", lock.by));
                }
                Some(id)
            }
            Err(_) => {
                let hint = known.nearest(name.value);
                let hint = hint.map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
                table.invalid("rules", format!("there is no rule `{}`{hint}", name.value));
                None
            }
        })
        .collect();
    table.finish();
    let (path, reason) = (path?.value, reason?.value);
    match Glob::new(path) {
        Ok(glob) => Some(Exclude { glob, reason: reason.to_owned(), rules: names }),
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
