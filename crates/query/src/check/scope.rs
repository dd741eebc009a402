//! Which names there are: aggregates with their groups, and what is left behind `stats`.

use std::collections::BTreeSet;

use super::Checker;
use super::pattern::duplicates;
use crate::ast::{
    Call, Command, Expr, ExprKind, LookupOutput, ParseKind, Path, Projection, Query, Stage, Stats,
};
use crate::diagnostic::{Diagnostic, quoted};
use crate::functions::{self, FunctionKind};
use crate::nearest::nearest;

/// Names of columns.
pub(crate) type Names = BTreeSet<String>;

/// The columns behind a `stats`; none while all fields of the events are there.
pub(crate) type Columns = Option<Names>;

/// The columns that a query gives, if they can be known: those of its last `stats` and what was
/// added behind it.
pub(crate) fn columns(query: &Query) -> Columns {
    let mut columns: Columns = None;
    for stage in &query.stages {
        columns = behind(columns, &stage.command);
    }
    columns
}

fn behind(columns: Columns, command: &Command) -> Columns {
    match command {
        Command::Stats(it) => {
            Some(it.keys.iter().chain(&it.aggregates).map(Projection::name).collect())
        }
        command => columns.and_then(|it| added(it, command)),
    }
}

/// Checks the names that a query refers to.
pub(super) fn names(query: &Query, checker: &mut Checker) {
    let mut columns: Columns = None;
    for stage in &query.stages {
        references(stage, columns.as_ref(), checker);
        if let Command::Stats(stats) = &stage.command {
            aggregates(stats, checker);
        } else {
            stage.command.expressions().into_iter().for_each(|it| no_aggregate(it, checker));
        }
        columns = behind(columns, &stage.command);
    }
}

/// The columns behind another command; none when they cannot be known.
fn added(mut columns: Names, command: &Command) -> Columns {
    let mut add = |names: Vec<String>| columns.extend(names);
    let outputs = |outputs: &[LookupOutput]| {
        outputs.iter().map(|it| it.alias.as_ref().unwrap_or(&it.column).text.clone()).collect()
    };
    match command {
        Command::Fields(it) => add(it.projections.iter().map(Projection::name).collect()),
        Command::Display(it) => add(it.projections.iter().map(Projection::name).collect()),
        Command::Parse(it) => match &it.kind {
            ParseKind::Glob { names, .. } | ParseKind::Csv { names } => {
                add(names.iter().map(|it| it.text.clone()).collect());
            }
            ParseKind::LogFmt { name } => add(vec![name.text.clone()]),
            ParseKind::Regex { .. } => return None,
        },
        Command::Json(it) => add(it.outputs.iter().map(|it| it.alias.text.clone()).collect()),
        Command::Unnest(it) => add(vec![it.alias.text.clone()]),
        Command::Lookup(it) => add(outputs(&it.outputs)),
        Command::CidrLookup(it) => add(outputs(&it.outputs)),
        Command::Filter(_)
        | Command::Sort(_)
        | Command::Limit(_)
        | Command::Dedup(_)
        | Command::FillDown(_)
        | Command::FillMissing(_)
        | Command::Expand(_)
        | Command::Estimate => {}
        _ => return None,
    }
    Some(columns)
}

/// Fields that a stage reads and that are not there.
fn references(stage: &Stage, columns: Option<&Names>, checker: &mut Checker) {
    let Some(columns) = columns else { return };
    let own: Names = projections(&stage.command).into_iter().filter_map(alias).collect();
    for expr in stage.command.expressions() {
        expr.walk(&mut |it| match &it.kind {
            ExprKind::Field(path) if !holds(&own, path) => {
                known(path, columns, &stage.command, checker);
            }
            ExprKind::Call(call) => bin(call, columns, checker),
            _ => {}
        });
    }
    if let Command::Dedup(dedup) = &stage.command {
        dedup.fields.iter().for_each(|path| known(path, columns, &stage.command, checker));
    }
}

fn projections(command: &Command) -> Vec<&Projection> {
    match command {
        Command::Fields(it) => it.projections.iter().collect(),
        Command::Display(it) => it.projections.iter().collect(),
        Command::Stats(it) => it.aggregates.iter().chain(&it.keys).collect(),
        _ => Vec::new(),
    }
}

fn alias(projection: &Projection) -> Option<String> {
    projection.alias.as_ref().map(|it| it.text.clone())
}

/// Whether the path is one of the columns, or a part of one.
fn holds(columns: &Names, path: &Path) -> bool {
    let text = path.text();
    let dots = text.match_indices('.').map(|(at, _)| at);
    dots.chain([text.len()]).any(|end| text.get(..end).is_some_and(|it| columns.contains(it)))
}

/// In `stats` an absent column is an error, as it is in AWS; elsewhere AWS reads nothing.
fn known(path: &Path, columns: &Names, command: &Command, checker: &mut Checker) {
    if holds(columns, path) || checker.is_full() {
        return;
    }
    let text = path.text();
    let message = format!("there is no column {} behind `stats`", quoted(&text));
    let is_stats = matches!(command, Command::Stats(_));
    let report = if is_stats { Diagnostic::error } else { Diagnostic::warning };
    let diagnostic = report(path.span, message);
    let call =
        columns.iter().find(|it| it.strip_prefix(&text).is_some_and(|it| it.starts_with('(')));
    checker.report(match call {
        Some(call) => {
            diagnostic.with_hint(format!("write {}, or give it a name with `as`", quoted(call)))
        }
        None => diagnostic
            .with_nearest(nearest(&text, columns.iter().map(String::as_str)))
            .with_hint("only what `stats` gives is there"),
    });
}

