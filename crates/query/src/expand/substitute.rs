//! `{{name}}`: finding them, and putting values in their places.

use std::collections::BTreeSet;

use super::Values;
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::limits::EXPANDED_BYTES_MAX;
use crate::nearest::nearest;
use crate::print;
use crate::span::Span;
use crate::token::{self, Sign, Token, TokenKind};

/// Where a parameter stands, which decides how its value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    /// Where a literal stands: behind a comparison, or in a list.
    Operator,
    Quote(char),
    Backticks,
    Slashes,
}

/// The names of the parameters in a text.
pub(super) fn names(source: &str) -> Outcome<BTreeSet<String>> {
    let places = places(source)?;
    Ok(places.into_iter().map(|(span, _)| name(source, span).to_owned()).collect())
}

/// The text with values in the places of its parameters.
pub(super) fn values(source: &str, values: &Values) -> Outcome<String> {
    if !source.contains("{{") {
        return Ok(source.to_owned());
    }
    let mut text = String::new();
    let mut done = 0;
    for (span, around) in places(source)? {
        text.push_str(source.get(done..span.start).unwrap_or_default());
        let name = name(source, span);
        let Some(value) = values.get(name) else {
            let message = format!("the parameter {} has no value", quoted(name));
            let close = nearest(name, values.keys().map(String::as_str));
            let hint = "give it one, for example with `--param name=value`";
            return Err(Diagnostic::error(span, message).with_nearest(close).with_hint(hint));
        };
        write(value, around, span, &mut text)?;
        done = span.end;
        if EXPANDED_BYTES_MAX < text.len() {
            let message = format!("the query becomes longer than {EXPANDED_BYTES_MAX} bytes");
            return Err(Diagnostic::error(span, message));
        }
    }
    text.push_str(source.get(done..).unwrap_or_default());
    Ok(text)
}

/// The name between the braces.
fn name(source: &str, span: Span) -> &str {
    let inner = span.text(source).strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
    inner.unwrap_or_default().trim()
}

/// Where the parameters are; those in comments are none.
fn places(source: &str) -> Outcome<Vec<(Span, Around)>> {
    let mut places = Vec::new();
    let mut before = [None, None];
    let mut in_list = false;
    let mut at = 0;
    // Ends because each piece but the last is longer than nothing.
    loop {
        let token = token::token(source, at)?;
        at = token.span.end;
        let around = match &token.kind {
            TokenKind::End => return Ok(places),
            TokenKind::Sign(Sign::Slash) if begins_regex(source, &before) => {
                at = token::regex(source, token.span.start)?.span.end;
                Around::Slashes
            }
            TokenKind::Word(_) => Around::Backticks,
            TokenKind::String(_) => {
                Around::Quote(token.span.text(source).chars().next().unwrap_or('"'))
            }
            TokenKind::Parameter(_) if awaits_literal(source, before.last(), in_list) => {
                Around::Operator
            }
            TokenKind::Sign(Sign::LeftBracket | Sign::RightBracket) => {
                in_list = token.kind == TokenKind::Sign(Sign::LeftBracket);
                Around::Nothing
            }
            _ => Around::Nothing,
        };
        inside(source, Span::new(token.span.start, at), around, &mut places);
        let [_, last] = before;
        before = [last, Some(token)];
    }
}

/// Whether a literal stands behind the last piece.
fn awaits_literal(source: &str, last: Option<&Option<Token>>, in_list: bool) -> bool {
    let Some(Some(token)) = last else { return false };
    match token.kind {
        TokenKind::Sign(sign) => {
            use Sign as S;
            in_list && matches!(sign, S::LeftBracket | S::Comma)
                || matches!(sign, S::Equal | S::NotEqual | S::Match)
                || matches!(sign, S::Less | S::LessOrEqual | S::Greater | S::GreaterOrEqual)
        }
        _ => token.span.text(source).eq_ignore_ascii_case("like"),
    }
}

/// The parameters inside a piece of the text.
fn inside(source: &str, piece: Span, around: Around, places: &mut Vec<(Span, Around)>) {
    let mut at = piece.start;
    // Ends because each turn moves behind a parameter.
    while let Some(start) = piece_from(source, piece, at).find("{{").map(|it| at + it) {
        let Some(length) = piece_from(source, piece, start).find("}}") else { return };
        let span = Span::new(start, start + length + 2);
        let is_outside = matches!(around, Around::Nothing | Around::Operator);
        let is_parameter = is_outside || is_name(name(source, span));
        at = if is_parameter { span.end } else { start + 1 };
        places.extend(is_parameter.then_some((span, around)));
    }
}

