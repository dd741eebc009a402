//! `display`: the columns of the answer.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Display};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "display",
    aliases: &[],
    usage: "display a, expression as b",
    doc: "Sets the columns of the answer; the last one counts.",
    example: "fields @message | display @message",
    takes: Takes::Expressions,
    keywords: &["as"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Display(Display { projections: parser.projections()? }))
}

pub(super) fn print(it: &Display, out: &mut Printer) {
    out.projections(&it.projections);
}
