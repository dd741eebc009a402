//! `limit`: the first rows in the order of the rows, or any.

use crate::ast::Limit;
use crate::sql::{Lowering, answer};

/// Keeps the first rows.
pub(super) fn limit(lowering: &mut Lowering<'_, '_>, limit: &Limit) {
    let order = if limit.any { Vec::new() } else { answer::order(lowering) };
    cut(lowering, &order, limit.count);
    lowering.relation.is_limited = true;
}

/// Keeps as many rows as an answer has at most, for what reads this query as a table.
pub(in crate::sql) fn apply(lowering: &mut Lowering<'_, '_>) {
    if !lowering.relation.is_limited {
        let order = answer::order(lowering);
        cut(lowering, &order, lowering.request.rows_max);
    }
}

fn cut(lowering: &mut Lowering<'_, '_>, order: &[String], count: u64) {
    let from = &lowering.relation.from;
    let order =
        if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    let select = format!("SELECT * FROM {from}{order} LIMIT {count}");
    lowering.step(&select);
}
