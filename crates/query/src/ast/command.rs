//! The commands and their arguments.

mod columns;
mod combine;
mod compare;
mod extract;
mod rows;
mod source;

pub use columns::{
    Dedup, Display, Fields, Filter, FilterIndex, Limit, Projection, Sort, SortKey, Stats,
};
pub use combine::{
    AppendCols, CidrLookup, Join, JoinKey, JoinKind, Lookup, LookupMatch, LookupMode, LookupOutput,
    SavedArgument, SavedCall,
};
pub use compare::{Diff, LogCompare, Outlier, OutlierAction, Pattern, RelevantFields, Shift};
pub use extract::{Expand, Json, JsonOutput, Parse, ParseKind, Unnest};
pub use rows::{
    Accum, AddTotals, AutoRegress, CountFrequent, FieldPattern, Fill, FillDown, FillMissing,
    Sessionize, Unmask,
};
pub use source::{Selector, Source, TagFilter, TimeBound};

/// A command with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `SOURCE …`: which logs to read.
    Source(Source),
    /// `fields …`: choose and compute columns.
    Fields(Fields),
    /// `display …`: the columns of the answer.
    Display(Display),
    /// `filter …` or `where …`.
    Filter(Filter),
    /// `filterIndex …`.
    FilterIndex(FilterIndex),
    /// `stats …`.
    Stats(Stats),
    /// `sort …`.
    Sort(Sort),
    /// `limit …`, `head …`, `tail …`.
    Limit(Limit),
    /// `parse …`.
    Parse(Parse),
    /// `json field=…`.
    Json(Json),
    /// `pattern …`.
    Pattern(Pattern),
    /// `diff …`.
    Diff(Diff),
    /// `logcompare …`.
    LogCompare(LogCompare),
    /// `anomaly`.
    Anomaly,
    /// `dedup …`.
    Dedup(Dedup),
    /// `unmask …`.
    Unmask(Unmask),
    /// `unnest …`.
    Unnest(Unnest),
    /// `expand …`.
    Expand(Expand),
    /// `join …`.
    Join(Join),
    /// `lookup …`.
    Lookup(Lookup),
    /// `cidrlookup …`.
    CidrLookup(CidrLookup),
    /// `relevantfields …`.
    RelevantFields(RelevantFields),
    /// `outlier …`.
    Outlier(Outlier),
    /// `autoregress …`.
    AutoRegress(AutoRegress),
    /// `accum …`.
    Accum(Accum),
    /// `filldown …`.
    FillDown(FillDown),
    /// `fillmissing …`.
    FillMissing(FillMissing),
    /// `appendcols …`.
    AppendCols(AppendCols),
    /// `sessionize …`.
    Sessionize(Sessionize),
    /// `countFrequent …`.
    CountFrequent(CountFrequent),
    /// `addtotals …`.
    AddTotals(AddTotals),
    /// `estimate`.
    Estimate,
    /// `$Name(…)`: the stages of a saved query; expansion puts them in.
    Saved(SavedCall),
}
