//! Lets the dependency gate take part in a scan: recognises manifests and compares them with their earlier version.

use std::borrow::Cow;
use std::sync::Arc;

use super::ScanError;
use super::inline::{Waivers, covering};
use super::naming::Names;
use super::unit::{Draft, Unit, joined};
use crate::config::DependencyPolicy;
use crate::deps::gate::{self, DepFinding, Gate};
use crate::deps::manifest::{self, Recognised, recognise};
use crate::deps::usage::Code;
use crate::deps::{Approvals, Date, Files, baseline};
use crate::model::{Judged, Provenance, RepoPath, RuleInfo, Span};
use crate::policy::{PathClass, classify};
use crate::text::Lines;

/// Answers a question about a file of the repository.
type Ask<T> = Box<dyn Fn(&RepoPath) -> T + Send + Sync>;

/// The files that a change leaves in the repository.
pub struct RepoFiles {
    /// True for the paths of files.
    pub exists: Ask<bool>,
    /// A file's bytes; none when there is no such file, or nobody can tell.
    pub read: Ask<Option<Vec<u8>>>,
    /// The paths of all files, sorted; none when nobody can tell.
    pub paths: Box<dyn Fn() -> Arc<[RepoPath]> + Send + Sync>,
}

impl RepoFiles {
    /// A repository without files.
    pub fn none() -> Self {
        RepoFiles { exists: Box::new(|_| false), read: Box::new(|_| None), paths: Box::new(|| Arc::new([])) }
    }
}

/// What manifests are judged by.
pub struct Dependencies {
    /// The team's record as the change leaves it; none before the team has one.
    pub approvals: Option<Approvals>,
    /// The record before the change.
    pub base: Option<Approvals>,
    /// The day of the judgement.
    pub today: Date,
    /// What the configuration says, as it was before the change.
    pub policy: DependencyPolicy,
    /// Who is about to commit, as `Name <mail>`; none where nobody knows.
    pub author: Option<String>,
    /// The files that the change leaves in the repository.
    pub files: RepoFiles,
}

/// Whether a path is one that the gate looks at.
pub fn is_manifest(path: &RepoPath) -> bool {
    gate::looks_at(path)
}

/// Whether a file is code whose imports are held against the manifests around it: of what ships, nothing else.
pub fn uses(path: &RepoPath, content: &[u8]) -> bool {
    classify(path) == PathClass::Shipped && Code::new(path, content).is_some()
}

/// Whether a file is one that the gate looks at; some are manifests only when they hold a certain mark.
pub fn declares(path: &RepoPath, content: &[u8]) -> bool {
    is_manifest(path) && manifest::holds(path, content)
}

impl Dependencies {
    /// Judges the manifest at `path`; `before` are its versions in the parents, of which the first chooses the words.
    ///
    /// A team without a record has decided nothing yet: then what any version before declares counts as approved, and
    /// only what is new is told. A merge brings in nothing that one of its parents has.
    pub fn judge(
        &self,
        (path, origin): (&RepoPath, &Provenance),
        content: &[u8],
        before: &[Vec<u8>],
    ) -> Vec<DepFinding> {
        let RepoFiles { exists, read, paths } = &self.files;
        let files = Files { exists: &**exists, read: &**read, paths: &**paths };
        let mut findings = self.judge_manifest((path, origin), (content, before), files);
        if let Some(code) = Code::new(path, content).filter(|_| classify(path) == PathClass::Shipped) {
            let none = Approvals::default();
            findings.extend(code.judge(before, files, self.approvals.as_ref().unwrap_or(&none)));
        }
        findings
    }

    /// Judges a submodule at `path`. Before a team has a record, one that was there is accepted.
    pub fn submodule(&self, path: &RepoPath, was_there: bool) -> Option<DepFinding> {
        let accepted = was_there && self.approvals.is_none();
        if accepted { None } else { gate::submodule(path, &*self.files.read) }
    }

