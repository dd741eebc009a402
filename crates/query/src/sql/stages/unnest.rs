//! `unnest` and `expand`: a row for each item of a list.

use crate::ast::{Expand, Unnest};
use crate::diagnostic::Outcome;
use crate::sql::Lowering;
use crate::sql::kind::{Kind, Term};

/// Makes a row for each item; what is no list is a list of itself.
pub(super) fn unnest(lowering: &mut Lowering<'_, '_>, unnest: &Unnest) -> Outcome<()> {
    let list = lowering.field(&unnest.field)?;
    items(lowering, &list, &unnest.alias.text);
    Ok(())
}

/// Makes a row for each item, under the field's own name.
pub(super) fn expand(lowering: &mut Lowering<'_, '_>, expand: &Expand) -> Outcome<()> {
    let list = lowering.field(&expand.field)?;
    items(lowering, &list, &expand.field.text());
    Ok(())
}

fn items(lowering: &mut Lowering<'_, '_>, list: &Term, name: &str) {
    let identifier = lowering.relation.add(name, Kind::Dynamic);
    let sql = format!("unnest(json_items({}))", list.as_text());
    lowering.extend(&[(sql, identifier)]);
    lowering.relation.show(name);
}
