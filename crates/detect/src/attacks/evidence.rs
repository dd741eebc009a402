//! SQL that gives the records of an attack again, out of as many logs as it has left traces in.

use std::collections::{BTreeMap, HashSet};

use super::{Ids, Step};
use crate::sql;

/// What is shown of records of several sources, whose columns differ.
const OF_ALL: &str =
    "\"time\", \"date\", \"account\", \"region\", \"file\", \"position\", \"record\"";

/// Writes the query; the page's own source stands first.
pub(super) fn of(steps: &[Step<'_>], kept: &[String], own: &str, ids: &Ids) -> String {
    let kept: HashSet<&str> = kept.iter().map(String::as_str).collect();
    let mut by_source: BTreeMap<(bool, &str), Vec<&Step<'_>>> = BTreeMap::new();
    for step in steps.iter().filter(|step| kept.contains(step.sign.record.as_str())) {
        by_source.entry((step.source != own, step.source)).or_default().push(step);
    }
    let is_alone = by_source.len() < 2;
    let select = |((_, source), steps): (&(bool, &str), &Vec<&Step<'_>>)| {
        let mut records: Vec<String> = steps.iter().map(|it| it.sign.record.clone()).collect();
        records.sort();
        records.dedup();
        let id = ids.get(*source).and_then(Option::as_deref);
        let mut parts = vec![sql::by_id(id, &records)];
        let times = || steps.iter().map(|step| step.sign.time);
        if let Some((first, last)) = times().min().zip(times().max()) {
            parts.extend(sql::days(first, last));
        }
        let columns = if is_alone {
            "*".to_owned()
        } else {
            let id = id.unwrap_or("null");
            format!("{} as \"source\", {OF_ALL}, {id} as \"eventID\"", sql::literal(source))
        };
        format!("select {columns} from \"{source}\" where {}", parts.join(" and "))
    };
    let selects: Vec<String> = by_source.iter().map(select).collect();
    format!("{} order by \"time\"", selects.join(" union all "))
}