/// `bin` rounds `@timestamp`, which a `stats` takes away.
fn bin(call: &Call, columns: &Names, checker: &mut Checker) {
    if !call.name.text.eq_ignore_ascii_case("bin") || columns.contains("@timestamp") {
        return;
    }
    let message = "`bin` needs `@timestamp`, which is not there behind `stats`";
    let hint = "write `… by bin(5m) as @t | stats … by datefloor(@t, 1h)`";
    checker.report(Diagnostic::error(call.name.span, message).with_hint(hint));
}

fn is_aggregate(call: &Call) -> bool {
    functions::by_name(&call.name.text).is_some_and(|it| it.kind == FunctionKind::Aggregate)
}

/// Aggregates where there is no group of events.
fn no_aggregate(expr: &Expr, checker: &mut Checker) {
    expr.walk(&mut |it| {
        let ExprKind::Call(call) = &it.kind else { return };
        if is_aggregate(call) {
            let name = quoted(&call.name.text);
            let error = Diagnostic::error(it.span, format!("{name} stands only in `stats`"));
            checker.report(
                error.with_hint(
                    "aggregate in `stats … as name`, and use the name in the next stage",
                ),
            );
        }
    });
}

fn aggregates(stats: &Stats, checker: &mut Checker) {
    for key in &stats.keys {
        no_aggregate(&key.expr, checker);
    }
    let keys: Names = stats.keys.iter().map(Projection::name).collect();
    let mut earlier = Names::new();
    for item in &stats.aggregates {
        let mut found = Found::default();
        grouped(&item.expr, &keys, &earlier, &mut found, checker);
        if !found.aggregate && !found.earlier && !found.wrong {
            let message =
                format!("{} is not an aggregate", quoted(&crate::print::expression(&item.expr)));
            let hint = "each column of `stats` aggregates: `count(*)`, `sum(field)`; what is \
                        grouped by stands behind `by`";
            checker.report(Diagnostic::error(item.expr.span, message).with_hint(hint));
        }
        earlier.extend(alias(item));
        topk(&item.expr, stats, checker);
    }
    let names: Vec<(String, _)> = stats
        .aggregates
        .iter()
        .chain(&stats.keys)
        .filter_map(|it| it.alias.as_ref().map(|alias| (alias.text.clone(), alias.span)))
        .collect();
    duplicates(names.iter().map(|(name, span)| (name.as_str(), *span)), checker);
}

/// What an item of `stats` is made of.
#[derive(Default)]
struct Found {
    aggregate: bool,
    earlier: bool,
    wrong: bool,
}

/// Outside aggregates there are only keys and the names of earlier aggregates.
fn grouped(expr: &Expr, keys: &Names, earlier: &Names, found: &mut Found, checker: &mut Checker) {
    match &expr.kind {
        ExprKind::Call(call) if is_aggregate(call) => {
            found.aggregate = true;
            call.arguments.iter().for_each(|it| not_nested(it, checker));
        }
        // The call is reported as such.
        ExprKind::Call(call) if functions::by_name(&call.name.text).is_none() => found.wrong = true,
        ExprKind::Field(path) if holds(earlier, path) => found.earlier = true,
        ExprKind::Field(path) if holds(keys, path) => {}
        ExprKind::Field(path) => {
            found.wrong = true;
            let name = quoted(&path.text());
            let message = format!("{name} is neither aggregated nor grouped by");
            let hint = format!("write `max({0})`, or put it behind `by`", path.text());
            checker.report(Diagnostic::error(path.span, message).with_hint(hint));
        }
        _ => {
            for child in expr.children() {
                grouped(child, keys, earlier, found, checker);
            }
        }
    }
}

fn not_nested(expr: &Expr, checker: &mut Checker) {
    expr.walk(&mut |it| {
        let ExprKind::Call(call) = &it.kind else { return };
        if is_aggregate(call) {
            let error = Diagnostic::error(it.span, "an aggregate cannot stand inside another");
            checker.report(error.with_hint("use two stages: `stats … as n by a | stats max(n)`"));
        }
    });
}

/// `topk` gives several rows, so that nothing can stand beside it.
fn topk(expr: &Expr, stats: &Stats, checker: &mut Checker) {
    let is_topk = |call: &Call| call.name.text.eq_ignore_ascii_case("topk");
    let mut inner = false;
    expr.walk(&mut |it| inner |= matches!(&it.kind, ExprKind::Call(call) if is_topk(call)));
    let is_whole = matches!(&expr.kind, ExprKind::Call(call) if is_topk(call));
    let is_alone = is_whole && stats.aggregates.len() == 1 && stats.keys.is_empty();
    if inner && !is_alone {
        let message = "`topk` stands alone in its `stats`, without `by`";
        let hint = "write `stats count(*) as n by field | sort n desc | limit 10`";
        checker.report(Diagnostic::error(expr.span, message).with_hint(hint));
    }
}
