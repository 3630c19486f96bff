//! From hits of the prefilter to keywords that are worth a look at the text around them: what stands right behind one, and
//! whether its rule applies to the unit. Knows no patterns.

use once_cell::unsync::OnceCell;

use super::beside;
use super::matcher;
use super::prefilter;
use super::trace::{Miss, Observer, Site, Step};
use super::{ActivePack, EngineError, Match, Views, work};
use crate::model::Span;
use crate::rules::{ANYTHING, Keyword, Look, Rule, ScopeKind, Sight, Unit};

/// A keyword of a rule at a place.
pub struct Occurrence<'p> {
    /// The place, and which rule.
    pub site: Site,
    /// The rule.
    pub rule: &'p Rule,
    /// The keyword.
    pub keyword: &'p Keyword,
}

/// Appends every match of `pack`'s rules, in the order of their keywords.
pub fn scan<O: Observer>(
    pack_idx: usize,
    pack: &ActivePack,
    views: &Views<'_>,
    observer: &mut O,
    acc: &mut Vec<Match>,
) -> Result<(), EngineError> {
    let (glance, content) = (Glance::new(pack, views), views.content());
    let mut gates = Gates::default();
    // To tell the language of each of many small pieces costs more than it saves.
    let language = if views.sight() == Sight::All { glance.language() | Look::OTHER } else { u32::MAX };
    let wanted = pack.wanted(language, views.sight());
    for start in (0..content.len()).step_by(BLOCK) {
        let block = Span::new(start, content.len().min(start + BLOCK));
        let hits =
            prefilter::scan(&pack.pack.automaton, content, block, |state| O::SEES_ALL || wanted(state));
        for hit in hits {
            for look in pack.pack.looks_at(hit.state) {
                let keyword = Span::new(hit.end - usize::from(look.len), hit.end);
                let site = Site { keyword, pack: pack_idx, rule: usize::from(look.rule) };
                observer.note(site, || Step::Begin);
                if glance.rules_out(look, hit.end) || !O::SEES_ALL && gates.known(site.rule) {
                    observer.note(site, || Step::Missed(glance.why(look, site)));
                } else if let Some(miss) =
                    at(pack, &glance.occurrence(look, site), views, (&mut gates, observer), acc)?
                {
                    observer.note(site, || Step::Missed(miss));
                }
                observer.note(site, || Step::End);
            }
        }
    }
    Ok(())
}

/// How much of the content is searched for keywords at once.
const BLOCK: usize = 1 << 20;

/// What can be told about a keyword without reading its rule.
struct Glance<'g> {
    pack: &'g ActivePack,
    views: &'g Views<'g>,
    /// The unit's language as in `Look`.
    language: OnceCell<u32>,
}

impl<'g> Glance<'g> {
    fn new(pack: &'g ActivePack, views: &'g Views<'g>) -> Self {
        Glance { pack, views, language: OnceCell::new() }
    }

    /// True when there can be no match, for whatever reason.
    #[inline]
    fn rules_out(&self, look: &Look, end: usize) -> bool {
        // What needs nothing but the look itself comes first.
        if look.languages != 0 && look.languages & self.language() == 0 || !self.views.is_for(look.sight) {
            return true;
        }
        let (sets, content) = (&self.pack.pack.sets, self.views.content());
        let fits = |set: u16, byte: Option<&u8>| {
            set == ANYTHING || byte.is_some_and(|byte| sets[usize::from(set)].has(*byte))
        };
        let before = || (end - usize::from(look.len)).checked_sub(1).map(|at| &content[at]);
        !fits(look.next, content.get(end))
            || !look.letter.fits(content, end)
            || !fits(look.before, before())
            || !self.pack.on[usize::from(look.rule)]
    }

    fn language(&self) -> u32 {
        *self.language.get_or_init(|| self.views.language().map_or(0, Look::bit))
    }

