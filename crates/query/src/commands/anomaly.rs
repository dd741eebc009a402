//! `anomaly`: patterns that behave oddly.

use super::{CommandInfo, Takes};
use crate::ast::Command;
use crate::diagnostic::Outcome;
use crate::parser::Parser;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "anomaly",
    aliases: &[],
    usage: "anomaly",
    doc: "Keeps patterns that are new or behave differently.",
    example: "pattern @message | anomaly",
    takes: Takes::Nothing,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    parser.nothing("anomaly", Command::Anomaly)
}
