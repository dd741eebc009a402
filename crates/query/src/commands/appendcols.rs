//! `appendcols`: columns of another query.

use super::{CommandInfo, Takes};
use crate::ast::{AppendCols, Command};
use crate::diagnostic::Outcome;
use crate::limits::APPENDED_ROWS_DEFAULT;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "appendcols",
    aliases: &[],
    usage: "appendcols [override=false] [max=10000] (query)",
    doc: "Puts the columns of another query beside, row by row.",
    example: "stats count(*) as all | appendcols (filter status >= 500 | stats count(*) as bad)",
    takes: Takes::Nothing,
    keywords: &["override=true", "max="],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let (mut override_columns, mut rows_max) = (false, APPENDED_ROWS_DEFAULT);
    // Ends because each turn takes an option.
    loop {
        if parser.take_option("override")? {
            override_columns = parser.switch()?;
        } else if parser.take_option("max")? || parser.take_option("maxout")? {
            rows_max = parser.count()?;
        } else {
            break;
        }
    }
    let query = parser.query_in_parentheses()?;
    Ok(Command::AppendCols(AppendCols { override_columns, rows_max, query }))
}

pub(super) fn print(it: &AppendCols, out: &mut Printer) {
    out.text(if it.override_columns { "override=true " } else { "" });
    if it.rows_max != APPENDED_ROWS_DEFAULT {
        out.text(&format!("max={} ", it.rows_max));
    }
    out.query_in_parentheses(&it.query);
}
