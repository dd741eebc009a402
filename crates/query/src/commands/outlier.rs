//! `outlier`: values far from the rest.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Number, Outlier, OutlierAction};
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::TokenKind;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "outlier",
    aliases: &[],
    usage: "outlier [action=remove | transform] [param=2.5] [uselower=false] [mark=false] a b",
    doc: "Removes or clamps values that are far from the others.",
    example: "outlier action=remove duration",
    takes: Takes::Fields,
    keywords: &["action=remove", "param=", "uselower=true", "mark=true"],
    parse,
};

/// How many interquartile ranges make an outlier.
const PARAM_DEFAULT: f64 = 2.5;

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let mut outlier = Outlier {
        action: OutlierAction::Transform,
        param: PARAM_DEFAULT,
        use_lower: false,
        mark: false,
        fields: Vec::new(),
    };
    // Ends because each turn takes an option.
    loop {
        if parser.take_option("action")? {
            outlier.action = action(parser)?;
        } else if parser.take_option("param")? {
            outlier.param = param(parser)?;
        } else if parser.take_option("uselower")? {
            outlier.use_lower = parser.switch()?;
        } else if parser.take_option("mark")? {
            outlier.mark = parser.switch()?;
        } else {
            break;
        }
    }
    outlier.fields = parser.loose_paths()?;
    if outlier.fields.is_empty() {
        return Err(parser.unexpected(&["the name of a field"]));
    }
    Ok(Command::Outlier(outlier))
}

fn action(parser: &mut Parser<'_>) -> Outcome<OutlierAction> {
    let action = if parser.is_word("remove") || parser.is_word("rm") {
        OutlierAction::Remove
    } else if parser.is_word("transform") || parser.is_word("tf") {
        OutlierAction::Transform
    } else {
        return Err(parser.unexpected(&["`remove`", "`transform`"]));
    };
    parser.advance()?;
    Ok(action)
}

#[expect(clippy::cast_precision_loss, reason = "a factor near 2.5")]
fn param(parser: &mut Parser<'_>) -> Outcome<f64> {
    let param = match parser.token.kind {
        TokenKind::Number(Number::Float(param)) => param,
        TokenKind::Number(Number::Integer(param)) => param as f64,
        _ => return Err(parser.unexpected(&["a number, such as `2.5`"])),
    };
    parser.advance()?;
    Ok(param)
}

pub(super) fn print(it: &Outlier, out: &mut Printer) {
    if it.action == OutlierAction::Remove {
        out.text("action=remove ");
    }
    if it.param.to_bits() != PARAM_DEFAULT.to_bits() {
        out.text("param=");
        out.number(Number::Float(it.param));
        out.text(" ");
    }
    out.text(if it.use_lower { "uselower=true " } else { "" });
    out.text(if it.mark { "mark=true " } else { "" });
    out.paths(&it.fields);
}