    /// The first of the reasons, in the order in which people are told.
    fn why(&self, look: &Look, site: Site) -> Miss {
        let not_here = || if !self.views.is_for(look.sight) { Miss::Piece } else { Miss::Language };
        at_hit(self.pack, &self.occurrence(look, site), self.views.content()).unwrap_or_else(not_here)
    }

    fn occurrence(&self, look: &Look, site: Site) -> Occurrence<'g> {
        let rule = &self.pack.pack.rules[site.rule];
        Occurrence { site, rule, keyword: &rule.keywords[usize::from(look.keyword)] }
    }
}

/// Appends the matches at a keyword; says why there is none, if so. What a look at the rule tells is asked before the text
/// around the keyword is read, and the file as a whole last.
pub fn at<O: Observer>(
    pack: &ActivePack,
    occurrence: &Occurrence<'_>,
    views: &Views<'_>,
    (gates, observer): (&mut Gates, &mut O),
    acc: &mut Vec<Match>,
) -> Result<Option<Miss>, EngineError> {
    if let Some(miss) = at_hit(pack, occurrence, views.content()) {
        return Ok(Some(miss));
    }
    if let Some(miss) = gates.pass(pack, occurrence, views)? {
        return Ok(Some(miss));
    }
    if let Some(miss) = matcher::in_view(occurrence, views) {
        return Ok(Some(miss));
    }
    if let Some(miss) = gates.file(pack, occurrence, views)? {
        return Ok(Some(miss));
    }
    matcher::match_at(pack, occurrence, views, observer, acc)
}

/// The check at the hit: the right case, and what must follow.
#[inline]
pub fn at_hit(pack: &ActivePack, occurrence: &Occurrence<'_>, content: &[u8]) -> Option<Miss> {
    let Occurrence { site, rule, keyword } = occurrence;
    if !pack.on[site.rule] {
        Some(Miss::Off)
    } else if !keyword.fold && *site.keyword.of(content) != *keyword.bytes {
        Some(Miss::Case)
    } else if !tail_fits(keyword, &content[site.keyword.end..], rule.scope) {
        Some(Miss::Tail)
    } else if !beside::may_fit(rule, keyword, content, site.keyword) {
        Some(Miss::Beside)
    } else {
        None
    }
}

/// What must follow the keyword, byte by byte. In a view any byte may be blank instead.
fn tail_fits(keyword: &Keyword, rest: &[u8], scope: ScopeKind) -> bool {
    tail_begins(keyword, rest, scope, usize::MAX)
}

/// The same as far as the first `most` bytes tell.
pub fn tail_begins(keyword: &Keyword, mut rest: &[u8], scope: ScopeKind, most: usize) -> bool {
    let mut left = most;
    keyword.tail.iter().all(|step| {
        let count = left.min(usize::from(step.count));
        let Some((run, behind)) = rest.split_at_checked(count) else { return false };
        (rest, left) = (behind, left - count);
        let may_be_blank = scope.hides() && step.set.has(b' ');
        may_be_blank || run.iter().all(|byte| step.set.has(*byte))
    })
}

/// Whether rules apply to the unit at all, found out at the first keyword of each.
#[derive(Default)]
pub struct Gates {
    /// By language and path.
    names: Answers,
    /// By what the file holds.
    files: Answers,
}

/// What the unit answers to a question of each rule.
#[derive(Default)]
struct Answers {
    /// One for each rule, made at the first question: many pieces of decoded text ask none.
    gates: Vec<Gate>,
    reasons: Vec<Miss>,
}

/// Small: there is one for each rule in each unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Unknown,
    Open,
    /// For the reason at this index.
    Shut(u16),
}

impl Gates {
    /// Whether a rule is known not to apply.
    fn known(&self, rule_idx: usize) -> bool {
        self.names.known(rule_idx) || self.files.known(rule_idx)
    }

