//! `$Name(parameter="value")`: the stages of a saved query.

use crate::ast::{Command, Name, SavedArgument, SavedCall};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

/// Reads the call; the next piece is its name.
pub(crate) fn parse(parser: &mut Parser<'_>, name: String) -> Outcome<Command> {
    let name = Name { text: name, span: parser.advance()?.span };
    let mut arguments = Vec::new();
    if parser.take(Sign::LeftParenthesis)? && !parser.take(Sign::RightParenthesis)? {
        arguments = parser.separated(|parser| {
            let name = parser.name()?;
            parser.need(Sign::Equal, "`=`")?;
            Ok(SavedArgument { name, value: parser.text()? })
        })?;
        parser.need(Sign::RightParenthesis, "`)`")?;
    }
    Ok(Command::Saved(SavedCall { name, arguments }))
}

pub(super) fn print(it: &SavedCall, out: &mut Printer) {
    out.name(&it.name);
    out.text("(");
    out.separated(&it.arguments, |out, argument| {
        out.name(&argument.name);
        out.text("=");
        out.string(&argument.value.text);
    });
    out.text(")");
}
