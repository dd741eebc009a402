//! The commands: for each its names, how it is written, what it does, and its parser.
//!
//! Help, completion and messages come from the same entries.

mod accum;
mod addtotals;
mod anomaly;
mod appendcols;
mod autoregress;
mod cidrlookup;
mod countfrequent;
mod dedup;
mod diff;
mod display;
mod estimate;
mod expand;
mod fields;
mod filldown;
mod fillmissing;
mod filter;
mod filterindex;
mod join;
mod json;
mod limit;
mod logcompare;
mod lookup;
mod outlier;
mod parse;
mod pattern;
mod relevantfields;
pub(crate) mod saved;
mod sessionize;
mod sort;
mod source;
mod stats;
mod unmask;
mod unnest;

use crate::ast::Command;
use crate::diagnostic::Outcome;
use crate::parser::Parser;
use crate::print::Printer;

/// A command: everything that is known about it.
pub struct CommandInfo {
    /// The name.
    pub name: &'static str,
    /// Other names for the same.
    pub aliases: &'static [&'static str],
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// A query that uses it.
    pub example: &'static str,
    /// What stands behind the name.
    pub takes: Takes,
    /// Words that stand among that.
    pub keywords: &'static [&'static str],
    /// Reads what stands behind the name.
    pub(crate) parse: fn(&mut Parser<'_>) -> Outcome<Command>,
}

/// What stands behind the name of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Fields, functions, operators.
    Expressions,
    /// Names of fields.
    Fields,
    /// Neither.
    Nothing,
}

/// Every command, in the order of the manual.
pub const ALL: &[&CommandInfo] = &[
    &source::COMMAND,
    &fields::COMMAND,
    &display::COMMAND,
    &filter::COMMAND,
    &filterindex::COMMAND,
    &stats::COMMAND,
    &sort::COMMAND,
    &limit::COMMAND,
    &dedup::COMMAND,
    &parse::COMMAND,
    &json::COMMAND,
    &unnest::COMMAND,
    &expand::COMMAND,
    &pattern::COMMAND,
    &diff::COMMAND,
    &logcompare::COMMAND,
    &anomaly::COMMAND,
    &relevantfields::COMMAND,
    &outlier::COMMAND,
    &join::COMMAND,
    &lookup::COMMAND,
    &cidrlookup::COMMAND,
    &appendcols::COMMAND,
    &sessionize::COMMAND,
    &accum::COMMAND,
    &autoregress::COMMAND,
    &filldown::COMMAND,
    &fillmissing::COMMAND,
    &countfrequent::COMMAND,
    &addtotals::COMMAND,
    &unmask::COMMAND,
    &estimate::COMMAND,
];

/// Commands of other languages, and what does the same here.
const FOREIGN: &[(&str, &str)] = &[
    ("select", "this is SQL: run it with `haechi sql`"),
    ("with", "this is SQL: run it with `haechi sql`"),
    ("search", "write `filter @message like \"text\"`"),
    ("eval", "write `fields expression as name`"),
    ("extend", "write `fields expression as name`"),
    ("project", "write `display a, b`"),
    ("table", "write `display a, b`"),
    ("rename", "write `fields old as new`"),
    ("summarize", "write `stats count(*) by field`"),
    ("top", "write `stats count(*) as n by field | sort n desc | limit 10`"),
    ("rare", "write `stats count(*) as n by field | sort n asc | limit 10`"),
    ("order", "write `sort field desc`"),
    ("orderby", "write `sort field desc`"),
    ("take", "write `limit 10`"),
    ("rex", "write `parse field /expression/`"),
    ("grep", "write `filter @message like /expression/`"),
    ("distinct", "write `dedup field`"),
    ("bin", "write `stats count(*) by bin(5m)`"),
    ("timechart", "write `stats count(*) by bin(5m)`"),
    ("and", "conditions stand in one `filter`: no `|` in front of `and`"),
    ("or", "conditions stand in one `filter`: no `|` in front of `or`"),
    ("by", "`by` belongs to `stats`: no `|` in front of it"),
];

/// Finds a command by any of its names, in any case.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static CommandInfo> {
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    ALL.iter().find(|it| is(&it.name) || it.aliases.iter().any(&is)).copied()
}

