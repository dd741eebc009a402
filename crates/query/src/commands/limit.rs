//! `limit`: so many rows.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Limit};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "limit",
    aliases: &["head", "tail"],
    usage: "limit [any] 20",
    doc: "Keeps the first rows, or with `any` those found first.",
    example: "sort @timestamp desc | limit 20",
    takes: Takes::Nothing,
    keywords: &["any"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let any = parser.take_word("any")?;
    Ok(Command::Limit(Limit { count: parser.count()?, any }))
}

pub(super) fn print(it: &Limit, out: &mut Printer) {
    if it.any {
        out.text("any ");
    }
    out.text(&it.count.to_string());
}
