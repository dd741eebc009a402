//! `pattern`: group lines that are alike.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Pattern};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "pattern",
    aliases: &[],
    usage: "pattern field",
    doc: "Groups texts that differ only in their variable parts.",
    example: "filter @message like /ERROR/ | pattern @message",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Pattern(Pattern { field: parser.path()? }))
}

pub(super) fn print(it: &Pattern, out: &mut Printer) {
    out.path(&it.field);
}
