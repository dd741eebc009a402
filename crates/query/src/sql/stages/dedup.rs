//! `dedup`: the first row of each combination of values, in the order of the rows.

use super::filter;
use crate::ast::Dedup;
use crate::diagnostic::Outcome;
use crate::sql::{Lowering, answer, text};

/// Keeps the first row of each combination; a row in which a value is missing is no repetition.
pub(super) fn dedup(lowering: &mut Lowering<'_, '_>, dedup: &Dedup) -> Outcome<()> {
    let mut keys = Vec::new();
    for field in &dedup.fields {
        let key = lowering.field(field)?;
        lowering.plain(&key, field.span, "dedup")?;
        keys.push(key.sql);
    }
    let order = answer::order(lowering).join(", ");
    let rank = lowering.relation.fresh("rank");
    let keys_of_rank = keys.join(", ");
    let sql = format!(
        "row_number() OVER (PARTITION BY {keys_of_rank} ORDER BY {order} ROWS UNBOUNDED PRECEDING)"
    );
    lowering.extend(&[(sql, rank.clone())]);
    let mut conditions = vec![format!("{} = 1", text::name(&rank))];
    conditions.extend(keys.iter().map(|key| format!("{key} IS NULL")));
    filter::keep(lowering, &conditions.join(" OR "));
    Ok(())
}
