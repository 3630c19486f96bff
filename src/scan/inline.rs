//! Waivers in comments and in the team's file, while one content is judged: which of them covers a match, and what is wrong
//! with them. Does not know what becomes of a match.

use std::sync::Arc;

use super::unit::{Draft, Unit};
use crate::deps::codes;
use crate::engine::{Basis, Before, Match, Proof, is_new};
use crate::model::{Category, RuleId, RuleInfo, Span};
use crate::policy::waiver_file::{self, Term};
use crate::policy::{FileWaiver, Lost, Reach, WAIVERS, Waiver, WaiverFault};
use crate::text::Lines;
use crate::text::toml_doc::nearest;

const UNUSED: RuleId = RuleId::from_static("waiver-unused");
const INVALID: RuleId = RuleId::from_static("waiver-invalid");
const BROAD: RuleId = RuleId::from_static("waiver-broad");
const ENDING: RuleId = RuleId::from_static("waiver-ending");

/// A block with more lines covers what nobody has looked at.
const LONGEST_BLOCK: usize = 200;

/// The waivers of a content.
pub type Waivers = [Result<Waiver, WaiverFault>];

/// The waiver that covers what a rule says about `span` on the lines `own`: it names the rule, on one of these lines or on
/// the line before, or around it. Packages and the team's own files are judged by their records, not by comments.
pub fn covering(
    waivers: &Waivers,
    info: &RuleInfo,
    (own, span): (Span, Span),
    lines: &Lines<'_>,
) -> Option<usize> {
    match info.category {
        Category::Policy => return None,
        Category::Dependency if codes::is_for_the_record(&info.id) => return None,
        Category::Dependency | Category::Secret | Category::Code => {}
    }
    let near = Span::new(lines.span(lines.index_at(own.start).saturating_sub(1)).start, own.end);
    // Waivers are in the order of their places, and there may be as many of them as findings.
    let skipped = waivers.partition_point(|waiver| Waiver::span_of(waiver).start < near.start);
    let mut nearby = waivers[skipped..].iter().take_while(|waiver| Waiver::span_of(waiver).start < near.end);
    let covers = |waiver: &Waiver| waiver.rules.contains(&info.id);
    let near = nearby.position(|waiver| waiver.as_ref().is_ok_and(covers)).map(|idx| skipped + idx);
    let around = |waiver: &Waiver| match waiver.reach {
        Reach::Line => false,
        Reach::Until(end) => waiver.span.start < span.start && span.end <= end && covers(waiver),
    };
    near.or_else(|| waivers.iter().position(|waiver| waiver.as_ref().is_ok_and(around)))
}

impl Unit<'_> {
    /// Takes comments that are about nothing but dependencies for used.
    pub(super) fn spare(&self, waivers: &Waivers, used: &mut [bool]) {
        let is_dependency = |id: &RuleId| {
            let info = self.scanner.engine.info_of(id);
            info.is_some_and(|info| info.category == Category::Dependency && !codes::is_for_the_record(id))
        };
        for (waiver, used) in waivers.iter().zip(used) {
            *used |= waiver.as_ref().is_ok_and(|waiver| waiver.rules.iter().all(is_dependency));
        }
    }

    /// Comments that are new and cover nothing or too much, or do not count.
    pub(super) fn waiver_drafts(
        &self,
        waivers: &Waivers,
        used: &[bool],
        versions: &[Before<'_>],
        lines: &Lines<'_>,
    ) -> Vec<Draft<'static>> {
        let mut drafts = Vec::new();
        for (waiver, used) in waivers.iter().zip(used) {
            let (id, detail) = match waiver {
                Ok(waiver) => match waiver.rules.iter().find(|id| !self.scanner.engine.knows(id)) {
                    Some(id) => (INVALID, Some(self.unknown(id))),
                    None if is_long(waiver, lines) => {
                        (BROAD, Some(format!("a block of more than {LONGEST_BLOCK} lines")))
                    }
                    None if *used => continue,
                    None => (UNUSED, None),
                },
                Err(fault) => (INVALID, Some(what(fault).to_owned())),
            };
            drafts.extend(self.new_draft(&id, Waiver::span_of(waiver), detail, versions));
        }
        drafts
    }

    /// What is wrong with the waivers of the team's file, which is this content.
    pub(super) fn file_drafts(&self, versions: &[Before<'_>]) -> Vec<Draft<'static>> {
        let Some(waivers) =
            std::str::from_utf8(self.text).ok().and_then(|text| waiver_file::read_unchecked(text).ok())
        else {
            // It is the policy as well, and does not read there either.
            return Vec::new();
        };
        let today = self.scanner.policy.exceptions().today;
        let mut drafts = Vec::new();
        for waiver in &waivers {
            if waiver.is_broad() {
                drafts.extend(self.new_draft(&BROAD, waiver.span, Some(waiver.summary()), versions));
            }
            let when = match waiver.term(today) {
                Term::Counts => continue,
                Term::EndsSoon(day) => format!("{} ends on {day}", waiver.summary()),
                Term::Ended(day) => format!("{} ended on {day}", waiver.summary()),
            };
            drafts.extend(self.new_draft(&ENDING, waiver.span, Some(when), versions));
        }
        drafts
    }

    /// Waivers of the team's file, which is this content, that nothing has asked for.
    pub(super) fn unused_drafts(&self) -> Result<Vec<Draft<'static>>, Lost> {
        let unused = self.scanner.policy.exceptions().unused()?;
        let draft = |waiver: &FileWaiver| self.new_draft(&UNUSED, waiver.span, Some(waiver.summary()), &[]);
        Ok(unused.filter_map(draft).collect())
    }

    /// A finding about a waiver, when the rule is on and the waiver new.
    fn new_draft(
        &self,
        id: &RuleId,
        span: Span,
        detail: Option<String>,
        versions: &[Before<'_>],
    ) -> Option<Draft<'static>> {
        let probe = Match {
            pack: 0,
            rule: 0,
            span,
            secret: false,
            extent: span,
            proof: Proof::Plain,
            remark: None,
            basis: Basis::Text,
            partners: Vec::new(),
        };
        let info = self.scanner.engine.info_of(id).filter(|_| is_new(&probe, versions))?;
        Some(Draft::of_policy(Arc::clone(info), span, detail))
    }

    /// What is wrong with a waiver that names `id`, and which rule is probably meant.
    fn unknown(&self, id: &RuleId) -> String {
        let names: Vec<&str> = self.scanner.engine.rules().map(|rule| rule.info.id.as_str()).collect();
        let meant = nearest(id.as_str(), &names).map(|name| format!(", did you mean `{name}`?"));
        format!("there is no rule `{id}`{}", meant.unwrap_or_default())
    }

    /// True for the file that holds the team's waivers.
    pub(super) fn is_waiver_file(&self) -> bool {
        self.entry.path.as_bytes() == WAIVERS.as_bytes()
    }
}

fn is_long(waiver: &Waiver, lines: &Lines<'_>) -> bool {
    match waiver.reach {
        Reach::Line => false,
        Reach::Until(end) => lines.index_at(end) - lines.index_at(waiver.span.start) > LONGEST_BLOCK,
    }
}

fn what(fault: &WaiverFault) -> &'static str {
    match fault {
        WaiverFault::NoReason(_) => "it gives no reason",
        WaiverFault::Unreadable(_) => "it names no rule",
        WaiverFault::NoEnd(_) => "its end is not marked: write `portcullis: allow-end` behind the block",
        WaiverFault::NoStart(_) => "no block begins before it",
    }
}
