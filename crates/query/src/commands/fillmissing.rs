//! `fillmissing`: rows for empty bins.

use super::{CommandInfo, Takes};
use crate::ast::{Command, FillMissing};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "fillmissing",
    aliases: &[],
    usage: "fillmissing [with value for a, b]",
    doc: "Adds the rows of `bin()` in which nothing happened.",
    example: "stats count(*) as n by bin(5m) | fillmissing with 0 for n",
    takes: Takes::Fields,
    keywords: &["with", "for"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let (mut value, mut fields) = (None, Vec::new());
    if parser.take_word("with")? {
        value = Some(parser.value()?);
        parser.need_word("for")?;
        fields = parser.paths()?;
    }
    Ok(Command::FillMissing(FillMissing { value, fields }))
}

pub(super) fn print(it: &FillMissing, out: &mut Printer) {
    if let Some(value) = &it.value {
        out.text("with ");
        out.operand(value);
        out.text(" for ");
        out.paths(&it.fields);
    }
}
