//! Where in a query a cursor is, although the query may be unfinished there.

use crate::commands::{self, CommandInfo};
use crate::span::Span;
use crate::token::{self, Sign, Token, TokenKind};

/// What stands at the cursor and around it.
pub(super) struct Place {
    /// The word at the cursor; empty between words.
    pub(super) word: Span,
    pub(super) awaited: Awaited,
    /// The command of the stage.
    pub(super) command: Option<&'static CommandInfo>,
    /// Whether the cursor is behind the `by` of the stage.
    pub(super) is_behind_by: bool,
    /// Where the stage begins.
    pub(super) stage_start: usize,
    /// Where the query, or the one in parentheses, begins.
    pub(super) query_start: usize,
    /// Names that the query gave before.
    pub(super) names: Vec<String>,
}

/// What could stand at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    Command,
    /// A field, a value, a function.
    Operand,
    /// Something behind an operand.
    Operator,
    /// A new name.
    Name,
}

/// A query with the stage that is being read, or a parenthesis inside a stage.
#[derive(Clone)]
enum Frame {
    Query { start: usize, stage: Stage },
    Parenthesis,
}

#[derive(Clone, Default)]
struct Stage {
    start: usize,
    command: Option<&'static CommandInfo>,
    is_behind_by: bool,
}

/// Finds the place; none inside a string, a comment or a regular expression.
pub(super) fn at(source: &str, cursor: usize) -> Option<Place> {
    let mut frames = vec![Frame::Query { start: 0, stage: Stage::default() }];
    let mut names = Vec::new();
    let mut last: Option<Token> = None;
    // Ends because each piece but the last is longer than nothing.
    loop {
        let end = last.as_ref().map_or(0, |it| it.span.end);
        let token = match token::token(source, end) {
            Ok(token) if token.span.start <= cursor && token.kind != TokenKind::End => token,
            // A string or a name in the making: there a person writes freely.
            Err(error) if error.span.start < cursor => return None,
            _ => return place(source, Span::at(cursor), &frames, last.as_ref(), names),
        };
        if is_in_comment(source, end, cursor.min(token.span.start)) {
            return None;
        }
        let is_word = matches!(token.kind, TokenKind::Word(_));
        if cursor <= token.span.end && (is_word || cursor < token.span.end) {
            let word = if is_word { token.span } else { Span::at(cursor) };
            let is_string = matches!(token.kind, TokenKind::String(_));
            let is_inside = is_string && token.span.start < cursor;
            return if is_inside {
                None
            } else {
                place(source, word, &frames, last.as_ref(), names)
            };
        }
        if is_name(source, last.as_ref()) && is_word {
            names.push(token.span.text(source).trim_matches('`').to_owned());
        }
        let token = regex_instead(source, token, last.as_ref(), &frames);
        if cursor < token.span.end {
            return None;
        }
        read(source, &token, last.as_ref(), &mut frames);
        last = Some(token);
    }
}

fn is_in_comment(source: &str, from: usize, to: usize) -> bool {
    let blank = source.get(from..to).unwrap_or_default();
    blank.rsplit('\n').next().is_some_and(|it| it.contains('#'))
}

/// A slash where an operand is awaited begins a regular expression.
fn regex_instead(source: &str, token: Token, last: Option<&Token>, frames: &[Frame]) -> Token {
    let is_slash = token.kind == TokenKind::Sign(Sign::Slash);
    let is_parse = command(frames).is_some_and(|it| it.name == "parse");
    if !is_slash || !(is_parse || awaited(source, last) == Awaited::Operand) {
        return token;
    }
    let end = token::regex(source, token.span.start).map_or(source.len(), |it| it.span.end);
    Token { span: Span::new(token.span.start, end), kind: TokenKind::String(String::new()) }
}

fn command(frames: &[Frame]) -> Option<&'static CommandInfo> {
    frames.iter().rev().find_map(|it| match it {
        Frame::Query { stage, .. } => Some(stage.command),
        Frame::Parenthesis => None,
    })?
}

/// Goes on behind a piece.
fn read(source: &str, token: &Token, last: Option<&Token>, frames: &mut Vec<Frame>) {
    let end = token.span.end;
    match &token.kind {
        TokenKind::Sign(Sign::LeftParenthesis) => {
            let is_query = is(source, last, "in")
                || command(frames).is_some_and(|it| it.name == "join" || it.name == "appendcols");
            let stage = Stage { start: end, ..Stage::default() };
            let query = Frame::Query { start: end, stage };
            frames.push(if is_query { query } else { Frame::Parenthesis });
        }
        TokenKind::Sign(Sign::RightParenthesis) if 1 < frames.len() => {
            frames.pop();
        }
        TokenKind::Sign(Sign::Pipe) => {
            while matches!(frames.last(), Some(Frame::Parenthesis)) {
                frames.pop();
            }
            if let Some(Frame::Query { stage, .. }) = frames.last_mut() {
                *stage = Stage { start: end, ..Stage::default() };
            }
        }
        TokenKind::Word(_) => {
            let text = token.span.text(source);
            if let Some(Frame::Query { stage, .. }) = frames.last_mut() {
                stage.is_behind_by |= text.eq_ignore_ascii_case("by");
                stage.command = stage.command.or_else(|| commands::by_name(text));
            }
        }
        _ => {}
    }
}

fn is(source: &str, token: Option<&Token>, word: &str) -> bool {
    token.is_some_and(|it| it.span.text(source).eq_ignore_ascii_case(word))
}

/// Whether a new name stands behind the piece.
fn is_name(source: &str, last: Option<&Token>) -> bool {
    is(source, last, "as") || is(source, last, "into")
}

fn place(
    source: &str,
    word: Span,
    frames: &[Frame],
    last: Option<&Token>,
    names: Vec<String>,
) -> Option<Place> {
    let from = last.map_or(0, |it| it.span.end);
    if is_in_comment(source, from, word.start) {
        return None;
    }
    let (query_start, stage) = frames.iter().rev().find_map(|it| match it {
        Frame::Query { start, stage } => Some((*start, stage.clone())),
        Frame::Parenthesis => None,
    })?;
    let awaited = if stage.command.is_none() { Awaited::Command } else { awaited(source, last) };
    let Stage { start: stage_start, command, is_behind_by } = stage;
    Some(Place { word, awaited, command, is_behind_by, stage_start, query_start, names })
}

/// Words behind which an operand stands, although they look like one.
const OPENERS: &[&str] =
    &["and", "or", "not", "by", "where", "like", "in", "with", "for", "output", "outputnew"];

fn awaited(source: &str, last: Option<&Token>) -> Awaited {
    let Some(token) = last else { return Awaited::Command };
    if is_name(source, last) {
        return Awaited::Name;
    }
    let is_opener = OPENERS.iter().any(|it| is(source, last, it));
    let text = token.span.text(source);
    match &token.kind {
        TokenKind::Sign(Sign::RightParenthesis | Sign::RightBracket) => Awaited::Operator,
        TokenKind::Sign(_) => Awaited::Operand,
        TokenKind::Word(_) if is_opener || commands::by_name(text).is_some() => Awaited::Operand,
        _ => Awaited::Operator,
    }
}
