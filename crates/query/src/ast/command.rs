//! The commands and their arguments.

use super::{Expr, Name, Path, Period, Query, Regex, Text};
use crate::span::Span;

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

/// `SOURCE selector … [start=…] [end=…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Which log groups; at least one. Several `'group'`s add up; the others narrow each other.
    pub selectors: Vec<Selector>,
    /// Where to begin, if the query says so itself.
    pub start: Option<TimeBound>,
    /// Where to end.
    pub end: Option<TimeBound>,
}

/// One way to choose log groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// A log group by its name or ARN.
    Group(Text),
    /// `logGroups(namePrefix: […], accountIdentifier: […], class: […])`; all empty means every
    /// group.
    LogGroups {
        /// Prefixes of names.
        name_prefixes: Vec<Text>,
        /// Accounts.
        accounts: Vec<Text>,
        /// Log classes: `STANDARD`, `INFREQUENT_ACCESS`.
        classes: Vec<Text>,
    },
    /// `dataSource(['amazon_vpc.flow'])`.
    DataSource(Vec<Text>),
    /// `logGroupTags([{"key": "team", "values": ["a*", "!b"]}])`.
    LogGroupTags(Vec<TagFilter>),
}

/// A tag, and the values of which it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct TagFilter {
    /// The tag's key.
    pub key: Text,
    /// Values, each with `*` as wildcard and `!` in front as negation.
    pub values: Vec<Text>,
}

/// An end of a time range.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeBound {
    /// `now`.
    Now,
    /// `-1d`: that long before now.
    Ago(Period),
    /// Seconds since 1970.
    Epoch(i64),
    /// A time in quotes.
    Text(Text),
}

/// An expression and the name of its column.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// What is computed.
    pub expr: Expr,
    /// `as name`; without, the column is called by the text of its expression.
    pub alias: Option<Name>,
}

/// `fields a, b as c`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The columns; at least one. A later one may use the alias of an earlier one.
    pub projections: Vec<Projection>,
}

/// `display a, b as c`.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// The columns; at least one.
    pub projections: Vec<Projection>,
}

/// `filter condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What must be true.
    pub condition: Expr,
}

/// `filterIndex field = value` or `filterIndex field in [values]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterIndex {
    /// The indexed field.
    pub field: Path,
    /// The values, of which the field has one; literals, at least one.
    pub values: Vec<Expr>,
}

/// `stats aggregates by keys offset period`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The aggregates; at least one.
    pub aggregates: Vec<Projection>,
    /// What to group by; none means one group of everything.
    pub keys: Vec<Projection>,
    /// Moves the borders of `bin()` and of time series.
    pub offset: Option<Period>,
}

/// `sort a desc, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The keys, the most important first; at least one.
    pub keys: Vec<SortKey>,
}

/// One key of `sort`.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub expr: Expr,
    /// From large to small.
    pub descending: bool,
}

/// `limit 20` or `limit any 20`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// How many rows at most.
    pub count: u64,
    /// Any rows will do, the first ones found.
    pub any: bool,
}

/// `parse field pattern …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// The field; `@message` when not given.
    pub field: Option<Path>,
    /// How to read it.
    pub kind: ParseKind,
}

/// How `parse` reads a field.
#[derive(Debug, Clone, PartialEq)]
pub enum ParseKind {
    /// `"user=* id=*" as user, id`: each `*` is one name.
    Glob {
        /// The text around the stars.
        pattern: Text,
        /// One name for each star.
        names: Vec<Name>,
    },
    /// `/user=(?<user>\S+)/` or `/(\d+)/ as number`.
    Regex {
        /// The expression.
        regex: Regex,
        /// Names for the groups without names, in order.
        names: Vec<Name>,
        /// One row for each match instead of the first match only.
        multi: bool,
    },
    /// `logfmt as map`.
    LogFmt {
        /// The name of the map.
        name: Name,
    },
    /// `csv as a, b`.
    Csv {
        /// One name for each value, by position.
        names: Vec<Name>,
    },
}

/// `json field=object "path" as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// The field that holds the object.
    pub field: Path,
    /// What to take out of it; at least one.
    pub outputs: Vec<JsonOutput>,
}

/// A path into an object and the name of what is there.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonOutput {
    /// Keys joined with dots; list items by number or `[0]`.
    pub path: Text,
    /// The new field.
    pub alias: Name,
}

/// `pattern field`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The text to cluster.
    pub field: Path,
}

/// `diff [previousDay]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// What to compare with; without, the window just before.
    pub shift: Option<Shift>,
}

/// The named shifts of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// `previousDay`.
    Day,
    /// `previousWeek`.
    Week,
    /// `previousMonth`.
    Month,
}

/// `logcompare timeshift 7d`.
#[derive(Debug, Clone, PartialEq)]
pub struct LogCompare {
    /// How long before the window the baseline lies.
    pub timeshift: Period,
}

/// `dedup a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// Rows that agree in all of these are one; at least one.
    pub fields: Vec<Path>,
}

/// `unmask` or `unmask(field)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmask {
    /// The field; everything when not given.
    pub field: Option<Path>,
}

/// `unnest field into name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Unnest {
    /// The list.
    pub field: Path,
    /// The name of one item.
    pub alias: Name,
}

