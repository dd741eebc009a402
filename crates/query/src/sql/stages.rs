//! The stages: each command's SQL, a file each.

mod dedup;
mod fields;
mod filter;
mod frequent;
mod join;
pub(super) mod limit;
mod lookup;
mod outlier;
mod parse;
mod pattern;
mod running;
mod sort;
mod stats;
mod totals;
mod unnest;

use super::Lowering;
use crate::ast::{Command, Stage};
use crate::diagnostic::{Diagnostic, Outcome, quoted};

/// Adds a stage to the plan.
pub(super) fn stage(lowering: &mut Lowering<'_, '_>, stage: &Stage) -> Outcome<()> {
    match &stage.command {
        // The groups were chosen before, nothing is masked in a lake, and what an estimate is of
        // stands before it.
        Command::Source(_) | Command::Unmask(_) | Command::Estimate => Ok(()),
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
        _ => Err(not_built(stage)),
    }
}

/// Refuses a command that does not run yet: an answer that leaves it out would be wrong.
fn not_built(stage: &Stage) -> Box<Diagnostic> {
    let name = quoted(name_of(&stage.command));
    Diagnostic::error(stage.name_span, format!("the command {name} does not run yet"))
        .with_hint("the language knows it, the engine does not: see the guide's list of commands")
}

fn name_of(command: &Command) -> &'static str {
    match command {
        Command::Diff(_) => "diff",
        Command::LogCompare(_) => "logcompare",
        Command::Anomaly => "anomaly",
        Command::RelevantFields(_) => "relevantfields",
        Command::FillMissing(_) => "fillmissing",
        Command::Saved(_) => "$",
        _ => "this one",
    }
}
