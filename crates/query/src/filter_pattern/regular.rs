//! Regular expressions between percent signs.

use regex::bytes::{Regex, RegexBuilder};

use super::Dialect;
use super::cursor::Cursor;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::PATTERN_REGEX_BYTES_MAX;
use crate::regular::groups_fit;
use crate::span::Span;

/// The symbols that AWS takes in an expression, operators included.
const AWS_SYMBOLS: &str = ":_#=@/;,-^$?[]{}|\\*+. ";

/// Reads `%…%`; the opening sign comes next.
pub(super) fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Regex> {
    let start = cursor.position();
    cursor.next();
    let content_start = cursor.position();
    loop {
        match cursor.peek() {
            Some('%') => break,
            Some('\\') => {
                cursor.next();
                cursor.next();
            }
            Some(_) => {
                cursor.next();
            }
            None => {
                let message = "this regular expression is never closed";
                return Err(Diagnostic::error(Span::new(start, cursor.position()), message)
                    .with_hint("end the expression with `%`, or quote a percent sign"));
            }
        }
    }
    let content = cursor.since(content_start);
    let span = Span::new(content_start, cursor.position());
    cursor.next();
    if content.is_empty() {
        return Err(Diagnostic::error(
            Span::new(start, cursor.position()),
            "the expression is empty",
        ));
    }
    if dialect == Dialect::Aws {
        check_symbols(content, content_start)?;
    }
    let mut builder = RegexBuilder::new(content);
    builder.size_limit(PATTERN_REGEX_BYTES_MAX).unicode(dialect == Dialect::Open);
    let regex = builder.build().map_err(|error| Diagnostic::error(span, reason(&error)))?;
    if !groups_fit(content, dialect == Dialect::Open) {
        let error = Diagnostic::error(span, "this regular expression has too many groups");
        return Err(error.with_hint("`(?:…)` is a group that remembers nothing"));
    }
    Ok(regex)
}

/// Refuses what AWS refuses: groups, other symbols, characters of more than one byte.
fn check_symbols(content: &str, start: usize) -> Outcome<()> {
    let is_unknown = |it: &char| !it.is_ascii_alphanumeric() && !AWS_SYMBOLS.contains(*it);
    let Some((offset, symbol)) = content.char_indices().find(|(_, it)| is_unknown(it)) else {
        return Ok(());
    };
    let span = Span::new(start + offset, start + offset + symbol.len_utf8());
    let error = Diagnostic::error(span, format!("AWS takes no `{symbol}` in an expression"));
    Err(if symbol.is_ascii() {
        error.with_hint(format!("write it as `\\x{:02X}`", u32::from(symbol)))
    } else {
        error
    })
}

/// Returns the last line of the library's explanation, which says what is wrong.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    let last = last.trim().trim_start_matches("error: ").trim_end_matches('.');
    format!("this is no regular expression: {last}")
}
