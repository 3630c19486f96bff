//! One entry on its way from bytes to judged findings: what is found, what of it is new, what becomes of it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::known::Told;
use super::{ScanError, Scanner, dependencies, loosened};
use crate::deps::gate::DepFinding;
use crate::engine::trace::{Loss, Observer};
use crate::engine::{self, Basis, Before, EngineError, Match, Proof, Values, Views, is_new};
use crate::model::{Category, Cut, Entry, Finding, Judged, RuleId, RuleInfo, Secret, Span, Verdict};
use crate::policy::{self, Waiver, WaiverFault};
use crate::rules::Rule;
use crate::text::toml_doc::nearest;
use crate::text::{Lines, escape, excerpt};

const UNUSED: RuleId = RuleId::from_static("waiver-unused");
const INVALID: RuleId = RuleId::from_static("waiver-invalid");

/// What to do about a value that everybody may read, whatever the rule's remediation says.
const PUBLIC: &str = "Nothing to do: it is meant to be read by everybody";

/// An entry with its content.
pub struct Unit<'u> {
    pub scanner: &'u Scanner,
    pub entry: &'u Entry,
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
}

impl Found {
    /// True when nothing more has to be looked at.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
            && self.cuts.is_empty()
            && self.waivers.is_empty()
            && !self.manifest
            && !self.configuration
    }
}

/// What a finding is made of, beside the unit.
struct Draft<'u> {
    info: Arc<RuleInfo>,
    span: Span,
    secret: bool,
    proof: Proof,
    basis: &'u Basis,
    detail: Option<String>,
    fix: Option<String>,
    waiver: Option<String>,
}

