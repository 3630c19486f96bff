//! Detectors for what no pattern can tell: they answer for the place around one keyword. They know lexed files, and
//! nothing of rules or of what happens with their answers.

mod assignment;
mod expression;
mod operand;
mod sql_chain;
mod sql_gate;
mod sql_names;
mod sql_text;

pub use assignment::Soil;
use assignment::Where;

use super::Views;
use crate::model::Span;
use crate::rules::Detector;

/// What a detector reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The reported bytes.
    pub span: Span,
    /// The bytes that make it what it is.
    pub extent: Span,
}

/// The place that `detector` reports around a keyword: the same place for each keyword in it.
pub fn run(detector: Detector, views: &Views<'_>, keyword: Span) -> Option<Detected> {
    match detector {
        Detector::Assignment => assignment::run(views, keyword, Where::Anywhere),
        Detector::Setting => assignment::run(views, keyword, Where::Settings),
        Detector::SqlChain if !sql_gate::is_worth_lexing(views.content(), keyword) => None,
        Detector::SqlChain => {
            let span = sql_chain::run(views.lexed()?, views.content(), keyword.start)?;
            Some(Detected { span, extent: span })
        }
        Detector::Dependency | Detector::Policy | Detector::KnownValue => None,
    }
}
