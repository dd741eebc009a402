//! `diff`: compare patterns with before.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Diff, Shift};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "diff",
    aliases: &[],
    usage: "diff [previousDay | previousWeek | previousMonth]",
    doc: "Compares patterns with those of the window before.",
    example: "pattern @message | diff previousWeek",
    takes: Takes::Nothing,
    keywords: &["previousDay", "previousWeek", "previousMonth"],
    parse,
};

const SHIFTS: &[(&str, Shift)] =
    &[("previousDay", Shift::Day), ("previousWeek", Shift::Week), ("previousMonth", Shift::Month)];

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let named = SHIFTS.iter().find(|(name, _)| parser.is_word(name)).map(|(_, shift)| *shift);
    if named.is_none() && !parser.is_at_stage_end() {
        return Err(parser.unexpected(&["`previousDay`", "`previousWeek`", "`previousMonth`"]));
    }
    if named.is_some() {
        parser.advance()?;
    }
    Ok(Command::Diff(Diff { shift: named }))
}

pub(super) fn print(it: &Diff, out: &mut Printer) {
    let name = SHIFTS.iter().find(|(_, shift)| Some(*shift) == it.shift);
    out.text(name.map_or("", |(name, _)| name));
}
