//! `accum`: running sums.

use super::{CommandInfo, Takes};
use crate::ast::{Accum, Command};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "accum",
    aliases: &[],
    usage: "accum field [as name]",
    doc: "Adds a field up from row to row.",
    example: "sort @timestamp asc | accum bytes as total",
    takes: Takes::Fields,
    keywords: &["as"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Accum(Accum { field: parser.path()?, alias: parser.alias()? }))
}

pub(super) fn print(it: &Accum, out: &mut Printer) {
    out.path(&it.field);
    out.alias(it.alias.as_ref());
}
