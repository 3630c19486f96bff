//! What a judgement says in words: one line of detail and one of what to do. Knows no rule's severity and decides
//! nothing.

use super::approvals::{Approval, Denial, Subject};
use super::codes::{
    DENIED, EXPIRED, INDIRECT, INSTALL_CODE, INSTALL_COMMAND, NO_APPROVER, NOT_READ, OTHER_SOURCE,
    OTHER_VERSION, SAME_CHANGE, UNAPPROVED, UNREADABLE, VENDORED, WIDER_SCOPE,
};
use super::gate::DepFinding;
use super::manifest::{Include, Manifest, ManifestError};
use super::{Approvals, CanonicalName, Date, NameError, Origin};
use crate::model::{Dependency, Ecosystem, RepoPath, RuleId, Span};
use crate::text::escape;

/// How a declaration came about, by the manifest's version before the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was there.
    None,
    /// It was not declared.
    New,
    /// It was declared with another scope.
    Moved(String),
    /// It came from somewhere else.
    Resourced(Origin),
}

/// Compares a declaration with what was declared before.
pub fn change(dependency: &Dependency, before: &Manifest) -> Change {
    let twins = twins(dependency, before);
    let origin = Origin::of(&dependency.source);
    let Some(first) = twins.first() else {
        return Change::New;
    };
    if !twins.iter().any(|twin| Origin::of(&twin.source) == origin) {
        return Change::Resourced(Origin::of(&first.source));
    }
    if !twins.iter().any(|twin| twin.scope == dependency.scope) {
        return Change::Moved(first.scope.to_string());
    }
    Change::None
}

/// Declarations of the same package.
pub fn twins<'m>(dependency: &Dependency, before: &'m Manifest) -> Vec<&'m Dependency> {
    let canonical = |one: &Dependency| CanonicalName::parse(one.ecosystem, &one.name).ok();
    let name = canonical(dependency);
    let same = |one: &&Dependency| one.ecosystem == dependency.ecosystem && canonical(one) == name;
    before.dependencies.iter().filter(same).collect()
}

/// Everything that is said about a declaration.
pub struct Words<'a> {
    /// The declaration.
    pub dependency: &'a Dependency,
    /// Its name as compared.
    pub name: &'a CanonicalName,
    /// Its source as compared.
    pub origin: &'a Origin,
    /// How it came about, when that is known.
    pub before: Option<Change>,
}

