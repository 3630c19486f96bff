//! Says in which ways a configuration guards less than another one; does not judge whether that is right.

use std::collections::BTreeMap;

use super::{Baseline, FileWaiver};
use crate::config::{Backstop, Config, DependencyPolicy, Exclude, NewRemote, OnTimeout, Pin};
use crate::engine::builtin;
use crate::model::{Confidence, RuleId, Severity};

/// What a rule says itself about its weight; none for a rule that is not known.
pub type Weights<'w> = dyn Fn(&RuleId) -> Option<(Severity, Confidence)> + 'w;

/// What `new` lets pass that `old` did not, one sentence each, in the order of the file.
pub fn loosened(old: &Config, new: &Config, weights: &Weights<'_>) -> Vec<String> {
    let mut told = Vec::new();
    for pack in builtin::PACK_NAMES.iter().filter(|pack| is_on(old, pack) && !is_on(new, pack)) {
        told.push(format!("the pack `{pack}` is switched off"));
    }
    if new.gate.severity > old.gate.severity || new.gate.confidence > old.gate.confidence {
        let (severity, confidence) = (new.gate.severity, new.gate.confidence);
        told.push(format!("only {severity} severity with {confidence} confidence blocks"));
    }
    for id in old.rules.keys().chain(new.rules.keys().filter(|id| !old.rules.contains_key(id))) {
        rule(id, (old, new), weights(id), &mut told);
    }
    for exclude in new.excludes.iter().filter(|exclude| !old.excludes.iter().any(|it| covers(it, exclude))) {
        told.push(excluded(exclude));
    }
    if new.max_file_size < old.max_file_size {
        told.push("smaller files are skipped as too large".to_owned());
    }
    if new.secret_files < old.secret_files {
        told.push("the values of local secret files are looked for in fewer of them".to_owned());
    }
    for (id, lock) in &old.locks {
        match new.locks.get(id) {
            None => told.push(format!("the rule `{id}` is no longer locked")),
            Some(now) if now.waivable && !lock.waivable => {
                told.push(format!("the locked rule `{id}` may be waived"));
            }
            Some(_) => {}
        }
    }
    for gone in old.protected.iter().filter(|one| !new.protected.iter().any(|it| it.asks_as_much_as(one))) {
        told.push(format!("`{}` is no longer protected as it was", gone.title));
    }
    for (name, members) in &new.teams {
        let known = old.teams.get(name);
        let more = members.iter().filter(|one| known.is_none_or(|known| !known.contains(one)));
        told.extend(more.map(|one| format!("`{one}` counts as `{name}`")));
    }
    doors(old, new, &mut told);
    waiving(old, new, &mut told);
    dependencies(&old.dependencies, &new.dependencies, &mut told);
    told
}

/// What `new` accepts that `old` did not, one sentence each.
pub fn more_waivers(old: &[FileWaiver], new: &[FileWaiver]) -> Vec<String> {
    let known: Vec<String> = old.iter().map(FileWaiver::to_toml).collect();
    let added = new.iter().filter(|waiver| !known.contains(&waiver.to_toml()));
    added.map(|waiver| format!("a waiver for {}", waiver.summary())).collect()
}

/// The same for a baseline.
pub fn more_accepted(old: &Baseline, new: &Baseline) -> Option<String> {
    // By name alone: a finding that has moved is the same one.
    let count = |baseline: &Baseline| {
        let mut counts: BTreeMap<(RuleId, String), usize> = BTreeMap::new();
        for one in baseline.iter() {
            *counts.entry((one.rule.clone(), one.name.clone())).or_default() += 1;
        }
        counts
    };
    let old = count(old);
    let more =
        count(new).into_iter().map(|(one, count)| count.saturating_sub(old.get(&one).copied().unwrap_or(0)));
    let more: usize = more.sum();
    let findings = if more == 1 { "finding" } else { "findings" };
    (more > 0).then(|| format!("the baseline accepts {more} more {findings}"))
}

fn is_on(config: &Config, pack: &str) -> bool {
    config.packs.as_ref().is_none_or(|packs| packs.iter().any(|name| name == pack))
}

