//! `portcullis config explain`: where a setting, a rule's weight or what counts at a path comes from. Decides nothing.

use std::path::Path;

use super::show;
use crate::cli::{CliError, setup};
use crate::config::{Config, Leaf, Standing, TeamFile, TeamFiles, leaves};
use crate::model::{Category, RepoPath, RuleId, Verdict};
use crate::policy::{self, Policy};
use crate::text::escape;
use crate::text::toml_doc::nearest;

/// Everything that is in force below a folder.
pub struct Force {
    pub files: TeamFiles,
    pub policy: Policy,
    layers: Vec<(TeamFile, Standing, Vec<Leaf>)>,
}

/// Where a value comes from.
struct Said {
    value: String,
    place: String,
    note: &'static str,
}

impl Force {
    /// Reads all layers.
    pub fn read(home: &Path) -> Result<Force, CliError> {
        let files = setup::files_on_disk(home)?;
        let (_, policy) = setup::engine_and_policy(&files)?;
        let mut layers = Vec::new();
        for (file, standing) in setup::layers(&files)? {
            let found = leaves(setup::text(&file)?);
            layers.push((file, standing, found));
        }
        Ok(Force { files, policy, layers })
    }

    /// Every setting in force, with where it was said last.
    pub fn origins(&self) -> String {
        let lines = leaves(&show(self.policy.config())).into_iter().map(|leaf| {
            let said = self.said(&leaf.key);
            let place = said.into_iter().rfind(|said| said.note.is_empty()).map(|said| said.place);
            format!("{} = {}  # {}", leaf.key, leaf.value, place.unwrap_or_else(|| "built-in".to_owned()))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What is known of a key, a rule or a path.
    pub fn explain(&self, what: &str, home: &Path) -> Result<String, CliError> {
        let rules = setup::all_rules(&self.files)?;
        if let Some(info) = rules.iter().find(|info| info.id.as_str() == what) {
            let weight = (info.severity, info.confidence, info.category);
            return self.rule(&info.id, &info.pack, weight);
        }
        let in_force = leaves(&show(self.policy.config()));
        let written = self.layers.iter().flat_map(|(_, _, leaves)| leaves);
        let mut keys: Vec<&str> = in_force.iter().chain(written).map(|leaf| leaf.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        let is_below =
            |key: &&&str| **key == what || key.strip_prefix(what).is_some_and(|rest| rest.starts_with('.'));
        let meant: Vec<&str> = keys.iter().filter(is_below).copied().collect();
        if !meant.is_empty() {
            let chains: Vec<String> = meant.iter().map(|key| self.key(key, &in_force)).collect();
            return Ok(chains.join("\n\n"));
        }
        if what.contains('/') || home.join(what).exists() {
            return self.path(&RepoPath::new(what));
        }
        keys.extend(rules.iter().map(|info| info.id.as_str()));
        Err(CliError::NothingToExplain { what: escape(what.as_bytes()), nearest: nearest(what, &keys) })
    }

    /// What each layer says about a key.
    fn said(&self, key: &str) -> Vec<Said> {
        let in_force = leaves(&show(self.policy.config()));
        let in_force = in_force.iter().find(|leaf| leaf.key == key).map(|leaf| plain(&leaf.value));
        let said = self.layers.iter().flat_map(|(file, standing, leaves)| {
            leaves.iter().filter(|leaf| leaf.key == key).map(move |leaf| (file, standing, leaf))
        });
        said.map(|(file, standing, leaf)| {
            let is_ignored = in_force.as_ref() != Some(&plain(&leaf.value));
            let note = match standing {
                Standing::Personal if is_ignored => "  (ignored: a personal configuration may only tighten)",
                Standing::Variable => "  (counts where it tightens)",
                Standing::Personal | Standing::System | Standing::Pack | Standing::Repository => "",
            };
            Said { value: leaf.value.clone(), place: format!("{}:{}", file.name, leaf.line), note }
        })
        .collect()
    }

    fn key(&self, key: &str, in_force: &[Leaf]) -> String {
        let default = leaves(&show(&Config::default()));
        let value =
            |leaves: &[Leaf]| leaves.iter().find(|leaf| leaf.key == key).map(|leaf| leaf.value.clone());
        let mut lines = vec![key.to_owned()];
        lines.extend(value(&default).map(|value| format!("  {value:<12} built-in")));
        for Said { value, place, note } in self.said(key) {
            lines.push(format!("  {value:<12} {place}{note}"));
        }
        lines.extend(value(in_force).map(|value| format!("= {value}")));
        lines.join("\n")
    }

    fn rule(
        &self,
        id: &RuleId,
        pack: &str,
        (severity, confidence, category): (crate::model::Severity, crate::model::Confidence, Category),
    ) -> Result<String, CliError> {
        let mut lines = vec![id.to_string()];
        lines.push(format!("  {category}, severity {severity}, confidence {confidence}  pack {pack}"));
        let start = format!("rules.{id}.");
        for (file, standing, leaves) in &self.layers {
            for leaf in leaves {
                let Some(name) = leaf.key.strip_prefix(&start) else { continue };
                let note = match standing {
                    Standing::Personal | Standing::Variable => "  (counts where it tightens)",
                    Standing::System | Standing::Pack | Standing::Repository => "",
                };
                lines.push(format!("  {name} = {}  {}:{}{note}", leaf.value, file.name, leaf.line));
            }
        }
        let config = self.policy.config();
        lines.extend(self.policy.lock(id).map(|lock| format!("  locked by {}", lock.by)));
        for exclude in config.excludes.iter().filter(|exclude| exclude.rules.contains(id)) {
            lines.push(format!(
                "  does not count in {}: {}",
                exclude.glob.as_str(),
                escape(exclude.reason.as_bytes())
            ));
        }
        let waivers = self.policy.exceptions().waivers()?.filter(|waiver| waiver.rules.contains(id));
        lines.extend(
            waivers.map(|waiver| {
                format!("  waiver for {}  {}:{}", waiver.summary(), policy::WAIVERS, waiver.line)
            }),
        );
        let setting = config.rules.get(id).cloned().unwrap_or_default();
        let is_off = setting.enabled == Some(false) && self.policy.lock(id).is_none();
        let severity = setting
            .severity
            .unwrap_or(severity)
            .max(setting.at_least.0.unwrap_or(crate::model::Severity::Low));
        let confidence = setting
            .confidence
            .unwrap_or(confidence)
            .max(setting.at_least.1.unwrap_or(crate::model::Confidence::Low));
        lines.push(match self.policy.verdict(id, severity, confidence) {
            _ if is_off => "= off".to_owned(),
            Verdict::Blocking => format!("= blocks: severity {severity}, confidence {confidence}"),
            Verdict::Advisory | Verdict::Suppressed { .. } => {
                format!("= told: severity {severity}, confidence {confidence}")
            }
        });
        Ok(lines.join("\n"))
    }

    fn path(&self, path: &RepoPath) -> Result<String, CliError> {
        let mut lines = vec![escape(path.as_bytes())];
        lines.push(format!("  kind of place: {}", policy::classify(path).name()));
        let config = self.policy.config();
        let text = String::from_utf8_lossy(path.as_bytes());
        for exclude in config.excludes.iter().filter(|exclude| exclude.glob.is_match(text.as_ref())) {
            let names: Vec<&str> = exclude.rules.iter().map(RuleId::as_str).collect();
            let what = if names.is_empty() { "everything".to_owned() } else { names.join(", ") };
            lines.push(format!(
                "  excluded by {}: {what}: {}",
                exclude.glob.as_str(),
                escape(exclude.reason.as_bytes())
            ));
        }
        let waivers = self.policy.exceptions().waivers()?;
        for waiver in waivers.filter(|waiver| waiver.path.as_ref().is_some_and(|glob| glob.is_match(path))) {
            lines.push(format!("  waiver for {}  {}:{}", waiver.summary(), policy::WAIVERS, waiver.line));
        }
        Ok(lines.join("\n"))
    }
}

/// A value whatever quotes it has.
fn plain(value: &str) -> String {
    value.replace('\'', "\"")
}
