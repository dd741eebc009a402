//! Words: keywords, names, fields with their path, numbers, periods, `$Saved`, `{{parameter}}`.

use super::{Token, TokenKind, quoted, rest};
use crate::ast::{Number, Period, PeriodUnit, Segment};
use crate::diagnostic::{Diagnostic, Outcome, quoted as shown};
use crate::limits::PERIOD_COUNT_MAX;
use crate::span::Span;

/// Characters of a name without backticks.
pub(crate) fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '@' | '.')
}

/// Reads the word at `start`.
pub(super) fn word(source: &str, start: usize) -> Outcome<Token> {
    let bare = bare_end(source, start);
    let text = source.get(start..bare).unwrap_or_default();
    if text.starts_with(|it: char| it.is_ascii_digit() || it == '.') {
        if let Some(token) = number(source, start, bare)? {
            return Ok(token);
        }
        if let Some(period) = period(text, start)? {
            return Ok(Token { kind: TokenKind::Period(period), span: Span::new(start, bare) });
        }
    }
    path(source, start)
}

fn bare_end(source: &str, start: usize) -> usize {
    let text = rest(source, start);
    start + text.find(|it| !is_word_character(it)).unwrap_or(text.len())
}

/// A number; the sign of an exponent is part of it.
fn number(source: &str, start: usize, bare: usize) -> Outcome<Option<Token>> {
    let mut end = bare;
    let mantissa = source.get(start..bare).and_then(|it| it.strip_suffix(['e', 'E']));
    if mantissa.is_some_and(|it| it.parse::<f64>().is_ok()) {
        let exponent = rest(source, bare).strip_prefix(['+', '-']).unwrap_or_default();
        let digits = exponent.find(|it: char| !it.is_ascii_digit()).unwrap_or(exponent.len());
        if digits != 0 {
            end = bare + 1 + digits;
        }
    }
    let text = source.get(start..end).unwrap_or_default();
    if !text.bytes().all(|it| it.is_ascii_digit() || b".eE+-".contains(&it)) {
        return Ok(None);
    }
    let span = Span::new(start, end);
    let kind = |number| Ok(Some(Token { kind: TokenKind::Number(number), span }));
    if let Ok(integer) = text.parse() {
        return kind(Number::Integer(integer));
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => kind(Number::Float(float)),
        Ok(_) => Err(Diagnostic::error(span, format!("the number {} is too large", shown(text)))),
        Err(_) => Ok(None),
    }
}

fn period(text: &str, start: usize) -> Outcome<Option<Period>> {
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let Some(unit) = PeriodUnit::by_name(unit).filter(|_| digits != 0) else { return Ok(None) };
    match count.parse() {
        Ok(count) if count <= PERIOD_COUNT_MAX => Ok(Some(Period { count, unit })),
        _ => {
            let span = Span::new(start, start + text.len());
            Err(Diagnostic::error(span, format!("the period {} is too long", shown(text))))
        }
    }
}

/// A name or a way to a field: bare words, backticks and indexes without blanks between them.
fn path(source: &str, start: usize) -> Outcome<Token> {
    let mut segments = Vec::new();
    let at = if rest(source, start).starts_with('.') {
        // A part of what is in front; the parser refuses it where nothing is.
        start
    } else if rest(source, start).starts_with('`') {
        segment(source, start, &mut segments)?
    } else {
        bare(source, start, &mut segments)?
    };
    let is_bare = !rest(source, start).starts_with('`');
    let is_operator = is_bare
        && matches!(segments.as_slice(),
        [Segment::Name(name)] if name.eq_ignore_ascii_case("in"));
    let end = if is_operator { at } else { continued(source, at, &mut segments)? };
    Ok(Token { kind: TokenKind::Word(segments), span: Span::new(start, end) })
}

/// What goes on behind the first part: `.name`, `` .`name` ``, `."name"`, `[0]`.
fn continued(source: &str, start: usize, segments: &mut Vec<Segment>) -> Outcome<usize> {
    let mut at = start;
    // Ends because each turn moves on or returns.
    loop {
        let text = rest(source, at);
        let is_behind_dot = source.get(..at).is_some_and(|it| it.ends_with('.'));
        if is_behind_dot && text.starts_with('`') {
            at = segment(source, at, segments)?;
        } else if is_behind_dot && text.starts_with('"') {
            at = in_quotes(source, at, segments)?;
        } else if text.starts_with('.') {
            at = bare(source, at + 1, segments)?;
        } else if let Some((index, length)) = index(text) {
            segments.push(Segment::Index(index));
            at += length;
        } else {
            return Ok(at);
        }
    }
}

