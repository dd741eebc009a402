//! `filldown`: carry values on.

use super::{CommandInfo, Takes};
use crate::ast::{Command, FieldPattern, FillDown};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::span::Span;
use crate::token::{Sign, TokenKind};

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

/// Names and stars without blanks between them.
fn pattern(parser: &mut Parser<'_>) -> Outcome<FieldPattern> {
    let start = parser.token.span;
    let mut text = String::new();
    let mut end = start.start;
    // Ends because each turn takes a piece.
    while parser.token.span.start == end {
        match &parser.token.kind {
            TokenKind::Word(_) if parser.token.span.text(parser.source).starts_with('`') => {
                text.push_str(&parser.path()?.text());
            }
            TokenKind::Word(_) => {
                text.push_str(parser.token.span.text(parser.source));
                parser.advance()?;
            }
            TokenKind::Sign(Sign::Star) => {
                text.push('*');
                parser.advance()?;
            }
            _ => break,
        }
        end = parser.last_span().end;
    }
    if text.is_empty() {
        return Err(parser.unexpected(&["the name of a field, in which `*` may stand"]));
    }
    Ok(FieldPattern { text, span: Span::new(start.start, end) })
}

pub(super) fn print(it: &FillDown, out: &mut Printer) {
    let mut between = "";
    for field in &it.fields {
        out.text(between);
        out.field_pattern(&field.text);
        between = " ";
    }
}
