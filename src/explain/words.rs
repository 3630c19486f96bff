//! Puts the steps of a scan into words: printable, without secrets. Decides nothing.

use super::Told;
use super::how_far::{HowFar, how_far};
use super::watch::Seen;
use crate::engine::trace::{Loss, Miss, Step};
use crate::engine::validate::{Check, ChecksumVerdict, Objection, Says};
use crate::engine::{Proof, Views};
use crate::model::{Category, Entry, Judged, Secret, Span, Verdict};
use crate::policy::{PathClass, class_of};
use crate::rules::{Argument, Boundary, Checksum, Rule, ScopeKind, Validator};
use crate::scan::Scanner;
use crate::text::{Lines, escape};

/// How much of what is no secret is shown.
const MOST: usize = 40;

/// Everything that words are about.
pub struct Words<'w> {
    pub scanner: &'w Scanner,
    pub entry: &'w Entry,
    pub views: &'w Views<'w>,
    pub lines: &'w Lines<'w>,
}

impl Words<'_> {
    /// What happened at a keyword.
    pub fn steps(&self, seen: &Seen) -> Vec<Told> {
        let rule = self.rule(seen);
        let keyword = seen.site.keyword;
        let mut told = vec![match rule.requires.first() {
            Some(other) => passed("requires", format!("`{}` {}", other.rule, self.at(keyword))),
            None => {
                let text = escape(keyword.of(self.views.content()));
                passed("keyword", format!("`{text}` {}", self.at(keyword)))
            }
        }];
        for step in &seen.steps {
            match step {
                Step::Begin | Step::End => {}
                Step::Cut(_) => {
                    let most = rule.pattern.as_ref().map_or(0, |pattern| pattern.max_len);
                    told.push(failed("length", format!("the match goes on beyond {most} bytes")));
                }
                Step::Boundary(span) => {
                    let says = format!("{} is part of something longer", self.value(rule, *span));
                    told.push(failed(
                        "boundary",
                        format!("{says}, and the rule wants `{}`", name_of(&Boundary::NAMES, rule.boundary)),
                    ));
                }
                Step::Name(_) => {
                    told.push(failed("name", "it is none of the names that the rule is about".to_owned()));
                }
                Step::Argument(_) => {
                    let wants = rule.argument.map_or("", |kind| name_of(&Argument::NAMES, kind));
                    told.push(failed("argument", format!("it is not `{wants}`, which the rule wants")));
                }
                Step::Value(span, checks) => {
                    let says = format!("matches {} {}", self.value(rule, *span), self.at(*span));
                    told.push(passed("pattern", says));
                    told.extend(checks.iter().filter_map(|check| check_told(rule, check)));
                }
                Step::Found(found) if rule.detector.is_some() => {
                    told.push(passed("detector", format!("reports the place {}", self.at(found.span))));
                }
                Step::Found(found) => {
                    let remark = found.remark.iter();
                    told.extend(remark.map(|remark| passed("remark", escape(remark.as_bytes()))));
                    if !(rule.all_of.is_empty() && rule.none_of.is_empty()) {
                        told.push(passed(
                            "conditions",
                            "what stands around it is as the rule wants".to_owned(),
                        ));
                    }
                }
                Step::Missed(miss) => told.push(self.missed(seen, rule, *miss)),
            }
        }
        told
    }

    fn missed(&self, seen: &Seen, rule: &Rule, miss: Miss) -> Told {
        match miss {
            Miss::Off => failed("configuration", "the rule is switched off".to_owned()),
            Miss::Case => failed("keyword", "the rule wants it in another case".to_owned()),
            Miss::Tail => failed("check", self.broken(seen, "what follows the keyword cannot match")),
            Miss::Piece => failed("piece", "the rule does not look at decoded text".to_owned()),
            Miss::Language => failed("language", "the rule is for other languages".to_owned()),
            Miss::Path => failed("path", format!("the rule is for {}", rule.paths.join(", "))),
            Miss::FileRequires(idx) => {
                let wanted = rule.file_requires.get(idx).map_or("", |pattern| pattern);
                failed("file", format!("nothing in it matches `{}`", escape(wanted.as_bytes())))
            }
            Miss::Counted => failed("file", "the rule looks at a file once".to_owned()),
            Miss::Scope => {
                let scope = match rule.scope {
                    ScopeKind::Raw => "in the text",
                    ScopeKind::Code => "in code",
                    ScopeKind::String => "inside a string",
                    ScopeKind::Comment => "in a comment",
                    ScopeKind::Any => "outside of comments",
                    ScopeKind::Source => "in code",
                    ScopeKind::Command => "in a command of a workflow",
                };
                failed("scope", format!("the keyword does not stand {scope}"))
            }
            Miss::Run => {
                failed("check", self.broken(seen, "no run of characters is as long as every match has one"))
            }
            Miss::Pattern(_) if seen.steps.len() > 1 => failed("pattern", "matches nowhere else".to_owned()),
            Miss::Beside | Miss::Pattern(_) => {
                failed("pattern", self.broken(seen, "does not match around the keyword"))
            }
            Miss::Detector => failed("detector", "finds nothing here".to_owned()),
            Miss::Block => failed("block", "no block begins at the keyword".to_owned()),
            Miss::NoneOf(idx) => {
                let pattern = rule.none_of.get(idx).map_or("", |pattern| pattern);
                failed("conditions", format!("`{}` matches and must not", escape(pattern.as_bytes())))
            }
            Miss::Alone => failed(
                "requires",
                "what it needs beside it belongs to another match, or is missing".to_owned(),
            ),
            Miss::AllOf(idx) => {
                let pattern = rule.all_of.get(idx).map_or("", |pattern| pattern);
                failed("conditions", format!("`{}` does not match and must", escape(pattern.as_bytes())))
            }
            Miss::NearNoneOf(idx) => {
                let pattern = rule.near.as_ref().and_then(|near| near.none_of.get(idx));
                let pattern = escape(pattern.map_or("", |pattern| pattern).as_bytes());
                failed("conditions", format!("`{pattern}` matches near by and must not"))
            }
            Miss::NearAnyOf => failed("conditions", "what must stand near by does not".to_owned()),
        }
    }

    /// `what`, and where the pattern stops fitting as far as that can be told.
    fn broken(&self, seen: &Seen, what: &str) -> String {
        let Some(HowFar { fits, wants, count }) = self.how_far(seen) else { return what.to_owned() };
        let wants = escape(wants.as_bytes());
        let column = self.lines.position(fits.end).column;
        match count {
            Some((has, least)) => {
                format!("{what}: `{wants}` fits {has} times before column {column}, and must {least} times")
            }
            None => format!("{what}: at column {column} it wants `{wants}`"),
        }
    }

    /// What the pattern went through before it failed, if it failed there.
    pub fn went_through(&self, seen: &Seen) -> Option<Span> {
        match seen.miss()? {
            Miss::Tail | Miss::Beside | Miss::Run | Miss::Pattern(_) => Some(self.how_far(seen)?.fits),
            Miss::Off
            | Miss::Case
            | Miss::Piece
            | Miss::Language
            | Miss::Path
            | Miss::FileRequires(_)
            | Miss::Counted
            | Miss::Scope
            | Miss::Block
            | Miss::Detector
            | Miss::NoneOf(_)
            | Miss::AllOf(_)
            | Miss::NearNoneOf(_)
            | Miss::NearAnyOf
            | Miss::Alone => None,
        }
    }

    fn how_far(&self, seen: &Seen) -> Option<HowFar> {
        let rule = self.rule(seen);
        let pattern = rule.pattern.as_ref()?;
        let keyword = seen.site.keyword;
        let text = self.views.of(rule.scope);
        let back = rule.keywords.iter().map(|keyword| keyword.back as usize).max().unwrap_or(0);
        let shown = match seen.miss() {
            Some(Miss::Pattern(shown)) => shown,
            _ => Span::new(
                keyword.start.saturating_sub(back),
                (keyword.end + pattern.max_len as usize).min(text.len()),
            ),
        };
        let inside = Span::new(keyword.start - shown.start, keyword.end - shown.start);
        let from = inside.start.saturating_sub(back);
        let far = how_far(&pattern.source, pattern.unicode, shown.of(text), from, inside)?;
        let fits = Span::new(far.fits.start + shown.start, far.fits.end + shown.start);
        Some(HowFar { fits, ..far })
    }

    /// What became of a finding: its place, exceptions, the gate.
    pub fn judged(&self, judged: &Judged, proof: Proof) -> Vec<Told> {
        let finding = &judged.finding;
        let config = self.scanner.policy.config();
        let mut told = Vec::new();
        if let Some(setting) = config.rules.get(&finding.rule.id)
            && (setting.severity.is_some() || setting.confidence.is_some())
        {
            let severity = setting.severity.map(|severity| format!("severity {severity}"));
            let confidence = setting.confidence.map(|confidence| format!("confidence {confidence}"));
            let says: Vec<String> = severity.into_iter().chain(confidence).collect();
            told.push(passed("configuration", format!("gives the rule {}", says.join(" and "))));
        }
        let line = self.lines.span(self.lines.index_at(finding.span.start));
        let place = match class_of(&finding.rule, &self.entry.path, line) {
            PathClass::Shipped => "shipped code",
            PathClass::Test => "a test",
            PathClass::Docs => "documentation or an example",
            PathClass::Vendored => "a copy of somebody else's code",
            PathClass::Generated => "a generated file",
        };
        let effect = match proof {
            Proof::Proven => "a right checksum makes confidence high anywhere".to_owned(),
            Proof::Doubtful => "a wrong checksum makes confidence low anywhere".to_owned(),
            Proof::Public => "what everybody may read never blocks anywhere".to_owned(),
            Proof::Plain => format!("confidence is {}", finding.confidence),
            Proof::Commonplace => {
                format!("everybody writes that password, and confidence is {}", finding.confidence)
            }
            Proof::Sample => {
                format!("there it stands in documentation, and confidence is {}", finding.confidence)
            }
        };
        told.push(passed("place", format!("{} is {place}: {effect}", escape(self.entry.path.as_bytes()))));
        told.extend(self.gate(judged));
        told
    }

    fn gate(&self, judged: &Judged) -> Vec<Told> {
        let gate = self.scanner.policy.config().gate;
        let finding = &judged.finding;
        let weight = format!("severity {}, confidence {}", finding.severity, finding.confidence);
        let least = format!("from {} and {} on a finding blocks", gate.severity, gate.confidence);
        match &judged.verdict {
            Verdict::Suppressed { reason } => vec![failed("exception", format!("\"{reason}\""))],
            Verdict::Blocking => vec![passed("gate", format!("{weight}; {least}: this one does"))],
            Verdict::Advisory => vec![passed("gate", format!("{weight}; {least}: this one advises"))],
        }
    }

    /// A finding of no keyword.
    pub fn unwatched(&self, judged: &Judged) -> Vec<Told> {
        let finding = &judged.finding;
        let step = match finding.rule.category {
            Category::Dependency => "dependencies",
            Category::Policy => "policy",
            Category::Secret | Category::Code => "engine",
        };
        let says = finding.detail.clone().unwrap_or_else(|| finding.rule.title.to_string());
        let mut told = vec![passed(step, says)];
        told.extend(self.gate(judged));
        told
    }

    /// Why a match is no finding.
    pub fn lost(&self, loss: &Loss) -> Told {
        match loss {
            Loss::Again => failed("selection", "a longer match of the same rule is around it".to_owned()),
            Loss::Told { pack, rule } => {
                let id = &self.scanner.engine.rule_at(*pack, *rule).info.id;
                failed("selection", format!("`{id}` gives a better account of the same bytes"))
            }
            Loss::Helper => {
                failed("helper", "it is no finding by itself, only what other rules require".to_owned())
            }
            Loss::Old => failed("new", "it stood there before the change".to_owned()),
        }
    }

    fn rule(&self, seen: &Seen) -> &Rule {
        self.scanner.engine.rule_at(seen.site.pack, seen.site.rule)
    }

    fn at(&self, span: Span) -> String {
        let (start, end) = (self.lines.position(span.start), self.lines.position(span.end));
        if start.line != end.line {
            return format!("from line {} to line {}", start.line, end.line);
        }
        match end.column - start.column {
            0 | 1 => format!("at {}:{}", start.line, start.column),
            _ => format!("at {}:{}-{}", start.line, start.column, end.column - 1),
        }
    }

    /// A value as it may be shown.
    fn value(&self, rule: &Rule, span: Span) -> String {
        let bytes = span.of(self.views.content());
        match rule.info.category {
            Category::Secret => Secret::new(bytes).redacted(),
            Category::Code | Category::Dependency | Category::Policy => {
                let text = escape(bytes.trim_ascii());
                let cut: String = text.chars().take(MOST).collect();
                if cut.len() < text.len() { format!("`{cut}`…") } else { format!("`{cut}`") }
            }
        }
    }
}

