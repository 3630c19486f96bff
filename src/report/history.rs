//! What a history tells: whether a finding is still there, where else it stands, and sums by rule, author and age.
//! Knows the words, not how they are drawn.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::notes::{self, Note};
use super::shown::Shown;
use super::summary::plural;
use super::{Context, prose};
use crate::model::{Date, Finding, Judged, Report, Sighting, Sightings, Standing, Verdict};

/// How many refs are named.
const NAMED_REFS: usize = 3;
/// How many places the text lists.
const LISTED_PLACES: usize = 20;
/// How many rows a sum has.
const ROWS: usize = 10;

/// Whether it is still there, and how often it stands elsewhere.
pub fn notes(finding: &Finding, shown: &Shown) -> Vec<Note> {
    let Some(sightings) = &finding.sightings else { return Vec::new() };
    let mut notes = vec![("now", now(&sightings.standing, shown))];
    if sightings.count > 1 {
        notes.push(("also", also(sightings)));
    }
    if !sightings.all.is_empty() {
        notes.push(("places", places(&sightings.all, shown)));
    }
    notes
}

/// `still there, at the tip of main and origin/main`.
pub fn now(standing: &Standing, shown: &Shown) -> String {
    match standing {
        Standing::AtTips(names) => format!("still there, at the tip of {}", refs(names, shown)),
        Standing::InHistory => "only in the past: no ref holds it at its tip".to_owned(),
        Standing::Staged => "only in the index: the next commit would bring it in".to_owned(),
        Standing::InReflog => "in no ref: only a reflog remembers it, and nobody fetches that".to_owned(),
        Standing::Lost => "in no ref and no reflog: it goes when git collects its garbage".to_owned(),
    }
}

/// The same in a word, for programs and for one line.
pub fn word(standing: &Standing) -> &'static str {
    match standing {
        Standing::AtTips(_) => "at-tip",
        Standing::InHistory => "history",
        Standing::Staged => "staged",
        Standing::InReflog => "reflog",
        Standing::Lost => "lost",
    }
}

/// `, still there` for a line that names the commit.
pub fn suffix(finding: &Finding) -> &'static str {
    match finding.sightings.as_ref().map(|sightings| &sightings.standing) {
        None => "",
        Some(Standing::AtTips(_)) => ", still there",
        Some(Standing::InHistory) => ", only in the past",
        Some(Standing::Staged) => ", only in the index",
        Some(Standing::InReflog) => ", only in a reflog",
        Some(Standing::Lost) => ", in no ref",
    }
}

/// The command that tells what to do about a leak.
pub fn leak_command(finding: &Finding) -> String {
    let prefix: String = finding.fingerprint.chars().take("v1:".len() + 12).collect();
    format!("portcullis leak {prefix}")
}

