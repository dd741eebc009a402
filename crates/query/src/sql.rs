//! A query to SQL: the plan as text, which any engine that has haechi's functions can run.
//!
//! A stage becomes a subselect with a name; the first one, `events`, selects from the sources'
//! tables the fields that the query mentions, and nothing else. Types are known here, so that a
//! comparison of a typed column stays a plain comparison, which engines answer from statistics
//! and bloom filters.

mod aggregate;
mod answer;
mod call;
mod comparison;
mod events;
mod expression;
mod group;
mod kind;
mod listing;
mod mentions;
mod misspelt;
mod relation;
mod script;
mod stages;
mod text;

#[cfg(test)]
mod tests;

pub use group::{Group, GroupField, LookupTable};
pub use kind::Kind;
pub use listing::fields;
pub use misspelt::misspelt;

use crate::ast::{Command, Name, Path, Period, Query, Segment};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::AWS_GROUPS_MAX;
use crate::span::Span;
use relation::Relation;
use script::Script;

/// What a query is lowered with.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The log groups that the caller names, or all there are.
    pub groups: &'a [Group],
    /// Whether the caller named the groups; otherwise those are taken that know the fields.
    pub is_named: bool,
    /// The lookup tables at hand.
    pub lookups: &'a [LookupTable],
    /// The first microsecond since 1970 that the query is about, if it has a beginning.
    pub from: Option<i64>,
    /// The microsecond behind the last, if it has an end.
    pub until: Option<i64>,
    /// The time of the query, in microseconds since 1970.
    pub now: i64,
    /// How many rows the answer has at most when the query has no `limit`.
    pub rows_max: u64,
    /// How values are given.
    pub dress: Dress,
    /// AWS's own limits hold: how many groups and fields there are, how much of a line has a
    /// pattern, what may be sorted and grouped by.
    pub compat: bool,
}

/// How values are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    /// All as text, the way the console of CloudWatch shows them.
    Shown,
    /// Numbers as numbers; times as the console shows them.
    Numbers,
    /// Times and numbers with their types.
    Typed,
}

/// Stands in front of SQL that is not run: the answer is how many bytes it would read at most.
pub const ESTIMATE: &str = "ESTIMATE ";

/// The column of that answer.
pub const ESTIMATE_COLUMN: &str = "estimatedBytesScanned";

/// A query as SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// The text.
    pub text: String,
    /// The groups that it reads, by table.
    pub tables: Vec<String>,
    /// The query asks how much it would read, and nothing else (`estimate`).
    pub is_estimate: bool,
}

/// Lowers a query that was checked.
///
/// # Errors
/// The query asks for something that has no meaning, or that is not built; the diagnostic says
/// where.
pub fn lower(query: &Query, request: &Request<'_>) -> Outcome<Sql> {
    if request.compat && request.is_named && AWS_GROUPS_MAX < request.groups.len() {
        let message = format!("AWS takes {AWS_GROUPS_MAX} log groups at most");
        return Err(Diagnostic::error(query.span, message));
    }
    let mut script = Script::default();
    let mut lowering = Lowering::new(query, request, &mut script)?;
    stages::all(&mut lowering, query)?;
    let select = answer::select(&mut lowering);
    let tables = lowering.close();
    let is_estimate = query.stages.iter().any(|it| matches!(it.command, Command::Estimate));
    let before = if is_estimate { ESTIMATE } else { "" };
    Ok(Sql { text: format!("{before}{}", script.with(&select)), tables, is_estimate })
}

/// One query on its way to SQL: the whole, or one inside it.
struct Lowering<'a, 'b> {
    request: &'a Request<'a>,
    script: &'b mut Script,
    events: events::Events<'a>,
    relation: Relation,
    /// Columns of the stage at hand that its later expressions may name.
    substitutes: Vec<(String, kind::Term)>,
    /// How far the borders of `bin()` are moved.
    offset: Option<Period>,
    /// Every field that the query mentions, wherever it does.
    mentioned: Vec<Path>,
}

impl<'a, 'b> Lowering<'a, 'b> {
    fn new(query: &Query, request: &'a Request<'a>, script: &'b mut Script) -> Outcome<Self> {
        let events = events::Events::new(query, request, script)?;
        let relation = Relation::of_events(events.name());
        let (substitutes, offset, mentioned) = (Vec::new(), None, mentions::paths(query));
        Ok(Self { request, script, events, relation, substitutes, offset, mentioned })
    }

    /// Writes down what is read; nothing may ask for another field behind this.
    fn close(self) -> Vec<String> {
        self.events.close(self.script)
    }

    /// Refuses a list or an object where AWS takes none.
    fn plain(&self, term: &kind::Term, at: Span, command: &str) -> Outcome<()> {
        if !self.request.compat || term.kind != Kind::Structure {
            return Ok(());
        }
        let message = format!("AWS takes no list or object in `{command}`");
        Err(Diagnostic::error(at, message)
            .with_hint("take a value out of it: `list[0]`, `map.key`"))
    }

    /// Adds a step; the relation reads from it from then on.
    fn step(&mut self, select: &str) {
        self.relation.from = self.script.step(select);
    }

    /// Adds a step that selects from the step before.
    fn step_from(&mut self, select: &str) {
        let select = format!("{select} FROM {}", self.relation.from);
        self.step(&select);
    }

    /// Finds the field of that name.
    fn named(&mut self, name: &Name) -> Outcome<kind::Term> {
        let segments = vec![Segment::Name(name.text.clone())];
        self.field(&Path { segments, span: name.span })
    }

    /// Adds a step that keeps every column and adds some: SQL and names.
    fn extend(&mut self, additions: &[(String, String)]) {
        let from = &self.relation.from;
        let columns: Vec<String> = additions
            .iter()
            .map(|(sql, name)| format!(", {sql} AS {}", text::name(name)))
            .collect();
        let select = format!("SELECT *{} FROM {from}", columns.concat());
        self.step(&select);
    }
}
