//! The stages: each command's SQL, a file each.

mod anomaly;
mod compare;
mod dedup;
mod fields;
mod fillmissing;
mod filter;
mod frequent;
mod join;
pub(super) mod limit;
mod lookup;
mod outlier;
mod parse;
mod pattern;
mod relevant;
mod running;
mod sort;
mod stats;
mod totals;
mod unnest;

use super::Lowering;
use crate::ast::{Command, Query, Stage};
use crate::diagnostic::Outcome;

/// Adds every stage of a query to the plan.
pub(super) fn all(lowering: &mut Lowering<'_, '_>, query: &Query) -> Outcome<()> {
    for (at, it) in query.stages.iter().enumerate() {
        let next = query.stages.get(at + 1).map(|next| &next.command);
        let before = at.checked_sub(1).and_then(|before| query.stages.get(before));
        let field = match before.map(|before| &before.command) {
            Some(Command::Pattern(pattern)) => Some(&pattern.field),
            _ => None,
        };
        let n_before = if field.is_some() { at.saturating_sub(1) } else { at };
        let place = compare::Place { query, n_before, field, span: it.name_span };
        match (&it.command, next) {
            (Command::Pattern(pattern), Some(Command::Anomaly)) => {
                anomaly::anomaly(lowering, pattern, it.name_span)?;
            }
            // The patterns are made by what compares them.
            (Command::Pattern(_), Some(Command::Diff(_) | Command::LogCompare(_)))
            | (Command::Anomaly, _) => {}
            (Command::Diff(it), _) => compare::diff(lowering, it, place)?,
            (Command::LogCompare(it), _) => compare::logcompare(lowering, it, place)?,
            _ => stage(lowering, it)?,
        }
    }
    Ok(())
}

/// Adds a stage to the plan.
fn stage(lowering: &mut Lowering<'_, '_>, stage: &Stage) -> Outcome<()> {
    match &stage.command {
        // The groups were chosen before, nothing is masked in a lake, and what an estimate is of
        // stands before it.
        Command::Source(_) | Command::Unmask(_) | Command::Estimate
        // They are lowered with the stages around them, and saved queries were put in before.
        | Command::Diff(_) | Command::LogCompare(_) | Command::Anomaly | Command::Saved(_) => Ok(()),
        Command::Fields(it) => fields::fields(lowering, &it.projections),
        Command::Display(it) => fields::display(lowering, &it.projections),
        Command::Filter(it) => filter::filter(lowering, &it.condition),
        Command::FilterIndex(it) => filter::index(lowering, it),
        Command::Stats(it) => stats::stats(lowering, it),
        Command::Sort(it) => sort::sort(lowering, it),
        Command::Limit(it) => {
            limit::limit(lowering, it);
            Ok(())
        }
        Command::Dedup(it) => dedup::dedup(lowering, it),
        Command::Parse(it) => parse::parse(lowering, it),
        Command::Json(it) => parse::json(lowering, it),
        Command::Unnest(it) => unnest::unnest(lowering, it),
        Command::Expand(it) => unnest::expand(lowering, it),
        Command::Accum(it) => running::accum(lowering, it),
        Command::AutoRegress(it) => running::autoregress(lowering, it),
        Command::FillDown(it) => {
            running::filldown(lowering, it);
            Ok(())
        }
        Command::FillMissing(it) => fillmissing::fill(lowering, it, stage.name_span),
        Command::Sessionize(it) => running::sessionize(lowering, it),
        Command::CountFrequent(it) => frequent::count(lowering, it),
        Command::AddTotals(it) => {
            totals::totals(lowering, it);
            Ok(())
        }
        Command::Outlier(it) => outlier::outlier(lowering, it),
        Command::Lookup(it) => lookup::lookup(lowering, it),
        Command::CidrLookup(it) => lookup::cidr(lowering, it),
        Command::Join(it) => join::join(lowering, it),
        Command::Pattern(it) => pattern::pattern(lowering, it),
        Command::AppendCols(it) => join::append(lowering, it),
        Command::RelevantFields(it) => relevant::relevant(lowering, it),
    }
}
