//! What the configuration says about exceptions: who may waive what with a comment.

use std::collections::BTreeSet;

use super::Known;
use crate::model::RuleId;
use crate::text::toml_doc::Table;

/// What comments for other security tools do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OtherTools {
    /// Nothing.
    Off,
    /// They answer advice about code.
    Advice,
    /// They waive what their own tool would have found.
    Waive,
}

impl OtherTools {
    /// Every value with its name in the configuration.
    pub const NAMES: [(&'static str, OtherTools); 3] =
        [("off", OtherTools::Off), ("advice", OtherTools::Advice), ("waive", OtherTools::Waive)];
}

/// What comments may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiving {
    /// Whether comments waive anything.
    pub inline: bool,
    /// Rules that only the file may waive.
    pub inline_not_for: BTreeSet<RuleId>,
    /// Whether comments count in what an AI agent commits.
    pub inline_by_agents: bool,
    /// Comments for other tools.
    pub other_tools: OtherTools,
}

impl Default for Waiving {
    fn default() -> Self {
        Waiving {
            inline: true,
            inline_not_for: BTreeSet::new(),
            inline_by_agents: true,
            other_tools: OtherTools::Advice,
        }
    }
}

/// Reads `[waivers]` of the whole file over what was said before.
pub fn read(root: &Table<'_, '_>, known: &Known<'_>, mut waiving: Waiving) -> Waiving {
    let Some(table) = root.table("waivers") else { return waiving };
    waiving.inline = table.boolean("inline").unwrap_or(waiving.inline);
    waiving.inline_by_agents = table.boolean("inline_by_agents").unwrap_or(waiving.inline_by_agents);
    waiving.other_tools = table.one_of("other_tools", &OtherTools::NAMES).unwrap_or(waiving.other_tools);
    if table.has("inline_not_for") {
        waiving.inline_not_for.clear();
    }
    waiving.inline_not_for.extend(rules(&table, "inline_not_for", known));
    table.finish();
    waiving
}

/// Names of rules that there are.
pub fn rules(table: &Table<'_, '_>, key: &'static str, known: &Known<'_>) -> Vec<RuleId> {
    let mut ids = Vec::new();
    for name in table.strings(key) {
        if let Some(id) = known.rule(name.value) {
            ids.push(id);
            continue;
        }
        let hint = known.nearest(name.value);
        let hint = hint.map_or_else(String::new, |name| format!(", did you mean `{name}`?"));
        table.invalid(key, format!("there is no rule `{}`{hint}", name.value));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::{OtherTools, Waiving, read};
    use crate::config::Known;
    use crate::model::RuleId;
    use crate::text::toml_doc::Document;

    #[track_caller]
    fn check(text: &str, expected: Result<Waiving, &str>) {
        let doc = Document::parse("c", text);
        let known = Known { packs: &[], rules: &["github-pat", "python-eval"] };
        let waiving = read(&doc.root(), &known, Waiving::default());
        let read = doc.into_result(waiving).map_err(|problems| problems.to_string());
        assert_eq!(read, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn comments_may_do_what_the_team_says() {
        check("", Ok(Waiving::default()));
        check(
            "[waivers]\ninline = false\ninline_not_for = ['github-pat']\ninline_by_agents = false\nother_tools = 'waive'",
            Ok(Waiving {
                inline: false,
                inline_not_for: [RuleId::from_static("github-pat")].into(),
                inline_by_agents: false,
                other_tools: OtherTools::Waive,
            }),
        );
        let meant = "c:2:18: `inline_not_for`: there is no rule `githb-pat`, did you mean `github-pat`?";
        check("[waivers]\ninline_not_for = ['githb-pat']", Err(meant));
        check("[waivers]\ninlin = true", Err("c:2:1: unknown key `inlin`, did you mean `inline`?"));
    }
}
