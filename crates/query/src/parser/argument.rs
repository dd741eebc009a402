//! Operands: literals, fields, calls, parentheses.

use super::Parser;
use super::expression::Tree;
use crate::ast::{Call, Expr, ExprKind, Name, Path, Period, PeriodUnit, Regex};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::span::Span;
use crate::token::{self, Sign, TokenKind};

/// Words that never are fields; a field of that name stands in backticks.
pub(crate) const RESERVED: &[&str] = &["and", "as", "by", "in", "like", "not", "or"];

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Outcome<Tree> {
        let span = self.token.span;
        let tree = match &self.token.kind {
            TokenKind::String(text) => Tree::leaf(ExprKind::String(text.clone()), span),
            TokenKind::Number(number) => Tree::leaf(ExprKind::Number(*number), span),
            TokenKind::Period(period) => Tree::leaf(ExprKind::Period(*period), span),
            TokenKind::Sign(Sign::LeftParenthesis) => return self.parenthesis(),
            TokenKind::Sign(Sign::LeftBracket) => return Err(self.no_list()),
            TokenKind::Sign(Sign::Slash) => {
                let regex = self.regex()?;
                return Ok(Tree::leaf(ExprKind::Regex(regex.pattern), regex.span));
            }
            TokenKind::Word(_) => return self.word(),
            _ => return Err(self.no_operand()),
        };
        self.advance()?;
        Ok(tree)
    }

    fn no_operand(&self) -> Box<Diagnostic> {
        self.unexpected(&["a field", "a value", "a function"])
    }

    fn no_list(&self) -> Box<Diagnostic> {
        Diagnostic::error(self.token.span, "a list stands only behind `in`")
            .with_hint("write `field in [\"a\", \"b\"]`")
    }

    fn word(&mut self) -> Outcome<Tree> {
        let span = self.token.span;
        let text = span.text(self.source);
        if RESERVED.iter().any(|it| it.eq_ignore_ascii_case(text)) {
            let hint = format!("a field of the name `{text}` stands in backticks");
            return Err(self.no_operand().with_hint(hint));
        }
        self.no_dot_in_front()?;
        if let Some(value) = boolean(text) {
            self.advance()?;
            return Ok(Tree::leaf(ExprKind::Boolean(value), span));
        }
        let second = self.second()?;
        if second.kind == TokenKind::Sign(Sign::LeftParenthesis) {
            return self.call();
        }
        if text.eq_ignore_ascii_case("case") && second.span.text(self.source) == "when" {
            return Err(Diagnostic::error(span, "there is no `case when … then … end`").with_hint(
                "write `case(condition, value, condition, value, default)` or `if(condition, \
                 value, other)`",
            ));
        }
        Ok(Tree::leaf(ExprKind::Field(self.path()?), span))
    }

    fn call(&mut self) -> Outcome<Tree> {
        let name = self.function_name()?;
        self.advance()?;
        let mut star = false;
        let mut trees = Vec::new();
        if self.is(Sign::Star) {
            self.advance()?;
            self.need(Sign::RightParenthesis, "`)`")?;
            star = true;
        } else {
            trees = self.trees(Sign::RightParenthesis, "`)`")?;
        }
        let height = trees.iter().map(|it| it.height).max().unwrap_or(0);
        let arguments = trees.into_iter().map(|it| it.expr).collect();
        let span = name.span.to(self.last_span());
        let tree = Tree::on(height, ExprKind::Call(Call { name, arguments, star }), span)?;
        self.members(tree)
    }

    /// The name in front of a parenthesis: one bare word.
    fn function_name(&mut self) -> Outcome<Name> {
        let token = self.advance()?;
        let text = token.span.text(self.source).to_owned();
        if matches!(&token.kind, TokenKind::Word(segments) if segments.len() == 1)
            && !text.starts_with('`')
        {
            return Ok(Name { text, span: token.span });
        }
        let message = format!("{} is a field, and fields are not called", quoted(&text));
        Err(Diagnostic::error(token.span, message).with_hint(
            "a function is called by its bare name; between a field and `(` stands an \
                        operator",
        ))
    }

    /// Operands separated by commas, up to and with the closing sign.
    pub(super) fn trees(&mut self, close: Sign, shown: &str) -> Outcome<Vec<Tree>> {
        let mut trees = Vec::new();
        if self.take(close)? {
            return Ok(trees);
        }
        // Ends because each turn takes an operand.
        loop {
            trees.push(self.argument()?);
            if self.take(close)? {
                return Ok(trees);
            }
            if !self.take(Sign::Comma)? {
                let is_distinct = trees.last().is_some_and(|it| self.is_distinct(it));
                let error = self.unexpected(&["`,`", shown]);
                let hint = "write `countDistinct(field)`";
                return Err(if is_distinct { error.with_hint(hint) } else { error });
            }
            if close == Sign::RightBracket && self.take(close)? {
                return Ok(trees);
            }
        }
    }

    /// SQL has `count(distinct field)`.
    fn is_distinct(&self, tree: &Tree) -> bool {
        tree.expr.span.text(self.source).eq_ignore_ascii_case("distinct")
    }

    /// An argument; `5 min` is a period, too.
    fn argument(&mut self) -> Outcome<Tree> {
        let span = self.token.span;
        if let TokenKind::Number(crate::ast::Number::Integer(count)) = self.token.kind {
            let second = self.second()?;
            let unit = PeriodUnit::by_name(second.span.text(self.source));
            if let (Some(unit), Ok(count)) = (unit, u64::try_from(count)) {
                self.advance()?;
                self.advance()?;
                let span = span.to(second.span);
                return Ok(Tree::leaf(ExprKind::Period(Period { count, unit }), span));
            }
        }
        self.tree()
    }

    fn parenthesis(&mut self) -> Outcome<Tree> {
        let open = self.advance()?.span;
        let tree = self.tree()?;
        if !self.is(Sign::RightParenthesis) {
            return Err(self
                .unexpected(&["`)`", "an operator"])
                .with_related(open, "the parenthesis that is open"));
        }
        self.advance()?;
        self.members(tree)
    }

    /// `.name` and `[0]` directly behind a call or a parenthesis.
    fn members(&mut self, base: Tree) -> Outcome<Tree> {
        let end = self.last_span().end;
        let Some(read) = token::members(self.source, end)? else { return Ok(base) };
        let (segments, end) = read;
        self.jump(end)?;
        let span = base.expr.span.to(Span::at(end));
        if let ExprKind::Field(mut path) = base.expr.kind {
            path.segments.extend(segments);
            path.span = span;
            return Ok(Tree::leaf(ExprKind::Field(path), span));
        }
        let kind = ExprKind::Member { base: Box::new(base.expr), segments };
        Tree::on(base.height, kind, span)
    }

    /// A regular expression; the next piece is its first slash.
    pub(crate) fn regex(&mut self) -> Outcome<Regex> {
        let regex = token::regex(self.source, self.token.span.start)?;
        self.jump(regex.span.end)?;
        Ok(regex)
    }

    fn no_dot_in_front(&self) -> Outcome<()> {
        if !self.token.span.text(self.source).starts_with('.') {
            return Ok(());
        }
        let message = format!("{} has an empty part", self.shown());
        Err(Diagnostic::error(self.token.span, message)
            .with_hint("a name does not start with a dot"))
    }

    /// The way to a field.
    pub(crate) fn path(&mut self) -> Outcome<Path> {
        let span = self.token.span;
        let TokenKind::Word(segments) = &self.token.kind else {
            return Err(self.unexpected(&["the name of a field"]));
        };
        if RESERVED.iter().any(|it| it.eq_ignore_ascii_case(span.text(self.source))) {
            return Err(self.unexpected(&["the name of a field"]));
        }
        self.no_dot_in_front()?;
        let path = Path { segments: segments.clone(), span };
        self.advance()?;
        Ok(path)
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    is("true").then_some(true).or_else(|| is("false").then_some(false))
}

