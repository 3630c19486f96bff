//! What each rule finds and costs in a folder of files. Knows no clock, it is handed one, and no threads: they would blur it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::decode;
use crate::engine::Views;
use crate::engine::trace::{Loss, Observer, Site, Step};
use crate::engine::{EngineError, Match};
use crate::model::{Entry, Verdict};
use crate::rules::ScopeKind;
use crate::scan::{ScanError, Scanner};
use crate::source::{Listing, Reader};

/// How often everything is timed; the least of each rule counts, so that neither the first use of a pattern, which
/// compiles it, nor a busy machine is taken for its cost.
const ROUNDS: usize = 3;

/// What the rules make of the files of a folder.
#[derive(Debug, Default)]
pub struct Corpus {
    /// How many files were scanned.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
    /// Files that were left out: too large, or not to be read.
    pub left_out: usize,
    /// Each rule that did anything at all, the dearest first.
    pub rules: Vec<Cost>,
}

/// What one rule does in a corpus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// The rule.
    pub rule: String,
    /// At how many places the prefilter stopped for it.
    pub looks: u64,
    /// How long it looked at them.
    pub time: Duration,
    /// How many findings it has.
    pub hits: u64,
    /// How many of them block.
    pub blocking: u64,
}

impl Corpus {
    /// So many per megabyte.
    pub fn per_mb(&self, count: u64) -> f64 {
        count as f64 * 1e6 / self.bytes.max(1) as f64
    }

    /// Microseconds per megabyte.
    pub fn micros_per_mb(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1e12 / self.bytes.max(1) as f64
    }
}

/// Scans what is listed; `clock` says how much time has gone by.
pub fn measure(
    scanner: &Scanner,
    listing: &Listing,
    reader: &mut Reader,
    clock: &dyn Fn() -> Duration,
) -> Result<Corpus, ScanError> {
    let mut corpus = Corpus { left_out: listing.skipped.len(), ..Corpus::default() };
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    let limit = scanner.policy.config().max_file_size;
    let mut entries = Vec::new();
    for entry in &listing.entries {
        let Some(content) = read(entry, limit, reader) else {
            corpus.left_out += 1;
            continue;
        };
        entries.push(entry);
        corpus.files += 1;
        corpus.bytes += content.len() as u64;
        for judged in scanner.scan_content(entry, &content)? {
            let cost = costs.entry(judged.finding.rule.id.to_string()).or_default();
            cost.hits += 1;
            cost.blocking += u64::from(judged.verdict == Verdict::Blocking);
        }
    }
    for (place, spent) in least(scanner, &entries, reader, clock)? {
        let cost = costs.entry(scanner.engine.info_at(place.0, place.1).id.to_string()).or_default();
        (cost.looks, cost.time) = (spent.looks, spent.time);
    }
    corpus.rules = costs.into_iter().map(|(rule, cost)| Cost { rule, ..cost }).collect();
    // Stable: rules that cost the same stay in the order of their ids.
    corpus.rules.sort_by_key(|cost| std::cmp::Reverse((cost.time, cost.looks)));
    Ok(corpus)
}

fn read(entry: &Entry, limit: u64, reader: &mut Reader) -> Option<Vec<u8>> {
    reader.size(&entry.locator).ok().filter(|size| *size <= limit)?;
    reader.read(&entry.locator).ok()
}

/// A rule by its place in its pack, as in `Match`.
type Place = (usize, usize);

/// What a rule has cost so far.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    looks: u64,
    time: Duration,
}

/// What each rule costs in the best of several rounds.
fn least(
    scanner: &Scanner,
    entries: &[&Entry],
    reader: &mut Reader,
    clock: &dyn Fn() -> Duration,
) -> Result<BTreeMap<Place, Spent>, EngineError> {
    let mut least: BTreeMap<Place, Spent> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut watch = Stopwatch { clock, idle: idle(clock), began: Duration::ZERO, spent: BTreeMap::new() };
        for entry in entries {
            // What cannot be read any more costs nothing.
            let Ok(content) = reader.read(&entry.locator) else { continue };
            let text = decode::to_text(&content);
            let views = Views::new(&entry.path, &text);
            // Made once for all rules: whoever asks first shall not pay for it.
            for scope in [ScopeKind::Code, ScopeKind::String, ScopeKind::Comment] {
                views.of(scope);
            }
            scanner.engine.observe(&views, &mut watch)?;
        }
        for (place, spent) in watch.spent {
            let known = least.entry(place).or_insert(spent);
            known.time = known.time.min(spent.time);
        }
    }
    Ok(least)
}

