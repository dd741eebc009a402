//! `sort`: natural order, large to small or small to large.

use crate::ast::Sort;
use crate::diagnostic::Outcome;
use crate::sql::{Lowering, answer};

/// Gives the rows an order.
pub(super) fn sort(lowering: &mut Lowering<'_, '_>, sort: &Sort) -> Outcome<()> {
    let mut order = Vec::new();
    let mut additions = Vec::new();
    for key in &sort.keys {
        let mut term = lowering.term(&key.expr)?;
        lowering.plain(&term, key.expr.span, "sort")?;
        let is_column = term.sql.starts_with('"') && !term.sql.contains('(');
        if !is_column {
            let identifier = lowering.relation.fresh("sort");
            additions.push((term.sql.clone(), identifier.clone()));
            term.sql = crate::sql::text::name(&identifier);
        }
        let key = if key.descending { answer::descending(&term) } else { answer::ascending(&term) };
        order.push(key);
    }
    if !additions.is_empty() {
        lowering.extend(&additions);
    }
    lowering.relation.order = order;
    Ok(())
}