impl Unit<'_> {
    /// Runs the engine and looks for waivers; reads nothing else.
    pub fn find<O: Observer>(&self, observer: &mut O) -> Result<Found, EngineError> {
        let views = Views::new(&self.entry.path, self.text);
        let engine::Found { mut matches, cuts } = self.scanner.engine.observe(&views, observer)?;
        Ok(Found {
            told: self.join(&mut matches),
            matches,
            cuts,
            waivers: policy::waivers(self.text),
            manifest: self.scanner.dependencies.is_some() && dependencies::is_manifest(&self.entry.path),
            configuration: loosened::is_watched(self.scanner, self.entry),
        })
    }

    /// Looks for known values alone, in what is clean otherwise.
    pub fn find_values(&self) -> Found {
        let mut matches = Vec::new();
        let told = self.join(&mut matches);
        Found { told, matches, waivers: policy::waivers(self.text), ..Found::default() }
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
        if let Some(values) = Values::encoded_in(&found.matches).filter(|_| !versions.is_empty()) {
            let counts = values.count(&self.entry.path, self.text);
            versions.iter_mut().for_each(|version| version.count(&self.entry.path, &values, &counts));
        }
        let lines = Lines::new(self.text);
        let mut used = vec![false; found.waivers.len()];
        let mut drafts = Vec::new();
        for one in &found.matches {
            // A waiver is used by what it covers, whether that is new or not.
            let waiver = covering(&found.waivers, self.scanner.engine.info(one), one, &lines);
            if let Some(idx) = waiver {
                used[idx] = true;
            }
            let renamed = matches!(one.basis, Basis::Name(_)) && self.entry.moved_from.is_some();
            if renamed || is_new(one, &versions) {
                let engine = &self.scanner.engine;
                let known = self.scanner.known.as_ref();
                let waiver = waiver
                    .and_then(|idx| found.waivers[idx].as_ref().ok())
                    .map(|waiver| waiver.reason.clone());
                let excuse = || known?.excuse(&found.told, one, engine, &self.entry.provenance);
                drafts.push(Draft {
                    info: engine.info(one).clone(),
                    span: one.span,
                    secret: one.secret,
                    proof: one.proof,
                    basis: &one.basis,
                    detail: detail(one).or_else(|| beside(engine.rule(one), one, &lines)),
                    fix: (one.proof == Proof::Public).then(|| PUBLIC.to_owned()),
                    waiver: waiver
                        .or_else(|| excuse().map(str::to_owned))
                        .or_else(|| self.reviewed(engine.info(one), one, &lines)),
                });
            } else {
                observer.lose(one, || Loss::Old);
            }
        }
        drafts.extend(self.waiver_drafts(&found.waivers, &used, &versions));
        if found.configuration {
            drafts.extend(self.loosened_drafts(&olds, &lines));
        }
        let mut secrets: Vec<Span> =
            found.matches.iter().filter(|one| one.secret).map(|one| one.span).collect();
        secrets.sort();
        let mut judged = self.finish(drafts, self.text, &secrets);
        judged.extend(self.dependencies(&found, before)?);
        Ok(judged)
    }

    /// Advice about code is not repeated where somebody has already answered another tool.
    fn reviewed(&self, info: &RuleInfo, found: &Match, lines: &Lines<'_>) -> Option<String> {
        let line = lines.span(lines.index_at(found.span.start));
        let policy = &self.scanner.policy;
        let (severity, confidence) = policy.weigh(info, &self.entry.path, line, found.proof);
        let advice =
            info.category == Category::Code && policy.verdict(severity, confidence) == Verdict::Advisory;
        let mark = policy::reviewed(lines_of(found, lines).of(self.text), &info.topic).filter(|_| advice)?;
        Some(format!("reviewed for another tool: {mark}"))
    }

    /// What the configuration guards less than before, told at its first line.
    fn loosened_drafts(&self, olds: &[Cow<'_, [u8]>], lines: &Lines<'_>) -> Vec<Draft<'static>> {
        let olds: Vec<&[u8]> = olds.iter().map(|old| &**old).collect();
        let told = loosened::told(self.scanner, &self.entry.path, self.text, &olds);
        let draft = |what| {
            Some(Draft {
                info: loosened::info()?,
                span: lines.span(0),
                secret: false,
                proof: Proof::Plain,
                basis: &Basis::Text,
                detail: Some(what),
                fix: None,
                waiver: None,
            })
        };
        told.into_iter().filter_map(draft).collect()
    }

    /// Waivers that are new and cover nothing, or do not count.
    fn waiver_drafts(
        &self,
        waivers: &[Result<Waiver, WaiverFault>],
        used: &[bool],
        versions: &[Before<'_>],
    ) -> Vec<Draft<'static>> {
        let mut drafts = Vec::new();
        for (waiver, used) in waivers.iter().zip(used) {
            let (id, span, detail) = match waiver {
                Ok(waiver) => match waiver.rules.iter().find(|id| !self.scanner.engine.knows(id)) {
                    Some(id) => (INVALID, waiver.span, Some(self.unknown(id))),
                    None if *used => continue,
                    None => (UNUSED, waiver.span, None),
                },
                Err(WaiverFault::NoReason(span)) => (INVALID, *span, Some("it gives no reason".to_owned())),
                Err(WaiverFault::Unreadable(span)) => (INVALID, *span, Some("it names no rule".to_owned())),
            };
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
            let info = self.scanner.engine.info_of(&id);
            if let Some(info) = info.filter(|_| is_new(&probe, versions)) {
                let info = info.clone();
                drafts.push(Draft {
                    info,
                    span,
                    secret: false,
                    proof: Proof::Plain,
                    basis: &Basis::Text,
                    detail,
                    fix: None,
                    waiver: None,
                });
            }
        }
        drafts
    }

    /// What is wrong with a waiver that names `id`, and which rule is probably meant.
    fn unknown(&self, id: &RuleId) -> String {
        let names: Vec<&str> = self.scanner.engine.rules().map(|rule| rule.info.id.as_str()).collect();
        let meant = nearest(id.as_str(), &names).map(|name| format!(", did you mean `{name}`?"));
        format!("there is no rule `{id}`{}", meant.unwrap_or_default())
    }

    fn dependencies(&self, found: &Found, before: &[Vec<u8>]) -> Result<Vec<Judged>, ScanError> {
        let Some(dependencies) = self.scanner.dependencies.as_ref().filter(|_| found.manifest) else {
            return Ok(Vec::new());
        };
        let told = dependencies.judge(&self.entry.path, self.raw, before);
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
            let (info, detail, fix) = (info.clone(), Some(detail), Some(fix));
            let (secret, proof) = (false, Proof::Plain);
            drafts.push(Draft { info, span, secret, proof, basis: &Basis::Text, detail, fix, waiver: None });
        }
        Ok(self.finish(drafts, self.raw, &[]))
    }

    /// Gives drafts their place, weight and verdict; `secrets` are what excerpts must not show.
    fn finish(&self, drafts: Vec<Draft<'_>>, content: &[u8], secrets: &[Span]) -> Vec<Judged> {
        let lines = Lines::new(content);
        let mut seen: HashMap<(RuleId, Vec<u8>), usize> = HashMap::new();
        let policy = &self.scanner.policy;
        let judge = |draft: Draft<'_>| {
            let Draft { info, span, secret, proof, basis, detail, fix, waiver } = draft;
            let path = &self.entry.path;
            let line = lines.span(lines.index_at(span.start));
            let (severity, confidence) = policy.weigh(&info, path, line, proof);
            let reason = waiver.or_else(|| policy.excluded_for(path, &info.id).map(str::to_owned));
            let verdict = match reason {
                Some(reason) => Verdict::Suppressed { reason: escape(reason.as_bytes()) },
                None if proof == Proof::Public => Verdict::Advisory,
                None => policy.verdict(severity, confidence),
            };
            let line = around(content, span, line, secrets);
            let nth = seen.entry((info.id.clone(), line.clone())).or_default();
            *nth += 1;
            let finding = Finding {
                fingerprint: policy::fingerprint(&info.id, path, &line, *nth),
                path: path.clone(),
                provenance: self.entry.provenance.clone(),
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
            Judged { finding, verdict }
        };
        drafts.into_iter().map(judge).collect()
    }
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

