//! `stats`: aggregate.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Stats};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "stats",
    aliases: &[],
    usage: "stats aggregate as a, … [by key as k, …] [offset period]",
    doc: "Aggregates events, over all or for each group.",
    example: "stats count(*) as n, avg(bytes) by srcAddr, bin(5m)",
    takes: Takes::Expressions,
    keywords: &["as", "by", "offset"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let aggregates = parser.projections()?;
    let keys = if parser.take_word("by")? { parser.projections()? } else { Vec::new() };
    let offset = if parser.take_word("offset")? { Some(parser.period()?) } else { None };
    Ok(Command::Stats(Stats { aggregates, keys, offset }))
}

pub(super) fn print(it: &Stats, out: &mut Printer) {
    out.projections(&it.aggregates);
    if !it.keys.is_empty() {
        out.text(" by ");
        out.projections(&it.keys);
    }
    if let Some(offset) = it.offset {
        out.text(" offset ");
        out.period(offset);
    }
}
