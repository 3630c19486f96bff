//! Watches the configuration in a change: what it guards less than before; knows no content but that one file.

use std::sync::Arc;

use crate::config::{self, Config, Known};
use crate::engine::builtin;
use crate::model::{Entry, Provenance, RuleId, RuleInfo};
use crate::policy;

use super::Scanner;

const LOOSENED: RuleId = RuleId::from_static("policy-loosened");
const WATCHED: &[u8] = b".portcullis/config.toml";

/// True for a change of the file that says what is guarded. It can exclude others, but not itself. Files on disk and
/// all of history are no change, and are scanned without a word about dependencies for the same reason.
pub fn is_watched(scanner: &Scanner, entry: &Entry) -> bool {
    let is_change = scanner.dependencies.is_some() && entry.provenance != Provenance::WorkTree;
    is_change && entry.path.as_bytes() == WATCHED
}

/// What `content` guards less than each version in `before`, or than the defaults where there is none. Nothing when
/// it does not read: then it never counts.
pub fn told(scanner: &Scanner, content: &[u8], before: &[&[u8]]) -> Vec<String> {
    let rules = builtin::PACK.rules.iter().map(|rule| rule.info.id.as_str());
    let mut rules: Vec<&str> =
        rules.chain(scanner.engine.rules().map(|rule| rule.info.id.as_str())).collect();
    rules.sort_unstable();
    let known = Known { packs: &builtin::PACK_NAMES, rules: &rules };
    let read = |content: &[u8]| {
        let text = std::str::from_utf8(content).ok()?;
        config::parse(".portcullis/config.toml", text, &known).ok()
    };
    let Some(new) = read(content) else { return Vec::new() };
    // What did not read guarded nothing that anybody could rely on.
    let olds: Vec<Config> = before.iter().map(|old| read(old).unwrap_or_default()).collect();
    let mut told = match olds.first() {
        Some(old) => policy::loosened(old, &new),
        None => policy::loosened(&Config::default(), &new),
    };
    for old in olds.iter().skip(1) {
        let more = policy::loosened(old, &new);
        told.retain(|one| more.contains(one));
    }
    told
}

/// The rule, also where the change switches it off.
pub fn info() -> Option<Arc<RuleInfo>> {
    builtin::PACK.rules.iter().find(|rule| rule.info.id == LOOSENED).map(|rule| Arc::new(rule.info.clone()))
}
