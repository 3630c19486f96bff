//! One entry on its way from bytes to judged findings: what is found, what of it is new, what becomes of it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::inline::covering;
use super::known::Told;
use super::naming::{Name, Names, Subject, without};
use super::{ScanError, Scanner, blob, dependencies, loosened, protected};
use crate::config::OtherTools;
use crate::deps::codes;
use crate::engine::trace::{Loss, Observer};
use crate::engine::{self, Basis, Before, EngineError, Match, Proof, Sight, Values, Views, is_new};
use crate::model::{
    Category, Cut, Entry, Finding, Judged, RepoPath, RuleId, RuleInfo, Secret, Span, Verdict,
};
use crate::policy::{
    self, Excuse, Lost, Marks, Named, PathClass, Place, Waiver, WaiverFault, class_of, classify,
};
use crate::rules::Rule;
use crate::text::{Lines, escape, excerpt};

/// What to do about a value that everybody may read, whatever the rule's remediation says.
const PUBLIC: &str = "Nothing to do: it is meant to be read by everybody";

/// An entry with its content.
pub struct Unit<'u> {
    pub scanner: &'u Scanner,
    pub entry: &'u Entry,
    /// Which rules look at it.
    pub sight: Sight,
    /// The bytes as they are, as a manifest's reader wants them.
    pub raw: &'u [u8],
    /// The bytes as the engine reads them.
    pub text: &'u [u8],
}

/// What is in the content, new or not.
#[derive(Default)]
pub struct Found {
    matches: Vec<Match>,
    told: Told,
    /// Why parts of what is packed in the content were not looked at.
    pub cuts: BTreeSet<Cut>,
    waivers: Vec<Result<Waiver, WaiverFault>>,
    manifest: bool,
    configuration: bool,
    waiver_file: bool,
    is_protected: bool,
}

impl Found {
    /// True when nothing more has to be looked at.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
            && self.cuts.is_empty()
            && self.waivers.is_empty()
            && !self.manifest
            && !self.configuration
            && !self.waiver_file
            && !self.is_protected
    }
}

/// What a finding is made of, beside the unit.
pub(super) struct Draft<'u> {
    info: Arc<RuleInfo>,
    span: Span,
    extent: Span,
    secret: bool,
    proof: Proof,
    basis: &'u Basis,
    detail: Option<String>,
    pub(super) fix: Option<String>,
    pub(super) waiver: Option<String>,
}

impl Draft<'static> {
    /// What is told of the team's own files or of a dependency.
    pub(super) fn of_policy(info: Arc<RuleInfo>, span: Span, detail: Option<String>) -> Self {
        Draft {
            info,
            span,
            extent: span,
            secret: false,
            proof: Proof::Plain,
            basis: &Basis::Text,
            detail,
            fix: None,
            waiver: None,
        }
    }
}

