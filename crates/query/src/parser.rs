//! Text to syntax tree: the stages, and what the commands' own parsers build on.
//!
//! A hand-written descent with one piece of look-ahead. It stops at the first error; every loop
//! takes a piece of the text or ends.

mod argument;
mod expression;
mod list;

use crate::ast::{Query, Stage};
use crate::commands;
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::limits::{NESTING_MAX, QUERY_BYTES_MAX, STAGES_MAX};
use crate::nearest::nearest;
use crate::resolve;
use crate::span::Span;
use crate::token::{self, Sign, Token, TokenKind};
pub(crate) use argument::RESERVED;

/// Reads a query.
///
/// # Errors
/// The text is not a query; the diagnostic says where and what was expected. Whether a query
/// makes sense is another question: [`crate::check`] answers it.
pub fn parse(source: &str) -> Outcome<Query> {
    if QUERY_BYTES_MAX < source.len() {
        let message = format!("the query is longer than {QUERY_BYTES_MAX} bytes");
        return Err(Diagnostic::error(Span::at(0), message)
            .with_hint("put long lists into a lookup table, and use `lookup`"));
    }
    let mut parser = Parser::new(source)?;
    let mut query = parser.query()?;
    if !parser.is_at_end() {
        return Err(parser.no_end());
    }
    resolve::columns(&mut query);
    Ok(query)
}

