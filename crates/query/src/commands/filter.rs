//! `filter`: keep what is true.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Filter};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "filter",
    aliases: &["where"],
    usage: "filter condition",
    doc: "Keeps the events for which the condition is true.",
    example: "filter errorCode = \"AccessDenied\" and sourceIPAddress like /^192\\.0\\./",
    takes: Takes::Expressions,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    Ok(Command::Filter(Filter { condition: parser.expression()? }))
}

pub(super) fn print(it: &Filter, out: &mut Printer) {
    out.expression(&it.condition);
}
