//! What several commands share: lists of columns, names and fields, options, literals.

use super::Parser;
use crate::ast::{
    Command, LookupMode, LookupOutput, Name, Number, Path, Period, PeriodUnit, Projection, Query,
    Text,
};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;
use crate::token::{self, Sign, TokenKind};

impl Parser<'_> {
    /// `a, b, c` of anything; at least one.
    pub(crate) fn separated<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Outcome<T>,
    ) -> Outcome<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.take(Sign::Comma)? {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `expression as name, …`.
    pub(crate) fn projections(&mut self) -> Outcome<Vec<Projection>> {
        self.separated(|parser| {
            let expr = parser.expression()?;
            let alias = parser.alias()?;
            Ok(Projection { expr, alias })
        })
    }

    /// `as name`, if it is there.
    pub(crate) fn alias(&mut self) -> Outcome<Option<Name>> {
        if self.take_word("as")? { Ok(Some(self.name()?)) } else { Ok(None) }
    }

    /// A name that the query gives.
    pub(crate) fn name(&mut self) -> Outcome<Name> {
        if let TokenKind::String(_) = self.token.kind {
            return Err(self
                .unexpected(&["a name"])
                .with_hint("names stand in backticks, or bare"));
        }
        let path = self.path()?;
        Ok(Name { text: path.text(), span: path.span })
    }

    /// The name of a lookup table, in which `-` may stand.
    pub(crate) fn table(&mut self) -> Outcome<Name> {
        let mut name = self.name()?;
        let behind = token::rest(self.source, name.span.end);
        let is_name = |it: char| token::is_word_character(it) || it == '-';
        let length = behind.find(|it| !is_name(it)).unwrap_or(behind.len());
        if behind.starts_with('-') {
            name.span = Span::new(name.span.start, name.span.end + length);
            name.text.push_str(behind.get(..length).unwrap_or_default());
            self.jump(name.span.end)?;
        }
        Ok(name)
    }

    /// `a, b, c` of fields.
    pub(crate) fn paths(&mut self) -> Outcome<Vec<Path>> {
        self.separated(Self::path)
    }

    /// Fields up to the end of the stage, separated by commas or blanks.
    pub(crate) fn loose_paths(&mut self) -> Outcome<Vec<Path>> {
        let mut paths = Vec::new();
        while !self.is_at_stage_end() {
            if !paths.is_empty() {
                self.take(Sign::Comma)?;
            }
            paths.push(self.path()?);
        }
        Ok(paths)
    }

    /// `key=`, if it is there: a word with `=` behind it.
    pub(crate) fn take_option(&mut self, keyword: &str) -> Outcome<bool> {
        let is_option =
            self.is_word(keyword) && self.second()?.kind == TokenKind::Sign(Sign::Equal);
        if is_option {
            self.advance()?;
            self.advance()?;
        }
        Ok(is_option)
    }

    /// A string.
    pub(crate) fn text(&mut self) -> Outcome<Text> {
        let span = self.token.span;
        let TokenKind::String(text) = &self.token.kind else {
            return Err(self.unexpected(&["a string"]));
        };
        let text = Text { text: text.clone(), span };
        self.advance()?;
        Ok(text)
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&mut self) -> Outcome<u64> {
        let TokenKind::Number(Number::Integer(count)) = self.token.kind else {
            return Err(self.unexpected(&["a whole number"]));
        };
        self.advance()?;
        Ok(count.unsigned_abs())
    }

    /// `true` or `false`, also `1` and `0`, `t` and `f`.
    pub(crate) fn switch(&mut self) -> Outcome<bool> {
        let word = self.token.span.text(self.source).to_ascii_lowercase();
        let value = match word.as_str() {
            "true" | "t" | "1" => true,
            "false" | "f" | "0" => false,
            _ => return Err(self.unexpected(&["`true`", "`false`"])),
        };
        self.advance()?;
        Ok(value)
    }

    /// `5m` or `5 min`.
    pub(crate) fn period(&mut self) -> Outcome<Period> {
        if let TokenKind::Period(period) = self.token.kind {
            self.advance()?;
            return Ok(period);
        }
        let expected = ["a period, such as `5m`, `1h`, `7d`"];
        if !matches!(self.token.kind, TokenKind::Number(Number::Integer(_))) {
            return Err(self.unexpected(&expected));
        }
        let count = self.count()?;
        let Some(unit) = PeriodUnit::by_name(self.token.span.text(self.source)) else {
            return Err(self.unexpected(&["a unit: ms, s, m, h, d, w, mo, q, y"]));
        };
        self.advance()?;
        Ok(Period { count, unit })
    }

    /// `OUTPUT a, b as c` or `OUTPUTNEW …`.
    pub(crate) fn lookup_outputs(&mut self) -> Outcome<(LookupMode, Vec<LookupOutput>)> {
        let mode = if self.take_word("OUTPUTNEW")? {
            LookupMode::FillAbsent
        } else if self.take_word("OUTPUT")? {
            LookupMode::Overwrite
        } else {
            return Err(self.unexpected(&["`OUTPUT`", "`OUTPUTNEW`"]));
        };
        let outputs = self.separated(|parser| {
            let column = parser.name()?;
            Ok(LookupOutput { column, alias: parser.alias()? })
        })?;
        Ok((mode, outputs))
    }

    /// `( stages )`.
    pub(crate) fn query_in_parentheses(&mut self) -> Outcome<Query> {
        let open = self.need(Sign::LeftParenthesis, "a query in `( )`")?.span;
        let query = self.deeper(Self::query)?;
        if !self.is(Sign::RightParenthesis) {
            return Err(self
                .unexpected(&["`|` and the next command", "`)`"])
                .with_related(open, "the parenthesis that is open"));
        }
        self.advance()?;
        Ok(query)
    }

    /// The end of a stage that has no arguments.
    pub(crate) fn nothing(&mut self, name: &str, command: Command) -> Outcome<Command> {
        if self.is_at_stage_end() {
            return Ok(command);
        }
        let message = format!("`{name}` has no arguments");
        Err(Diagnostic::error(self.token.span, message).with_expected(&["`|`", "the end"]))
    }
}