/// `expand field`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// The field with a JSON list.
    pub field: Path,
}

/// `join type=left left=a right=b where a.k=b.k (query)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// What to do with left rows without a partner.
    pub kind: JoinKind,
    /// The name in front of the left side's fields.
    pub left: Name,
    /// The name in front of the right side's fields.
    pub right: Name,
    /// What must be equal; at least one.
    pub keys: Vec<JoinKey>,
    /// The right side.
    pub query: Query,
}

/// The kinds of join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Only rows with a partner.
    Inner,
    /// Every left row.
    Left,
}

/// Two fields that must be equal, without the names of their sides.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinKey {
    /// The left side's field.
    pub left: Path,
    /// The right side's field.
    pub right: Path,
}

/// `lookup table key as field, … OUTPUT column, …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The lookup table.
    pub table: Name,
    /// What must be equal; at least one.
    pub matches: Vec<LookupMatch>,
    /// Whether present fields are overwritten.
    pub mode: LookupMode,
    /// The columns to add; at least one.
    pub outputs: Vec<LookupOutput>,
}

/// `column as field`: a column of the table and the field that is looked up in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupMatch {
    /// The table's column.
    pub column: Name,
    /// The event's field; the one with the column's name when not given.
    pub field: Option<Path>,
}

/// Whether present fields are overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupMode {
    /// `OUTPUT`: yes, even with nothing when there is no match.
    Overwrite,
    /// `OUTPUTNEW`: no, only absent ones are filled.
    FillAbsent,
}

/// `column as field`: a column of the table and the name it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupOutput {
    /// The table's column.
    pub column: Name,
    /// Its new name; the column's when not given.
    pub alias: Option<Name>,
}

/// `cidrlookup table ip as cidr OUTPUT column, …`.
#[derive(Debug, Clone, PartialEq)]
pub struct CidrLookup {
    /// The lookup table.
    pub table: Name,
    /// The field with an address.
    pub field: Path,
    /// The table's column of networks; the one with the field's name when not given.
    pub column: Option<Name>,
    /// Whether present fields are overwritten.
    pub mode: LookupMode,
    /// The columns to add; at least one.
    pub outputs: Vec<LookupOutput>,
}

/// `relevantfields a, b where condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevantFields {
    /// The fields to rank; all when empty.
    pub fields: Vec<Path>,
    /// What makes an event interesting.
    pub condition: Expr,
}

/// `outlier action=remove param=3.0 uselower=true mark=true a b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// What to do with an outlier.
    pub action: OutlierAction,
    /// How many interquartile ranges make one (2.5).
    pub param: f64,
    /// Whether small values are outliers too (no).
    pub use_lower: bool,
    /// Whether transformed values are marked (no).
    pub mark: bool,
    /// The fields; at least one.
    pub fields: Vec<Path>,
}

/// What `outlier` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlierAction {
    /// The row goes.
    Remove,
    /// The value is set to the fence it passed; the default.
    Transform,
}

/// `autoregress field as name p=1-3`.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoRegress {
    /// The field.
    pub field: Path,
    /// The name of the new column, or what its name begins with; `field_p` when not given.
    pub alias: Option<Name>,
    /// The smallest lag.
    pub first: u64,
    /// The largest lag; `first <= last`.
    pub last: u64,
}

/// `accum field as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Accum {
    /// The field that is added up.
    pub field: Path,
    /// Where the sum goes; over the field when not given.
    pub alias: Option<Name>,
}

/// `filldown a cpu*`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillDown {
    /// Which fields; all when empty.
    pub fields: Vec<FieldPattern>,
}

/// A field's name, in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPattern {
    /// The name with its stars.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `fillmissing with 0 for a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillMissing {
    /// The value for the columns below in rows that were missing.
    pub value: Option<Expr>,
    /// The columns; empty when there is no value.
    pub fields: Vec<Path>,
}

/// `appendcols override=true max=100 (query)`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// Whether a column of the same name is replaced (no).
    pub override_columns: bool,
    /// How many rows of the query are taken (10,000).
    pub rows_max: u64,
    /// The query whose columns are put beside.
    pub query: Query,
}

/// `sessionize a, b maxspan 30m as session_id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessionize {
    /// Whose sessions; at least one.
    pub fields: Vec<Path>,
    /// The longest silence within a session; 30 minutes when not given.
    pub maxspan: Option<Period>,
    /// The name of the new field; `session_id` when not given.
    pub alias: Option<Name>,
}

/// `countFrequent a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct CountFrequent {
    /// What to count; at least one.
    pub fields: Vec<Path>,
}

/// `addtotals fieldname=Total row=true col=false a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct AddTotals {
    /// The name of the column with the sum of a row; `Total` when not given.
    pub name: Option<Name>,
    /// Whether each row gets its sum (yes).
    pub row: bool,
    /// Whether a row with the sum of each column is added (no).
    pub column: bool,
    /// What is added up; all numbers when empty.
    pub fields: Vec<Path>,
}

/// `$Name(parameter="value")`.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedCall {
    /// The saved query.
    pub name: Name,
    /// Values for its parameters.
    pub arguments: Vec<SavedArgument>,
}

/// `parameter="value"`.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedArgument {
    /// The parameter.
    pub name: Name,
    /// Its value.
    pub value: Text,
}
