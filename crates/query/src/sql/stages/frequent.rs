//! `countFrequent`: how often each combination of values is there, most frequent first.

use super::stats;
use crate::ast::{CountFrequent, Path};
use crate::diagnostic::Outcome;
use crate::sql::kind::{Kind, Term};
use crate::sql::{Lowering, answer};

/// Counts combinations; the counts are exact.
pub(super) fn count(lowering: &mut Lowering<'_, '_>, it: &CountFrequent) -> Outcome<()> {
    let mut columns = Vec::new();
    for field in &it.fields {
        columns.push((Path::text(field), lowering.field(field)?));
    }
    let n_keys = columns.len();
    columns.push(("_approxcount".to_owned(), Term::new("count(*)", Kind::Integer)));
    stats::grouped(lowering, &columns, n_keys);
    let counts = lowering.relation.columns.last().map(|column| answer::descending(&column.term()));
    let values = std::mem::take(&mut lowering.relation.order);
    lowering.relation.order = counts.into_iter().chain(values).collect();
    Ok(())
}
