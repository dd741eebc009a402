//! `cidrlookup`: add columns by network.

use super::{CommandInfo, Takes};
use crate::ast::{CidrLookup, Command};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "cidrlookup",
    aliases: &[],
    usage: "cidrlookup table address [as column] OUTPUT | OUTPUTNEW column [as name], …",
    doc: "Adds columns of the network that an address belongs to.",
    example: "cidrlookup networks srcAddr as cidr OUTPUT zone",
    takes: Takes::Fields,
    keywords: &["as", "OUTPUT", "OUTPUTNEW"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let table = parser.table()?;
    let field = parser.path()?;
    let column = parser.alias()?;
    let (mode, outputs) = parser.lookup_outputs()?;
    Ok(Command::CidrLookup(CidrLookup { table, field, column, mode, outputs }))
}

pub(super) fn print(it: &CidrLookup, out: &mut Printer) {
    out.name(&it.table);
    out.text(" ");
    out.path(&it.field);
    out.alias(it.column.as_ref());
    out.lookup_outputs(it.mode, &it.outputs);
}
