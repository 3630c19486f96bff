//! Detectors for what no pattern can tell: they answer for the place around one keyword. They know lexed files, and
//! nothing of rules or of what happens with their answers.

mod expression;
mod operand;
mod sql_chain;
mod sql_gate;
mod sql_names;
mod sql_text;

use super::Views;
use crate::model::Span;
use crate::rules::Detector;

/// The places that `detector` reports around a keyword: the same places for each keyword in them.
pub fn run(detector: Detector, views: &Views<'_>, keyword: Span) -> Vec<Span> {
    match detector {
        Detector::SqlChain if !sql_gate::is_worth_lexing(views.content(), keyword) => Vec::new(),
        Detector::SqlChain => views
            .lexed()
            .and_then(|lexed| sql_chain::run(lexed, views.content(), keyword.start))
            .into_iter()
            .collect(),
        Detector::Dependency | Detector::Policy => Vec::new(),
    }
}