/// Bare words separated by dots; a dot at the end waits for backticks or quotes.
fn bare(source: &str, start: usize, segments: &mut Vec<Segment>) -> Outcome<usize> {
    let end = bare_end(source, start);
    let text = source.get(start..end).unwrap_or_default();
    let mut names: Vec<&str> = text.split('.').collect();
    if names.last() == Some(&"") && rest(source, end).starts_with(['`', '"']) {
        names.pop();
    }
    if names.iter().any(|it| it.is_empty()) {
        let span = Span::new(start, end);
        let message = format!("{} has an empty part", shown(span.text(source)));
        let hint = "parts of a field's name are separated by one dot";
        return Err(Diagnostic::error(span, message).with_hint(hint));
    }
    segments.extend(names.into_iter().map(|it| Segment::Name(it.to_owned())));
    if !text.ends_with('@') || !rest(source, end).starts_with('`') {
        return Ok(end);
    }
    // AWS writes @`a:b` for the field `@a:b`.
    let (name, end) = backticks(source, end)?;
    if let Some(Segment::Name(last)) = segments.last_mut() {
        last.push_str(&name);
    }
    Ok(end)
}

/// A name in backticks; a backtick inside is doubled.
fn segment(source: &str, start: usize, segments: &mut Vec<Segment>) -> Outcome<usize> {
    let (name, end) = backticks(source, start)?;
    segments.push(Segment::Name(name));
    Ok(end)
}

/// The name in the backticks that begin at `start`, and where it ends.
pub(crate) fn backticks(source: &str, start: usize) -> Outcome<(String, usize)> {
    let mut name = String::new();
    let mut characters = rest(source, start + 1).char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character != '`' {
            name.push(character);
        } else if characters.next_if(|(_, it)| *it == '`').is_some() {
            name.push('`');
        } else if name.is_empty() {
            let span = Span::new(start, start + 2);
            return Err(Diagnostic::error(span, "there is no name between these backticks"));
        } else {
            return Ok((name, start + 1 + at + 1));
        }
    }
    Err(Diagnostic::error(Span::new(start, start + 1), "this backtick is never closed"))
}

/// `"name"` behind a dot, as people write for keys of JSON.
fn in_quotes(source: &str, start: usize, segments: &mut Vec<Segment>) -> Outcome<usize> {
    let token = quoted::string(source, start)?;
    if let TokenKind::String(name) = token.kind {
        segments.push(Segment::Name(name));
    }
    Ok(token.span.end)
}

/// `[0]`, and how many bytes it takes.
fn index(text: &str) -> Option<(u32, usize)> {
    let inner = text.strip_prefix('[')?;
    let digits = inner.find(|it: char| !it.is_ascii_digit())?;
    let (number, behind) = inner.split_at_checked(digits)?;
    behind.starts_with(']').then_some(())?;
    Some((number.parse().ok()?, digits + 2))
}

/// `$Name` or `` $`Name with blanks` ``.
pub(super) fn saved(source: &str, start: usize) -> Outcome<Token> {
    let at = start + 1;
    let (name, end) = if rest(source, at).starts_with('`') {
        backticks(source, at)?
    } else {
        let end = bare_end(source, at);
        (source.get(at..end).unwrap_or_default().to_owned(), end)
    };
    let span = Span::new(start, end);
    if name.is_empty() {
        let hint = "a saved query is called with `$Name(parameter=\"value\")`; a parameter is \
                    written `{{name}}`";
        return Err(Diagnostic::error(span, "`$` does not belong here").with_hint(hint));
    }
    Ok(Token { kind: TokenKind::Saved(name), span })
}

/// `{{name}}`.
pub(super) fn parameter(source: &str, start: usize) -> Outcome<Token> {
    let text = rest(source, start);
    let Some(length) = text.find("}}").map(|at| at + 2) else {
        let span = Span::new(start, start + 2);
        return Err(Diagnostic::error(span, "this parameter is never closed")
            .with_hint("a parameter is written `{{name}}`"));
    };
    let name = text.get(2..length - 2).unwrap_or_default().trim().to_owned();
    let span = Span::new(start, start + length);
    Ok(Token { kind: TokenKind::Parameter(name), span })
}

/// `.name` and `[0]` behind what is not a field, and where they end.
pub(crate) fn members(source: &str, start: usize) -> Outcome<Option<(Vec<Segment>, usize)>> {
    let mut segments = Vec::new();
    let end = continued(source, start, &mut segments)?;
    Ok(Some((segments, end)).filter(|(segments, _)| !segments.is_empty()))
}
