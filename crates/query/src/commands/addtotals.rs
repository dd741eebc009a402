//! `addtotals`: sums of rows and columns.

use super::{CommandInfo, Takes};
use crate::ast::{AddTotals, Command};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "addtotals",
    aliases: &[],
    usage: "addtotals [fieldname=Total] [row=true] [col=false] [a, b]",
    doc: "Adds a column with the sum of each row, or a row with the sum of each column.",
    example: "stats sum(a) as x, sum(b) as y by k | addtotals col=true",
    takes: Takes::Fields,
    keywords: &["fieldname=", "row=false", "col=true"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let mut totals = AddTotals { name: None, row: true, column: false, fields: Vec::new() };
    // Ends because each turn takes an option.
    loop {
        if parser.take_option("fieldname")? {
            totals.name = Some(parser.name()?);
        } else if parser.take_option("row")? {
            totals.row = parser.switch()?;
        } else if parser.take_option("col")? {
            totals.column = parser.switch()?;
        } else {
            break;
        }
    }
    totals.fields = parser.loose_paths()?;
    Ok(Command::AddTotals(totals))
}

pub(super) fn print(it: &AddTotals, out: &mut Printer) {
    let mut parts = Vec::new();
    if !it.row {
        parts.push("row=false");
    }
    if it.column {
        parts.push("col=true");
    }
    if let Some(name) = &it.name {
        out.text("fieldname=");
        out.name(name);
        out.text(if parts.is_empty() && it.fields.is_empty() { "" } else { " " });
    }
    out.text(&parts.join(" "));
    out.text(if parts.is_empty() || it.fields.is_empty() { "" } else { " " });
    if !it.fields.is_empty() {
        out.paths(&it.fields);
    }
}
