//! What a commit lacks that changes a protected path. Knows trailers and provenance, and asks others about signatures.

use crate::config::Protected;
use crate::model::{Oid, Provenance, RepoPath};

use super::gate::Policy;
use super::owners::is_owner;

/// The trailer of owners, where no other one is asked for.
const REVIEWED: &str = "Reviewed-by";

/// Tells whether git verifies the signature of a commit.
pub type IsSigned = dyn Fn(Oid) -> bool + Send + Sync;

/// What is known of a commit that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Its trailers.
    pub trailers: Vec<(String, String)>,
    /// Its author, as `Name <mail>`; empty when nobody knows.
    pub author: Vec<u8>,
}

/// What is missing, in words; nothing where it cannot be known yet.
pub fn missing(
    policy: &Policy,
    protected: &Protected,
    path: &RepoPath,
    origin: &Provenance,
) -> Option<String> {
    let title = &protected.title;
    if protected.no_agents && policy.is_by_agent(origin) {
        return Some(format!("{title}: an AI agent may not change it"));
    }
    let (trailers, author) = match origin {
        Provenance::Commit(info) => (info.trailers.as_slice(), info.author.as_slice()),
        Provenance::Index | Provenance::Stdin => {
            let message = policy.message()?;
            (message.trailers.as_slice(), message.author.as_slice())
        }
        Provenance::WorkTree
        | Provenance::CommitMessage(_)
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => return None,
    };
    if let Some(name) = &protected.trailer
        && !trailers.iter().any(|(key, who)| key.eq_ignore_ascii_case(name) && !is_same(who, author))
    {
        return Some(format!(
            "{title}: a change takes the trailer `{name}:` with somebody who is not its author"
        ));
    }
    if protected.code_owner {
        let owners = policy.owners().of(path);
        if owners.is_empty() {
            return Some(format!("{title}: CODEOWNERS names nobody for it, and a change takes an owner"));
        }
        let reviewer = protected.trailer.as_deref().unwrap_or(REVIEWED);
        let reviewers = trailers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(reviewer));
        let author = String::from_utf8_lossy(author);
        let mut people = reviewers.map(|(_, who)| who.as_str()).chain([author.as_ref()]);
        let teams = &policy.config().teams;
        if !people.any(|who| owners.iter().any(|owner| is_owner(who, owner, teams))) {
            let owners = owners.join(", ");
            return Some(format!(
                "{title}: a change takes an owner as its author or in the trailer `{reviewer}:`; {owners}"
            ));
        }
    }
    match origin {
        Provenance::Commit(info) if protected.signed && !policy.is_signed(info.id) => {
            Some(format!("{title}: a change takes a commit with a signature that git verifies"))
        }
        Provenance::Commit(_)
        | Provenance::Index
        | Provenance::WorkTree
        | Provenance::Stdin
        | Provenance::CommitMessage(_)
        | Provenance::TagMessage(_)
        | Provenance::Object(_) => None,
    }
}

/// The same person, by the mail address.
fn is_same(who: &str, author: &[u8]) -> bool {
    let mail =
        |text: &str| text.rsplit_once('<').map(|(_, mail)| mail.trim_end_matches('>').to_ascii_lowercase());
    let author = String::from_utf8_lossy(author);
    mail(who).is_some_and(|mail_of_who| mail(&author) == Some(mail_of_who))
}
