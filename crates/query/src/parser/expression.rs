//! Expressions, by precedence: `or`, `and`, `not`, comparisons, `+ -`, `* / %`, `^`, signs, calls.

use super::Parser;
use crate::ast::{BinaryOperator, Expr, ExprKind, LikePattern, Regex, Text, UnaryOperator};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::EXPRESSION_HEIGHT_MAX;
use crate::span::Span;
use crate::token::{Sign, TokenKind};

/// An expression and how high its tree is, so that no tree is too high to walk.
pub(super) struct Tree {
    pub(super) expr: Expr,
    pub(super) height: usize,
}

impl Tree {
    pub(super) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, height: 1 }
    }

    /// A tree on others, of which the highest is given.
    pub(super) fn on(height: usize, kind: ExprKind, span: Span) -> Outcome<Self> {
        if EXPRESSION_HEIGHT_MAX <= height {
            let message = "this expression has too many operators inside each other";
            return Err(Diagnostic::error(span, message)
                .with_hint("compute parts of it in `fields … as name` first"));
        }
        Ok(Self { expr: Expr { kind, span }, height: height + 1 })
    }

    fn binary(operator: BinaryOperator, left: Self, right: Self) -> Outcome<Self> {
        let height = left.height.max(right.height);
        let span = left.expr.span.to(right.expr.span);
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        Self::on(height, ExprKind::Binary { operator, left, right }, span)
    }
}

/// Comparisons, which do not chain.
const COMPARISONS: &[(Sign, BinaryOperator)] = &[
    (Sign::Equal, BinaryOperator::Equal),
    (Sign::NotEqual, BinaryOperator::NotEqual),
    (Sign::Less, BinaryOperator::Less),
    (Sign::LessOrEqual, BinaryOperator::LessOrEqual),
    (Sign::Greater, BinaryOperator::Greater),
    (Sign::GreaterOrEqual, BinaryOperator::GreaterOrEqual),
];

const SUMS: &[(Sign, BinaryOperator)] =
    &[(Sign::Plus, BinaryOperator::Add), (Sign::Minus, BinaryOperator::Subtract)];

const PRODUCTS: &[(Sign, BinaryOperator)] = &[
    (Sign::Star, BinaryOperator::Multiply),
    (Sign::Slash, BinaryOperator::Divide),
    (Sign::Percent, BinaryOperator::Remainder),
];

