//! `relevantfields`: which fields matter.

use super::{CommandInfo, Takes};
use crate::ast::{Command, RelevantFields};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "relevantfields",
    aliases: &[],
    usage: "relevantfields [a, b] where condition",
    doc: "Ranks fields by how well they explain the condition.",
    example: "relevantfields where duration > 400",
    takes: Takes::Expressions,
    keywords: &["where"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let fields = if parser.is_word("where") { Vec::new() } else { parser.paths()? };
    parser.need_word("where")?;
    Ok(Command::RelevantFields(RelevantFields { fields, condition: parser.expression()? }))
}

pub(super) fn print(it: &RelevantFields, out: &mut Printer) {
    if !it.fields.is_empty() {
        out.paths(&it.fields);
        out.text(" ");
    }
    out.text("where ");
    out.expression(&it.condition);
}