/// Whether it is the name of a parameter; braces in a string may be anything.
fn is_name(name: &str) -> bool {
    let begins = |it: char| it.is_alphabetic() || it == '_';
    let goes_on = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | ' ' | '.');
    name.starts_with(begins) && name.chars().all(goes_on)
}

fn piece_from(source: &str, piece: Span, at: usize) -> &str {
    source.get(at..piece.end).unwrap_or_default()
}

/// Whether a slash begins a regular expression; otherwise it divides.
fn begins_regex(source: &str, before: &[Option<Token>; 2]) -> bool {
    let [earlier, last] = before;
    let is_word = |token: &Option<Token>, word: &str| {
        token.as_ref().is_some_and(|it| it.span.text(source).eq_ignore_ascii_case(word))
    };
    let is_operator = last.as_ref().is_none_or(|it| {
        let closes = [Sign::RightParenthesis, Sign::RightBracket];
        matches!(it.kind, TokenKind::Sign(sign) if !closes.contains(&sign))
    });
    is_operator || is_word(last, "like") || is_word(last, "parse") || is_word(earlier, "parse")
}

fn write(value: &str, around: Around, span: Span, text: &mut String) -> Outcome<()> {
    match around {
        Around::Quote(quote) => {
            for character in value.chars() {
                match character {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    it if it == quote => text.extend(['\\', it]),
                    it => text.push(it),
                }
            }
        }
        Around::Backticks => text.push_str(&value.replace('`', "``")),
        Around::Slashes => {
            for character in regex_syntax::escape(value).chars() {
                match character {
                    '/' => text.push_str("\\/"),
                    '\n' => text.push_str("\\n"),
                    it => text.push(it),
                }
            }
        }
        Around::Operator if !is_literal(value) => text.push_str(&print::string(value)),
        Around::Operator => text.push_str(value),
        Around::Nothing => {
            tame(value, span)?;
            text.push_str(value);
        }
    }
    Ok(())
}

/// Whether a value is a number, a period or something in quotes, or several with commas.
fn is_literal(value: &str) -> bool {
    let mut at = 0;
    let mut is_value_next = true;
    // Ends because each piece but the last is longer than nothing.
    loop {
        let Ok(token) = token::token(value, at) else { return false };
        let is_comment = value.get(at..token.span.start).is_none_or(|it| it.contains('#'));
        at = token.span.end;
        is_value_next = match token.kind {
            _ if is_comment => return false,
            TokenKind::End => return !is_value_next,
            TokenKind::Sign(Sign::Comma) if !is_value_next => true,
            TokenKind::Sign(Sign::Minus) if is_value_next => true,
            TokenKind::String(_) | TokenKind::Number(_) | TokenKind::Period(_) if is_value_next => {
                false
            }
            _ => return false,
        };
    }
}

/// Whether a value can stand outside quotes without changing what is around it.
fn tame(value: &str, span: Span) -> Outcome<()> {
    let refused = || {
        let message = format!("the value {} cannot stand outside quotes", quoted(value));
        Diagnostic::error(span, message).with_hint("put the parameter in quotes: `\"{{name}}\"`")
    };
    let mut open = Vec::new();
    let mut at = 0;
    // Ends because each piece but the last is longer than nothing.
    loop {
        let token = token::token(value, at).map_err(|_| refused())?;
        let is_comment = value.get(at..token.span.start).is_none_or(|it| it.contains('#'));
        at = token.span.end;
        match token.kind {
            TokenKind::End if open.is_empty() && !is_comment => return Ok(()),
            TokenKind::Sign(Sign::LeftParenthesis) => open.push(Sign::RightParenthesis),
            TokenKind::Sign(Sign::LeftBracket) => open.push(Sign::RightBracket),
            TokenKind::Sign(sign @ (Sign::RightParenthesis | Sign::RightBracket))
                if open.pop() != Some(sign) =>
            {
                return Err(refused());
            }
            TokenKind::End
            | TokenKind::Saved(_)
            | TokenKind::Parameter(_)
            | TokenKind::Sign(Sign::Pipe | Sign::Slash) => return Err(refused()),
            _ if is_comment => return Err(refused()),
            _ => {}
        }
    }
}