fn rule(
    id: &RuleId,
    (old, new): (&Config, &Config),
    own: Option<(Severity, Confidence)>,
    told: &mut Vec<String>,
) {
    let setting = |config: &Config| config.rules.get(id).cloned().unwrap_or_default();
    let (old, new) = (setting(old), setting(new));
    let (was_on, is_on) = (old.enabled.unwrap_or(true), new.enabled.unwrap_or(true));
    if was_on && !is_on {
        told.push(format!("the rule `{id}` is switched off"));
    }
    if !was_on || !is_on {
        return;
    }
    if old.blocks_agents && !new.blocks_agents {
        told.push(format!("`{id}` no longer stops AI agents"));
    }
    let severity = |written: Option<Severity>| written.or(own.map(|(severity, _)| severity));
    let confidence = |written: Option<Confidence>| written.or(own.map(|(_, confidence)| confidence));
    if let (Some(old), Some(new)) = (severity(old.severity), severity(new.severity))
        && new < old
    {
        told.push(format!("the severity of `{id}` is lowered from {old} to {new}"));
    }
    if let (Some(old), Some(new)) = (confidence(old.confidence), confidence(new.confidence))
        && new < old
    {
        told.push(format!("the confidence of `{id}` is lowered from {old} to {new}"));
    }
}

/// Whether `old` leaves out all that `new` does.
fn covers(old: &Exclude, new: &Exclude) -> bool {
    let all_rules = |rules: &[RuleId]| rules.is_empty();
    old.glob.as_str() == new.glob.as_str()
        && (all_rules(&old.rules)
            || !all_rules(&new.rules) && new.rules.iter().all(|rule| old.rules.contains(rule)))
}

fn excluded(exclude: &Exclude) -> String {
    if exclude.is_ignored_by_dependencies() {
        return format!("no dependency counts in `{}`", exclude.glob.as_str());
    }
    let names: Vec<String> = exclude.rules.iter().map(|rule| format!("`{rule}`")).collect();
    let glob = exclude.glob.as_str();
    if names.is_empty() {
        format!("`{glob}` is not scanned")
    } else {
        format!("{} do not count in `{glob}`", names.join(", "))
    }
}

fn doors(old: &Config, new: &Config, told: &mut Vec<String>) {
    let (old, new) = (old.doors, new.doors);
    let strength = |backstop| match backstop {
        Backstop::Off => 0,
        Backstop::Warn => 1,
        Backstop::Block => 2,
    };
    if strength(new.backstop) < strength(old.backstop) {
        told.push("the backstop does less".to_owned());
    }
    let strength = |new_remote| match new_remote {
        NewRemote::Known => 0,
        NewRemote::ByHost => 1,
        NewRemote::History => 2,
    };
    if strength(new.new_remote) < strength(old.new_remote) {
        told.push("less of a first push to a remote is scanned".to_owned());
    }
    match (old.on_timeout, new.on_timeout) {
        (OnTimeout::Reject, OnTimeout::Accept) => {
            told.push("a server takes in what takes too long to look at".to_owned());
        }
        (OnTimeout::Accept, OnTimeout::Accept) if new.receive_seconds < old.receive_seconds => {
            told.push("a server looks for a shorter time at what it takes in".to_owned());
        }
        (OnTimeout::Accept, OnTimeout::Accept) | (_, OnTimeout::Reject) => {}
    }
}

fn waiving(old: &Config, new: &Config, told: &mut Vec<String>) {
    let (old, new) = (&old.waiving, &new.waiving);
    if new.inline && !old.inline {
        told.push("comments may waive findings".to_owned());
    }
    for rule in old.inline_not_for.iter().filter(|rule| !new.inline_not_for.contains(rule)) {
        told.push(format!("a comment may waive `{rule}`"));
    }
    if new.inline_by_agents && !old.inline_by_agents {
        told.push("AI agents may waive findings with comments".to_owned());
    }
    if new.other_tools > old.other_tools {
        told.push("comments for other tools count for more".to_owned());
    }
}

