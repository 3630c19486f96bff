//! Watches the team's own files in a change: what they guard less than before; knows no other content.

use std::sync::Arc;

use super::Scanner;
use super::own_rules;
use crate::config::{self, Known, Layer, Standing, is_rule_file};
use crate::engine::builtin;
use crate::model::{Entry, Provenance, RepoPath, RuleId, RuleInfo};
use crate::packs::{self, Locked};
use crate::policy::{self, Baseline, FileWaiver, waiver_file};

const LOOSENED: RuleId = RuleId::from_static("policy-loosened");

/// A file of which a change is watched.
enum Watched {
    Configuration,
    Rules,
    Waivers,
    Baseline,
    Lock,
    Signers,
}

/// True for a change of the files that say what is guarded. They can exclude others, but not themselves. Files on disk
/// and all of history are no change, and are scanned without a word about dependencies for the same reason.
pub fn is_watched(scanner: &Scanner, entry: &Entry) -> bool {
    let is_change = scanner.dependencies.is_some() && entry.provenance != Provenance::WorkTree;
    is_change && watched(&entry.path).is_some()
}

fn watched(path: &RepoPath) -> Option<Watched> {
    match std::str::from_utf8(path.as_bytes()).ok()?.strip_prefix(".portcullis/")? {
        "config.toml" => Some(Watched::Configuration),
        "waivers.toml" => Some(Watched::Waivers),
        "baseline.toml" => Some(Watched::Baseline),
        "packs.lock" => Some(Watched::Lock),
        "signers" => Some(Watched::Signers),
        path if is_rule_file(path) => Some(Watched::Rules),
        _ => None,
    }
}

/// What the file at `path` guards less than each version in `before`. A file without content is one that is gone.
/// Nothing when it does not read: then it never counts.
pub fn told(scanner: &Scanner, path: &RepoPath, content: &[u8], before: &[&[u8]]) -> Vec<String> {
    match watched(path) {
        Some(Watched::Configuration) => of_configuration(scanner, content, before),
        Some(Watched::Rules) => against_each(before, |old| own_rules::told(old, content)),
        Some(Watched::Waivers) => {
            against_each(or_nothing(before), |old| policy::more_waivers(&waivers(old), &waivers(content)))
        }
        Some(Watched::Baseline) => against_each(or_nothing(before), |old| {
            policy::more_accepted(&baseline(old), &baseline(content)).into_iter().collect()
        }),
        Some(Watched::Lock) => {
            against_each(or_nothing(before), |old| packs::loosened(&locked(old), &locked(content)))
        }
        Some(Watched::Signers) => against_each(or_nothing(before), |old| packs::more_signers(old, content)),
        None => Vec::new(),
    }
}

/// Compares with what counts below the repository where nothing was there before.
fn of_configuration(scanner: &Scanner, content: &[u8], before: &[&[u8]]) -> Vec<String> {
    let rules = builtin::PACK.rules.iter().map(|rule| rule.info.id.as_str());
    let mut rules: Vec<&str> =
        rules.chain(scanner.engine.rules().map(|rule| rule.info.id.as_str())).collect();
    rules.sort_unstable();
    let known = Known { packs: &builtin::PACK_NAMES, rules: &rules };
    let below = scanner.policy.below();
    let read = |content: &[u8]| {
        if content.is_empty() {
            return Some(below.clone());
        }
        let text = std::str::from_utf8(content).ok()?;
        let layer = Layer { file: ".portcullis/config.toml", text, standing: Standing::Repository };
        config::parse_onto(below.clone(), &layer, &known).ok()
    };
    let Some(new) = read(content) else { return Vec::new() };
    let before = or_nothing(before);
    // What did not read guarded nothing that anybody could rely on.
    let weights = |id: &RuleId| {
        let info = scanner.engine.info_of(id).map(|info| &**info).or_else(|| built_in(id))?;
        Some((info.severity, info.confidence))
    };
    against_each(before, |old| policy::loosened(&read(old).unwrap_or_else(|| below.clone()), &new, &weights))
}

/// A file that was not there before was empty.
fn or_nothing<'b>(before: &'b [&'b [u8]]) -> &'b [&'b [u8]] {
    const NOTHING: &[&[u8]] = &[b""];
    if before.is_empty() { NOTHING } else { before }
}

fn waivers(content: &[u8]) -> Vec<FileWaiver> {
    let waivers = std::str::from_utf8(content).ok().and_then(|text| waiver_file::read_unchecked(text).ok());
    waivers.unwrap_or_default()
}

fn locked(content: &[u8]) -> Vec<Locked> {
    std::str::from_utf8(content).ok().and_then(|text| packs::read("", text).ok()).unwrap_or_default()
}

fn baseline(content: &[u8]) -> Baseline {
    std::str::from_utf8(content).ok().and_then(|text| Baseline::read("", text).ok()).unwrap_or_default()
}

/// What is told against every version: a merge that takes one side has loosened nothing.
fn against_each(before: &[&[u8]], told: impl Fn(&[u8]) -> Vec<String>) -> Vec<String> {
    let mut before = before.iter();
    let mut all = before.next().map(|old| told(old)).unwrap_or_default();
    for old in before {
        let more = told(old);
        all.retain(|one| more.contains(one));
    }
    all
}

/// The rule, also where the change switches it off.
pub fn info() -> Option<Arc<RuleInfo>> {
    built_in(&LOOSENED).map(|info| Arc::new(info.clone()))
}

fn built_in(id: &RuleId) -> Option<&'static RuleInfo> {
    builtin::PACK.rules.iter().map(|rule| &rule.info).find(|info| info.id == *id)
}
