//! Django's `extra(…)` and `RawSQL(…)`, which take pieces of SQL in many arguments. Knows nothing of what SQL looks like:
//! whatever is put together there is wrong, even from a literal that is formatted into another.

use super::super::chain;
use super::super::expression::{Expression, Token};
use super::{judge, span_of};
use crate::lang::Language;
use crate::model::Span;

/// True when the bracket `open` is that of one of these functions.
pub(super) fn takes_pieces(expression: &Expression, open: usize) -> bool {
    expression.language() == Language::Python && matches!(function(expression, open), b"extra" | b"RawSQL")
}

/// True when argument number `argument` of such a function is no SQL but values for it.
pub(super) fn binds(expression: &Expression, open: usize, argument: usize) -> bool {
    takes_pieces(expression, open) && {
        let arguments = expression.arguments(open);
        arguments.get(argument).is_some_and(|&(start, _)| !holds_sql(expression, open, argument, start))
    }
}

/// Texts of one call that are looked at.
const MAX_TEXTS: usize = 32;

/// The first piece in the bracket `open` that is put together.
pub(super) fn run(expression: &Expression, open: usize) -> Option<Span> {
    expression
        .arguments(open)
        .into_iter()
        .enumerate()
        .filter(|&(number, (start, _))| holds_sql(expression, open, number, start))
        .flat_map(|(_, (start, end))| start..end)
        .filter(|&at| is_text(expression, at))
        .take(MAX_TEXTS)
        .find_map(|at| judge(expression, at).or_else(|| formatted_literal(expression, at)))
}

/// `extra(select, where, …)` and `RawSQL(sql, params)`, by name or by number.
fn holds_sql(expression: &Expression, open: usize, number: usize, start: usize) -> bool {
    if expression.bytes(start + 1) == b"=" {
        return !matches!(expression.bytes(start), b"params" | b"select_params");
    }
    number == 0 || (number == 1 && function(expression, open) == b"extra")
}

fn function<'l>(expression: &Expression<'l>, open: usize) -> &'l [u8] {
    open.checked_sub(1).map_or(b"", |last| expression.bytes(last))
}

/// `'… %s' % 'text'` and `'… {}'.format('text')`.
fn formatted_literal(expression: &Expression, at: usize) -> Option<Span> {
    let value = match (expression.bytes(at + 1), expression.bytes(at + 2), expression.bytes(at + 3)) {
        (b"%", ..) => at + 2,
        (b".", b"format", b"(") => at + 4,
        _ => return None,
    };
    // `','.join(…)` makes placeholders.
    let lone = is_text(expression, value) && expression.bytes(value + 1) != b".";
    let placeholder = expression.bytes(value).iter().any(|byte| matches!(byte, b'%' | b'?'));
    (lone && !placeholder).then(|| span_of(expression, &chain::around(expression, at)))
}

fn is_text(expression: &Expression, at: usize) -> bool {
    matches!(expression.token(at), Some(Token::Text(_)))
}
