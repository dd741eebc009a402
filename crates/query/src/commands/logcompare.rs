//! `logcompare`: compare with an earlier window.

use super::{CommandInfo, Takes};
use crate::ast::{Command, LogCompare};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "logcompare",
    aliases: &[],
    usage: "logcompare timeshift 7d",
    doc: "Compares the window with one so much earlier.",
    example: "pattern @message | logcompare timeshift 7d",
    takes: Takes::Nothing,
    keywords: &["timeshift"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    parser.need_word("timeshift")?;
    parser.take(Sign::Equal)?;
    Ok(Command::LogCompare(LogCompare { timeshift: parser.period()? }))
}

pub(super) fn print(it: &LogCompare, out: &mut Printer) {
    out.text("timeshift ");
    out.period(it.timeshift);
}
