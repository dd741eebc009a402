//! `fields`: choose and compute columns.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Fields};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "fields",
    aliases: &[],
    usage: "fields a, expression as b",
    doc: "Chooses fields and computes new ones.",
    example: "fields @timestamp, bytes / 1024 as kib",
    takes: Takes::Expressions,
    keywords: &["as"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Fields(Fields { projections: parser.projections()? }))
}

pub(super) fn print(it: &Fields, out: &mut Printer) {
    out.projections(&it.projections);
}