/// The waiver that covers a match: it names the rule, on a line of the match or on the line before. Dependencies and
/// the team's own files are judged by their records, not by comments.
fn covering(
    waivers: &[Result<Waiver, WaiverFault>],
    info: &RuleInfo,
    found: &Match,
    lines: &Lines<'_>,
) -> Option<usize> {
    match info.category {
        Category::Dependency | Category::Policy => return None,
        Category::Secret | Category::Code => {}
    }
    let own = lines_of(found, lines);
    let near = Span::new(lines.span(lines.index_at(own.start).saturating_sub(1)).start, own.end);
    // Waivers are in the order of their places, and there may be as many of them as findings.
    let skipped = waivers.partition_point(|waiver| Waiver::span_of(waiver).start < near.start);
    let mut nearby = waivers[skipped..].iter().take_while(|waiver| Waiver::span_of(waiver).start < near.end);
    let covers = |waiver: &Waiver| waiver.rules.contains(&info.id);
    nearby.position(|waiver| waiver.as_ref().is_ok_and(covers)).map(|idx| skipped + idx)
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
fn lines_of(found: &Match, lines: &Lines<'_>) -> Span {
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
    let first = secrets.partition_point(|secret| secret.end <= near.start);
    let mut bytes = Vec::new();
    let mut at = near.start;
    for secret in secrets[first..].iter().take_while(|secret| secret.start < near.end) {
        if secret.start > at {
            bytes.extend_from_slice(&content[at..secret.start]);
        }
        at = secret.end.max(at);
    }
    bytes.extend_from_slice(&content[at.min(near.end)..near.end]);
    bytes
}
