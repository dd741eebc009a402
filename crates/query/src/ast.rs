//! A query as the parser understood it: stages, commands, expressions, each with its span.
//!
//! Nothing here says whether a query makes sense; the check does. Keywords and the names
//! of functions are case-insensitive, names of fields are not.

mod command;
mod expression;
mod literal;
mod walk;

pub use command::{
    Accum, AddTotals, AppendCols, AutoRegress, CidrLookup, Command, CountFrequent, Dedup, Diff,
    Display, Expand, FieldPattern, Fields, Fill, FillDown, FillMissing, Filter, FilterIndex, Join,
    JoinKey, JoinKind, Json, JsonOutput, Limit, LogCompare, Lookup, LookupMatch, LookupMode,
    LookupOutput, Outlier, OutlierAction, Parse, ParseKind, Pattern, Projection, RelevantFields,
    SavedArgument, SavedCall, Selector, Sessionize, Shift, Sort, SortKey, Source, Stats, TagFilter,
    TimeBound, Unmask, Unnest,
};
pub use expression::{
    BinaryOperator, Call, Expr, ExprKind, LikePattern, Path, Segment, UnaryOperator,
};
pub use literal::{Name, Number, Period, PeriodUnit, Regex, Text};

use crate::span::Span;

/// A whole query, or the one inside parentheses: stages separated by `|`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The stages, in order; at least one.
    pub stages: Vec<Stage>,
    /// From the first stage to the last.
    pub span: Span,
}

/// One command with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What to do.
    pub command: Command,
    /// The name of the command alone.
    pub name_span: Span,
    /// The whole stage.
    pub span: Span,
}