fn dependencies(old: &DependencyPolicy, new: &DependencyPolicy, told: &mut Vec<String>) {
    if new.same_change < old.same_change {
        told.push("an approval counts for more in the change that brings it".to_owned());
    }
    if !old.approvers.is_empty() && new.approvers.is_empty() {
        told.push("anybody may approve dependencies".to_owned());
    } else {
        let more =
            new.approvers.iter().filter(|one| !old.approvers.is_empty() && !old.approvers.contains(one));
        told.extend(more.map(|one| format!("`{one}` may approve dependencies")));
    }
    if new.transitive < old.transitive {
        told.push("less is told of packages that only lock files hold".to_owned());
    }
    if old.approver_is_not_author && !new.approver_is_not_author {
        told.push("people may approve what their own change brings in".to_owned());
    }
    for gone in old.paths.iter().filter(|one| !new.paths.iter().any(|it| it.asks_as_much_as(one))) {
        told.push(format!("less is asked of dependencies in `{}`", gone.glob.as_str()));
    }
    if new.max_days.unwrap_or(u16::MAX) > old.max_days.unwrap_or(u16::MAX) {
        told.push("approvals count for longer".to_owned());
    }
    let glob =
        |name: &str| if name.is_empty() || name.ends_with('/') { format!("{name}*") } else { name.into() };
    let looser = new.pins.iter().filter(|(name, pin)| *pin < old.pin_of(name).unwrap_or(Pin::Hash));
    told.extend(looser.map(|(name, pin)| {
        let pin = Pin::NAMES.iter().find(|(_, known)| known == pin).map_or("?", |(word, _)| word);
        format!("`{}` may be bound to less than before: {pin}", glob(name))
    }));
    // What nobody says anything about is bound to a tag at least.
    let gone = old.pins.iter().filter(|(name, pin)| *pin > new.pin_of(name).unwrap_or(Pin::Tag));
    let gone = gone.filter(|(name, _)| !new.pins.iter().any(|(known, _)| known == name));
    told.extend(gone.map(|(name, _)| format!("`{}` may be bound to less than before", glob(name))));
}

#[cfg(test)]
mod tests {
    use super::loosened;
    use crate::config::{Config, Known, parse};
    use crate::model::{Confidence, RuleId, Severity};

    fn config(text: &str) -> Config {
        let known = Known {
            packs: &["code", "secrets"],
            rules: &["DEP004", "acme-key", "github-pat", "python-eval"],
        };
        parse("c", &format!("schema = 1\n{text}"), &known).unwrap()
    }

    /// What is told on the way from `old` to `new`.
    #[track_caller]
    fn check(old: &str, new: &str, expected: &[&str]) {
        let weights =
            |id: &RuleId| (id.as_str() == "github-pat").then_some((Severity::Critical, Confidence::High));
        assert_eq!(loosened(&config(old), &config(new), &weights), expected, "{old} -> {new}");
    }

