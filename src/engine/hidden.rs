//! Looks at what a content holds in encoded or packed form; knows which rules may look there, not how it is undone.
//!
//! A file of an archive is a content of its own, to which the secret rules apply. A piece of text that was encoded has
//! no surroundings, and of the many that are decoded nearly all mean nothing: there only the rules look that know a
//! secret by its shape (docs/decisions/0022).

use std::collections::{BTreeSet, HashSet};

use super::trace::{Observer, Unobserved};
use super::{
    Basis, Encoded, Engine, EngineError, Found, Match, Views, commonplace, names, pair, sample, select, work,
};
use crate::decode::{self, Budget, DEEPEST, Derived};
use crate::lang::{self, Part};
use crate::model::{Cut, RepoPath, Secret, Span};
use crate::rules::Sight;

/// What was found in a text, in the text's own places.
#[derive(Default)]
struct Layer {
    /// In the text or in its pieces: one secret may have several accounts among them.
    open: Vec<Match>,
    /// In files of archives: chosen already, and all secrets of a compressed file are at one place.
    chosen: Vec<Match>,
}

/// Every match in a content, in what it holds, and in its name.
pub fn scan<O: Observer>(engine: &Engine, views: &Views<'_>, observer: &mut O) -> Result<Found, EngineError> {
    let mut budget = Budget::for_content(views.content().len());
    let mut matches = file(engine, views, observer, (&mut budget, 0))?;
    names::scan(engine, views, &mut matches)?;
    work::count(budget.spent(views.content().len()));
    sort(&mut matches);
    Ok(Found { matches, cuts: budget.cuts() })
}

/// What is found in a content that holds nothing encoded, when the rules for secrets have found `open` in its text.
pub fn settle(engine: &Engine, views: &Views<'_>, mut open: Vec<Match>) -> Result<Found, EngineError> {
    let mut cuts = BTreeSet::new();
    if views.sight() == Sight::All {
        engine.hits(views, &mut Unobserved, &mut open)?;
    }
    pair::complete(engine, views, &mut Unobserved, &mut open)?;
    cuts.extend(parts(engine, views, &mut open)?);
    let mut matches = choose(engine, views, open, &mut Unobserved);
    names::scan(engine, views, &mut matches)?;
    sort(&mut matches);
    Ok(Found { matches, cuts })
}

/// One account of each mistake, with what its surroundings say of it.
fn choose<O: Observer>(engine: &Engine, views: &Views<'_>, open: Vec<Match>, observer: &mut O) -> Vec<Match> {
    let mut chosen = select::select(engine, open, observer);
    sample::mark(engine, views, &mut chosen);
    commonplace::mark(engine, views, &mut chosen);
    chosen
}

fn sort(matches: &mut [Match]) {
    matches.sort_by_key(|found| (found.span.start, found.span.end, found.pack, found.rule));
}

/// Whether anything is found in what a piece of a content holds, and how many bytes were decoded for it.
pub fn is_loud(engine: &Engine, path: &RepoPath, piece: &[u8]) -> Result<(bool, usize), EngineError> {
    let mut budget = Budget::for_content(piece.len());
    let mut layer = Layer::default();
    let derived = decode::derive_text(piece, &mut budget);
    inside(engine, (path, derived), (&mut budget, 0), &mut layer)?;
    let Layer { open, chosen } = layer;
    let loud = !open.is_empty() || !chosen.is_empty() || budget.is_cut();
    Ok((loud, budget.spent(piece.len())))
}

/// The matches in a file; the budget comes with how deep one is inside.
fn file<O: Observer>(
    engine: &Engine,
    views: &Views<'_>,
    observer: &mut O,
    (budget, depth): (&mut Budget, usize),
) -> Result<Vec<Match>, EngineError> {
    let mut layer = Layer { open: engine.matches(views, observer)?, chosen: Vec::new() };
    if let Some(cut) = parts(engine, views, &mut layer.open)? {
        budget.note(cut);
    }
    let derived = decode::derive(views.path(), views.content(), budget);
    inside(engine, (views.path(), derived), (budget, depth), &mut layer)?;
    let Layer { mut open, chosen } = layer;
    // What is packed without being compressed is seen from outside as well.
    let told: HashSet<&[u8]> = chosen.iter().map(|found| value(found, views.content())).collect();
    open.retain(|found| !told.contains(value(found, views.content())));
    let mut found = choose(engine, views, open, observer);
    found.extend(chosen);
    Ok(found)
}