impl Parser<'_> {
    /// An expression.
    pub(crate) fn expression(&mut self) -> Outcome<Expr> {
        Ok(self.tree()?.expr)
    }

    /// A value with nothing but a sign in front of it.
    pub(crate) fn value(&mut self) -> Outcome<Expr> {
        Ok(self.deeper(Self::signed)?.expr)
    }

    pub(super) fn tree(&mut self) -> Outcome<Tree> {
        self.deeper(|parser| parser.junction(BinaryOperator::Or, "or"))
    }

    /// `a and b and c`, `a or b or c`: kept flat, so that a thousand of them make a low tree.
    fn junction(&mut self, operator: BinaryOperator, keyword: &str) -> Outcome<Tree> {
        let mut parts = Vec::new();
        // Ends because each turn takes an operand.
        loop {
            let part = match operator {
                BinaryOperator::Or => self.junction(BinaryOperator::And, "and")?,
                _ => self.negation()?,
            };
            flatten(operator, part, &mut parts);
            if !self.take_word(keyword)? {
                return balanced(operator, parts);
            }
        }
    }

    fn negation(&mut self) -> Outcome<Tree> {
        if !self.is_word("not") {
            return self.comparison();
        }
        let start = self.advance()?.span;
        let operand = self.deeper(Self::negation)?;
        unary(UnaryOperator::Not, start, operand)
    }

    fn comparison(&mut self) -> Outcome<Tree> {
        let left = self.sum()?;
        if let Some(operator) = self.operator(COMPARISONS)? {
            let right = self.sum()?;
            let tree = Tree::binary(operator, left, right)?;
            self.no_second_comparison()?;
            return Ok(tree);
        }
        if self.is(Sign::Match) {
            self.advance()?;
            let pattern = self.match_pattern()?;
            return self.like(left, pattern, false);
        }
        let is_negated = self.is_word("not") && self.second_is_like_or_in()?;
        if is_negated {
            self.advance()?;
        }
        if self.take_word("like")? {
            let pattern = self.like_pattern()?;
            return self.like(left, pattern, is_negated);
        }
        if self.take_word("in")? {
            return self.membership(left, is_negated);
        }
        if let Some(error) = self.foreign_test(&left.expr) {
            return Err(error);
        }
        Ok(left)
    }

    fn no_second_comparison(&self) -> Outcome<()> {
        let is_comparison = |(sign, _): &(Sign, _)| self.is(*sign);
        if !COMPARISONS.iter().any(is_comparison) {
            return Ok(());
        }
        let message = "a comparison cannot be compared again";
        Err(Diagnostic::error(self.token.span, message)
            .with_hint("write `1 < x and x < 5`, or parentheses if that is meant"))
    }

    fn second_is_like_or_in(&self) -> Outcome<bool> {
        let second = self.second()?;
        let word = second.span.text(self.source);
        Ok(word.eq_ignore_ascii_case("like") || word.eq_ignore_ascii_case("in"))
    }

    fn like(&mut self, value: Tree, pattern: LikePattern, negated: bool) -> Outcome<Tree> {
        let span = value.expr.span.to(self.last_span());
        let kind = ExprKind::Like { value: Box::new(value.expr), pattern, negated };
        Tree::on(value.height, kind, span)
    }

    fn like_pattern(&mut self) -> Outcome<LikePattern> {
        if self.is(Sign::Slash) {
            return Ok(LikePattern::Regex(self.regex()?));
        }
        let span = self.token.span;
        let TokenKind::String(text) = &self.token.kind else {
            return Err(self.unexpected(&["a string", "a regular expression, such as `/error/`"]));
        };
        let text = Text { text: text.clone(), span };
        self.advance()?;
        Ok(LikePattern::Text(text))
    }

    /// Behind `=~` a string is a regular expression too.
    fn match_pattern(&mut self) -> Outcome<LikePattern> {
        Ok(match self.like_pattern()? {
            LikePattern::Text(Text { text, span }) => {
                LikePattern::Regex(Regex { pattern: text, span })
            }
            regex @ LikePattern::Regex(_) => regex,
        })
    }

    /// `[a, b]` or `(SOURCE … | fields f)` behind `in`.
    fn membership(&mut self, value: Tree, negated: bool) -> Outcome<Tree> {
        let start = value.expr.span;
        let (mut height, value) = (value.height, Box::new(value.expr));
        let kind = if self.take(Sign::LeftBracket)? {
            let trees = self.trees(Sign::RightBracket, "`]`")?;
            height = trees.iter().map(|it| it.height).max().unwrap_or(0).max(height);
            let list = trees.into_iter().map(|it| it.expr).collect();
            ExprKind::In { value, list, negated }
        } else if self.is(Sign::LeftParenthesis) {
            self.no_list_in_parentheses()?;
            self.advance()?;
            let query = Box::new(self.deeper(Self::query)?);
            self.need(Sign::RightParenthesis, "`)` behind the query")?;
            ExprKind::InQuery { value, query, negated }
        } else {
            return Err(self.unexpected(&["a list, such as `[\"a\", \"b\"]`", "a query in `( )`"]));
        };
        Tree::on(height, kind, start.to(self.last_span()))
    }

    /// People who know SQL write `in ("a", "b")`.
    fn no_list_in_parentheses(&self) -> Outcome<()> {
        let second = self.second()?;
        if !matches!(second.kind, TokenKind::String(_) | TokenKind::Number(_)) {
            return Ok(());
        }
        let message = "a list stands in brackets, not in parentheses";
        Err(Diagnostic::error(self.token.span, message).with_hint("write `in [\"a\", \"b\"]`"))
    }

    fn sum(&mut self) -> Outcome<Tree> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(SUMS)? {
            left = Tree::binary(operator, left, self.product()?)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Outcome<Tree> {
        let mut left = self.power()?;
        while let Some(operator) = self.operator(PRODUCTS)? {
            left = Tree::binary(operator, left, self.power()?)?;
        }
        Ok(left)
    }

    /// `2 ^ 3 ^ 2` is `2 ^ (3 ^ 2)`, as in mathematics.
    fn power(&mut self) -> Outcome<Tree> {
        let base = self.signed()?;
        if !self.take(Sign::Caret)? {
            return Ok(base);
        }
        let exponent = self.deeper(Self::power)?;
        Tree::binary(BinaryOperator::Power, base, exponent)
    }

    fn signed(&mut self) -> Outcome<Tree> {
        let operator = match self.token.kind {
            TokenKind::Sign(Sign::Minus) => UnaryOperator::Negate,
            TokenKind::Sign(Sign::Bang) => UnaryOperator::Not,
            _ => return self.operand(),
        };
        let start = self.advance()?.span;
        let operand = self.deeper(Self::signed)?;
        unary(operator, start, operand)
    }

    fn operator(&mut self, among: &[(Sign, BinaryOperator)]) -> Outcome<Option<BinaryOperator>> {
        let found = among.iter().find(|(sign, _)| self.is(*sign)).map(|(_, operator)| *operator);
        if found.is_some() {
            self.advance()?;
        }
        Ok(found)
    }
}

fn unary(operator: UnaryOperator, start: Span, operand: Tree) -> Outcome<Tree> {
    let span = start.to(operand.expr.span);
    let kind = ExprKind::Unary { operator, operand: Box::new(operand.expr) };
    Tree::on(operand.height, kind, span)
}

/// Takes a junction in parentheses apart when it has the same operator as the one around it.
fn flatten(operator: BinaryOperator, part: Tree, parts: &mut Vec<Tree>) {
    let height = part.height;
    match part.expr.kind {
        ExprKind::Binary { operator: inner, left, right } if inner == operator => {
            // Lower than the whole, so that this ends.
            let below = height.saturating_sub(1);
            flatten(operator, Tree { expr: *left, height: below }, parts);
            flatten(operator, Tree { expr: *right, height: below }, parts);
        }
        _ => parts.push(part),
    }
}

/// A tree of logarithmic height over the parts, in their order.
fn balanced(operator: BinaryOperator, mut parts: Vec<Tree>) -> Outcome<Tree> {
    while 1 < parts.len() {
        let mut level = Vec::with_capacity(parts.len().div_ceil(2));
        let mut rest = parts.into_iter();
        while let Some(left) = rest.next() {
            level.push(match rest.next() {
                Some(right) => Tree::binary(operator, left, right)?,
                None => left,
            });
        }
        parts = level;
    }
    let nothing = || Diagnostic::error(Span::default(), "there is no condition");
    parts.pop().ok_or_else(nothing)
}
