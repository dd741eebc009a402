//! `countFrequent`: approximate top counts.

use super::{CommandInfo, Takes};
use crate::ast::{Command, CountFrequent};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "countFrequent",
    aliases: &["count_frequent"],
    usage: "countFrequent a, b",
    doc: "Counts the most frequent combinations, approximately.",
    example: "countFrequent eventName",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::CountFrequent(CountFrequent { fields: parser.paths()? }))
}

pub(super) fn print(it: &CountFrequent, out: &mut Printer) {
    out.paths(&it.fields);
}
