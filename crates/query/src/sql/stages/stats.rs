//! `stats`: aggregates by groups. Behind it, its columns are all there is.

use crate::ast::{Expr, ExprKind, Projection, Stats};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::sql::kind::{Kind, Term};
use crate::sql::relation::Bins;
use crate::sql::{Lowering, answer, call, text};

/// Groups the rows and computes the aggregates.
pub(super) fn stats(lowering: &mut Lowering<'_, '_>, stats: &Stats) -> Outcome<()> {
    if let Some(topk) = topk(stats) {
        return top(lowering, topk, stats);
    }
    lowering.offset = stats.offset;
    let mut columns = Vec::new();
    for key in &stats.keys {
        let term = lowering.term(&key.expr)?;
        lowering.plain(&term, key.expr.span, "stats")?;
        columns.push((key.name(), term));
    }
    let n_keys = columns.len();
    for aggregate in &stats.aggregates {
        let term = lowering.aggregate(&aggregate.expr, &columns)?;
        columns.push((aggregate.name(), term));
    }
    lowering.offset = None;
    grouped(lowering, &columns, n_keys);
    lowering.relation.bins = bins(lowering, stats);
    Ok(())
}

/// Returns which of the keys, just made, are bins of time.
fn bins(lowering: &Lowering<'_, '_>, stats: &Stats) -> Option<Bins> {
    let keys = || stats.keys.iter().zip(&lowering.relation.columns);
    let period = |key: &Projection| {
        let ExprKind::Call(call) = &key.expr.kind else { return None };
        let name = call.name.text.to_lowercase().replace('_', "");
        let is_bin = matches!(name.as_str(), "bin" | "datefloor" | "dateceil");
        let period = call.arguments.last().filter(|_| is_bin)?;
        if let ExprKind::Period(period) = &period.kind { Some((name, *period)) } else { None }
    };
    let (at, (name, period)) = keys().enumerate().find_map(|(at, it)| Some((at, period(it.0)?)))?;
    let column = keys().nth(at)?.1.identifier.clone();
    let is_other = |(place, _): &(usize, _)| *place != at;
    let others = keys().enumerate().filter(is_other);
    let others = others.map(|(_, (_, column))| column.identifier.clone()).collect();
    // Only `bin` heeds the offset.
    let offset = stats.offset.filter(|_| name == "bin");
    Some(Bins { column, others, period, offset })
}

/// Adds the step, whose columns are the only ones from then on.
pub(super) fn grouped(lowering: &mut Lowering<'_, '_>, columns: &[(String, Term)], n_keys: usize) {
    let from = lowering.relation.from.clone();
    lowering.relation.restart();
    let mut selected = Vec::new();
    for (name, term) in columns {
        let identifier = lowering.relation.add(name, term.kind);
        selected.push(format!("{} AS {}", term.sql, text::name(&identifier)));
    }
    for (name, _) in columns {
        lowering.relation.show(name);
    }
    let groups: Vec<String> = (1..=n_keys).map(|number| number.to_string()).collect();
    let by =
        if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
    let select = format!("SELECT {} FROM {from}{by}", selected.join(", "));
    lowering.step(&select);
    let keys: Vec<_> = lowering.relation.columns.iter().take(n_keys).cloned().collect();
    lowering.relation.order = keys
        .iter()
        .map(|key| match key.kind {
            Kind::Time => answer::descending(&key.term()),
            _ => answer::ascending(&key.term()),
        })
        .collect();
}

/// Returns the call of `topk`, which stands alone.
fn topk(stats: &Stats) -> Option<&Projection> {
    stats.aggregates.iter().find(|it| {
        matches!(&it.expr.kind, ExprKind::Call(call) if call.name.text.eq_ignore_ascii_case("topk"))
    })
}

/// The most frequent values of a field, and how often each is there.
fn top(lowering: &mut Lowering<'_, '_>, topk: &Projection, stats: &Stats) -> Outcome<()> {
    let ExprKind::Call(call) = &topk.expr.kind else { return Ok(()) };
    let [count, value] = call.arguments.as_slice() else { return Ok(()) };
    if 1 < stats.aggregates.len() || !stats.keys.is_empty() {
        let message = "`topk` stands alone: without other aggregates and without `by`";
        return Err(Diagnostic::error(topk.expr.span, message)
            .with_hint("use `stats count(*) as n by f | sort n desc | limit 10`"));
    }
    let count = call::whole(lowering, count)?;
    let name = match &value.kind {
        ExprKind::Field(path) => path.text(),
        _ => crate::print::expression(value),
    };
    let value = lowering.term(value)?;
    let missing = format!("{} IS NOT NULL", value.sql);
    super::filter::keep(lowering, &missing);
    let columns = vec![(name, value), ("count".to_owned(), Term::new("count(*)", Kind::Integer))];
    grouped(lowering, &columns, 1);
    let counts = lowering.relation.columns.last().map(|column| answer::descending(&column.term()));
    let values = std::mem::take(&mut lowering.relation.order);
    lowering.relation.order = counts.into_iter().chain(values).collect();
    super::limit::limit(lowering, &crate::ast::Limit { count, any: false });
    Ok(())
}

impl Lowering<'_, '_> {
    /// Lowers an aggregate, which may use the names of keys and of aggregates before it.
    fn aggregate(&mut self, expr: &Expr, columns: &[(String, Term)]) -> Outcome<Term> {
        let saved = std::mem::take(&mut self.substitutes);
        self.substitutes = columns.to_vec();
        let term = self.term(expr);
        self.substitutes = saved;
        term
    }
}
