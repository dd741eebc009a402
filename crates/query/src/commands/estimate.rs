//! `estimate`: what a query would read.

use super::{CommandInfo, Takes};
use crate::ast::Command;
use crate::diagnostic::Outcome;
use crate::parser::Parser;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "estimate",
    aliases: &[],
    usage: "estimate",
    doc: "Tells how many bytes the query would read, and runs nothing.",
    example: "filter @message like /error/ | estimate",
    takes: Takes::Nothing,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    parser.nothing("estimate", Command::Estimate)
}
