//! What blocks: rule, validators, place and configuration become severity, confidence and a verdict.

use crate::config::{Config, Gate, Lock, Protected};
use crate::deps::{Date, codes};
use crate::engine::Proof;
use crate::model::{
    Category, Confidence, Oid, Provenance, RepoPath, RuleId, RuleInfo, Severity, Span, Verdict, Waivable,
};

use super::exceptions::{Exceptions, Written};
use super::owners::Owners;
use super::place::{PathClass, class_of, classify};
use super::protected::{IsSigned, Message};

/// The policy of one run.
pub struct Policy {
    config: Config,
    below: Config,
    exceptions: Exceptions,
    is_run_by_agent: bool,
    skip: Option<Skip>,
    message: Option<Message>,
    is_signed: Option<Box<IsSigned>>,
    owners: Owners,
}

/// Rules that somebody passes for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// Which.
    pub rules: Vec<RuleId>,
    /// Why.
    pub reason: String,
}

impl Policy {
    /// Judges by this configuration.
    pub fn new(config: Config) -> Self {
        let exceptions = Exceptions::new(Date::from_unix(0), Written::default());
        Policy {
            config,
            below: Config::default(),
            exceptions,
            is_run_by_agent: false,
            skip: None,
            message: None,
            is_signed: None,
            owners: Owners::default(),
        }
    }

    /// The same where the machine and shared packs have said this before the repository.
    pub fn above(self, below: Config) -> Self {
        Policy { below, ..self }
    }

    /// What the machine and shared packs say.
    pub fn below(&self) -> &Config {
        &self.below
    }

    /// The same with what people have accepted.
    pub fn with_exceptions(self, exceptions: Exceptions) -> Self {
        Policy { exceptions, ..self }
    }

    /// The same where an AI agent has started this program.
    pub fn run_by_agent(self) -> Self {
        Policy { is_run_by_agent: true, ..self }
    }

    /// The same without these rules, for this run.
    pub fn skipping(self, skip: Skip) -> Self {
        Policy { skip: Some(skip), ..self }
    }

    /// The same for examples of rules: a folder is protected, and the commit that is being made has no trailers.
    pub fn for_examples(mut self) -> Self {
        self.config.protected.extend(Protected::for_examples());
        self.with_message(Message::default())
    }

    /// The same for a commit that is about to be made.
    pub fn with_message(self, message: Message) -> Self {
        Policy { message: Some(message), ..self }
    }

    /// The same with somebody who verifies signatures.
    pub fn with_signatures(self, is_signed: Box<IsSigned>) -> Self {
        Policy { is_signed: Some(is_signed), ..self }
    }

    /// The same with what CODEOWNERS says.
    pub fn with_owners(self, owners: Owners) -> Self {
        Policy { owners, ..self }
    }

    /// What CODEOWNERS says; nothing where nobody has read it.
    pub fn owners(&self) -> &Owners {
        &self.owners
    }