fn refs(names: &[Vec<u8>], shown: &Shown) -> String {
    let mut words: Vec<String> =
        names.iter().take(NAMED_REFS).map(|name| shown.text(short_ref(name))).collect();
    if names.len() > NAMED_REFS {
        words.push(plural(names.len() - NAMED_REFS, "more ref", "more refs"));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A ref as people call it.
pub fn short_ref(name: &[u8]) -> &[u8] {
    let prefixes: [&[u8]; 3] = [b"refs/heads/", b"refs/remotes/", b"refs/"];
    prefixes.iter().find_map(|prefix| name.strip_prefix(*prefix)).unwrap_or(name)
}

fn also(sightings: &Sightings) -> String {
    let others = plural(sightings.count - 1, "other content", "other contents");
    match sightings.paths {
        1 => format!("in {others} of this file"),
        paths => format!("in {others}, under {paths} paths in all"),
    }
}

fn places(all: &[Sighting], shown: &Shown) -> String {
    let mut lines = vec!["brought in by".to_owned()];
    lines.extend(all.iter().take(LISTED_PLACES).map(|one| {
        let (id, date) = (notes::short(&one.commit.id), date(one.commit.time));
        format!("  {id} {date} {}:{}:{}", shown.path(&one.path), one.start.line, one.start.column)
    }));
    if all.len() > LISTED_PLACES {
        lines.push(format!("  and {} more; --format json lists all of them", all.len() - LISTED_PLACES));
    }
    lines.join("\n")
}

/// The day of a second since 1970, in UTC.
pub fn date(time: i64) -> Date {
    Date::from_unix(u64::try_from(time).unwrap_or(0))
}

/// How many are still there, and how many only in the past.
#[derive(Default, Clone, Copy)]
struct Sum {
    there: usize,
    past: usize,
}

/// Writes the sums, when a history was scanned and something was found.
pub fn write_sums(
    report: &Report,
    context: &Context<'_>,
    shown: &Shown,
    out: &mut dyn Write,
) -> io::Result<()> {
    let told: Vec<(&Finding, &Sightings)> = report.findings.iter().filter_map(told).collect();
    if told.is_empty() {
        return Ok(());
    }
    let author = |finding: &Finding| {
        let info = notes::commit(&finding.provenance);
        info.map_or_else(|| "(in no commit)".to_owned(), |info| shown.text(&info.author))
    };
    let age = |finding: &Finding| {
        let now = i64::try_from(context.now).unwrap_or(i64::MAX);
        age(notes::commit(&finding.provenance).map(|info| now.saturating_sub(info.time)))
    };
    let most_first = |mut rows: Vec<(String, Sum)>| {
        rows.sort_by_key(|(_, sum)| Reverse(sum.there + sum.past));
        rows
    };
    let ages = sums(&told, age).into_iter().map(|(age, sum)| (AGES[age].to_owned(), sum));
    table("by rule", most_first(sums(&told, |finding| finding.rule.id.to_string())), context, out)?;
    table("by author", most_first(sums(&told, author)), context, out)?;
    table("by age", ages.collect(), context, out)?;
    writeln!(out)
}

fn sums<K: Ord>(told: &[(&Finding, &Sightings)], key: impl Fn(&Finding) -> K) -> Vec<(K, Sum)> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for (finding, sightings) in told {
        let sum = sums.entry(key(finding)).or_default();
        match sightings.standing {
            Standing::AtTips(_) | Standing::Staged => sum.there += 1,
            Standing::InHistory | Standing::InReflog | Standing::Lost => sum.past += 1,
        }
    }
    sums.into_iter().collect()
}

/// A finding that nobody has excused.
fn told(judged: &Judged) -> Option<(&Finding, &Sightings)> {
    match judged.verdict {
        Verdict::Blocking | Verdict::Advisory => {
            judged.finding.sightings.as_deref().map(|sightings| (&judged.finding, sightings))
        }
        Verdict::Suppressed { .. } => None,
    }
}

const DAY: i64 = 24 * 60 * 60;
const AGES: [&str; 5] = ["in no commit", "up to a week", "up to a month", "up to a year", "older"];

/// The row of an age in seconds.
fn age(seconds: Option<i64>) -> usize {
    match seconds {
        None => 0,
        Some(seconds) if seconds <= 7 * DAY => 1,
        Some(seconds) if seconds <= 31 * DAY => 2,
        Some(seconds) if seconds <= 366 * DAY => 3,
        Some(_) => 4,
    }
}

const COLUMNS: [&str; 2] = ["still there", "only in the past"];

fn table(name: &str, rows: Vec<(String, Sum)>, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    let [there, past] = COLUMNS;
    let room = context.width.min(100).saturating_sub(there.len() + past.len() + 4).max(20);
    writeln!(out, "{bold}{name:room$}  {there}  {past}{bold:#}")?;
    for (name, sum) in rows.iter().take(ROWS) {
        let name = prose::cut(&format!("  {name}"), room);
        let pad = " ".repeat(room.saturating_sub(name.chars().count()));
        writeln!(out, "{name}{pad}  {:>1$}  {2:>3$}", sum.there, there.len(), sum.past, past.len())?;
    }
    if rows.len() > ROWS {
        writeln!(out, "  and {} more", rows.len() - ROWS)?;
    }
    Ok(())
}
