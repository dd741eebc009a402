//! `$Name(parameter="value")`: the stages of a saved query.

use crate::ast::{Command, Name, SavedArgument, SavedCall, Text};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::{Sign, TokenKind};

/// Reads the call; the next piece is its name.
pub(crate) fn parse(parser: &mut Parser<'_>, name: String) -> Outcome<Command> {
    let name = Name { text: name, span: parser.advance()?.span };
    let mut arguments = Vec::new();
    if parser.take(Sign::LeftParenthesis)? && !parser.take(Sign::RightParenthesis)? {
        arguments = parser.separated(|parser| {
            let name = parser.name()?;
            parser.need(Sign::Equal, "`=`")?;
            Ok(SavedArgument { name, value: value(parser)? })
        })?;
        parser.need(Sign::RightParenthesis, "`)`")?;
    }
    Ok(Command::Saved(SavedCall { name, arguments }))
}

/// A string; a number, a period or a truth value stands for its text.
fn value(parser: &mut Parser<'_>) -> Outcome<Text> {
    let start = parser.token.span;
    if let TokenKind::String(_) = parser.token.kind {
        return parser.text();
    }
    parser.take(Sign::Minus)?;
    let word = parser.token.span.text(parser.source).to_ascii_lowercase();
    let is_value = matches!(parser.token.kind, TokenKind::Number(_) | TokenKind::Period(_));
    if !is_value && word != "true" && word != "false" {
        return Err(parser.unexpected(&["a string", "a number"]));
    }
    let span = start.to(parser.advance()?.span);
    Ok(Text { text: span.text(parser.source).to_owned(), span })
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
