//! `portcullis packs update`: moves packs to their newest commits and tells what becomes of the rules.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Asking, PacksError, UpdateArgs, lock, rules, vendor};
use crate::cli::{CliError, setup};
use crate::packs::{self, FetchError, Limits, Locked};
use crate::rules::Rule;

/// Moves all packs or one. When the new ones do not go together, everything stays as it was.
pub fn run(
    args: &UpdateArgs,
    mut locked: Vec<Locked>,
    home: &Path,
    limits: Limits<'_>,
) -> Result<String, CliError> {
    if let Some(name) = args.name.as_ref().filter(|name| !locked.iter().any(|pack| pack.name == **name)) {
        return Err(PacksError::Unknown(name.clone()).into());
    }
    let asking = Asking::new(home, limits);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut said = Vec::new();
    let mut vendored = Vec::new();
    for pack in locked.iter_mut().filter(|pack| args.name.as_ref().is_none_or(|name| *name == pack.name)) {
        // A tag that was moved is an error, and nothing newer; what takes too long takes too long twice.
        let old = match packs::pinned(&asking.wish(pack), &pack.commit) {
            Err(error @ (FetchError::Moved { .. } | FetchError::TooSlow(_) | FetchError::TooMuch { .. })) => {
                return Err(PacksError::from(error).into());
            }
            Err(_) => None,
            Ok(old) => Some(old.contents),
        };
        let came = packs::fetch(&asking.wish(pack)).map_err(PacksError::from)?;
        let age = now.saturating_sub(came.time.unsigned_abs()) / 86_400;
        if came.commit == pack.commit {
            said.push(format!("{}: nothing newer than {:.12}", pack.name, pack.commit));
        } else if age < args.cooldown {
            said.push(format!("{}: {:.12} is {age} days old, and waits", pack.name, came.commit));
        } else {
            let before = old.as_ref().map_or(Ok(Vec::new()), |old| rules(&pack.name, old))?;
            said.push(format!("{}: {:.12} to {:.12}", pack.name, pack.commit, came.commit));
            said.extend(changes(&before, &rules(&pack.name, &came.contents)?));
            setup::store().put(&came.contents).map_err(PacksError::from)?;
            let was = setup::contents(home, pack).ok();
            (pack.commit, pack.digest) = (came.commit, packs::digest(&came.contents));
            if home.join(".portcullis/packs").join(&pack.name).is_dir() {
                vendored.push((pack.clone(), was, came.contents));
            }
        }
    }
    vendored.iter().try_for_each(|(pack, _, is)| vendor(home, pack, is))?;
    if let Err(error) = lock(&locked, home) {
        let mut were = vendored.iter().filter_map(|(pack, was, _)| Some((pack, was.as_ref()?)));
        were.try_for_each(|(pack, was)| vendor(home, pack, was))?;
        return Err(error);
    }
    Ok(said.join("\n"))
}

/// What becomes of the rules, one line each.
fn changes(old: &[Rule], new: &[Rule]) -> Vec<String> {
    let by_id = |rules: &'_ [Rule]| -> BTreeMap<String, Rule> {
        rules.iter().map(|rule| (rule.info.id.to_string(), rule.clone())).collect()
    };
    let (old, new) = (by_id(old), by_id(new));
    let mut lines = Vec::new();
    for (id, is) in &new {
        let Some(was) = old.get(id) else {
            lines.push(format!("  + {id} ({}, {})", is.info.severity, is.info.confidence));
            continue;
        };
        let weight = |rule: &Rule| (rule.info.severity, rule.info.confidence);
        if weight(was) != weight(is) {
            let ((was_severity, was_confidence), (severity, confidence)) = (weight(was), weight(is));
            lines
                .push(format!("  ~ {id}: {was_severity}, {was_confidence} becomes {severity}, {confidence}"));
        }
        if !is.finds_the_same_as(was) {
            lines.push(format!("  ~ {id}: looks for something else"));
        }
    }
    lines.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| format!("  - {id}")));
    lines
}
