//! The last selection: which columns the answer has, in what order its rows stand, how values
//! are given.

use super::kind::{Kind, Term};
use super::{Dress, Lowering, text};
use crate::ast::{Path, Segment};
use crate::span::Span;

/// Returns the names of the answer's columns.
pub(super) fn shown(lowering: &mut Lowering<'_, '_>) -> Vec<String> {
    let relation = &lowering.relation;
    if let Some(displayed) = &relation.displayed {
        return displayed.clone();
    }
    if relation.is_chosen {
        return relation.shown.clone();
    }
    let always = ["@timestamp", "@message"].map(str::to_owned);
    let more = relation.shown.iter().filter(|name| !always.contains(name)).cloned();
    always.iter().cloned().chain(more).collect()
}

/// Returns a column of the answer.
pub(super) fn term(lowering: &mut Lowering<'_, '_>, name: &str) -> Term {
    if let Some(column) = lowering.relation.column(name) {
        return column.term();
    }
    // What is shown and was made by no stage is a field of the events, read already or always
    // there.
    let segments = vec![Segment::Name(name.to_owned())];
    let path = Path { segments, span: Span::default() };
    lowering.field(&path).unwrap_or_else(|_| Term::missing(Kind::Text))
}

/// Returns the keys of the rows' order: those that stages gave, then whatever is shown, so that
/// rows of equal keys stand in one order too.
pub(super) fn order(lowering: &mut Lowering<'_, '_>) -> Vec<String> {
    let mut order = lowering.relation.order.clone();
    if order.is_empty() && lowering.relation.is_open {
        let time = term(lowering, "@timestamp");
        order.push(descending(&time));
    }
    for name in shown(lowering) {
        let term = term(lowering, &name);
        let is_key = |key: &String| key.starts_with(&format!("{} ", term.sql));
        if !order.iter().any(is_key) {
            order.push(plain(&term));
        }
    }
    order
}

/// Returns what follows `OVER` for a function that goes along the rows in their order. The frame
/// counts rows: keys of natural order have no distance that a range could be of.
pub(super) fn over(lowering: &mut Lowering<'_, '_>) -> String {
    format!("(ORDER BY {} ROWS UNBOUNDED PRECEDING)", order(lowering).join(", "))
}

/// Sorts large to small.
pub(super) fn descending(term: &Term) -> String {
    format!("{} DESC NULLS LAST", term.as_sort_key())
}

/// Sorts small to large; what is missing comes first, as in the reverse of the other order.
pub(super) fn ascending(term: &Term) -> String {
    format!("{} ASC NULLS FIRST", term.as_sort_key())
}

/// Sorts in some order that is always the same.
fn plain(term: &Term) -> String {
    format!("{} ASC NULLS FIRST", term.sql)
}

/// Returns the last selection. Values get their dress under names that no column has: the names of
/// the answer would hide the columns that the rows are ordered by.
pub(super) fn select(lowering: &mut Lowering<'_, '_>) -> String {
    let order = order(lowering);
    let (mut dressed_columns, mut named_columns) = (Vec::new(), Vec::new());
    for (number, name) in shown(lowering).iter().enumerate() {
        let term = term(lowering, name);
        let place = format!("\"answer {number}\"");
        dressed_columns.push(format!("{} AS {place}", dressed(&term, lowering.request.dress)));
        named_columns.push(format!("{place} AS {}", text::name(name)));
    }
    let relation = &lowering.relation;
    let limit = if relation.is_limited {
        String::new()
    } else {
        format!(" LIMIT {}", lowering.request.rows_max)
    };
    let order = match order.as_slice() {
        [] => String::new(),
        keys => format!("\nORDER BY {}", keys.join(", ")),
    };
    let (dressed, from) = (dressed_columns.join(", "), &relation.from);
    let answer = lowering.script.step(&format!("SELECT {dressed}\nFROM {from}{order}{limit}"));
    format!("SELECT {}\nFROM {answer}", named_columns.join(", "))
}

fn dressed(term: &Term, dress: Dress) -> String {
    match (dress, term.kind) {
        (Dress::Shown, Kind::Time | Kind::Number) | (Dress::Numbers, Kind::Time) => term.as_text(),
        (_, Kind::Boolean) => format!("CAST({} AS BIGINT)", term.sql),
        _ => term.sql.clone(),
    }
}