/// Adds what is found in the parts of a file where all rules look; tells why they were not looked at, if so.
fn parts(engine: &Engine, views: &Views<'_>, acc: &mut Vec<Match>) -> Result<Option<Cut>, EngineError> {
    if views.sight() != Sight::All {
        return Ok(None);
    }
    let Ok(parts) = lang::parts(views.path(), views.content()) else { return Ok(Some(Cut::Unparsed)) };
    parts.iter().try_for_each(|part| other_languages(engine, views, part, acc))?;
    Ok(None)
}

/// Adds what rules about languages find in the code of another language that a file holds. What else there is to find,
/// stands in the file's own text as well.
fn other_languages(
    engine: &Engine,
    views: &Views<'_>,
    part: &Part,
    acc: &mut Vec<Match>,
) -> Result<(), EngineError> {
    let inner = Views::new(views.path(), &part.text).written_in(part.language);
    let found = engine.matches(&inner, &mut Unobserved)?;
    let about = |found: &Match| !found.secret && !engine.rule(found).languages.is_empty();
    acc.extend(found.into_iter().filter(about).map(|found| Match {
        span: part.source(found.span),
        extent: part.source(found.extent),
        remark: found.remark.clone().or_else(|| part.told(found.span.start).map(Into::into)),
        ..found
    }));
    Ok(())
}

/// Adds what is found in what a text holds, in the text's places; the path is the text's.
fn inside(
    engine: &Engine,
    (path, derived): (&RepoPath, Vec<Derived>),
    (budget, depth): (&mut Budget, usize),
    acc: &mut Layer,
) -> Result<(), EngineError> {
    for derived in derived {
        if depth == DEEPEST {
            budget.note(Cut::TooDeep);
            return Ok(());
        }
        let mut layer = Layer::default();
        match &derived.file {
            Some(name) => {
                let views = Views::new(name, &derived.text).seen_by(Sight::Secrets);
                layer.chosen = file(engine, &views, &mut Unobserved, (budget, depth + 1))?;
            }
            None => {
                let views = Views::new(path, &derived.text).seen_by(Sight::Shapes);
                layer.open = engine.matches(&views, &mut Unobserved)?;
                let deeper = decode::derive(path, &derived.text, budget);
                inside(engine, (path, deeper), (budget, depth + 1), &mut layer)?;
            }
        }
        acc.open.extend(layer.open.into_iter().filter_map(|found| outward(found, &derived)));
        acc.chosen.extend(layer.chosen.into_iter().filter_map(|found| outward(found, &derived)));
    }
    Ok(())
}

/// A match in `derived` as a match in what holds it; none when it stands there in clear.
fn outward(found: Match, derived: &Derived) -> Option<Match> {
    let extent = Span::new(found.extent.start.min(found.span.start), found.extent.end.max(found.span.end));
    let step = derived.step(extent)?.into_owned();
    let mut encoded = match found.basis {
        Basis::Encoded(encoded) => encoded,
        Basis::Text | Basis::Name(_) => {
            let value = Secret::new(found.span.of(&derived.text));
            Box::new(Encoded { steps: Vec::new(), file: None, value })
        }
    };
    encoded.steps.insert(0, step);
    encoded.file = encoded.file.or_else(|| derived.file.clone());
    Some(Match {
        span: derived.source(found.span),
        extent: derived.source(extent),
        basis: Basis::Encoded(encoded),
        // They stand in what is derived: a pair in there is new when its secret is.
        partners: Vec::new(),
        ..found
    })
}

/// What was found, in clear.
fn value<'m>(found: &'m Match, content: &'m [u8]) -> &'m [u8] {
    match &found.basis {
        Basis::Encoded(encoded) => encoded.value.expose(),
        Basis::Text | Basis::Name(_) => found.span.of(content),
    }
}

#[cfg(test)]
mod tests;