/// A place in the text, and how deep the parser stands.
pub(crate) struct Parser<'a> {
    pub(crate) source: &'a str,
    /// The piece that is read next.
    pub(crate) token: Token,
    /// The end of the piece that was read last.
    end: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str) -> Outcome<Self> {
        Ok(Self { source, token: token::token(source, 0)?, end: 0, depth: 0 })
    }

    /// Stages up to the end of the text or a closing parenthesis.
    pub(crate) fn query(&mut self) -> Outcome<Query> {
        let start = self.token.span;
        let mut stages: Vec<Stage> = Vec::new();
        // Ends because each turn takes a command.
        loop {
            let stage = self.stage(stages.last())?;
            stages.push(stage);
            if STAGES_MAX < stages.len() {
                let message = format!("the query has more than {STAGES_MAX} stages");
                return Err(Diagnostic::error(self.token.span, message));
            }
            if !self.take(Sign::Pipe)? {
                break;
            }
        }
        Ok(Query { stages, span: start.to(self.last_span()) })
    }

    fn stage(&mut self, before: Option<&Stage>) -> Outcome<Stage> {
        let name_span = self.token.span;
        if let TokenKind::Saved(name) = &self.token.kind {
            let name = name.clone();
            let command = commands::saved::parse(self, name)?;
            return Ok(Stage { command, name_span, span: name_span.to(self.last_span()) });
        }
        let Some(info) = commands::by_name(name_span.text(self.source)) else {
            return Err(self.no_command(before));
        };
        self.advance()?;
        let command = (info.parse)(self)?;
        Ok(Stage { command, name_span, span: name_span.to(self.last_span()) })
    }

    fn no_command(&self, before: Option<&Stage>) -> Box<Diagnostic> {
        let span = self.token.span;
        let names = || commands::ALL.iter().map(|it| it.name);
        match &self.token.kind {
            TokenKind::End if before.is_some() => {
                let message = "the query ends behind `|`";
                Diagnostic::error(span, message).with_expected(&["a command"])
            }
            TokenKind::End => Diagnostic::error(span, "the query is empty")
                .with_expected(&["a command, such as `fields @timestamp, @message`"]),
            TokenKind::Parameter(name) => no_value(span, name),
            TokenKind::Word(_) => {
                let written = span.text(self.source);
                let message = format!("there is no command {}", quoted(written));
                let hint = commands::foreign(written);
                let mut error = Diagnostic::error(span, message)
                    .with_nearest(nearest(written, names()).filter(|_| hint.is_none()));
                error.hint = hint.map(str::to_owned);
                error
            }
            _ => Diagnostic::error(span, format!("{} is not a command", self.shown()))
                .with_expected(&["a command, such as `filter`"]),
        }
    }

    /// A stage goes on where it should have ended.
    fn no_end(&self) -> Box<Diagnostic> {
        let message = format!("{} does not belong here", self.shown());
        let mut error = Diagnostic::error(self.token.span, message)
            .with_expected(&["`|` and the next command", "the end of the query"])
            .with_nearest(self.nearest_operator());
        if self.is(Sign::Colon) {
            error.hint = Some("a text, such as an address, stands in quotes".to_owned());
        } else if commands::by_name(self.token.span.text(self.source)).is_some() {
            error.nearest = None;
            error.hint = Some(format!("write `|` in front of {}", self.shown()));
        }
        error
    }

    /// Goes on to the next piece and returns the one just read.
    pub(crate) fn advance(&mut self) -> Outcome<Token> {
        let next = token::token(self.source, self.token.span.end)?;
        self.end = self.token.span.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Goes on behind something that was read from the text itself.
    pub(crate) fn jump(&mut self, end: usize) -> Outcome<()> {
        self.token = token::token(self.source, end)?;
        self.end = end;
        Ok(())
    }

    /// The piece behind the next one.
    pub(crate) fn second(&self) -> Outcome<Token> {
        token::token(self.source, self.token.span.end)
    }

    /// The place just behind what was read last, as an end for spans.
    pub(crate) fn last_span(&self) -> Span {
        Span::at(self.end)
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.token.kind == TokenKind::End
    }

    /// Whether the stage is over.
    pub(crate) fn is_at_stage_end(&self) -> bool {
        self.is_at_end() || self.is(Sign::Pipe) || self.is(Sign::RightParenthesis)
    }

    pub(crate) fn is(&self, sign: Sign) -> bool {
        self.token.kind == TokenKind::Sign(sign)
    }

    /// Whether the next piece is this keyword, in any case.
    pub(crate) fn is_word(&self, keyword: &str) -> bool {
        self.token.span.text(self.source).eq_ignore_ascii_case(keyword)
    }

    /// Takes the sign if it is next.
    pub(crate) fn take(&mut self, sign: Sign) -> Outcome<bool> {
        let is_next = self.is(sign);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    /// Takes the keyword if it is next.
    pub(crate) fn take_word(&mut self, keyword: &str) -> Outcome<bool> {
        let is_next = self.is_word(keyword);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    pub(crate) fn need(&mut self, sign: Sign, expected: &str) -> Outcome<Token> {
        if self.is(sign) { self.advance() } else { Err(self.unexpected(&[expected])) }
    }

    pub(crate) fn need_word(&mut self, keyword: &str) -> Outcome<Token> {
        if self.is_word(keyword) {
            return self.advance();
        }
        Err(self.unexpected(&[&format!("`{keyword}`")]))
    }

    /// Runs a part of the parser one level deeper.
    pub(crate) fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if NESTING_MAX <= self.depth {
            let message = format!("the query nests deeper than {NESTING_MAX} levels");
            return Err(Diagnostic::error(self.token.span, message));
        }
        self.depth += 1;
        let outcome = part(self);
        self.depth -= 1;
        outcome
    }

    /// The next piece is none of what could stand here.
    pub(crate) fn unexpected(&self, expected: &[&str]) -> Box<Diagnostic> {
        let span = self.token.span;
        match &self.token.kind {
            TokenKind::Parameter(name) => return no_value(span, name),
            TokenKind::End => Diagnostic::error(span, "the query ends too early"),
            _ if self.is_at_stage_end() => {
                Diagnostic::error(span, format!("the stage ends too early, at {}", self.shown()))
            }
            _ => Diagnostic::error(span, format!("{} does not belong here", self.shown())),
        }
        .with_expected(expected)
    }

    /// The next piece as a message shows it.
    pub(crate) fn shown(&self) -> String {
        quoted(self.token.span.text(self.source))
    }

    /// Words that stand where an operator should, and what was meant.
    fn nearest_operator(&self) -> Option<&'static str> {
        let TokenKind::Word(_) = &self.token.kind else { return None };
        let known = ["and", "or", "not like", "not in", "like", "in", "as", "by"];
        nearest(self.token.span.text(self.source), known.into_iter())
    }
}

fn no_value(span: Span, name: &str) -> Box<Diagnostic> {
    Diagnostic::error(span, format!("the parameter {} has no value", quoted(name)))
        .with_hint("give it one, for example with `--param name=value`")
}
