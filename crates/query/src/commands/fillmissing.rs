//! `fillmissing`: rows for empty bins.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Expr, ExprKind, Fill, FillMissing};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "fillmissing",
    aliases: &[],
    usage: "fillmissing [with value for a, value for b]",
    doc: "Adds the rows of `bin()` in which nothing happened.",
    example: "stats count(*) as n by bin(5m) | fillmissing with 0 for n",
    takes: Takes::Fields,
    keywords: &["with", "for"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let mut fills: Vec<Fill> = Vec::new();
    if parser.take_word("with")? {
        // Ends because each turn takes a value.
        loop {
            let value = parser.value()?;
            let fill = fill(parser, value, fills.last())?;
            fills.push(fill);
            if !parser.take(Sign::Comma)? {
                break;
            }
        }
    }
    Ok(Command::FillMissing(FillMissing { fills }))
}

/// `for field` behind a value; a field alone gets the value of the one before it.
fn fill(parser: &mut Parser<'_>, value: Expr, before: Option<&Fill>) -> Outcome<Fill> {
    if parser.take_word("for")? {
        return Ok(Fill { value, field: parser.path()? });
    }
    match (value.kind, before) {
        (ExprKind::Field(field), Some(before)) => Ok(Fill { value: before.value.clone(), field }),
        _ => Err(parser.unexpected(&["`for`"])),
    }
}

pub(super) fn print(it: &FillMissing, out: &mut Printer) {
    let mut between = "with ";
    for fill in &it.fills {
        out.text(between);
        out.operand(&fill.value);
        out.text(" for ");
        out.path(&fill.field);
        between = ", ";
    }
}