impl Unit<'_> {
    /// Runs the engine and looks for waivers; reads nothing else.
    pub fn find<O: Observer>(&self, observer: &mut O) -> Result<Found, EngineError> {
        let views = Views::new(&self.entry.path, self.text).seen_by(self.sight);
        Ok(self.with(self.scanner.engine.observe(&views, observer)?))
    }

    /// What is in the content beside what the engine has found there.
    pub fn with(&self, found: engine::Found) -> Found {
        let engine::Found { mut matches, cuts } = found;
        Found {
            told: self.join(&mut matches),
            matches,
            cuts,
            waivers: policy::waivers(self.text),
            manifest: self.sees_all()
                && self.scanner.dependencies.is_some()
                && (dependencies::declares(&self.entry.path, self.raw)
                    || self.scanner.clean.is_none() && dependencies::uses(&self.entry.path, self.raw)),
            configuration: self.sees_all() && loosened::is_watched(self.scanner, self.entry),
            waiver_file: self.sees_all() && self.is_waiver_file(),
            is_protected: self.sees_all() && protected::is_watched(self.scanner, self.entry),
        }
    }

    /// Where only some rules look, nothing but what they find is told.
    pub(super) fn sees_all(&self) -> bool {
        self.sight == Sight::All
    }

    /// Looks for known values alone, in what is clean otherwise.
    pub fn find_values(&self) -> Found {
        let mut matches = Vec::new();
        let told = self.join(&mut matches);
        let is_protected = protected::is_watched(self.scanner, self.entry);
        Found { told, matches, waivers: policy::waivers(self.text), is_protected, ..Found::default() }
    }

    fn join(&self, matches: &mut Vec<Match>) -> Told {
        let known = self.scanner.known.as_ref();
        known.map_or_else(Told::default, |known| known.join(&self.scanner.engine, self.text, matches))
    }

    /// Judges what is new against every version in `before`.
    pub fn judge<O: Observer>(
        &self,
        found: Found,
        before: &[Vec<u8>],
        observer: &mut O,
    ) -> Result<Vec<Judged>, ScanError> {
        let olds: Vec<_> = before.iter().map(|old| crate::decode::to_text(old)).collect();
        let mut versions: Vec<_> = olds.iter().map(|old| Before::compare(old, self.text)).collect();
        let values = if versions.is_empty() { None } else { Values::encoded_in(&found.matches) };
        if let Some(values) = values {
            let counts = values.count(&self.entry.path, self.text);
            versions.iter_mut().for_each(|version| version.count(&self.entry.path, &values, &counts));
        }
        let lines = Lines::new(self.text);
        let marks = OnceCell::new();
        let mut used = vec![false; found.waivers.len()];
        let (mut drafts, mut old) = (Vec::new(), Vec::new());
        for one in &found.matches {
            // A waiver is used by what it covers, whether that is new or not.
            let near = (lines_of(one, &lines), one.span);
            let waiver = covering(&found.waivers, self.scanner.engine.info(one), near, &lines);
            if let Some(idx) = waiver {
                used[idx] = true;
            }
            let renamed = matches!(one.basis, Basis::Name(_)) && self.entry.moved_from.is_some();
            if renamed || is_new(one, &versions) {
                let engine = &self.scanner.engine;
                let known = self.scanner.known.as_ref();
                let waiver = waiver.and_then(|idx| found.waivers[idx].as_ref().ok());
                let policy = &self.scanner.policy;
                let refused =
                    waiver.and_then(|_| policy.no_comment_for(&engine.info(one).id, &self.entry.provenance));
                let waiver = waiver.filter(|_| refused.is_none()).map(|waiver| waiver.reason.clone());
                let excuse = || known?.excuse(&found.told, one, engine, &self.entry.provenance);
                drafts.push(Draft {
                    info: engine.info(one).clone(),
                    span: one.span,
                    extent: one.extent,
                    secret: one.secret,
                    proof: one.proof,
                    basis: &one.basis,
                    detail: joined(detail(one).or_else(|| beside(engine.rule(one), one, &lines)), refused),
                    fix: (one.proof == Proof::Public).then(|| PUBLIC.to_owned()),
                    waiver: waiver
                        .or_else(|| excuse().map(str::to_owned))
                        .or_else(|| self.reviewed(engine.info(one), one, &lines, &marks)),
                });
            } else {
                old.push(one);
                observer.lose(one, || Loss::Old);
            }
        }
        let mut judged = self.dependencies(found.manifest, before, (&found.waivers, &mut used, &lines))?;
        if self.sees_all() {
            drafts.extend(self.waiver_drafts(&found.waivers, &used, &versions, &lines));
        }
        if found.is_protected {
            drafts.extend(self.protected_drafts(&lines));
        }
        if found.waiver_file {
            drafts.extend(self.file_drafts(&versions));
        }
        if found.configuration {
            drafts.extend(self.loosened_drafts(&olds, &lines));
        }
        // Most contents have nothing to judge: then nobody asks what people have accepted.
        if drafts.is_empty() {
            return Ok(judged);
        }
        let mut secrets: Vec<Span> =
            found.matches.iter().filter(|one| one.secret).map(|one| one.span).collect();
        secrets.sort();
        let mut names = Names::new(self.scanner.policy.exceptions().key()?, self.text, &secrets);
        for one in old {
            let info = self.scanner.engine.info(one);
            let line = lines.span(lines.index_at(one.span.start));
            let class = class_of(info, self.place(&one.basis), line);
            names.next(Subject::of(one, info, class));
        }
        judged.splice(..0, self.finish(drafts, self.text, &secrets, &mut names)?);
        Ok(judged)
    }

    /// What somebody has already answered another tool is not repeated, as far as the team lets such answers count.
    fn reviewed<'t>(
        &'t self,
        info: &RuleInfo,
        found: &Match,
        lines: &Lines<'_>,
        marks: &OnceCell<Marks<'t>>,
    ) -> Option<String> {
        let line = lines.span(lines.index_at(found.span.start));
        let policy = &self.scanner.policy;
        let (severity, confidence) = policy.weigh(info, self.place(&found.basis), line, found.proof);
        let advice = info.category == Category::Code
            && policy.verdict(&info.id, severity, confidence) == Verdict::Advisory;
        let counts = match policy.config().waiving.other_tools {
            OtherTools::Off => false,
            OtherTools::Advice => advice,
            OtherTools::Waive => policy.no_comment_for(&info.id, &self.entry.provenance).is_none(),
        };
        if !counts {
            return None;
        }
        let mark = marks.get_or_init(|| Marks::new(self.text)).on(lines_of(found, lines), info)?;
        Some(format!("reviewed for another tool: {mark}"))
    }

    /// The path that tells what kind of place it is: of a file in an archive its own, unless the archive's says enough.
    fn place<'p>(&'p self, basis: &'p Basis) -> &'p RepoPath {
        let outer = &self.entry.path;
        match basis {
            Basis::Encoded(encoded) if classify(outer) == PathClass::Shipped => {
                encoded.file.as_ref().unwrap_or(outer)
            }
            Basis::Encoded(_) | Basis::Text | Basis::Name(_) => outer,
        }
    }

    /// What the commit lacks for changing this path.
    fn protected_drafts(&self, lines: &Lines<'_>) -> Vec<Draft<'static>> {
        let told = protected::told(self.scanner, self.entry);
        let info = self.scanner.engine.info_of(&protected::PROTECTED);
        let draft = |what| {
            Some(Draft { fix: Some(what), ..Draft::of_policy(Arc::clone(info?), lines.span(0), None) })
        };
        told.into_iter().filter_map(draft).collect()
    }

    /// What the configuration guards less than before, told at its first line.
    fn loosened_drafts(&self, olds: &[Cow<'_, [u8]>], lines: &Lines<'_>) -> Vec<Draft<'static>> {
        let olds: Vec<&[u8]> = olds.iter().map(|old| &**old).collect();
        let told = loosened::told(self.scanner, &self.entry.path, self.text, &olds);
        let draft = |what| Some(Draft::of_policy(loosened::info()?, lines.span(0), Some(what)));
        told.into_iter().filter_map(draft).collect()
    }

    /// Waivers of the team's file, which is this content, that nothing has asked for.
    pub fn unused(&self) -> Result<Vec<Judged>, Lost> {
        self.finish(self.unused_drafts()?, self.text, &[], &mut Names::new(None, self.text, &[]))
    }

    /// What people have accepted of what a rule has found.
    fn excuse(&self, info: &RuleInfo, name: Option<&Name>) -> Result<Excuse, Lost> {
        let is_secret = match info.category {
            Category::Policy => return Ok(Excuse::None),
            Category::Dependency if codes::is_for_the_record(&info.id) => return Ok(Excuse::None),
            Category::Secret => true,
            Category::Code | Category::Dependency => false,
        };
        let place = Place { path: &self.entry.path, moved_from: self.entry.moved_from.as_ref(), is_secret };
        let nth = name.map_or(1, |name| name.nth);
        let name = name.map(|name| name.name.as_str());
        let policy = &self.scanner.policy;
        if policy.lock(&info.id).is_some_and(|lock| !lock.waivable) {
            return Ok(Excuse::None);
        }
        policy.exceptions().excuse(&Named { rule: &info.id, name, nth, place })
    }

    /// Gives drafts their place, weight and verdict; `secrets` are what excerpts must not show.
    pub(super) fn finish(
        &self,
        drafts: Vec<Draft<'_>>,
        content: &[u8],
        secrets: &[Span],
        names: &mut Names<'_>,
    ) -> Result<Vec<Judged>, Lost> {
        let lines = Lines::new(content);
        let mut seen: HashMap<(RuleId, Vec<u8>), usize> = HashMap::new();
        let policy = &self.scanner.policy;
        let judge = |draft: Draft<'_>| {
            let Draft { info, span, extent, secret, proof, basis, detail, fix, waiver } = draft;
            let path = &self.entry.path;
            let line = lines.span(lines.index_at(span.start));
            let place = self.place(basis);
            let (severity, confidence) = policy.weigh(&info, place, line, proof);
            let reason = waiver.or_else(|| policy.excluded_for(path, &info).map(str::to_owned));
            let class = class_of(&info, place, line);
            let name = names.next(Subject { info: &info, class, span, extent, basis });
            let excuse = if reason.is_some() { Excuse::None } else { self.excuse(&info, name.as_ref())? };
            let (verdict, told) = match (reason, excuse) {
                (Some(reason), _) | (None, Excuse::Accepted(reason)) => {
                    (Verdict::Suppressed { reason: escape(reason.as_bytes()) }, None)
                }
                (None, Excuse::EndsSoon(what)) => (Verdict::Advisory, Some(what)),
                (None, Excuse::None) if proof == Proof::Public => (Verdict::Advisory, None),
                (None, Excuse::None) if policy.blocks_agents(&info, &self.entry.provenance) => {
                    (Verdict::Blocking, Some("the team stops AI agents here".to_owned()))
                }
                (None, Excuse::None) => (policy.verdict(&info.id, severity, confidence), None),
                (None, Excuse::Ended(what)) => (policy.verdict(&info.id, severity, confidence), Some(what)),
            };
            let detail = joined(detail, told.map(|what| escape(what.as_bytes())).as_deref());
            let line = around(content, span, line, secrets);
            let nth = seen.entry((info.id.clone(), line.clone())).or_default();
            *nth += 1;
            let finding = Finding {
                fingerprint: name
                    .map_or_else(|| policy::fingerprint(&info.id, path, &line, *nth), |name| name.shown()),
                path: path.clone(),
                provenance: self.entry.provenance.clone(),
                blob: blob(self.entry),
                sightings: None,
                waivable: policy.waivable(&info, &self.entry.provenance),
                start: lines.position(span.start),
                end: lines.position(span.end),
                secret: match basis {
                    Basis::Text => secret.then(|| Secret::new(span.of(content))),
                    Basis::Encoded(encoded) => Some(encoded.value.clone()),
                    Basis::Name(secret) => secret.clone(),
                },
                decoded: steps(basis).to_vec(),
                encoded: (!steps(basis).is_empty() && span.len() <= LONGEST_MASKED)
                    .then(|| Secret::new(span.of(content))),
                excerpt: excerpt(content, span, secrets),
                rule: info,
                span,
                detail,
                fix,
                severity,
                confidence,
            };
            Ok(Judged { finding, verdict })
        };
        drafts.into_iter().map(judge).collect()
    }
}

