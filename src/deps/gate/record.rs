//! Judges a change of the record itself: who signs, and which entries can never count.

use toml_edit::{Document, Item};

use super::{DepFinding, Gate};
use crate::deps::approvals::{Approval, PATH, Subject};
use crate::deps::codes::{NO_APPROVER, STALE};
use crate::deps::{Approvals, baseline};
use crate::model::{RepoPath, Span};
use crate::text::escape;

/// True for the path of the record.
pub(super) fn is_record(path: &RepoPath) -> bool {
    path.as_bytes() == PATH.as_bytes()
}

/// What there is to say about the record; nothing about one that does not read, which stops everything anyway.
pub(super) fn judge(gate: &Gate<'_>, content: &[u8]) -> Vec<DepFinding> {
    let Ok(text) = std::str::from_utf8(content) else { return Vec::new() };
    let (Ok(now), Ok(document)) = (Approvals::read(PATH, text), Document::parse(text)) else {
        return Vec::new();
    };
    let spans = |key: &str| -> Vec<Span> {
        let tables = document.get(key).and_then(Item::as_array_of_tables);
        let span = |table: &toml_edit::Table| {
            table.span().map_or(Span::new(0, 0), |span| Span::new(span.start, span.end))
        };
        tables.into_iter().flatten().map(span).collect()
    };
    let mut findings = Vec::new();
    for (entry, span) in now.approved.iter().zip(spans("approve")) {
        let is_new = !gate.base.is_some_and(|base| base.approved.contains(entry));
        if is_new {
            findings.extend(unsigned(gate, &entry.approved_by, span));
        }
        findings.extend(idle(gate, &now, entry).map(|why| stale(entry, &why, span)));
    }
    for (entry, span) in now.registries.iter().zip(spans("registry")) {
        if !gate.base.is_some_and(|base| base.registries.contains(entry)) {
            findings.extend(unsigned(gate, &entry.approved_by, span));
        }
    }
    let gone =
        gate.base.into_iter().flat_map(|base| &base.denied).filter(|denial| !now.denied.contains(denial));
    for denial in gone.filter(|_| !gate.policy.approvers.is_empty()) {
        let detail = format!(
            "the denial of {} is taken back or changed",
            escape(denial.subject.to_string().as_bytes())
        );
        findings.push(DepFinding::new(
            NO_APPROVER,
            Span::new(0, 0),
            detail,
            "have an approver review this change",
        ));
    }
    findings.sort_by_key(|finding| finding.span);
    findings
}

fn unsigned(gate: &Gate<'_>, who: &str, span: Span) -> Option<DepFinding> {
    if gate.policy.approver_is_not_author && gate.author.is_some_and(|author| same_person(who, author)) {
        let detail = format!("{} approves what their own change brings in", escape(who.as_bytes()));
        return Some(DepFinding::new(NO_APPROVER, span, detail, "have somebody else look at the package"));
    }
    let allowed = gate.policy.may_approve(who)
        || who == baseline::APPROVED_BY && gate.base.is_none_or(|base| base.approved.is_empty());
    let approvers = escape(gate.policy.approvers.join(", ").as_bytes());
    (!allowed).then(|| {
        let detail = format!("{} is not one of those who may approve: {approvers}", escape(who.as_bytes()));
        DepFinding::new(NO_APPROVER, span, detail, "have one of them look at the package and sign the entry")
    })
}

/// The same mail address, or the same text where one of them names none.
fn same_person(one: &str, other: &str) -> bool {
    let mail = |text: &str| {
        let inside = text.rsplit_once('<').map_or(text, |(_, mail)| mail.trim_end_matches('>'));
        inside.trim().to_lowercase()
    };
    mail(one) == mail(other)
}

/// Why an entry cannot count, as far as the record alone tells.
pub fn idle(gate: &Gate<'_>, record: &Approvals, entry: &Approval) -> Option<String> {
    let denied = |name| {
        record.denied.iter().any(|denial| {
            denial.is_total() && denial.ecosystem == entry.ecosystem && denial.subject.covers(name)
        })
    };
    match (&entry.subject, entry.expires) {
        (Subject::Name(name), _) if denied(name) => Some("it is denied as well".to_owned()),
        (_, Some(day)) if day < gate.today => Some(format!("it ended on {day}")),
        (_, _) => None,
    }
}

fn stale(entry: &Approval, why: &str, span: Span) -> DepFinding {
    let subject = escape(entry.subject.to_string().as_bytes());
    let detail = format!("the approval of {}:{subject} cannot count: {why}", entry.ecosystem);
    DepFinding::new(STALE, span, detail, "take it out, or run: portcullis deps prune")
}
