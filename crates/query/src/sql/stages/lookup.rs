//! `lookup` and `cidrlookup`: columns of a table beside what they belong to.

use crate::ast::{CidrLookup, Lookup, LookupMode, LookupOutput, Name};
use crate::diagnostic::{Diagnostic, Outcome, quoted};
use crate::nearest::nearest;
use crate::sql::kind::{Kind, Term};
use crate::sql::{LookupTable, Lowering, text};

/// Adds columns of the row whose keys are equal; of several such rows the first in the order of
/// their columns.
pub(super) fn lookup(lowering: &mut Lowering<'_, '_>, it: &Lookup) -> Outcome<()> {
    let table = table(lowering, &it.table)?;
    let mut conditions = Vec::new();
    let mut keys = Vec::new();
    for pair in &it.matches {
        let column = column(table, &pair.column)?;
        let field = match &pair.field {
            Some(field) => lowering.field(field)?,
            None => lowering.named(&pair.column)?,
        };
        conditions.push(format!("{} = {}", in_join(&column), field.as_text()));
        keys.push(column);
    }
    let picked = first_of(lowering, table, &keys);
    joined(lowering, &picked, &conditions.join(" AND "), (table, it.mode, &it.outputs))
}

/// Adds columns of the row with the smallest network that the address lies in.
pub(super) fn cidr(lowering: &mut Lowering<'_, '_>, it: &CidrLookup) -> Outcome<()> {
    let table = table(lowering, &it.table)?;
    let field = lowering.field(&it.field)?.as_text();
    let named = Name { text: it.field.text(), span: it.field.span };
    let network = column(table, it.column.as_ref().unwrap_or(&named))?;
    let from = lowering.relation.from.clone();
    let addresses = lowering.script.step(&format!(
        "SELECT DISTINCT {field} AS \"address\" FROM {from} WHERE {field} IS NOT NULL"
    ));
    let order = all_columns(table);
    let place = "\"lookup place\"";
    // A network without a prefix is one address.
    let prefix = format!("coalesce(number(nullif(split_part({network}, '/', 2), '')), 128.0)");
    let ranked = lowering.script.step(&format!(
        "SELECT *, row_number() OVER (PARTITION BY \"address\" ORDER BY {prefix} DESC, {order}) \
         AS {place} FROM {addresses} JOIN {} ON ip_in_cidr(\"address\", {network})",
        text::name(&table.table)
    ));
    let picked = picked(lowering, &ranked, table, &["\"address\"".to_owned()]);
    let condition = format!("{} = {field}", in_join("\"address\""));
    joined(lowering, &picked, &condition, (table, it.mode, &it.outputs))
}

type Wanted<'a> = (&'a LookupTable, LookupMode, &'a [LookupOutput]);

/// Joins the rows with at most one row of the table each, and adds the columns.
fn joined(
    lowering: &mut Lowering<'_, '_>,
    picked: &str,
    condition: &str,
    (table, mode, outputs): Wanted<'_>,
) -> Outcome<()> {
    let mut columns = Vec::new();
    for output in outputs {
        let value = in_join(&column(table, &output.column)?);
        let name = output.alias.as_ref().unwrap_or(&output.column);
        let earlier = match mode {
            LookupMode::Overwrite => None,
            LookupMode::FillAbsent => lowering.named(name).ok(),
        };
        let term = match earlier {
            Some(earlier) => {
                let sql = format!("coalesce({}, {value})", earlier.as_text());
                Term::new(sql, Kind::Dynamic)
            }
            None => Term::new(value, Kind::Text),
        };
        columns.push((name.text.clone(), term));
    }
    let from = lowering.relation.from.clone();
    let mut added = Vec::new();
    for (name, term) in &columns {
        let identifier = lowering.relation.add(name, term.kind);
        added.push(format!("{} AS {}", term.sql, text::name(&identifier)));
        lowering.relation.show(name);
    }
    let select = format!(
        "SELECT r.*, {} FROM {from} AS r LEFT JOIN {picked} ON {condition}",
        added.join(", ")
    );
    lowering.step(&select);
    Ok(())
}

/// Adds a step with one row for each combination of keys.
fn first_of(lowering: &mut Lowering<'_, '_>, table: &LookupTable, keys: &[String]) -> String {
    let ranked = lowering.script.step(&format!(
        "SELECT *, row_number() OVER (PARTITION BY {} ORDER BY {}) AS \"lookup place\" FROM {}",
        keys.join(", "),
        all_columns(table),
        text::name(&table.table)
    ));
    picked(lowering, &ranked, table, &[])
}

/// Adds a step with the first of the ranked rows, under names that no field of an event has.
fn picked(
    lowering: &mut Lowering<'_, '_>,
    ranked: &str,
    table: &LookupTable,
    more: &[String],
) -> String {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|name| text::name(name))
        .chain(more.iter().cloned())
        .map(|column| format!("{column} AS {}", in_join(&column)))
        .collect();
    lowering
        .script
        .step(&format!("SELECT {} FROM {ranked} WHERE \"lookup place\" = 1", columns.join(", ")))
}

/// Returns the name that a column of the table has beside the events.
fn in_join(column: &str) -> String {
    column.replacen('"', "\"lookup ", 1)
}

fn all_columns(table: &LookupTable) -> String {
    table.columns.iter().map(|it| text::name(it)).collect::<Vec<_>>().join(", ")
}

fn table<'a>(lowering: &Lowering<'a, '_>, name: &Name) -> Outcome<&'a LookupTable> {
    let tables = lowering.request.lookups;
    tables.iter().find(|table| table.name == name.text).ok_or_else(|| {
        let names = tables.iter().map(|table| table.name.as_str());
        Diagnostic::error(name.span, format!("there is no lookup table {}", quoted(&name.text)))
            .with_nearest(nearest(&name.text, names))
            .with_hint("give it with `--table NAME=FILE.csv`")
    })
}

fn column(table: &LookupTable, name: &Name) -> Outcome<String> {
    if table.columns.contains(&name.text) {
        return Ok(text::name(&name.text));
    }
    let message = format!("the table {} has no column {}", quoted(&table.name), quoted(&name.text));
    let names = table.columns.iter().map(String::as_str);
    Err(Diagnostic::error(name.span, message)
        .with_nearest(nearest(&name.text, names))
        .with_hint(format!("its columns are {}", table.columns.join(", "))))
}
