//! `addtotals`: the sum of each row, and a row with the sum of each column.

use crate::ast::{AddTotals, Path};
use crate::sql::kind::{Kind, Term};
use crate::sql::{Lowering, answer, text};

/// Adds the sums.
pub(super) fn totals(lowering: &mut Lowering<'_, '_>, it: &AddTotals) {
    let shown = answer::shown(lowering);
    let mut summed: Vec<String> = it.fields.iter().map(Path::text).collect();
    if summed.is_empty() {
        let is_number = |kind| matches!(kind, Kind::Number | Kind::Integer);
        for name in &shown {
            if is_number(answer::term(lowering, name).kind) {
                summed.push(name.clone());
            }
        }
    }
    let total = it.name.as_ref().map_or("Total", |it| it.text.as_str()).to_owned();
    if it.row && !summed.is_empty() {
        let mut parts = Vec::new();
        for name in &summed {
            let number = answer::term(lowering, name).as_number();
            parts.push(format!("coalesce({number}, 0.0)"));
        }
        let identifier = lowering.relation.add(&total, Kind::Number);
        lowering.extend(&[(format!("({})", parts.join(" + ")), identifier)]);
        lowering.relation.show(&total);
        if let Some(displayed) = &mut lowering.relation.displayed {
            displayed.push(total.clone());
        }
        summed.push(total);
    }
    if it.column {
        summary(lowering, &summed);
    }
}

/// Adds a row behind all others.
fn summary(lowering: &mut Lowering<'_, '_>, summed: &[String]) {
    let shown = answer::shown(lowering);
    let (order, over) = (answer::order(lowering), answer::over(lowering));
    let rows_max = lowering.request.rows_max;
    let from = lowering.relation.from.clone();
    let columns: Vec<(String, Term)> =
        shown.iter().map(|name| (name.clone(), answer::term(lowering, name))).collect();
    let limit = if lowering.relation.is_limited {
        String::new()
    } else {
        format!(" ORDER BY {} LIMIT {rows_max}", order.join(", "))
    };
    lowering.relation.restart();
    let place = lowering.relation.fresh("place");
    let (mut rows, mut sums) = (Vec::new(), Vec::new());
    for (name, term) in &columns {
        let is_summed = summed.contains(name);
        let kind = if is_summed { Kind::Number } else { term.kind };
        let identifier = text::name(&lowering.relation.add(name, kind));
        let value = if is_summed { term.as_number() } else { term.sql.clone() };
        let sum = if is_summed { format!("sum({identifier})") } else { Term::missing(kind).sql };
        rows.push(format!("{value} AS {identifier}"));
        sums.push(format!("{sum} AS {identifier}"));
        lowering.relation.show(name);
    }
    let place_name = text::name(&place);
    let numbered = format!("row_number() OVER {over} AS {place_name}");
    lowering.step(&format!("SELECT {}, {numbered} FROM {from}{limit}", rows.join(", ")));
    let from = lowering.relation.from.clone();
    let last = format!("{} AS {place_name}", i64::MAX);
    let sums = sums.join(", ");
    let select = format!("SELECT * FROM {from} UNION ALL SELECT {sums}, {last} FROM {from}");
    lowering.step(&select);
    lowering.relation.order = vec![format!("{place_name} ASC NULLS FIRST")];
    lowering.relation.is_limited = true;
}