impl Words<'_> {
    /// True unless it was declared before.
    pub fn is_new(&self) -> bool {
        match &self.before {
            None | Some(Change::New | Change::Moved(_) | Change::Resourced(_)) => true,
            Some(Change::None) => false,
        }
    }

    /// Nobody let it in; `only_here` did in this very change, where that does not count.
    pub fn unapproved(&self, approvals: &Approvals, only_here: Option<&str>) -> DepFinding {
        let hint = match (only_here, similar(self.dependency.ecosystem, self.name, approvals).first()) {
            (Some(who), _) => {
                format!("; the approval by {} in this change does not count yet", escape(who.as_bytes()))
            }
            (None, Some(near)) => format!("; `{near}` is approved, did you mean that?"),
            (None, None) => String::new(),
        };
        let detail = format!("{} is not approved{}{hint}", self.subject(), self.circumstances());
        if let Some(entry) = approvals.successor(self.dependency.ecosystem, self.name) {
            let other = format!("{}:{}", entry.ecosystem, escape(entry.subject.to_string().as_bytes()));
            let detail = format!("{detail}; {other} was let in to take its place");
            return self.finding(UNAPPROVED, detail, format!("use {other} instead"));
        }
        match super::hints::replacement(self.dependency.ecosystem, self.name) {
            Some((other, why)) => self.finding(
                UNAPPROVED,
                format!("{detail}; {why}"),
                format!("use {other} instead, or {}", self.approve_command()),
            ),
            None => self.finding(UNAPPROVED, detail, format!("remove it, or {}", self.approve_command())),
        }
    }

    /// It was let in for other manifests.
    pub fn approved_elsewhere(&self, approval: &Approval) -> DepFinding {
        let limits = escape(approval.paths.written().join(", ").as_bytes());
        let detail = format!("{} is approved for {limits} only{}", self.subject(), self.circumstances());
        self.finding(UNAPPROVED, detail, format!("remove it, or {}", self.approve_command()))
    }

    /// It was let in, but not for what the team asks of this folder.
    pub fn not_tagged(&self, tags: &str) -> DepFinding {
        let tags = escape(tags.as_bytes());
        let detail = format!(
            "{} is approved, but not for `{tags}`, as this folder asks{}",
            self.subject(),
            self.circumstances()
        );
        let fix = format!("have an approver look at it for that and add `{tags}` to `tags` of the approval");
        self.finding(UNAPPROVED, detail, fix)
    }

    /// It was let in for a lesser purpose.
    pub fn other_scope(&self, approval: &Approval) -> DepFinding {
        let limits: Vec<String> = approval.scopes.iter().map(ToString::to_string).collect();
        let detail =
            format!("{} is approved for {} only{}", self.subject(), limits.join(", "), self.circumstances());
        self.finding(WIDER_SCOPE, detail, format!("move it back, or {}", self.approve_command()))
    }

    /// It was let in in other versions.
    pub fn other_version(&self, approval: &Approval) -> DepFinding {
        let approved = escape(approval.version.as_deref().unwrap_or("any").as_bytes());
        let declared = match escape(self.dependency.requirement.as_bytes()) {
            any if any.is_empty() => "any version".to_owned(),
            declared => declared,
        };
        let detail = format!("{} may be {declared}, approved is {approved}", self.subject());
        let fix = "declare what was approved, or let an approver look at the new version and change `version` in .portcullis/approved.toml".to_owned();
        self.finding(OTHER_VERSION, detail, fix)
    }

    /// It crossed a major version since before this change.
    pub fn other_major(&self, before: &str) -> DepFinding {
        let now = escape(self.dependency.requirement.as_bytes());
        let detail = format!(
            "{} goes from {} to {now}, another major version; its approval names none",
            self.subject(),
            escape(before.as_bytes())
        );
        let fix = "read what changed; name the versions that were looked at in `version` of the approval"
            .to_owned();
        self.finding(OTHER_VERSION, detail, fix)
    }

    /// It was let in by somebody who may not.
    pub fn no_approver(&self, approval: &Approval) -> DepFinding {
        let who = escape(approval.approved_by.as_bytes());
        let detail =
            format!("{} is approved by {who}, who is not one of those who may approve", self.subject());
        let fix = "have one of them look at the package and sign the entry".to_owned();
        self.finding(NO_APPROVER, detail, fix)
    }

    /// It was let in from another place.
    pub fn other_source(&self, approval: &Approval) -> DepFinding {
        let (here, there) = (self.origin_text(), escape(approval.origin.as_str().as_bytes()));
        let detail =
            format!("{} comes from {here}, approved is {there}{}", self.subject(), self.circumstances());
        self.finding(OTHER_SOURCE, detail, format!("remove it, or {}", self.approve_command()))
    }

    /// The approval has run out.
    pub fn expired(&self, day: Date) -> DepFinding {
        let detail = format!("the approval of {} ended on {day}", self.subject());
        let fix = "look at the package again and move `expires` in .portcullis/approved.toml, or remove it"
            .to_owned();
        self.finding(EXPIRED, detail, fix)
    }

    /// A version of something that another dependency brings in.
    pub fn indirect(&self) -> DepFinding {
        let detail = format!("{} is listed as indirect and is not approved", self.subject());
        let fix =
            "make sure that a dependency really brings it in and that no code of yours imports it".to_owned();
        self.finding(INDIRECT, detail, fix)
    }

    fn subject(&self) -> String {
        subject(self.dependency)
    }

    fn circumstances(&self) -> String {
        let mut words = vec![self.dependency.scope.to_string()];
        if !self.origin.is_default() {
            words.push(format!("from {}", self.origin_text()));
        }
        match &self.before {
            Some(Change::New) => words.push("new in this change".to_owned()),
            Some(Change::Moved(scope)) => words.push(format!("was {scope} before this change")),
            Some(Change::Resourced(origin)) => {
                words.push(format!("from {} before this change", escape(origin.as_str().as_bytes())));
            }
            Some(Change::None) | None => {}
        }
        format!(" ({})", words.join(", "))
    }

    fn origin_text(&self) -> String {
        escape(self.origin.as_str().as_bytes())
    }

    fn approve_command(&self) -> String {
        let source = if self.origin.is_default() {
            String::new()
        } else {
            format!(" --source '{}'", self.origin_text())
        };
        let eco = self.dependency.ecosystem;
        format!("let an approver run: portcullis deps approve {eco}:{}{source} --reason '…'", self.name)
    }

    fn finding(&self, code: RuleId, detail: String, fix: String) -> DepFinding {
        DepFinding { code, span: self.dependency.span, detail, fix }
    }
}

