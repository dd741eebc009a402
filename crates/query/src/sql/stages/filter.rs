//! `filter`, `where` and `filterIndex`: rows for which the condition is true.

use crate::ast::{Expr, FilterIndex};
use crate::diagnostic::Outcome;
use crate::sql::{Lowering, comparison};

/// Keeps rows for which the condition is true.
pub(super) fn filter(lowering: &mut Lowering<'_, '_>, condition: &Expr) -> Outcome<()> {
    let condition = lowering.condition(condition)?;
    keep(lowering, &condition);
    Ok(())
}

/// Keeps rows whose field has one of the values; every column of a lake is its own index.
pub(super) fn index(lowering: &mut Lowering<'_, '_>, index: &FilterIndex) -> Outcome<()> {
    let field = lowering.field(&index.field)?;
    let values = index.values.iter().map(|it| lowering.term(it)).collect::<Outcome<Vec<_>>>()?;
    let condition = comparison::is_in(&field, &values);
    keep(lowering, &condition);
    Ok(())
}

/// Keeps rows for which the SQL is true.
pub(super) fn keep(lowering: &mut Lowering<'_, '_>, condition: &str) {
    let from = &lowering.relation.from;
    let select = format!("SELECT * FROM {from} WHERE {condition}");
    lowering.step(&select);
}