/// What reading the clock costs.
fn idle(clock: &dyn Fn() -> Duration) -> Duration {
    let once = |_| {
        let began = clock();
        clock().saturating_sub(began)
    };
    (0..100).map(once).min().unwrap_or_default()
}

/// Takes the time between the beginning and the end of every look.
struct Stopwatch<'c> {
    clock: &'c dyn Fn() -> Duration,
    idle: Duration,
    began: Duration,
    spent: BTreeMap<Place, Spent>,
}

impl Observer for Stopwatch<'_> {
    fn note(&mut self, site: Site, step: impl FnOnce() -> Step) {
        match step() {
            Step::Begin => self.began = (self.clock)(),
            Step::End => {
                let took = (self.clock)().saturating_sub(self.began).saturating_sub(self.idle);
                let spent = self.spent.entry((site.pack, site.rule)).or_default();
                spent.looks += 1;
                spent.time += took;
            }
            Step::Cut(_)
            | Step::Boundary(_)
            | Step::Argument(_)
            | Step::Name(_)
            | Step::Value(..)
            | Step::Found(_)
            | Step::Missed(_) => {}
        }
    }

    fn lose(&mut self, _: &Match, _: impl FnOnce() -> Loss) {}
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::{Cost, measure};
    use crate::config::Config;
    use crate::engine::{Engine, builtin};
    use crate::model::{Entry, Locator, Provenance, RepoPath};
    use crate::policy::Policy;
    use crate::rules::{Pack, check_file};
    use crate::source::{Listing, Reader};
    use crate::verify::scanner;

    const RULES: &str = "schema = 1\npack = 'test'\n[[rule]]\nid = 'token'\ntitle = 't'\nseverity = 'high'\n\
                         confidence = 'medium'\nmessage = 'm'\ncategory = 'secret'\nremediation = 'r'\n\
                         pattern = 'tk_[0-9a-f]{8}'\n";

    fn entry(path: &str, content: &str) -> Entry {
        Entry {
            path: RepoPath::new(path),
            locator: Locator::Inline(content.as_bytes().into()),
            before: Vec::new(),
            moved_from: None,
            provenance: Provenance::WorkTree,
        }
    }

    #[test]
    fn a_rule_has_the_time_of_its_looks_and_its_findings() {
        let rules = check_file("t.toml", RULES, false).unwrap().rules;
        let mut engine = Engine::new(&builtin::PACK, Some(Pack::new(rules).unwrap()));
        engine.retain(|info| info.pack == "test");
        let scanner = scanner(engine, Policy::new(Config::default()));
        let entries = vec![
            entry("src/a.py", "k = 'tk_3f9c0b7e'\nj = 'tk_3f9'\n"),
            entry("tests/b.py", "'tk_8b1e6f0d'"),
        ];
        // In each round the clock is read twice a hundred times to see what that costs, one second, and then for the
        // beginning and end of three looks, which take longer in the first round.
        let (now, readings) = (Cell::new(0), Cell::new(0));
        let clock = || {
            let (round, reading) = (readings.get() / 206, readings.get() % 206);
            readings.set(readings.get() + 1);
            let step = match (reading < 200, round) {
                (true, _) => 1,
                (false, 0) => 10,
                (false, _) => 3,
            };
            Duration::from_secs(now.replace(now.get() + step))
        };
        let listing = Listing { entries, ..Listing::default() };
        let corpus = measure(&scanner, &listing, &mut Reader::new(None), &clock).unwrap();
        assert_eq!((corpus.files, corpus.bytes, corpus.left_out), (2, 44, 0));
        let expected = Cost {
            rule: "token".into(),
            looks: 3,
            time: Duration::from_secs(3 * (3 - 1)),
            hits: 2,
            blocking: 1,
        };
        assert_eq!(corpus.rules, [expected]);
    }
}
