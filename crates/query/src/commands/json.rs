//! `json`: take a value out of an object.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Json, JsonOutput};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "json",
    aliases: &[],
    usage: "json field=object \"path\" as name",
    doc: "Takes values out of an object by their path.",
    example: "json field=requestParameters \"bucket.name\" as bucket",
    takes: Takes::Fields,
    keywords: &["field=", "as"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    if !parser.take_option("field")? {
        return Err(parser.unexpected(&["`field=`"]));
    }
    let field = parser.path()?;
    let outputs = parser.separated(|parser| {
        let path = parser.text()?;
        parser.need_word("as")?;
        Ok(JsonOutput { path, alias: parser.name()? })
    })?;
    Ok(Command::Json(Json { field, outputs }))
}

pub(super) fn print(it: &Json, out: &mut Printer) {
    out.text("field=");
    out.path(&it.field);
    out.text(" ");
    out.separated(&it.outputs, |out, output| {
        out.string(&output.path.text);
        out.alias(Some(&output.alias));
    });
}
