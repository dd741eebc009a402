//! `sessionize`: sessions by silence.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Sessionize};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "sessionize",
    aliases: &[],
    usage: "sessionize a, b [maxspan 30m] [as session_id]",
    doc: "Numbers sessions: rows of one kind without a long silence between them.",
    example: "sessionize userIdentity.arn maxspan 15m as session",
    takes: Takes::Fields,
    keywords: &["maxspan", "as"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let fields = parser.paths()?;
    let mut maxspan = None;
    if parser.take_word("maxspan")? {
        parser.take(Sign::Equal)?;
        maxspan = Some(parser.period()?);
    }
    Ok(Command::Sessionize(Sessionize { fields, maxspan, alias: parser.alias()? }))
}

pub(super) fn print(it: &Sessionize, out: &mut Printer) {
    out.paths(&it.fields);
    if let Some(maxspan) = it.maxspan {
        out.text(" maxspan ");
        out.period(maxspan);
    }
    out.alias(it.alias.as_ref());
}