impl Parser<'_> {
    /// Tests of other languages: `x is null`, `x exists`, `x contains "a"`, `x between …`.
    pub(super) fn foreign_test(&self, left: &Expr) -> Option<Box<Diagnostic>> {
        let word = self.token.span.text(self.source).to_ascii_lowercase();
        let second = self.second().map(|it| it.span.text(self.source).to_ascii_lowercase());
        let is_not = |what: &str| word == "not" && second.as_deref().is_ok_and(|it| it == what);
        let field = left.span.text(self.source);
        let hint = match word.as_str() {
            "is" => format!("write `ispresent({field})` or `not ispresent({field})`"),
            "exists" => format!("write `ispresent({field})`"),
            _ if is_not("exists") => format!("write `not ispresent({field})`"),
            "contains" => format!("write `{field} like \"part\"`"),
            "startswith" => format!("write `startsWith({field}, \"part\")`"),
            "matches" | "regex" | "rlike" => format!("write `{field} like /expression/`"),
            "between" => format!("write `1 <= {field} and {field} <= 9`"),
            _ => return None,
        };
        let not = if is_not("exists") { "not exists" } else { word.as_str() };
        let message = format!("there is no operator `{not}`");
        Some(Diagnostic::error(self.token.span, message).with_hint(hint))
    }
}
