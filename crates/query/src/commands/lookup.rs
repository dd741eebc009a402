//! `lookup`: add columns of a table.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Lookup, LookupMatch};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "lookup",
    aliases: &[],
    usage: "lookup table column [as field], … OUTPUT | OUTPUTNEW column [as name], …",
    doc: "Adds columns of a lookup table where keys are equal.",
    example: "lookup hosts ip as srcAddr OUTPUT owner, team",
    takes: Takes::Fields,
    keywords: &["as", "OUTPUT", "OUTPUTNEW"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let table = parser.table()?;
    let matches = parser.separated(|parser| {
        let column = parser.name()?;
        let field = if parser.take_word("as")? { Some(parser.path()?) } else { None };
        Ok(LookupMatch { column, field })
    })?;
    let (mode, outputs) = parser.lookup_outputs()?;
    Ok(Command::Lookup(Lookup { table, matches, mode, outputs }))
}

pub(super) fn print(it: &Lookup, out: &mut Printer) {
    out.name(&it.table);
    out.text(" ");
    out.separated(&it.matches, |out, pair| {
        out.name(&pair.column);
        if let Some(field) = &pair.field {
            out.text(" as ");
            out.path(field);
        }
    });
    out.lookup_outputs(it.mode, &it.outputs);
}
