//! Expressions with no more parentheses than they need.

use super::Printer;
use crate::ast::{BinaryOperator, Expr, ExprKind, LikePattern, UnaryOperator};
use crate::token;

/// How tightly an expression holds together; the parser's ladder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Power,
    Signed,
    Operand,
}

impl Printer {
    pub(crate) fn expression(&mut self, expr: &Expr) {
        self.at_least(Tightness::Or, expr);
    }

    /// An expression that can stand next to anything.
    pub(crate) fn operand(&mut self, expr: &Expr) {
        self.at_least(Tightness::Signed, expr);
    }

    fn at_least(&mut self, least: Tightness, expr: &Expr) {
        let is_loose = tightness(expr) < least;
        self.text(if is_loose { "(" } else { "" });
        self.kind(&expr.kind);
        self.text(if is_loose { ")" } else { "" });
    }

    fn kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::String(text) => self.string(text),
            ExprKind::Number(number) => self.number(*number),
            ExprKind::Boolean(value) => self.text(if *value { "true" } else { "false" }),
            ExprKind::Period(period) => self.period(*period),
            ExprKind::Regex(pattern) => self.regex(pattern),
            ExprKind::Field(path) => self.path(path),
            ExprKind::Member { base, segments } => {
                let is_call = matches!(base.kind, ExprKind::Call(_));
                self.text(if is_call { "" } else { "(" });
                self.kind(&base.kind);
                self.text(if is_call { "" } else { ")" });
                self.segments(segments, false);
            }
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand),
            ExprKind::Binary { operator, left, right } => self.binary(*operator, left, right),
            ExprKind::Like { value, pattern, negated } => {
                self.at_least(Tightness::Sum, value);
                self.like(pattern, *negated);
            }
            ExprKind::In { value, list, negated } => {
                self.at_least(Tightness::Sum, value);
                self.text(if *negated { " not in [" } else { " in [" });
                self.separated(list, Self::expression);
                self.text("]");
            }
            ExprKind::InQuery { value, query, negated } => {
                self.at_least(Tightness::Sum, value);
                self.text(if *negated { " not in " } else { " in " });
                self.query_in_parentheses(query);
            }
            ExprKind::Call(call) => {
                self.text(&call.name.text);
                self.text("(");
                self.text(if call.star { "*" } else { "" });
                self.separated(&call.arguments, Self::expression);
                self.text(")");
            }
        }
    }

    fn like(&mut self, pattern: &LikePattern, negated: bool) {
        let operator = if negated { " not like " } else { " like " };
        match pattern {
            LikePattern::Text(text) => {
                self.text(operator);
                self.string(&text.text);
            }
            LikePattern::Regex(regex) if reads_back(&regex.pattern) => {
                self.text(operator);
                self.regex(&regex.pattern);
            }
            // Only a string behind `=~` can hold what slashes cannot.
            LikePattern::Regex(regex) => {
                self.text(" =~ ");
                self.string(&regex.pattern);
            }
        }
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expr) {
        match operator {
            UnaryOperator::Not => {
                self.text("not ");
                self.at_least(Tightness::Not, operand);
            }
            UnaryOperator::Negate => {
                self.text("-");
                let is_negated =
                    matches!(operand.kind, ExprKind::Unary { operator: UnaryOperator::Negate, .. });
                // Two signs in a row read as the comment of another language.
                self.text(if is_negated { " " } else { "" });
                self.at_least(Tightness::Signed, operand);
            }
        }
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Expr, right: &Expr) {
        let own = tightness_of(operator);
        let (on_left, on_right) = match operator {
            // The same operator on either side is one chain.
            BinaryOperator::Or | BinaryOperator::And => (own, own),
            BinaryOperator::Power => (Tightness::Operand, own),
            _ if own == Tightness::Comparison => (Tightness::Sum, Tightness::Sum),
            _ => (own, tighter(own)),
        };
        self.at_least(on_left, left);
        self.text(&format!(" {} ", operator.sign()));
        self.at_least(on_right, right);
    }
}

/// Whether an expression between slashes is read as itself.
fn reads_back(pattern: &str) -> bool {
    let mut out = Printer::default();
    out.regex(pattern);
    // Behind a slash, a star or another slash begins a comment.
    !pattern.is_empty()
        && !pattern.starts_with('*')
        && token::regex(&out.text, 0)
            .is_ok_and(|it| it.pattern == pattern && it.span.end == out.text.len())
}

impl BinaryOperator {
    /// The operator as it is written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "or",
            Self::And => "and",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
        }
    }
}

fn tightness(expr: &Expr) -> Tightness {
    match &expr.kind {
        ExprKind::Binary { operator, .. } => tightness_of(*operator),
        ExprKind::Unary { operator: UnaryOperator::Not, .. } => Tightness::Not,
        ExprKind::Unary { operator: UnaryOperator::Negate, .. } => Tightness::Signed,
        ExprKind::Like { .. } | ExprKind::In { .. } | ExprKind::InQuery { .. } => {
            Tightness::Comparison
        }
        _ => Tightness::Operand,
    }
}

fn tightness_of(operator: BinaryOperator) -> Tightness {
    match operator {
        BinaryOperator::Or => Tightness::Or,
        BinaryOperator::And => Tightness::And,
        BinaryOperator::Add | BinaryOperator::Subtract => Tightness::Sum,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => {
            Tightness::Product
        }
        BinaryOperator::Power => Tightness::Power,
        _ => Tightness::Comparison,
    }
}

fn tighter(tightness: Tightness) -> Tightness {
    match tightness {
        Tightness::Sum => Tightness::Product,
        Tightness::Product => Tightness::Power,
        _ => Tightness::Operand,
    }
}
