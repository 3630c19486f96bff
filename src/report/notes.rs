//! What stands under a finding: which commit, why, how to fix it, how to repair the history, how to except it. Knows
//! the words, not how they are drawn.

use std::collections::BTreeSet;

use super::shown::Shown;
use super::{Action, Context, history, prose};
use crate::model::{Category, CommitInfo, Finding, Oid, Provenance, RuleId, Standing, Waivable};

/// Digits of a commit id that people are shown.
const ID_DIGITS: usize = 10;

/// A name and what it introduces; an indented line of the text is a command.
pub type Note = (&'static str, String);

/// Everything there is to say.
pub fn all(finding: &Finding, context: &Context<'_>, shown: &Shown) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(commit(&finding.provenance).map(|info| ("commit", describe(info, shown))));
    notes.extend(history::notes(finding, shown));
    notes.push(("why", finding.rule.message.to_string()));
    notes.push(("fix", shown.prose(fix(finding))));
    notes.extend(patch(finding).map(|text| ("patch", text)));
    notes.extend(repair(finding, context, shown).map(|text| ("repair", text)));
    notes.extend(exception(finding, shown).map(|text| ("except", text)));
    notes
}

/// The least that helps: which commit and how to fix it.
pub fn brief(finding: &Finding, shown: &Shown) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(commit(&finding.provenance).map(|info| ("commit", describe(info, shown))));
    notes.extend(history::notes(finding, shown));
    notes.push(("fix", shown.prose(fix(finding))));
    notes
}

/// The command that writes the rule's safe form.
fn patch(finding: &Finding) -> Option<String> {
    let id = &finding.rule.id;
    let is_fixable = finding.rule.fixable && finding.decoded.is_empty();
    match finding.provenance {
        Provenance::Index => is_fixable.then(|| format!("portcullis fix --staged {id} --apply")),
        Provenance::WorkTree => is_fixable.then(|| format!("portcullis fix {id} --apply")),
        Provenance::Stdin
        | Provenance::Commit(_)
        | Provenance::CommitMessage(_)
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => None,
    }
}

/// What was found, on one line.
pub fn sentence(finding: &Finding, shown: &Shown) -> String {
    let title = prose::one_line(&finding.rule.title);
    match &finding.detail {
        Some(detail) => format!("{title}: {}", prose::one_line(&shown.prose(detail))),
        None => title,
    }
}

/// The finding's own fix, or the rule's.
pub fn fix(finding: &Finding) -> &str {
    finding.fix.as_deref().unwrap_or(&finding.rule.remediation)
}

/// What the findings before have already told, so that ten findings of one rule do not say everything ten times.
#[derive(Default)]
pub struct Told<'r>(BTreeSet<(&'r RuleId, Note)>);

impl<'r> Told<'r> {
    /// Those of `notes` that are new; of a known fix remains that there is one.
    pub fn news(&mut self, finding: &'r Finding, notes: Vec<Note>) -> Vec<Note> {
        let mut news = Vec::new();
        for note in notes {
            let (name, is_new) = (note.0, self.0.insert((&finding.rule.id, note.clone())));
            match name {
                "commit" | "now" | "also" | "places" => news.push(note),
                _ if is_new => news.push(note),
                "fix" | "repair" => news.push((name, "as above".to_owned())),
                _ => {}
            }
        }
        news
    }
}

/// The commit behind a finding.
pub fn commit(provenance: &Provenance) -> Option<&CommitInfo> {
    match provenance {
        Provenance::Commit(info) | Provenance::CommitMessage(info) => Some(info),
        Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => None,
    }
}

/// The first digits of an object id.
pub fn short(id: &Oid) -> String {
    let mut hex = id.to_string();
    hex.truncate(ID_DIGITS);
    hex
}

fn describe(info: &CommitInfo, shown: &Shown) -> String {
    let (subject, author) = (shown.text(&info.subject), shown.text(&info.author));
    format!("{} {subject}, by {author}, {}", short(&info.id), history::date(info.time))
}

/// The shortest way to a history without the finding. In a mere scan only secrets are worth rewriting history for.
fn repair(finding: &Finding, context: &Context<'_>, shown: &Shown) -> Option<String> {
    let is_secret = finding.rule.category == Category::Secret;
    if context.action == Action::Scan && !is_secret {
        return None;
    }
    if finding.sightings.is_some() {
        return Some(format!(
            "rotate it first; who still holds it, and how to clean up\n  {}",
            history::leak_command(finding)
        ));
    }
    let steps = match &finding.provenance {
        Provenance::Commit(info) if context.tips.contains(&info.id) => {
            let path = shown.shell_word(&finding.path).unwrap_or_else(|| "<the file>".to_owned());
            let top = context.pathspec;
            format!(
                "it is the latest commit, so fix the file, then\n  git add {top}{path} && git commit --amend"
            )
        }
        Provenance::Commit(info) => format!(
            "mark the commit `edit` in the list, fix the file, `git add` it, then continue\n  \
             git rebase -i {id}^\n  git commit --amend && git rebase --continue",
            id = short(&info.id)
        ),
        Provenance::CommitMessage(info) if context.tips.contains(&info.id) => {
            "it is the latest commit, so write its message again\n  git commit --amend".to_owned()
        }
        Provenance::CommitMessage(info) => format!(
            "mark the commit `reword` in the list and write its message again\n  git rebase -i {}^",
            short(&info.id)
        ),
        Provenance::TagMessage(_) => "delete the tag and create it again with another message".to_owned(),
        Provenance::Index | Provenance::WorkTree | Provenance::Stdin | Provenance::Object(_) => return None,
    };
    let rotate = if is_secret { "if it was ever pushed or shared, rotate it first; " } else { "" };
    Some(format!("{rotate}{steps}"))
}

/// The exception that exists: a comment with a reason where comments count, else an entry of the team's file. Dependencies
/// are approved instead, and a weakened policy cannot excuse itself.
fn exception(finding: &Finding, shown: &Shown) -> Option<String> {
    let harmless = match finding.rule.category {
        Category::Secret => "not a real secret?",
        Category::Code => "safe here?",
        Category::Dependency | Category::Policy => return None,
    };
    match finding.provenance {
        Provenance::Index | Provenance::WorkTree | Provenance::Stdin | Provenance::Commit(_) => {}
        Provenance::CommitMessage(_) | Provenance::TagMessage(_) | Provenance::Object(_) => return None,
    }
    match finding.sightings.as_ref().map(|sightings| &sightings.standing) {
        None | Some(Standing::AtTips(_) | Standing::Staged) => {}
        // The past takes no comments.
        Some(Standing::InHistory | Standing::InReflog | Standing::Lost) => return None,
    }
    match finding.waivable {
        Waivable::Comment => Some(format!(
            "{harmless} say why in a comment on this line or the line before\n  portcullis: allow({}) <reason>",
            finding.rule.id
        )),
        Waivable::File => {
            let path = shown.shell_word(&finding.path)?;
            let place = format!("{path}:{}", finding.start.line);
            Some(format!(
                "{harmless} a comment does not count here, a reviewed entry does\n  portcullis allow {place} --reason <reason>"
            ))
        }
        Waivable::Nowhere => None,
    }
}
