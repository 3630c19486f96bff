//! What the fixes of rules make of findings. Reads no files.

use crate::engine::Engine;
use crate::model::Finding;
use crate::text::patch::Edit;

/// What takes the place of findings whose rules have a fix, with the rules' names, by place.
pub fn edits<'f>(engine: &Engine, findings: impl Iterator<Item = &'f Finding>) -> Vec<(String, Edit)> {
    let edit = |finding: &Finding| {
        let (pack, rule) = engine.place_of(&finding.rule.id)?;
        let text = engine.rule_at(pack, rule).fix.as_ref()?.to_string();
        Some((finding.rule.id.to_string(), Edit { span: finding.span, text }))
    };
    let mut edits: Vec<_> = findings.filter_map(edit).collect();
    edits.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    edits.dedup_by(|later, earlier| later.1 == earlier.1);
    edits
}