    fn judge_manifest(
        &self,
        (path, origin): (&RepoPath, &Provenance),
        (content, before): (&[u8], &[Vec<u8>]),
        files: Files<'_>,
    ) -> Vec<DepFinding> {
        let author = self.author_of(origin);
        let (policy, today, author) = (&self.policy, self.today, author.as_deref());
        let gate = |approvals, base| Gate { approvals, base, policy, today, author, files };
        let first = before.first().map(Vec::as_slice);
        if let Some(approvals) = &self.approvals {
            return gate(approvals, self.base.as_ref()).examine(path, content, first);
        }
        let mut assumed = Approvals::default();
        for old in before {
            let Approvals { approved, denied: _, registries } = self.assumed(path, old);
            assumed.approved.extend(approved);
            assumed.registries.extend(registries);
        }
        gate(&assumed, Some(&assumed)).examine(path, content, first)
    }

    fn author_of(&self, origin: &Provenance) -> Option<Cow<'_, str>> {
        match origin {
            Provenance::Commit(info) => Some(Cow::Owned(String::from_utf8_lossy(&info.author).into_owned())),
            Provenance::Index => self.author.as_deref().map(Cow::Borrowed),
            Provenance::WorkTree
            | Provenance::Stdin
            | Provenance::CommitMessage(_)
            | Provenance::TagMessage(_)
            | Provenance::Object(_) => None,
        }
    }

    fn assumed(&self, path: &RepoPath, before: &[u8]) -> Approvals {
        match recognise(path) {
            // What was not understood before excuses nothing.
            Some(Recognised::Read(format)) => manifest::read(format, before)
                .map(|manifest| baseline::assume(path, format, &manifest, self.today))
                .unwrap_or_default(),
            Some(Recognised::NotRead(_) | Recognised::Package(_)) | None => Approvals::default(),
        }
    }

    /// Judges by a record made for examples of rules, nothing outside of the manifest being there.
    pub fn for_examples() -> Self {
        let read = |text: &str| Approvals::read("examples", text).unwrap_or_default();
        let base = read(EXAMPLES);
        let approvals = read(&format!("{EXAMPLES}{PENDING_EXAMPLE}"));
        let (approvals, base) = (Some(approvals), Some(base));
        let approvers = vec!["portcullis".to_owned()];
        let policy = DependencyPolicy { approvers, ..DependencyPolicy::default() };
        let today = Date::from_unix(0);
        Dependencies { approvals, base, today, policy, author: None, files: example_files() }
    }
}