/// What a match adds to its rule's words, and what there is to say about its exceptions.
pub(super) fn joined(detail: Option<String>, more: Option<&str>) -> Option<String> {
    let said: Vec<&str> = detail.as_deref().into_iter().chain(more).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Encoded secrets that are longer are not looked for in other texts.
const LONGEST_MASKED: usize = 16 << 10;

/// What was undone to see a match.
fn steps(basis: &Basis) -> &[String] {
    match basis {
        Basis::Encoded(encoded) => &encoded.steps,
        Basis::Text | Basis::Name(_) => &[],
    }
}

/// What a match adds to its rule's words: where the secret is, if not in clear, and what was read in it.
fn detail(found: &Match) -> Option<String> {
    let place = match &found.basis {
        Basis::Text | Basis::Name(None) => None,
        Basis::Encoded(encoded) => Some(format!("decoded from {}", encoded.steps.join(" > "))),
        Basis::Name(Some(_)) => Some("in the file's name".to_owned()),
    };
    let said: Vec<String> = place.into_iter().chain(found.remark.clone().map(Cow::into_owned)).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Where what the rule requires stands.
fn beside(rule: &Rule, found: &Match, lines: &Lines<'_>) -> Option<String> {
    let named = rule.requires.iter().zip(&found.partners);
    let line = |span: &Span| lines.position(span.start).line;
    let named: Vec<String> =
        named.map(|(other, span)| format!("`{}` in line {}", other.rule, line(span))).collect();
    (!named.is_empty()).then(|| format!("beside {}", named.join(" and ")))
}

/// The whole lines on which a match and what makes it one stand.
pub(super) fn lines_of(found: &Match, lines: &Lines<'_>) -> Span {
    let extent = Span::new(found.extent.start.min(found.span.start), found.extent.end.max(found.span.end));
    let last = lines.index_at(extent.end.saturating_sub(1).max(extent.start));
    Span::new(lines.span(lines.index_at(extent.start)).start, lines.span(last).end)
}

/// How many bytes of a line before and behind a finding go into its fingerprint.
const CONTEXT: usize = 200;

/// The bytes of `line` near `span` that belong to no secret; `secrets` are sorted.
fn around(content: &[u8], span: Span, line: Span, secrets: &[Span]) -> Vec<u8> {
    let near =
        Span::new(line.start.max(span.start.saturating_sub(CONTEXT)), line.end.min(span.end + CONTEXT));
    without(content, near, secrets)
}
