//! `fillmissing`: a row for each bin of time in which nothing happened.

use crate::ast::FillMissing;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::BINS_MAX;
use crate::span::Span;
use crate::sql::kind::{Kind, Term};
use crate::sql::relation::Bins;
use crate::sql::{Lowering, answer, call, text};

/// Adds the bins that are not there, for each combination of the other keys: over the window of
/// the query, and where that has no end, up to the last bin that is there.
pub(super) fn fill(lowering: &mut Lowering<'_, '_>, it: &FillMissing, at: Span) -> Outcome<()> {
    let Some(bins) = lowering.relation.bins.clone() else {
        return Err(Diagnostic::error(at, "the column of `bin(…)` is not there any more")
            .with_hint("put `fillmissing` right behind `stats … by bin(…)`"));
    };
    few(lowering, &bins, at)?;
    let mut fills: Vec<(String, Term)> = Vec::new();
    for fill in &it.fills {
        fills.push((fill.field.text(), lowering.term(&fill.value)?));
    }
    let grid = grid(lowering, &bins);
    let (time, from) = (text::name(&bins.column), lowering.relation.from.clone());
    let (mut there, mut added) = (Vec::new(), Vec::new());
    for column in &mut lowering.relation.columns {
        let name = text::name(&column.identifier);
        let fill = fills.iter().rev().find(|fill| fill.0 == column.name);
        let kind = fill.map_or(column.kind, |fill| column.kind.common(fill.1.kind));
        there.push(format!("{} AS {name}", column.term().cast(kind)));
        added.push(match fill {
            _ if column.identifier == bins.column => format!("\"bin\" AS {name}"),
            _ if bins.others.contains(&column.identifier) => format!("g.{name}"),
            Some((_, fill)) => format!("{} AS {name}", fill.cast(kind)),
            None => format!("{} AS {name}", Term::missing(kind).sql),
        });
        column.kind = kind;
    }
    let others = bins.others.iter().map(|it| text::name(it));
    let same = others.map(|it| format!(" AND r.{it} IS NOT DISTINCT FROM g.{it}"));
    lowering.step(&format!(
        "SELECT {} FROM {from} UNION ALL SELECT {} FROM {grid} AS g \
         WHERE NOT EXISTS (SELECT 1 FROM {from} AS r WHERE r.{time} = g.\"bin\"{})",
        there.join(", "),
        added.join(", "),
        same.collect::<String>()
    ));
    let relation = &mut lowering.relation;
    relation.is_limited = false;
    let time = Term::new(time, Kind::Time);
    relation.order = vec![answer::descending(&time)];
    Ok(())
}

/// Refuses more bins than are worth looking at, where that is known beforehand.
fn few(lowering: &Lowering<'_, '_>, bins: &Bins, at: Span) -> Outcome<()> {
    let (Some(from), Some(until)) = lowering.events.window() else { return Ok(()) };
    let Some(unit) = bins.period.unit.milliseconds() else { return Ok(()) };
    let bin = unit.saturating_mul(bins.period.count).max(1);
    let window = u64::try_from(until.saturating_sub(from) / 1_000).unwrap_or(0);
    if window / bin <= BINS_MAX {
        return Ok(());
    }
    let message = format!("`fillmissing` makes {BINS_MAX} bins at most, and the window has more");
    Err(Diagnostic::error(at, message).with_hint("use a longer `bin`, or a shorter window"))
}

/// Adds a step with every bin and every combination of the other keys.
fn grid(lowering: &mut Lowering<'_, '_>, bins: &Bins) -> String {
    let from = lowering.relation.from.clone();
    let (first, last) = lowering.events.window();
    let time = text::name(&bins.column);
    let first = first.map_or_else(|| format!("min({time})"), text::moment);
    let last = last.map_or_else(|| format!("max({time})"), |it| text::moment(it.saturating_sub(1)));
    let offset = bins.offset.and_then(|it| Some(it.unit.milliseconds()?.saturating_mul(it.count)));
    let moved = |sign: &str| {
        offset.map(|it| format!(" {sign} INTERVAL '{it} milliseconds'")).unwrap_or_default()
    };
    let (count, unit) = (bins.period.count, call::unit(bins.period.unit));
    let back = moved("-");
    let starts = lowering.script.step(&format!(
        "SELECT time_bins({first}{back}, {last}{back}, {count}, '{unit}') AS \"starts\", \
         count(*) AS \"rows\" FROM {from}"
    ));
    let starts =
        lowering.script.step(&format!("SELECT unnest(\"starts\") AS \"start\" FROM {starts}"));
    let forth = moved("+");
    let starts = lowering.script.step(&format!("SELECT \"start\"{forth} AS \"bin\" FROM {starts}"));
    if bins.others.is_empty() {
        return starts;
    }
    let others = bins.others.iter().map(|it| text::name(it)).collect::<Vec<_>>().join(", ");
    let keys = lowering.script.step(&format!("SELECT DISTINCT {others} FROM {from}"));
    lowering.script.step(&format!("SELECT * FROM {starts} CROSS JOIN {keys}"))
}