/// `npm:left-pad`, with the key it is declared under.
fn subject(dependency: &Dependency) -> String {
    let key = match &dependency.key {
        Some(key) => format!(", declared as `{}`,", escape(key.as_bytes())),
        None => String::new(),
    };
    format!("{}:{}{key}", dependency.ecosystem, escape(dependency.name.as_bytes()))
}

/// Approved names that look like `name`, the most similar first.
pub fn similar(ecosystem: Ecosystem, name: &CanonicalName, approvals: &Approvals) -> Vec<String> {
    let limit = match name.as_str().len() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    let mut near: Vec<(usize, String)> = Vec::new();
    for entry in approvals.approved.iter().filter(|entry| entry.ecosystem == ecosystem) {
        if let Subject::Name(known) = &entry.subject {
            let distance = strsim::osa_distance(known.as_str(), name.as_str());
            if (1..=limit).contains(&distance) {
                near.push((distance, known.to_string()));
            }
        }
    }
    near.sort();
    near.dedup();
    near.into_iter().map(|(_, name)| name).collect()
}

/// The name is none, or could pass for another one.
pub fn no_name(dependency: &Dependency, error: &NameError) -> DepFinding {
    DepFinding {
        code: UNAPPROVED,
        span: dependency.span,
        detail: format!("{}: {}", dependency.ecosystem, escape(error.to_string().as_bytes())),
        fix: "write the name as the registry spells it, in ASCII".to_owned(),
    }
}

/// A lock file brings it in, and the team wants to be asked about such packages too.
pub fn brought_in(dependency: &Dependency) -> DepFinding {
    let subject = subject(dependency);
    DepFinding {
        code: UNAPPROVED,
        span: dependency.span,
        detail: format!("{subject} comes in with other packages and is not approved"),
        fix: format!(
            "do without what brings it in, or let an approver run: portcullis deps approve {subject} --reason '…'"
        ),
    }
}

/// The team keeps it out.
pub fn denied(dependency: &Dependency, denial: &Denial) -> DepFinding {
    let reason = escape(denial.reason.as_bytes());
    let fix = match &denial.use_instead {
        Some(other) => format!("use {} instead", escape(other.as_bytes())),
        None => "remove it".to_owned(),
    };
    let detail = format!("{} is denied: {reason}", subject(dependency));
    DepFinding { code: DENIED, span: dependency.span, detail, fix }
}

/// The change that needs the approval brings it along.
pub fn same_change(dependency: &Dependency, approval: &Approval) -> DepFinding {
    let who = escape(approval.approved_by.as_bytes());
    let ticket = approval.besides.ticket.as_ref();
    let ticket = ticket.map(|ticket| format!(" ({})", escape(ticket.as_bytes()))).unwrap_or_default();
    let detail = format!("{} is approved by {who}{ticket} in this very change", subject(dependency));
    let fix = "have the reviewer read the approval as closely as the code".to_owned();
    DepFinding { code: SAME_CHANGE, span: dependency.span, detail, fix }
}

/// The change that needs the registry lets it in.
pub fn registry_of_same_change(origin: &Origin, span: Span) -> DepFinding {
    let detail = format!("{} is let in by this very change", escape(origin.as_str().as_bytes()));
    let fix = "have the reviewer read the entry as closely as the code".to_owned();
    DepFinding { code: SAME_CHANGE, span, detail, fix }
}

/// The manifest cannot be read.
pub fn unreadable(error: &ManifestError) -> DepFinding {
    let detail = escape(error.problem.to_string().as_bytes());
    let fix = "correct the manifest: what it declares cannot be told".to_owned();
    DepFinding { code: UNREADABLE, span: error.span, detail, fix }
}

