//! Expressions to SQL.

use super::kind::{Kind, Literal, Term};
use super::{Lowering, call, comparison, events};
use crate::ast::{
    BinaryOperator, Expr, ExprKind, LikePattern, Number, Path, Projection, Query, Segment,
    UnaryOperator,
};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::sql::{script, stages, text};

impl Lowering<'_, '_> {
    /// Lowers an expression.
    pub(super) fn term(&mut self, expr: &Expr) -> Outcome<Term> {
        match &expr.kind {
            ExprKind::String(text) => Ok(Term::of_text(text)),
            ExprKind::Number(Number::Integer(number)) => Ok(Term::of_integer(*number)),
            ExprKind::Number(Number::Float(number)) => Ok(Term::of_number(*number)),
            ExprKind::Boolean(value) => Ok(Term::of_boolean(*value)),
            ExprKind::Period(_) | ExprKind::Regex(_) => {
                Err(Diagnostic::error(expr.span, "this is no value"))
            }
            ExprKind::Field(path) => self.field(path),
            ExprKind::Member { base, segments } => self.member(base, segments),
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand),
            ExprKind::Binary { operator, left, right } => self.binary(*operator, left, right),
            ExprKind::Like { value, pattern, negated } => self.like(value, pattern, *negated),
            ExprKind::In { value, list, negated } => self.is_in(value, list, *negated),
            ExprKind::InQuery { value, query, negated } => self.is_in_query(value, query, *negated),
            ExprKind::Call(call) => call::call(self, call, expr.span),
        }
    }

    /// Lowers an expression to something that is true or false.
    pub(super) fn condition(&mut self, expr: &Expr) -> Outcome<String> {
        Ok(self.term(expr)?.as_condition())
    }

    /// Finds a field: a column that a stage made, a part of one, or a field of the events.
    #[expect(clippy::unnecessary_wraps, reason = "it is chained with what can fail")]
    pub(super) fn field(&mut self, path: &Path) -> Outcome<Term> {
        let name = path.text();
        if let Some((_, term)) = self.substitutes.iter().rev().find(|it| it.0 == name) {
            return Ok(term.clone());
        }
        if let Some(column) = self.relation.column(&name) {
            return Ok(column.term());
        }
        for length in (1..path.segments.len()).rev() {
            let Some((front, rest)) = path.segments.split_at_checked(length) else { continue };
            let front = Path { segments: front.to_vec(), span: path.span }.text();
            if let Some(column) = self.relation.column(&front) {
                return Ok(events::json_field(&column.term().as_text(), rest));
            }
        }
        if self.relation.is_open {
            self.relation.take(&name);
            return Ok(self.events.field(path));
        }
        // The check has warned of it: in AWS too, such a query runs and finds nothing there.
        Ok(Term::missing(Kind::Dynamic))
    }

    fn member(&mut self, base: &Expr, segments: &[Segment]) -> Outcome<Term> {
        let base = self.term(base)?;
        Ok(events::json_field(&base.as_text(), segments))
    }

    fn unary(&mut self, operator: UnaryOperator, operand: &Expr) -> Outcome<Term> {
        let term = self.term(operand)?;
        Ok(match (operator, &term.literal) {
            (UnaryOperator::Not, _) => {
                Term::new(format!("(NOT {})", term.as_condition()), Kind::Boolean)
            }
            (UnaryOperator::Negate, Some(Literal::Integer(number))) => {
                Term::of_integer(number.saturating_neg())
            }
            (UnaryOperator::Negate, Some(Literal::Number(number))) => Term::of_number(-number),
            (UnaryOperator::Negate, _) => {
                Term::new(format!("(- {})", term.as_number()), Kind::Number)
            }
        })
    }

    fn binary(&mut self, operator: BinaryOperator, left: &Expr, right: &Expr) -> Outcome<Term> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        let number = |sql| Ok(Term::new(sql, Kind::Number));
        let sign = match operator {
            BinaryOperator::And | BinaryOperator::Or => {
                let word = if operator == BinaryOperator::And { "AND" } else { "OR" };
                let sql = format!("({} {word} {})", left.as_condition(), right.as_condition());
                return Ok(Term::new(sql, Kind::Boolean));
            }
            BinaryOperator::Power => {
                let sql = format!("number_power({}, {})", left.as_number(), right.as_number());
                return number(sql);
            }
            BinaryOperator::Divide | BinaryOperator::Remainder => {
                let sign = if operator == BinaryOperator::Divide { "/" } else { "%" };
                let divisor = match &right.literal {
                    Some(Literal::Integer(number)) if *number != 0 => right.as_number(),
                    _ => format!("NULLIF({}, 0)", right.as_number()),
                };
                return number(format!("({} {sign} {divisor})", left.as_number()));
            }
            BinaryOperator::Add => "+",
            BinaryOperator::Subtract => "-",
            BinaryOperator::Multiply => "*",
            _ => return Ok(comparison::compare(operator, &left, &right)),
        };
        number(format!("({} {sign} {})", left.as_number(), right.as_number()))
    }

    fn like(&mut self, value: &Expr, pattern: &LikePattern, negated: bool) -> Outcome<Term> {
        let value = self.term(value)?.as_plain_text();
        let found = match pattern {
            LikePattern::Text(part) => format!("contains({value}, {})", text::string(&part.text)),
            LikePattern::Regex(regex) => format!("({value} ~ {})", text::string(&regex.pattern)),
        };
        Ok(Term::new(if negated { format!("(NOT {found})") } else { found }, Kind::Boolean))
    }

    fn is_in(&mut self, value: &Expr, list: &[Expr], negated: bool) -> Outcome<Term> {
        let value = self.term(value)?;
        let list = list.iter().map(|item| self.term(item)).collect::<Outcome<Vec<_>>>()?;
        let found = comparison::is_in(&value, &list);
        Ok(Term::new(if negated { format!("(NOT {found})") } else { found }, Kind::Boolean))
    }

    /// Lowers `value in (query)`: the inner query runs by itself, and gives one column.
    fn is_in_query(&mut self, value: &Expr, query: &Query, negated: bool) -> Outcome<Term> {
        let value = self.term(value)?;
        let (from, column) = inner(query, self.request, self.script)?;
        let found = format!(
            "{} IN (SELECT {} FROM {from} WHERE {} IS NOT NULL)",
            value.as_text(),
            column.as_text(),
            column.sql
        );
        Ok(Term::new(
            if negated { format!("(NOT {found})") } else { format!("({found})") },
            Kind::Boolean,
        ))
    }
}

/// Lowers a query inside another one; returns the step that it ends with, and its first column.
fn inner(
    query: &Query,
    request: &super::Request<'_>,
    script: &mut script::Script,
) -> Outcome<(String, Term)> {
    let mut lowering = Lowering::new(query, request, script)?;
    stages::all(&mut lowering, query)?;
    let selected = query.selected().map(|it| it.iter().map(Projection::name).collect());
    let shown: Vec<String> = selected.unwrap_or_else(|| super::answer::shown(&mut lowering));
    let [name] = shown.as_slice() else {
        let message = format!("this query gives {} columns; `in` needs one", shown.len());
        return Err(Diagnostic::error(query.span, message)
            .with_hint("end it with `fields f`, or `stats count(*) by f | display f`"));
    };
    let term = super::answer::term(&mut lowering, name);
    let from = lowering.relation.from.clone();
    lowering.close();
    Ok((from, term))
}