fn check_told(rule: &Rule, check: &Check) -> Option<Told> {
    let (step, says) = match check {
        Check::Checksum(kind, verdict) => {
            let name = name_of(&Checksum::NAMES, *kind);
            let says = match verdict {
                ChecksumVerdict::Valid => format!("`{name}` is right, so nothing more is asked"),
                ChecksumVerdict::Invalid => format!("`{name}` is wrong: it only looks like one"),
                ChecksumVerdict::NotApplicable => format!("`{name}` says nothing about it"),
            };
            ("checksum", says)
        }
        Check::Placeholder(None) => ("placeholder", "it is none".to_owned()),
        Check::Placeholder(Some(why)) => ("placeholder", format!("it {why}")),
        Check::StopWord(false) if rule.stop_words.is_empty() => return None,
        Check::StopWord(false) => ("stop words", format!("none of {}", rule.stop_words.len())),
        Check::StopWord(true) => ("stop words", "it contains one of them".to_owned()),
        Check::Entropy(bits, least) => {
            let sign = if bits < least { "<" } else { "≥" };
            ("entropy", format!("{bits:.2} {sign} {least} bits per character"))
        }
        Check::Validator(kind, objection) => {
            let name = name_of(&Validator::NAMES, *kind);
            let says = match (objection, kind) {
                (None, _) => format!("`{name}` accepts it"),
                (Some(Objection::Placeholder(why)), _) => format!("`{name}` refuses it: it {why}"),
                (Some(Objection::Reference), _) => {
                    format!("`{name}` refuses it: it names where a secret is kept")
                }
                (Some(Objection::Kind), Validator::Password) => {
                    format!("`{name}` refuses it: nobody would type it as a password")
                }
                (Some(Objection::Kind), Validator::Random) => {
                    format!("`{name}` refuses it: it does not look drawn by lot")
                }
                (Some(Objection::Kind), Validator::Literal) => {
                    format!("`{name}` refuses it: it is a name, a setting or a well-known default")
                }
                (Some(Objection::Kind), Validator::Weak) => {
                    format!("`{name}` refuses it: it is a name, a setting or a label")
                }
                (Some(Objection::Kind), Validator::Basic) => {
                    format!("`{name}` refuses it: the password in it stands in for one")
                }
                (Some(Objection::Kind), Validator::Phrase) => {
                    format!("`{name}` refuses it: it is no phrase of everyday words, or tells of something")
                }
            };
            ("validator", says)
        }
    };
    Some(Told { step, passed: check.says() != Says::Refused, says })
}

/// The name that a table of names gives a value.
fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("?", |(name, _)| name)
}

fn passed(step: &'static str, says: String) -> Told {
    Told { step, passed: true, says }
}

fn failed(step: &'static str, says: String) -> Told {
    Told { step, passed: false, says }
}