    /// What is known of the commit that is about to be made.
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }

    /// Whether a commit has a signature that is verified; nobody who could tell is a no.
    pub fn is_signed(&self, commit: Oid) -> bool {
        self.is_signed.as_ref().is_some_and(|is_signed| is_signed(commit))
    }

    /// Whether an AI agent is stopped by what only advises a person.
    pub fn blocks_agents(&self, rule: &RuleInfo, origin: &Provenance) -> bool {
        let is_set = || self.config.rules.get(&rule.id).is_some_and(|setting| setting.blocks_agents);
        (rule.blocks_agents || is_set()) && self.is_by_agent(origin)
    }

    /// What is passed in this run.
    pub fn skip(&self) -> Option<&Skip> {
        self.skip.as_ref()
    }

    /// What people have accepted.
    pub fn exceptions(&self) -> &Exceptions {
        &self.exceptions
    }

    /// Why a comment cannot waive a finding of `rule` in content of this provenance.
    pub fn no_comment_for(&self, rule: &RuleId, origin: &Provenance) -> Option<&'static str> {
        let waiving = &self.config.waiving;
        if self.lock(rule).is_some() {
            return Some("a comment cannot waive this rule: it is locked");
        }
        if !waiving.inline {
            return Some("comments waive nothing here: only .portcullis/waivers.toml does");
        }
        if waiving.inline_not_for.contains(rule) {
            return Some("a comment cannot waive this rule: only .portcullis/waivers.toml does");
        }
        (!waiving.inline_by_agents && self.is_by_agent(origin))
            .then_some("the comment does not count: an AI agent may not waive what it commits")
    }

    /// Where an exception from a finding of this rule counts, in content of this provenance.
    pub fn waivable(&self, info: &RuleInfo, origin: &Provenance) -> Waivable {
        match info.category {
            Category::Policy => Waivable::Nowhere,
            Category::Dependency if codes::is_for_the_record(&info.id) => Waivable::Nowhere,
            Category::Secret | Category::Code | Category::Dependency => match self.lock(&info.id) {
                Some(lock) if !lock.waivable => Waivable::Nowhere,
                _ if self.no_comment_for(&info.id, origin).is_some() => Waivable::File,
                _ => Waivable::Comment,
            },
        }
    }

    /// Whether an AI agent has written the content.
    pub fn is_by_agent(&self, origin: &Provenance) -> bool {
        match origin {
            Provenance::Commit(info) | Provenance::CommitMessage(info) => info.by_agent,
            Provenance::Index | Provenance::WorkTree | Provenance::Stdin => self.is_run_by_agent,
            Provenance::TagMessage(_) | Provenance::Object(_) => false,
        }
    }

    /// The configuration behind the policy.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether a rule is on.
    pub fn is_on(&self, info: &RuleInfo) -> bool {
        let pack_on = self.config.packs.as_ref().is_none_or(|packs| {
            packs.iter().any(|pack| *pack == info.pack)
                || !crate::engine::builtin::PACK_NAMES.contains(&&*info.pack)
        });
        self.config.locks.contains_key(&info.id)
            || pack_on && self.config.rules.get(&info.id).and_then(|setting| setting.enabled).unwrap_or(true)
    }

    /// Severity and confidence of a match of `info` on `line` of `path`.
    pub fn weigh(
        &self,
        info: &RuleInfo,
        path: &RepoPath,
        line: Span,
        proof: Proof,
    ) -> (Severity, Confidence) {
        let setting = self.config.rules.get(&info.id);
        let severity = setting.and_then(|setting| setting.severity).unwrap_or(info.severity);
        let confidence = setting.and_then(|setting| setting.confidence).unwrap_or(info.confidence);
        // What loosens a locked rule without a word of its own is the rule's own word.
        let (severity, confidence) = match self.lock(&info.id) {
            Some(_) => (severity.max(info.severity), confidence.max(info.confidence)),
            None => (severity, confidence),
        };
        let least = setting.map(|setting| setting.at_least).unwrap_or_default();
        let severity = least.0.map_or(severity, |least| severity.max(least));
        let confidence = least.1.map_or(confidence, |least| confidence.max(least));
        let class = class_of(info, path, line);
        let (severity, placed) = match (info.category, class) {
            (Category::Secret | Category::Code, PathClass::Shipped) => (severity, confidence),
            (Category::Secret, _) => (severity, confidence.demoted()),
            // What is wrong with a test is wrong in tests.
            (Category::Code, PathClass::Test) if info.topic == "assert" => (severity, confidence),
            (Category::Code, _) => self.unshipped(&info.id, severity, confidence),
            (Category::Dependency, _) if self.config.dependencies.blocks_at(&info.id, path) => {
                (severity.max(self.config.gate.severity), confidence.max(self.config.gate.confidence))
            }
            // A manifest or a waiver says what it says wherever it stands.
            (Category::Dependency | Category::Policy, _) => (severity, confidence),
        };
        let confidence = match proof {
            Proof::Proven => Confidence::High,
            Proof::Plain => placed,
            // Documentation wherever the file stands; not twice where that is documentation too.
            Proof::Sample => placed.min(confidence.demoted()),
            // Where nothing is shipped it opens nothing.
            Proof::Commonplace if class != PathClass::Shipped => return (Severity::Low, Confidence::Low),
            Proof::Commonplace => placed,
            Proof::Doubtful => Confidence::Low,
            Proof::Public => return (Severity::Low, Confidence::Low),
        };
        (severity, confidence)
    }

    /// Code that nobody ships endangers nobody: what would block is told, and what would be told is information.
    fn unshipped(&self, rule: &RuleId, severity: Severity, confidence: Confidence) -> (Severity, Confidence) {
        match self.verdict(rule, severity, confidence) {
            Verdict::Blocking => (severity, Confidence::Low),
            Verdict::Advisory | Verdict::Suppressed { .. } => (Severity::Low, Confidence::Low),
        }
    }

    /// Whether a finding of this weight stops the commit.
    pub fn verdict(&self, rule: &RuleId, severity: Severity, confidence: Confidence) -> Verdict {
        let passes = |gate: Gate| severity < gate.severity || confidence < gate.confidence;
        // For a locked rule no later gate is wider.
        let locked = self.config.locks.get(rule).map(|lock| lock.gate);
        if !passes(self.config.gate) || locked.is_some_and(|gate| !passes(gate)) {
            Verdict::Blocking
        } else {
            Verdict::Advisory
        }
    }

    /// The reason for which `path` is not scanned at all.
    pub fn excluded(&self, path: &RepoPath) -> Option<&str> {
        // Locked rules count there all the same.
        if !self.config.locks.is_empty() {
            return None;
        }
        self.matching_exclude(path, |exclude| exclude.rules.is_empty())
    }

    /// Who has locked a rule.
    pub fn lock(&self, rule: &RuleId) -> Option<&Lock> {
        self.config.locks.get(rule)
    }

    /// The reason for which `rule` does not count at `path`.
    pub fn excluded_for(&self, path: &RepoPath, info: &RuleInfo) -> Option<&str> {
        let rule = &info.id;
        if self.lock(rule).is_some() {
            return None;
        }
        if let Some(skip) = self.skip.as_ref().filter(|skip| skip.rules.contains(rule)) {
            return Some(&skip.reason);
        }
        // Where some rules are locked the path was scanned; what is told of the team's own files it cannot exclude.
        let everything = !self.config.locks.is_empty() && info.category != Category::Policy;
        self.matching_exclude(path, |exclude| match exclude.rules.as_slice() {
            [] => everything,
            rules => rules.contains(rule),
        })
    }

    /// Whether what was excused at `old` is excused at `new` as well: the same excludes, the same kind of place.
    pub fn guards_alike(&self, old: &RepoPath, new: &RepoPath) -> bool {
        let matches = |exclude: &crate::config::Exclude, path: &RepoPath| {
            exclude.glob.is_match(String::from_utf8_lossy(path.as_bytes()).as_ref())
        };
        let excludes = self.config.excludes.iter();
        classify(old) == classify(new)
            && excludes.into_iter().all(|one| matches(one, old) == matches(one, new))
    }

    fn matching_exclude(
        &self,
        path: &RepoPath,
        fits: impl Fn(&crate::config::Exclude) -> bool,
    ) -> Option<&str> {
        if self.config.excludes.is_empty() {
            return None;
        }
        // Globs are over text; a byte that is not UTF-8 is matched by `?` and `*` only.
        let text = String::from_utf8_lossy(path.as_bytes());
        let found =
            self.config.excludes.iter().find(|exclude| fits(exclude) && exclude.glob.is_match(text.as_ref()));
        found.map(|exclude| exclude.reason.as_str())
    }
}
