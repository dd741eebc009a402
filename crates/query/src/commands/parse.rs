//! `parse`: take fields out of text.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Name, Parse, ParseKind};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::{Sign, TokenKind};

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "parse",
    aliases: &[],
    usage: "parse [field] \"user=*\" as user | parse [field] /(?<user>\\w+)/ [as …] [multi] | parse [field] logfmt as map | parse [field] csv as a, b",
    doc: "Takes new fields out of a text.",
    example: "parse @message \"user=*, id=*\" as user, id",
    takes: Takes::Fields,
    keywords: &["as", "logfmt", "csv", "multi"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let is_format = parser.is_word("logfmt") || parser.is_word("csv");
    let second = parser.second()?;
    let is_field = !is_format || !second.span.text(parser.source).eq_ignore_ascii_case("as");
    let is_field = is_field && matches!(parser.token.kind, TokenKind::Word(_));
    let field = if is_field { Some(parser.path()?) } else { None };
    Ok(Command::Parse(Parse { field, kind: kind(parser)? }))
}

fn kind(parser: &mut Parser<'_>) -> Outcome<ParseKind> {
    if parser.is(Sign::Slash) {
        let regex = parser.regex()?;
        let early = parser.take_word("multi")?;
        let names = if parser.is_word("as") { names(parser)? } else { Vec::new() };
        let multi = early || parser.take_word("multi")?;
        return Ok(ParseKind::Regex { regex, names, multi });
    }
    if parser.take_word("logfmt")? {
        parser.need_word("as")?;
        return Ok(ParseKind::LogFmt { name: parser.name()? });
    }
    if parser.take_word("csv")? {
        return Ok(ParseKind::Csv { names: names(parser)? });
    }
    if !matches!(parser.token.kind, TokenKind::String(_)) {
        return Err(parser.unexpected(&[
            "a pattern, such as `\"user=*\"`",
            "a regular expression, such as `/user=(?<user>\\w+)/`",
            "`logfmt`",
            "`csv`",
        ]));
    }
    let pattern = parser.text()?;
    Ok(ParseKind::Glob { pattern, names: names(parser)? })
}

fn names(parser: &mut Parser<'_>) -> Outcome<Vec<Name>> {
    parser.need_word("as")?;
    parser.separated(Parser::name)
}

fn print_names(names: &[Name], out: &mut Printer) {
    if !names.is_empty() {
        out.text(" as ");
        out.separated(names, Printer::name);
    }
}

pub(super) fn print(it: &Parse, out: &mut Printer) {
    if let Some(field) = &it.field {
        out.path(field);
        out.text(" ");
    }
    match &it.kind {
        ParseKind::Glob { pattern, names } => {
            out.string(&pattern.text);
            print_names(names, out);
        }
        ParseKind::Regex { regex, names, multi } => {
            out.regex(&regex.pattern);
            print_names(names, out);
            out.text(if *multi { " multi" } else { "" });
        }
        ParseKind::LogFmt { name } => {
            out.text("logfmt");
            out.alias(Some(name));
        }
        ParseKind::Csv { names } => {
            out.text("csv");
            print_names(names, out);
        }
    }
}
