//! `dedup`: one row of those that agree.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Dedup};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "dedup",
    aliases: &[],
    usage: "dedup a, b",
    doc: "Keeps the first row of those that agree in all the fields.",
    example: "sort @timestamp desc | dedup server",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Dedup(Dedup { fields: parser.paths()? }))
}

pub(super) fn print(it: &Dedup, out: &mut Printer) {
    out.paths(&it.fields);
}