/// What lies beside the examples of rules.
fn example_files() -> RepoFiles {
    let content = |path: &RepoPath| match path.as_bytes() {
        b"locked/package.json" => Some("{}"),
        b"app/package.json" => {
            Some(r#"{"dependencies": {"approved-example": "^1", "react-dom": "^19.0.0"}}"#)
        }
        b"app/requirements.txt" => Some("approved-example\nnumpy>=1.26\nscikit-learn\n"),
        b"locked/package-lock.json" => Some(r#"{"packages": {"node_modules/approved-example": {}}}"#),
        _ => None,
    };
    RepoFiles {
        exists: Box::new(move |path| content(path).is_some()),
        read: Box::new(move |path| content(path).map(|text| text.as_bytes().to_vec())),
        paths: Box::new(|| ["app/package.json", "app/requirements.txt"].map(RepoPath::from).into()),
    }
}

/// What examples of rules are judged by.
const EXAMPLES: &str = r#"
schema = 1

[[approve]]
ecosystem = "npm"
name = "approved-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "npm"
name = "expired-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01
expires = 1969-12-31

[[approve]]
ecosystem = "cargo"
name = "approved-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "pypi"
name = "approved-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "npm"
name = "git-example"
source = "git:github.com/somebody/git-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "cargo"
name = "git-example"
source = "git:example.com/x"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "docker"
name = "example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "github-actions"
name = "other/example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "github-actions"
name = "actions/checkout"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "npm"
name = "versioned-example"
version = "^1"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "npm"
name = "dev-example"
scope = ["dev"]
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01

[[approve]]
ecosystem = "npm"
name = "unsigned-example"
reason = "for examples of rules"
approved_by = "somebody"
date = 1969-01-01

[[deny]]
ecosystem = "npm"
name = "denied-example"
reason = "for examples of rules"
"#;

/// What the change of an example adds to the record.
const PENDING_EXAMPLE: &str = r#"
[[approve]]
ecosystem = "npm"
name = "pending-example"
reason = "for examples of rules"
approved_by = "portcullis"
date = 1969-01-01
"#;

/// The reason that a comment gives, or why the comment does not count.
type Comment = Result<String, &'static str>;

impl Unit<'_> {
    /// A submodule without an address.
    pub fn submodule(&self) -> Result<Vec<Judged>, ScanError> {
        let dependencies = self.scanner.dependencies.as_ref().filter(|_| self.sees_all());
        let was_there = !self.entry.before.is_empty();
        let told = dependencies.and_then(|it| it.submodule(&self.entry.path, was_there));
        self.told(told.into_iter().collect(), &mut |_, _| None)
    }

    /// Judges what is declared; a comment that excuses a habit is used then.
    pub(super) fn dependencies(
        &self,
        is_manifest: bool,
        before: &[Vec<u8>],
        (waivers, used, lines): (&Waivers, &mut [bool], &Lines<'_>),
    ) -> Result<Vec<Judged>, ScanError> {
        let Some(dependencies) = self.scanner.dependencies.as_ref().filter(|_| is_manifest) else {
            // Nobody has asked what a comment about dependencies covers.
            self.spare(waivers, used);
            return Ok(Vec::new());
        };
        let told = dependencies.judge((&self.entry.path, &self.entry.provenance), self.raw, before);
        if !before.is_empty() {
            // A habit that was there before is not told again, so its comment cannot be called unused.
            self.spare(waivers, used);
        }
        // In another encoding the places are not those of the comments.
        let waivers = if self.raw == self.text { waivers } else { &[] };
        self.told(told, &mut |info, span| {
            let line = lines.span(lines.index_at(span.start));
            let idx = covering(waivers, info, (line, span), lines)?;
            used[idx] = true;
            let waiver = waivers[idx].as_ref().ok()?;
            let refused = self.scanner.policy.no_comment_for(&info.id, &self.entry.provenance);
            Some(refused.map_or_else(|| Ok(waiver.reason.clone()), Err))
        })
    }

    /// Judges what is told of dependencies; `excuse` gives the reason of a comment that covers it, or why
    /// the comment does not count.
    fn told(
        &self,
        told: Vec<DepFinding>,
        excuse: &mut dyn FnMut(&RuleInfo, Span) -> Option<Comment>,
    ) -> Result<Vec<Judged>, ScanError> {
        let engine = &self.scanner.engine;
        let mut drafts = Vec::new();
        for DepFinding { code, span, detail, fix } in told {
            let Some(info) = engine.info_of(&code) else {
                // Switched off by the team, or a code that no rule describes, which may not vanish.
                if engine.knows(&code) {
                    continue;
                }
                return Err(ScanError::NoRule(code));
            };
            let (waiver, refused) = match excuse(info, span) {
                Some(Ok(reason)) => (Some(reason), None),
                Some(Err(refused)) => (None, Some(refused)),
                None => (None, None),
            };
            let mut draft = Draft::of_policy(info.clone(), span, joined(Some(detail), refused));
            (draft.fix, draft.waiver) = (Some(fix), waiver);
            drafts.push(draft);
        }
        Ok(self.finish(drafts, self.raw, &[], &mut Names::new(None, self.raw, &[]))?)
    }
}

#[cfg(test)]
mod tests {
    use crate::deps::codes;
    use crate::engine::{Engine, builtin};

    #[test]
    fn every_code_of_the_gate_is_a_rule() {
        let engine = Engine::new(&builtin::PACK, None);
        for code in codes::ALL {
            assert!(engine.knows(&code), "{code}");
        }
    }
}
