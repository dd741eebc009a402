//! `filterIndex`: use a field index.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Expr, ExprKind, FilterIndex, UnaryOperator};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "filterIndex",
    aliases: &[],
    usage: "filterIndex field = value | filterIndex field in [a, b]",
    doc: "Keeps events by an indexed field and reads only logs with that index.",
    example: "filterIndex userIdentity.accessKeyId = \"AKIAIOSFODNN7EXAMPLE\"",
    takes: Takes::Fields,
    keywords: &["in"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let field = parser.path()?;
    let values = if parser.take(Sign::Equal)? {
        vec![literal(parser)?]
    } else {
        parser.need_word("in")?;
        parser.need(Sign::LeftBracket, "a list, such as `[\"a\", \"b\"]`")?;
        let values = parser.separated(literal)?;
        parser.need(Sign::RightBracket, "`]`")?;
        values
    };
    Ok(Command::FilterIndex(FilterIndex { field, values }))
}

fn literal(parser: &mut Parser<'_>) -> Outcome<Expr> {
    let start = parser.token.span;
    let value = parser.value()?;
    let is_literal = match &value.kind {
        ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Boolean(_) => true,
        ExprKind::Unary { operator: UnaryOperator::Negate, operand } => {
            matches!(operand.kind, ExprKind::Number(_))
        }
        _ => false,
    };
    if is_literal {
        return Ok(value);
    }
    let message = "an index is asked for a string or a number";
    Err(Diagnostic::error(start.to(value.span), message)
        .with_hint("for anything else use `filter`"))
}

pub(super) fn print(it: &FilterIndex, out: &mut Printer) {
    out.path(&it.field);
    if let [value] = it.values.as_slice() {
        out.text(" = ");
        return out.operand(value);
    }
    out.text(" in [");
    out.separated(&it.values, Printer::operand);
    out.text("]");
}
