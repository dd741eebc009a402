//! `anomaly`: patterns that behave oddly.

use super::CommandInfo;
use crate::ast::Command;
use crate::diagnostic::Outcome;
use crate::parser::Parser;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "anomaly",
    aliases: &[],
    usage: "anomaly",
    doc: "Keeps patterns that are new or behave differently.",
    example: "pattern @message | anomaly",
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    parser.nothing("anomaly", Command::Anomaly)
}
