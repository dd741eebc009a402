//! `autoregress`: values of earlier rows.

use super::{CommandInfo, Takes};
use crate::ast::{AutoRegress, Command};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "autoregress",
    aliases: &[],
    usage: "autoregress field [as name] [p=3 | p=1-3]",
    doc: "Puts the values of earlier rows beside a row.",
    example: "sort @timestamp asc | autoregress bytes p=1-3",
    takes: Takes::Fields,
    keywords: &["as", "p="],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let field = parser.path()?;
    let alias = parser.alias()?;
    let (mut first, mut last) = (1, 1);
    if parser.take_option("p")? {
        first = parser.count()?;
        last = if parser.take(Sign::Minus)? { parser.count()? } else { first };
    }
    Ok(Command::AutoRegress(AutoRegress { field, alias, first, last }))
}

pub(super) fn print(it: &AutoRegress, out: &mut Printer) {
    out.path(&it.field);
    out.alias(it.alias.as_ref());
    match (it.first, it.last) {
        (1, 1) => {}
        (first, last) if first == last => out.text(&format!(" p={first}")),
        (first, last) => out.text(&format!(" p={first}-{last}")),
    }
}