    #[test]
    fn what_guards_less_is_told_and_what_guards_more_is_not() {
        let off = |rule| format!("[rules.{rule}]\nenabled = false\nreason = 'why'\n");
        let exclude = |rules| format!("[[exclude]]\npath = 'a/**'\nreason = 'why'\n{rules}\n");
        check("", "", &[]);
        check(&off("github-pat"), "", &[]);
        check("", &off("github-pat"), &["the rule `github-pat` is switched off"]);
        check("packs = ['secrets']", "packs = ['secrets', 'code']", &[]);
        let packs = ["code", "secrets"].map(|pack| format!("packs = ['{pack}']"));
        check(&packs[0], &packs[1], &["the pack `code` is switched off"]);
        check("", "[gate]\nseverity = 'low'", &[]);
        let gate = "only critical severity with medium confidence blocks";
        check("", "[gate]\nseverity = 'critical'", &[gate]);
        check(
            "",
            "[rules.github-pat]\nseverity = 'low'",
            &["the severity of `github-pat` is lowered from critical to low"],
        );
        let settings = ["low", "high"].map(|it| format!("[rules.acme-key]\nconfidence = '{it}'"));
        check(&settings[0], &settings[1], &[]);
        check(&settings[1], &settings[0], &["the confidence of `acme-key` is lowered from high to low"]);
        let table = |text: &str| format!("[dependencies]\n{text}");
        check("", &table("same_change = 'block'"), &[]);
        check(
            "",
            &table("same_change = 'allow'"),
            &["an approval counts for more in the change that brings it"],
        );
        check(
            &table("approvers = ['a']"),
            &table("approvers = ['a', 'b']"),
            &["`b` may approve dependencies"],
        );
        check(&table("approvers = ['a']"), "", &["anybody may approve dependencies"]);
        check("", &table("transitive = 'block'"), &[]);
        let less = "less is told of packages that only lock files hold";
        check("", &table("transitive = 'off'"), &[less]);
        check(&table("max_days = 10"), &table("max_days = 5"), &[]);
        check(&table("max_days = 10"), "", &["approvals count for longer"]);
        check("", &table("approver_is_not_author = true"), &[]);
        let own = "people may approve what their own change brings in";
        check(&table("approver_is_not_author = true"), "", &[own]);
        let path = table("path = [{ path = 'pay/**', only_tagged = 'pci' }]");
        check("", &path, &[]);
        check(&path, "", &["less is asked of dependencies in `pay/**`"]);
        check(
            "",
            &table("pin = [{ name = 'a/*', at_least = 'tag' }]"),
            &["`a/*` may be bound to less than before: tag"],
        );
        let firm = table("pin = [{ name = 'a/*', at_least = 'hash' }, { name = 'b', at_least = 'any' }]");
        check(&firm, "", &["`a/*` may be bound to less than before"]);
        check(&table("ignore_paths = ['pay/**']"), "", &[]);
        check("", &table("ignore_paths = ['pay/**']"), &["no dependency counts in `pay/**`"]);
        check(&path, &table("path = [{ path = 'pay/**', only_tagged = 'pci', block = ['DEP004'] }]"), &[]);
        let lock = |more: &str| format!("[rules.github-pat]\nlocked = true\n{more}");
        check(&lock(""), &lock("waivable = true"), &["the locked rule `github-pat` may be waived"]);
        check(&lock("waivable = true"), &lock(""), &[]);
        check(&lock(""), "", &["the rule `github-pat` is no longer locked"]);
        let guarded = |paths, asked| {
            format!(
                "[[policy.protected]]\ntitle = 'money'\npaths = [{paths}]\ntrailer = 'Reviewed-by'\n{asked}"
            )
        };
        check(&guarded("'a', 'b'", ""), &guarded("'b', 'c', 'a'", "signed = true"), &[]);
        let weaker = "`money` is no longer protected as it was";
        check(&guarded("'a', 'b'", ""), &guarded("'a'", "signed = true"), &[weaker]);
        check(&guarded("'a'", "signed = true"), &guarded("'a'", ""), &[weaker]);
        check("", &exclude(""), &["`a/**` is not scanned"]);
        check(&exclude(""), &exclude("rules = ['github-pat']"), &[]);
        check(&exclude("rules = ['github-pat']"), &exclude(""), &["`a/**` is not scanned"]);
        check("", &exclude("rules = ['github-pat']"), &["`github-pat` do not count in `a/**`"]);
        let limits = ["1 MB", "2 MB"].map(|size| format!("[limits]\nmax_file_size = '{size}'"));
        check(&limits[0], &limits[1], &[]);
        check(&limits[1], &limits[0], &["smaller files are skipped as too large"]);
        let fewer = "the values of local secret files are looked for in fewer of them";
        check("", "known_values = false", &[fewer]);
        check("known_values_in_home = true", "", &[fewer]);
        check("", "known_values_in_home = true", &[]);
        check("", "backstop = 'block'", &[]);
        check("", "backstop = 'off'", &["the backstop does less"]);
        let known = "less of a first push to a remote is scanned";
        check("", "[push]\nnew_remote = 'known'", &[known]);
        let accept = "[receive]\non_timeout = 'accept'\n";
        check("", accept, &["a server takes in what takes too long to look at"]);
        let sooner = format!("{accept}max_seconds = 1");
        check(accept, &sooner, &["a server looks for a shorter time at what it takes in"]);
        check(&sooner, "", &[]);
        let strict = "[waivers]\ninline = false\ninline_not_for = ['github-pat']\ninline_by_agents = false\nother_tools = 'off'";
        check("", strict, &[]);
        check(
            strict,
            "",
            &[
                "comments may waive findings",
                "a comment may waive `github-pat`",
                "AI agents may waive findings with comments",
                "comments for other tools count for more",
            ],
        );
    }
}
