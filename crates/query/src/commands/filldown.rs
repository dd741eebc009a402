//! `filldown`: carry values on.

use super::{CommandInfo, Takes};
use crate::ast::{Command, FieldPattern, FillDown};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::span::Span;
use crate::token::{self, Sign};

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "filldown",
    aliases: &[],
    usage: "filldown [a cpu*]",
    doc: "Fills absent values with the last one present.",
    example: "sort @timestamp asc | filldown state",
    takes: Takes::Fields,
    keywords: &[],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let mut fields = Vec::new();
    while !parser.is_at_stage_end() {
        if !fields.is_empty() {
            parser.take(Sign::Comma)?;
        }
        fields.push(pattern(parser)?);
    }
    Ok(Command::FillDown(FillDown { fields }))
}

/// Names and stars without blanks between them; a star means anything in backticks, too.
fn pattern(parser: &mut Parser<'_>) -> Outcome<FieldPattern> {
    let start = parser.token.span.start;
    let mut text = String::new();
    let mut end = start;
    // Ends because each turn moves on or breaks.
    while let Some(character) = token::rest(parser.source, end).chars().next() {
        if character == '`' {
            let (name, behind) = token::backticks(parser.source, end)?;
            text.push_str(&name);
            end = behind;
        } else if character == '*' || token::is_word_character(character) {
            text.push(character);
            end += character.len_utf8();
        } else {
            break;
        }
    }
    if text.is_empty() {
        return Err(parser.unexpected(&["the name of a field, in which `*` may stand"]));
    }
    parser.jump(end)?;
    Ok(FieldPattern { text, span: Span::new(start, end) })
}

pub(super) fn print(it: &FillDown, out: &mut Printer) {
    let mut between = "";
    for field in &it.fields {
        out.text(between);
        out.field_pattern(&field.text);
        between = " ";
    }
}
