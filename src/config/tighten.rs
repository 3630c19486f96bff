//! Which of two configurations guards more, key by key: what a person sets for himself may only tighten. Judges nothing.

use super::doors::{Backstop, Doors, NewRemote, OnTimeout};
use super::file::{Config, Gate, RuleSetting};
use super::waiving::Waiving;

/// `base`, with what `wish` guards more.
pub fn tightened(base: Config, wish: Config) -> Config {
    let packs = match (base.packs, wish.packs) {
        (Some(base), Some(wish)) => {
            let more: Vec<String> = wish.into_iter().filter(|pack| !base.contains(pack)).collect();
            Some(base.into_iter().chain(more).collect())
        }
        // All of them.
        (None, _) | (_, None) => None,
    };
    let mut rules = base.rules;
    for (id, wish) in wish.rules {
        let own = rules.entry(id).or_default();
        let RuleSetting { enabled, severity, confidence, .. } = wish.clone();
        if enabled == Some(true) {
            own.enabled = enabled;
        }
        own.blocks_agents |= wish.blocks_agents;
        // What the rule says itself is not known here: what is written becomes the least.
        own.at_least = (own.at_least.0.max(severity), own.at_least.1.max(confidence));
    }
    Config {
        packs,
        gate: Gate {
            severity: base.gate.severity.min(wish.gate.severity),
            confidence: base.gate.confidence.min(wish.gate.confidence),
        },
        rules,
        excludes: base.excludes,
        max_file_size: base.max_file_size.max(wish.max_file_size),
        secret_files: base.secret_files.max(wish.secret_files),
        doors: doors(base.doors, wish.doors),
        waiving: Waiving {
            inline: base.waiving.inline && wish.waiving.inline,
            inline_not_for: base
                .waiving
                .inline_not_for
                .union(&wish.waiving.inline_not_for)
                .cloned()
                .collect(),
            inline_by_agents: base.waiving.inline_by_agents && wish.waiving.inline_by_agents,
            other_tools: base.waiving.other_tools.min(wish.waiving.other_tools),
        },
        dependencies: base.dependencies.tightened(wish.dependencies),
        protected: wish.protected,
        teams: base.teams,
        locks: base.locks,
    }
}

fn doors(base: Doors, wish: Doors) -> Doors {
    let backstop = |backstop| match backstop {
        Backstop::Off => 0,
        Backstop::Warn => 1,
        Backstop::Block => 2,
    };
    let new_remote = |new_remote| match new_remote {
        NewRemote::Known => 0,
        NewRemote::ByHost => 1,
        NewRemote::History => 2,
    };
    let rejects = base.on_timeout == OnTimeout::Reject || wish.on_timeout == OnTimeout::Reject;
    Doors {
        backstop: if backstop(wish.backstop) > backstop(base.backstop) {
            wish.backstop
        } else {
            base.backstop
        },
        new_remote: if new_remote(wish.new_remote) > new_remote(base.new_remote) {
            wish.new_remote
        } else {
            base.new_remote
        },
        // How long one is ready to wait for an own push is nobody else's business: it stops, it lets nothing pass.
        push_seconds: wish.push_seconds.or(base.push_seconds),
        receive_seconds: base.receive_seconds,
        on_timeout: if rejects { OnTimeout::Reject } else { OnTimeout::Accept },
    }
}
