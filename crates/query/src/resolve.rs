//! Columns without alias are called by their text: `stats count(*) by a | sort count(*)`.
//!
//! Behind `stats`, an expression that is written like such a column means the column.

use crate::ast::{Command, Expr, ExprKind, Path, Projection, Query, Segment, Stats};
use crate::print;

/// Puts columns in the place of expressions that are written like them.
pub(crate) fn columns(query: &mut Query) {
    let mut known: Vec<String> = Vec::new();
    for stage in &mut query.stages {
        for expr in stage.command.expressions_mut() {
            expression(expr, &known);
        }
        if let Some(inner) = stage.command.query_mut() {
            columns(inner);
        }
        if let Command::Stats(stats) = &stage.command {
            known = unnamed(stats);
        }
    }
}

/// Names of columns that are the text of an expression.
fn unnamed(stats: &Stats) -> Vec<String> {
    let is_unnamed =
        |it: &&Projection| it.alias.is_none() && !matches!(it.expr.kind, ExprKind::Field(_));
    stats.aggregates.iter().chain(&stats.keys).filter(is_unnamed).map(Projection::name).collect()
}

fn expression(expr: &mut Expr, known: &[String]) {
    let may_be_column = matches!(expr.kind, ExprKind::Call(_) | ExprKind::Binary { .. });
    if may_be_column && !known.is_empty() {
        let text = print::expression(expr);
        if known.contains(&text) {
            let segments = vec![Segment::Name(text)];
            expr.kind = ExprKind::Field(Path { segments, span: expr.span });
            return;
        }
    }
    if let ExprKind::InQuery { query, .. } = &mut expr.kind {
        columns(query);
    }
    for child in expr.children_mut() {
        expression(child, known);
    }
}
