//! `unmask`: show masked data.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Unmask};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "unmask",
    aliases: &[],
    usage: "unmask [(field)]",
    doc: "Shows data that is masked, to those who may see it.",
    example: "fields @message | unmask",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    if parser.is_at_stage_end() {
        return Ok(Command::Unmask(Unmask { field: None }));
    }
    let is_open = parser.take(Sign::LeftParenthesis)?;
    let field = Some(parser.path()?);
    if is_open {
        parser.need(Sign::RightParenthesis, "`)`")?;
    }
    Ok(Command::Unmask(Unmask { field }))
}

pub(super) fn print(it: &Unmask, out: &mut Printer) {
    if let Some(field) = &it.field {
        out.path(field);
    }
}