/// A submodule of which nobody says where it comes from.
pub fn submodule(path: &RepoPath) -> DepFinding {
    DepFinding {
        code: UNAPPROVED,
        span: Span::new(0, 0),
        detail: "a commit of another repository, and .gitmodules does not say of which".to_owned(),
        fix: format!(
            "add it with `git submodule add URL {0}` and have that repository approved; a repository that got in by mistake goes with `git rm --cached {0}`",
            escape(path.as_bytes())
        ),
    }
}

/// The manifest is a link to what nobody would take for one.
pub fn link(target: &str) -> DepFinding {
    let shown = escape(target.as_bytes());
    DepFinding {
        code: UNREADABLE,
        span: Span::new(0, target.len()),
        detail: format!("leads to {shown}, which is not known as such a manifest"),
        fix: "put the file itself here, or link to one whose name says what it is".to_owned(),
    }
}

/// A file that is taken in and would be read by nobody.
pub fn unknown_include(include: &Include) -> DepFinding {
    let target = escape(include.target.as_bytes());
    DepFinding {
        code: UNREADABLE,
        span: include.span,
        detail: format!("takes in {target}, which is not known as such a file of this repository"),
        fix: "give the file a name such as requirements-….txt or constraints-….txt, so that it is judged as well".to_owned(),
    }
}

/// A file that is taken in from the network.
pub fn remote_include(include: &Include) -> DepFinding {
    let target = super::origin::without_credentials(&include.target);
    DepFinding {
        code: OTHER_SOURCE,
        span: include.span,
        detail: format!("takes in requirements from {}", escape(target.as_bytes())),
        fix: "keep the file in the repository".to_owned(),
    }
}

/// Packages are looked up in a registry that nobody let in.
pub fn untrusted_registry(ecosystem: Ecosystem, origin: &Origin, span: Span) -> DepFinding {
    let origin = escape(origin.as_str().as_bytes());
    DepFinding {
        code: OTHER_SOURCE,
        span,
        detail: format!("{ecosystem} packages are looked up in {origin}, which is not approved"),
        fix: "remove it, or let an approver add a [[registry]] entry to .portcullis/approved.toml".to_owned(),
    }
}

/// Dependencies that only the build knows.
pub fn computed(what: &str, span: Span) -> DepFinding {
    DepFinding {
        code: NOT_READ,
        span,
        detail: format!("{} is computed by the build, so nobody has judged it", escape(what.as_bytes())),
        fix: "declare the dependencies as data".to_owned(),
    }
}

/// A command that installs what a file lists that nobody reads.
pub fn unknown_list(file: &str, span: Span) -> DepFinding {
    DepFinding {
        code: NOT_READ,
        span,
        detail: format!("installs what {} lists, which is not known as such a file", escape(file.as_bytes())),
        fix: "give the file a name such as requirements-….txt, so that it is judged as well".to_owned(),
    }
}

/// A file that is known but not read.
pub fn not_read(what: &str) -> DepFinding {
    DepFinding {
        code: NOT_READ,
        span: Span::new(0, 0),
        detail: format!("a file of {what}: portcullis knows the name, but does not read the format yet"),
        fix: "review what it declares by hand".to_owned(),
    }
}

/// A package that a script installs.
pub fn command(dependency: &Dependency, name: &CanonicalName) -> DepFinding {
    let eco = dependency.ecosystem;
    DepFinding {
        code: INSTALL_COMMAND,
        span: dependency.span,
        detail: format!("installs {}, which is in no manifest and not approved", subject(dependency)),
        fix: format!(
            "declare it in a manifest, or let an approver run: portcullis deps approve {eco}:{name} --reason '…'"
        ),
    }
}

/// Code that runs when packages are installed.
pub fn install_code(what: &str, span: Span) -> DepFinding {
    DepFinding {
        code: INSTALL_CODE,
        span,
        detail: format!("{} runs when packages are installed", escape(what.as_bytes())),
        fix: "read what it does: it runs on every machine that installs this".to_owned(),
    }
}

/// Somebody else's package as a file.
pub fn vendored(path: &RepoPath, what: &str) -> DepFinding {
    let name = path.as_bytes().rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    DepFinding {
        code: VENDORED,
        span: Span::new(0, 0),
        detail: format!(
            "{} is a {what}: what is in it, no manifest declares and nobody has judged",
            escape(name)
        ),
        fix: "declare the package in a manifest, or say in a review where it comes from".to_owned(),
    }
}