/// What to write instead of another language's command.
pub(crate) fn foreign(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(name)).map(|(_, hint)| *hint)
}

/// The name of a command as it is printed.
#[must_use]
pub fn name_of(command: &Command) -> &'static str {
    match command {
        Command::Source(_) => source::COMMAND.name,
        Command::Fields(_) => fields::COMMAND.name,
        Command::Display(_) => display::COMMAND.name,
        Command::Filter(_) => filter::COMMAND.name,
        Command::FilterIndex(_) => filterindex::COMMAND.name,
        Command::Stats(_) => stats::COMMAND.name,
        Command::Sort(_) => sort::COMMAND.name,
        Command::Limit(_) => limit::COMMAND.name,
        Command::Parse(_) => parse::COMMAND.name,
        Command::Json(_) => json::COMMAND.name,
        Command::Pattern(_) => pattern::COMMAND.name,
        Command::Diff(_) => diff::COMMAND.name,
        Command::LogCompare(_) => logcompare::COMMAND.name,
        Command::Anomaly => anomaly::COMMAND.name,
        Command::Dedup(_) => dedup::COMMAND.name,
        Command::Unmask(_) => unmask::COMMAND.name,
        Command::Unnest(_) => unnest::COMMAND.name,
        Command::Expand(_) => expand::COMMAND.name,
        Command::Join(_) => join::COMMAND.name,
        Command::Lookup(_) => lookup::COMMAND.name,
        Command::CidrLookup(_) => cidrlookup::COMMAND.name,
        Command::RelevantFields(_) => relevantfields::COMMAND.name,
        Command::Outlier(_) => outlier::COMMAND.name,
        Command::AutoRegress(_) => autoregress::COMMAND.name,
        Command::Accum(_) => accum::COMMAND.name,
        Command::FillDown(_) => filldown::COMMAND.name,
        Command::FillMissing(_) => fillmissing::COMMAND.name,
        Command::AppendCols(_) => appendcols::COMMAND.name,
        Command::Sessionize(_) => sessionize::COMMAND.name,
        Command::CountFrequent(_) => countfrequent::COMMAND.name,
        Command::AddTotals(_) => addtotals::COMMAND.name,
        Command::Estimate => estimate::COMMAND.name,
        Command::Saved(_) => "$",
    }
}

/// Writes what stands behind the name of a command.
pub(crate) fn print(command: &Command, out: &mut Printer) {
    match command {
        Command::Source(it) => source::print(it, out),
        Command::Fields(it) => fields::print(it, out),
        Command::Display(it) => display::print(it, out),
        Command::Filter(it) => filter::print(it, out),
        Command::FilterIndex(it) => filterindex::print(it, out),
        Command::Stats(it) => stats::print(it, out),
        Command::Sort(it) => sort::print(it, out),
        Command::Limit(it) => limit::print(it, out),
        Command::Parse(it) => parse::print(it, out),
        Command::Json(it) => json::print(it, out),
        Command::Pattern(it) => pattern::print(it, out),
        Command::Diff(it) => diff::print(it, out),
        Command::LogCompare(it) => logcompare::print(it, out),
        Command::Dedup(it) => dedup::print(it, out),
        Command::Unmask(it) => unmask::print(it, out),
        Command::Unnest(it) => unnest::print(it, out),
        Command::Expand(it) => expand::print(it, out),
        Command::Join(it) => join::print(it, out),
        Command::Lookup(it) => lookup::print(it, out),
        Command::CidrLookup(it) => cidrlookup::print(it, out),
        Command::RelevantFields(it) => relevantfields::print(it, out),
        Command::Outlier(it) => outlier::print(it, out),
        Command::AutoRegress(it) => autoregress::print(it, out),
        Command::Accum(it) => accum::print(it, out),
        Command::FillDown(it) => filldown::print(it, out),
        Command::FillMissing(it) => fillmissing::print(it, out),
        Command::AppendCols(it) => appendcols::print(it, out),
        Command::Sessionize(it) => sessionize::print(it, out),
        Command::CountFrequent(it) => countfrequent::print(it, out),
        Command::AddTotals(it) => addtotals::print(it, out),
        Command::Saved(it) => saved::print(it, out),
        Command::Anomaly | Command::Estimate => {}
    }
}