    /// Why the rule does not apply to units of this name, if so; a rule over whole files lets one keyword pass.
    fn pass(
        &mut self,
        pack: &ActivePack,
        occurrence: &Occurrence<'_>,
        views: &Views<'_>,
    ) -> Result<Option<Miss>, EngineError> {
        let rule_idx = occurrence.site.rule;
        let miss = self.names.ask((rule_idx, pack.on.len()), || excluded(pack, rule_idx, views))?;
        if miss.is_none() && occurrence.rule.unit == Unit::File {
            self.names.shut(rule_idx, Miss::Counted);
        }
        Ok(miss)
    }

    /// Why the rule does not apply to the file, if so.
    fn file(
        &mut self,
        pack: &ActivePack,
        occurrence: &Occurrence<'_>,
        views: &Views<'_>,
    ) -> Result<Option<Miss>, EngineError> {
        if occurrence.rule.file_requires.is_empty() {
            return Ok(None);
        }
        let rule_idx = occurrence.site.rule;
        self.files.ask((rule_idx, pack.on.len()), || lacks(pack, rule_idx, views))
    }
}

impl Answers {
    fn known(&self, rule_idx: usize) -> bool {
        matches!(self.gates.get(rule_idx), Some(Gate::Shut(_)))
    }

    /// The answer to one of so many rules; `why` is called once for each.
    fn ask(
        &mut self,
        (rule_idx, rules): (usize, usize),
        why: impl FnOnce() -> Result<Option<Miss>, EngineError>,
    ) -> Result<Option<Miss>, EngineError> {
        if self.gates.is_empty() {
            self.gates.resize(rules, Gate::Unknown);
        }
        if self.gates[rule_idx] == Gate::Unknown {
            match why()? {
                Some(miss) => self.shut(rule_idx, miss),
                None => self.gates[rule_idx] = Gate::Open,
            }
        }
        Ok(match self.gates[rule_idx] {
            Gate::Shut(reason) => Some(self.reasons[usize::from(reason)]),
            Gate::Unknown | Gate::Open => None,
        })
    }

    fn shut(&mut self, rule_idx: usize, miss: Miss) {
        self.gates[rule_idx] = Gate::Shut(self.reasons.len() as u16);
        self.reasons.push(miss);
    }
}

/// Why a rule does not apply to a unit, if so.
pub fn shut(pack: &ActivePack, rule_idx: usize, views: &Views<'_>) -> Result<Option<Miss>, EngineError> {
    match excluded(pack, rule_idx, views)? {
        Some(miss) => Ok(Some(miss)),
        None => lacks(pack, rule_idx, views),
    }
}

/// Why a rule does not apply to units of this name, if so.
fn excluded(pack: &ActivePack, rule_idx: usize, views: &Views<'_>) -> Result<Option<Miss>, EngineError> {
    let rule = &pack.pack.rules[rule_idx];
    if rule.sight() < views.sight() {
        return Ok(Some(Miss::Piece));
    }
    if !rule.languages.is_empty()
        && !views.language().is_some_and(|language| rule.languages.contains(&language))
    {
        return Ok(Some(Miss::Language));
    }
    if rule.paths.is_empty() {
        return Ok(None);
    }
    let path = String::from_utf8_lossy(views.path().as_bytes());
    let globs = &pack.compiled(rule_idx)?.paths;
    let is_elsewhere = globs.as_ref().is_some_and(|globs| !globs.is_match(path.as_ref()));
    Ok(is_elsewhere.then_some(Miss::Path))
}

/// What a rule wants to be in the file, and is not there.
fn lacks(pack: &ActivePack, rule_idx: usize, views: &Views<'_>) -> Result<Option<Miss>, EngineError> {
    if pack.pack.rules[rule_idx].file_requires.is_empty() {
        return Ok(None);
    }
    let required = &pack.compiled(rule_idx)?.file_requires;
    work::count(views.content().len() * required.len());
    let absent = required.iter().position(|regex| !regex.is_match(views.content()));
    Ok(absent.map(Miss::FileRequires))
}
