//! `relevantfields`: which fields are filled differently where a condition is true.

use super::pattern;
use crate::ast::{ExprKind, RelevantFields};
use crate::diagnostic::Outcome;
use crate::sql::kind::{Kind, Term};
use crate::sql::{Group, GroupField, Lowering, answer, listing, text};

/// Ranks fields by their relevance.
pub(super) fn relevant(lowering: &mut Lowering<'_, '_>, it: &RelevantFields) -> Outcome<()> {
    let condition = format!("coalesce({}, FALSE)", lowering.condition(&it.condition)?);
    let pairs = match it.fields.as_slice() {
        [] => every(lowering),
        fields => {
            let mut named = Vec::new();
            for field in fields {
                named.push((field.text(), lowering.field(field)?));
            }
            vec![lists(&named)]
        }
    };
    let from = lowering.relation.from.clone();
    let judged =
        lowering.script.step(&format!("SELECT *, {condition} AS \"is match\" FROM {from}"));
    let counts = lowering.script.step(&format!(
        "SELECT count(*) FILTER (WHERE \"is match\") AS \"matches\", \
         count(*) FILTER (WHERE NOT \"is match\") AS \"others\" FROM {judged}"
    ));
    let selects: Vec<String> = pairs
        .iter()
        .map(|(names, values)| {
            format!(
                "SELECT unnest(json_items({names})) AS \"field\", \
                 unnest(json_items({values})) AS \"value\", \"is match\" FROM {judged}"
            )
        })
        .collect();
    let each = lowering.script.step(&selects.join(" UNION ALL "));
    let ranked = lowering.script.step(&format!(
        "SELECT \"field\", relevance(\"value\", \"is match\", \"matches\", \"others\") AS \"found\" \
         FROM {counts} CROSS JOIN {each} WHERE {} GROUP BY 1",
        wanted(it)
    ));
    lowering.step(&format!(
        "SELECT \"field\", \"found\", number(json_field(\"found\", '[0]')) AS \"score\" FROM {ranked}"
    ));
    let found = |place: u8| format!("json_field(\"found\", '[{place}]')");
    let shown = [
        ("@fieldName", "\"field\"".to_owned(), Kind::Text),
        ("@relevanceScore", "\"score\"".to_owned(), Kind::Number),
        ("@topRelevanceContributors", found(1), Kind::Text),
        ("@conditionalMedian", format!("number({})", found(2)), Kind::Number),
        ("@baselineMedian", format!("number({})", found(3)), Kind::Number),
    ];
    super::filter::keep(lowering, "\"score\" > 0.0");
    pattern::columns(lowering, &shown);
    let score =
        lowering.relation.column("@relevanceScore").map(|it| answer::descending(&it.term()));
    lowering.relation.order = score.into_iter().collect();
    Ok(())
}

/// Two JSON lists in SQL: names and values.
type Pair = (String, String);

/// Returns the lists of every field: what the events have, and what stages have made.
fn every(lowering: &mut Lowering<'_, '_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    if lowering.relation.is_open {
        let names = lowering.events.made("every name", |group| of_group(group).0);
        let values = lowering.events.made("every value", |group| of_group(group).1);
        pairs.push((names.sql, values.sql));
    }
    let mut made = Vec::new();
    for column in &lowering.relation.columns {
        if !made.iter().any(|(name, _): &(String, Term)| *name == column.name) {
            made.push((column.name.clone(), column.term()));
        }
    }
    if !made.is_empty() || pairs.is_empty() {
        pairs.push(lists(&made));
    }
    pairs
}

fn of_group(group: &Group) -> (Term, Term) {
    let json = group.json.as_ref().filter(|_| !group.folds_names);
    let (names, values) = if let Some(json) = json {
        (format!("json_list(json_paths({json}))"), format!("json_list(json_values({json}))"))
    } else {
        let columns = listing::columns(group, |_| true).into_iter();
        let term = |field: &GroupField| Term::new(text::name(&field.column), field.kind);
        let named: Vec<(String, Term)> =
            columns.map(|field| (field.name.clone(), term(field))).collect();
        lists(&named)
    };
    (Term::new(names, Kind::Text), Term::new(values, Kind::Text))
}

fn lists(fields: &[(String, Term)]) -> Pair {
    let list = |items: Vec<String>| match items.as_slice() {
        [] => "CAST(NULL AS VARCHAR)".to_owned(),
        items => format!("json_list(make_array({}))", items.join(", ")),
    };
    let names = fields.iter().map(|(name, _)| text::string(name)).collect();
    let values = fields.iter().map(|(_, term)| term.as_text()).collect();
    (list(names), list(values))
}

/// Returns the condition for fields that are judged: the ones of the condition say nothing new.
fn wanted(it: &RelevantFields) -> String {
    let mut named = Vec::new();
    it.condition.walk(&mut |part| {
        if let ExprKind::Field(path) = &part.kind {
            named.push(text::string(&path.text()));
        }
    });
    if named.is_empty() || !it.fields.is_empty() {
        return "\"value\" IS NOT NULL".to_owned();
    }
    format!("\"value\" IS NOT NULL AND \"field\" NOT IN ({})", named.join(", "))
}
