//! `sort`: order rows.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Sort, SortKey};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "sort",
    aliases: &[],
    usage: "sort a desc, b",
    doc: "Orders rows; numbers inside text count as numbers.",
    example: "stats count(*) as n by eventName | sort n desc",
    takes: Takes::Expressions,
    keywords: &["asc", "desc"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    parser.take_word("by")?;
    let keys = parser.separated(|parser| {
        let expr = parser.expression()?;
        let descending = parser.take_word("desc")?;
        if !descending {
            parser.take_word("asc")?;
        }
        Ok(SortKey { expr, descending })
    })?;
    Ok(Command::Sort(Sort { keys }))
}

pub(super) fn print(it: &Sort, out: &mut Printer) {
    out.separated(&it.keys, |out, key| {
        out.expression(&key.expr);
        if key.descending {
            out.text(" desc");
        }
    });
}
