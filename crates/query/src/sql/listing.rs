//! The fields of a log group, as SQL: names and how many percent of the events have each.

use std::collections::BTreeMap;

use super::group::{Group, GroupField};
use super::text;

/// Returns the SQL of the list, over the newest events.
#[must_use]
pub fn fields(group: &Group, from: Option<i64>, until: Option<i64>, events_max: u64) -> String {
    let from = from.map(|it| format!("\"time\" >= {}", text::moment(it)));
    let until = until.map(|it| format!("\"time\" < {}", text::moment(it)));
    let conditions: Vec<String> =
        [group.condition.clone(), from, until].into_iter().flatten().collect();
    let conditions = match conditions.as_slice() {
        [] => String::new(),
        some => format!(" WHERE {}", some.join(" AND ")),
    };
    let table = text::name(&group.table);
    let names = names(group);
    // Whole percents, as AWS gives them.
    let percent = "CAST(number_round(100.0 * count(*) / max(n)) AS BIGINT)";
    format!(
        "WITH events AS (SELECT {names} AS names FROM {table}{conditions} \
         ORDER BY \"time\" DESC NULLS LAST LIMIT {events_max}), \
         total AS (SELECT count(*) AS n FROM events), \
         each AS (SELECT unnest(names) AS name FROM events) \
         SELECT name, {percent} AS percent FROM each CROSS JOIN total \
         WHERE name IS NOT NULL GROUP BY name ORDER BY percent DESC, name"
    )
}

/// Returns the SQL of the list of an event's fields: those of its JSON, or those of its columns
/// where its record is a line; and those that every event has.
fn names(group: &Group) -> String {
    let always = ["@timestamp", "@message", "@logStream", "@log", "@ingestionTime"];
    let mut listed: Vec<String> = always.iter().map(|name| text::string(name)).collect();
    let json = group.json.as_ref().filter(|_| !group.folds_names);
    let is_of_column = |field: &&GroupField| json.is_none() || field.name.starts_with('@');
    for field in columns(group, is_of_column) {
        let (column, name) = (&field.column, &field.name);
        let (column, name) = (text::name(column), text::string(name));
        listed.push(format!("CASE WHEN {column} IS NOT NULL THEN {name} END"));
    }
    let listed = format!("make_array({})", listed.join(", "));
    match json {
        Some(json) => format!("array_distinct(array_concat(json_paths({json}), {listed}))"),
        None => listed,
    }
}

/// Returns the fields that have a column: of several names of a column the one that CloudWatch Logs
/// gives it.
pub(super) fn columns(group: &Group, is_wanted: impl Fn(&&GroupField) -> bool) -> Vec<&GroupField> {
    let mut columns: BTreeMap<&str, &GroupField> = BTreeMap::new();
    for field in group.fields.iter().filter(is_wanted) {
        if field.name != field.column || !columns.contains_key(field.column.as_str()) {
            columns.insert(&field.column, field);
        }
    }
    columns.into_values().collect()
}
