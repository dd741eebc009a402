//! The smallest pieces of a query's text, read one at a time.
//!
//! The parser asks for each piece when it needs it, because a slash is a division behind a value
//! and begins a regular expression elsewhere: only the parser knows which.

mod quoted;
mod word;

use crate::ast::{Number, Period, Segment};
use crate::diagnostic::{Diagnostic, Outcome, quoted as shown};
use crate::span::Span;

pub(crate) use quoted::regex;
pub(crate) use word::{backticks, is_word_character, members};

/// A piece of the text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// The pieces.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// The end of the text.
    End,
    /// A keyword, a name or a field: `filter`, `a.b[0]`, `` `a b` ``.
    Word(Vec<Segment>),
    /// A string without its quotes and escapes.
    String(String),
    Number(Number),
    Period(Period),
    /// `$Name`, in front of its parenthesis.
    Saved(String),
    /// `{{name}}`.
    Parameter(String),
    Sign(Sign),
}

/// The pieces that are always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Pipe,
    Comma,
    Colon,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Match,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Bang,
}

/// Each sign as it is written; the longer ones first.
const SIGNS: &[(&str, Sign)] = &[
    ("==", Sign::Equal),
    ("=~", Sign::Match),
    ("!=", Sign::NotEqual),
    ("<=", Sign::LessOrEqual),
    (">=", Sign::GreaterOrEqual),
    ("|", Sign::Pipe),
    (",", Sign::Comma),
    (":", Sign::Colon),
    ("(", Sign::LeftParenthesis),
    (")", Sign::RightParenthesis),
    ("[", Sign::LeftBracket),
    ("]", Sign::RightBracket),
    ("{", Sign::LeftBrace),
    ("}", Sign::RightBrace),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::Greater),
    ("+", Sign::Plus),
    ("-", Sign::Minus),
    ("*", Sign::Star),
    ("/", Sign::Slash),
    ("%", Sign::Percent),
    ("^", Sign::Caret),
    ("!", Sign::Bang),
];

/// Texts that other languages have, and what they are here; looked at before [`SIGNS`].
const FOREIGN: &[(&str, &str)] = &[
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("<>", "write `!=`"),
    ("=>", "write `>=`"),
    ("=<", "write `<=`"),
    (";", "a query ends at its end; stages are separated by `|`"),
    ("--", "a comment begins with `#`"),
    ("//", "a comment begins with `#`; a regular expression has something between its slashes"),
    ("/*", "a comment begins with `#`"),
    ("“", "strings stand in straight quotes: \"text\" or 'text'"),
    ("”", "strings stand in straight quotes: \"text\" or 'text'"),
    ("‘", "strings stand in straight quotes: \"text\" or 'text'"),
    ("’", "strings stand in straight quotes: \"text\" or 'text'"),
    ("\\", "the query seems to be escaped for another language: take the backslash away"),
];

/// The text from a byte on; nothing when it is not one of the text.
pub(crate) fn rest(source: &str, from: usize) -> &str {
    source.get(from..).unwrap_or_default()
}

/// The first byte at or after `from` that is neither white space nor in a comment.
pub(crate) fn skip_blank(source: &str, from: usize) -> usize {
    let mut at = from;
    // Ends because each turn moves on or returns.
    loop {
        let text = rest(source, at);
        let blank = text.len() - text.trim_start().len();
        let behind = rest(source, at + blank);
        if !behind.starts_with('#') {
            return at + blank;
        }
        at += blank + behind.find('\n').unwrap_or(behind.len());
    }
}

/// Reads the piece at or after a byte.
pub(crate) fn token(source: &str, from: usize) -> Outcome<Token> {
    let start = skip_blank(source, from);
    let text = rest(source, start);
    let Some(first) = text.chars().next() else {
        return Ok(Token { kind: TokenKind::End, span: Span::at(start) });
    };
    match first {
        '"' | '\'' => quoted::string(source, start),
        '`' => word::word(source, start),
        '$' => word::saved(source, start),
        '{' if text.starts_with("{{") => word::parameter(source, start),
        it if is_word_character(it) => word::word(source, start),
        _ => sign(source, start, first),
    }
}

fn sign(source: &str, start: usize, first: char) -> Outcome<Token> {
    let text = rest(source, start);
    // A doubled minus is a subtraction of a negative number when a value follows closely.
    let foreign = FOREIGN.iter().find(|(written, _)| text.starts_with(written));
    if let Some((written, hint)) = foreign.filter(|(written, _)| !is_arithmetic(written, text)) {
        let span = Span::new(start, start + written.len());
        let message = format!("{} does not belong in a query", shown(written));
        return Err(Diagnostic::error(span, message).with_hint(*hint));
    }
    if let Some((written, sign)) = SIGNS.iter().find(|(written, _)| text.starts_with(written)) {
        let span = Span::new(start, start + written.len());
        return Ok(Token { kind: TokenKind::Sign(*sign), span });
    }
    let span = Span::new(start, start + first.len_utf8());
    let message = format!("{} does not belong in a query", shown(first.encode_utf8(&mut [0; 4])));
    let hint = "a name with other characters than letters, digits, `_`, `@` and `.` stands in \
                backticks";
    Err(Diagnostic::error(span, message).with_hint(hint))
}

fn is_arithmetic(written: &str, text: &str) -> bool {
    let next = text.chars().nth(2);
    written == "--" && next.is_some_and(|it| is_word_character(it) || it == '(' || it == '`')
}
