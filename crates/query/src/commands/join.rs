//! `join`: rows of another query beside those with equal keys.

use super::{CommandInfo, Takes};
use crate::ast::{Command, Join, JoinKey, JoinKind, Name, Path, Segment};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::parser::Parser;
use crate::print::Printer;
use crate::token::Sign;

pub(super) const COMMAND: CommandInfo = CommandInfo {
    name: "join",
    aliases: &[],
    usage: "join type=inner | left left=a right=b where a.key=b.key [and …] (query)",
    doc: "Puts the fields of another query's rows beside those of rows with equal keys.",
    example: "join type=inner left=a right=b where a.requestId=b.requestId (SOURCE 'api')",
    takes: Takes::Fields,
    keywords: &["type=inner", "type=left", "left=", "right=", "where", "and"],
    parse,
};

fn parse(parser: &mut Parser<'_>) -> Outcome<Command> {
    let (mut kind, mut left, mut right) = (JoinKind::Inner, None, None);
    // Ends because each turn takes an option.
    loop {
        if parser.take_option("type")? {
            kind = join_kind(parser)?;
        } else if parser.take_option("left")? {
            left = Some(parser.name()?);
        } else if parser.take_option("right")? {
            right = Some(parser.name()?);
        } else {
            break;
        }
    }
    let (Some(left), Some(right)) = (left, right) else {
        return Err(parser.unexpected(&["`type=`", "`left=`", "`right=`"]));
    };
    if !parser.is_word("where") && !parser.is_word("on") {
        return Err(parser.unexpected(&["`where`"]));
    }
    parser.advance()?;
    let mut keys = vec![key(parser, &left, &right)?];
    while parser.take_word("and")? {
        keys.push(key(parser, &left, &right)?);
    }
    let query = parser.query_in_parentheses()?;
    Ok(Command::Join(Join { kind, left, right, keys, query }))
}

fn join_kind(parser: &mut Parser<'_>) -> Outcome<JoinKind> {
    let kind = if parser.is_word("inner") {
        JoinKind::Inner
    } else if parser.is_word("left") {
        JoinKind::Left
    } else {
        return Err(parser.unexpected(&["`inner`", "`left`"]));
    };
    parser.advance()?;
    Ok(kind)
}

/// `a.x = b.y`, in whichever order.
fn key(parser: &mut Parser<'_>, left: &Name, right: &Name) -> Outcome<JoinKey> {
    let first = parser.path()?;
    if !parser.is(Sign::Equal) {
        let hint = "rows are joined by equality; filter the result for anything else";
        return Err(parser.unexpected(&["`=`"]).with_hint(hint));
    }
    parser.advance()?;
    let second = parser.path()?;
    let sides = (within(&first, left), within(&second, right));
    if let (Some(left), Some(right)) = sides {
        return Ok(JoinKey { left, right });
    }
    if let (Some(left), Some(right)) = (within(&second, left), within(&first, right)) {
        return Ok(JoinKey { left, right });
    }
    let message = "a key compares a field of one side with one of the other";
    let hint = format!(
        "write {} = {}",
        quoted(&format!("{}.key", left.text)),
        quoted(&format!("{}.key", right.text))
    );
    Err(Diagnostic::error(first.span.to(second.span), message).with_hint(hint))
}

/// The path without the name of the side in front, when it begins with that.
fn within(path: &Path, side: &Name) -> Option<Path> {
    let (Segment::Name(first), rest) = path.segments.split_first()? else { return None };
    let begins_with_name = rest.first().is_some_and(|it| matches!(it, Segment::Name(_)));
    (*first == side.text && begins_with_name)
        .then(|| Path { segments: rest.to_vec(), span: path.span })
}

pub(super) fn print(it: &Join, out: &mut Printer) {
    out.text(match it.kind {
        JoinKind::Inner => "type=inner left=",
        JoinKind::Left => "type=left left=",
    });
    out.name(&it.left);
    out.text(" right=");
    out.name(&it.right);
    let mut between = " where ";
    for key in &it.keys {
        out.text(between);
        out.path_within(&it.left, &key.left);
        out.text(" = ");
        out.path_within(&it.right, &key.right);
        between = " and ";
    }
    out.text(" ");
    out.query_in_parentheses(&it.query);
}
