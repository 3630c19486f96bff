//! Detectors for what no pattern can tell: they answer for the place around one keyword. They know lexed files, and
//! nothing of rules or of what happens with their answers.

mod argument;
mod assignment;
mod chain;
mod expression;
mod operand;
mod source;
mod sql_chain;
mod sql_gate;
mod sql_names;
mod sql_text;

use self::argument::Made;
pub use self::assignment::NAME;
pub use self::assignment::Soil;
use self::assignment::Where;
pub use self::source::Assignments;
use self::source::Source;
use super::Views;
use crate::model::Span;
use crate::rules::{Argument, Detector};

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
            let span = sql_chain::run(source(views)?, keyword.start)?;
            Some(Detected { span, extent: span })
        }
        Detector::Dependency | Detector::Policy | Detector::KnownValue => None,
    }
}

/// How far before and behind a keyword a detector looks; none when it sees more than that.
pub fn reach(detector: Detector) -> Option<(usize, usize)> {
    match detector {
        Detector::Assignment | Detector::Setting => Some((assignment::BACK, assignment::REACH)),
        Detector::SqlChain | Detector::Dependency | Detector::Policy | Detector::KnownValue => None,
    }
}

/// Whether a detector may report something at a keyword, as far as the `assignment::NAME` bytes around it tell.
pub fn may_report(detector: Detector, content: &[u8], keyword: Span) -> bool {
    match detector {
        Detector::Assignment | Detector::Setting => assignment::is_named(content, keyword),
        Detector::SqlChain | Detector::Dependency | Detector::Policy | Detector::KnownValue => true,
    }
}

/// Whether the expression at `offset` is what a rule asks for.
pub fn argument_is(expected: Argument, views: &Views<'_>, offset: usize) -> bool {
    let made = source(views).and_then(|source| argument::made_of(source, offset));
    match expected {
        Argument::Constant => made == Some(Made::Constant),
        Argument::Value => made == Some(Made::Value),
        Argument::Built => made == Some(Made::Built),
        Argument::Dynamic => matches!(made, Some(Made::Built | Made::Value)),
    }
}

fn source<'v>(views: &'v Views<'_>) -> Option<Source<'v>> {
    Some(Source::new(views.lexed()?, views.content(), views.assignments()))
}
