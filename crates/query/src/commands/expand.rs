//! `expand`: one row for each item of a text.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Expand};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "expand",
    aliases: &[],
    usage: "expand field",
    doc: "Makes one row of each item of a list that is JSON text.",
    example: "expand resources",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Expand(Expand { field: parser.path()? }))
}

pub(super) fn print(it: &Expand, out: &mut Printer) {
    out.path(&it.field);
}
