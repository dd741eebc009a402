//! `unnest`: one row for each item.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Unnest};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "unnest",
    aliases: &[],
    usage: "unnest list into item",
    doc: "Makes one row of each item of a list.",
    example: "fields jsonParse(@message) as m | unnest m.events into event",
    takes: Takes::Fields,
    keywords: &["into"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let field = parser.path()?;
    parser.need_word("into")?;
    Ok(Command::Unnest(Unnest { field, alias: parser.name()? }))
}

pub(super) fn print(it: &Unnest, out: &mut Printer) {
    out.path(&it.field);
    out.text(" into ");
    out.name(&it.alias);
}
