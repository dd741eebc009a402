//! Which stages may stand where, and what their arguments may be.

use super::{Checker, Place, pattern, regular};
use crate::ast::{
    AutoRegress, Command, ExprKind, Parse, ParseKind, Period, Query, Selector, Source, Stage, Stats,
};
use crate::commands::name_of;
use crate::diagnostic::{Diagnostic, quoted};
use crate::limits::{APPENDED_ROWS_MAX, FIELDS_MAX, LAGS_MAX};
use crate::span::Span;

/// Checks the order of a query's stages.
pub(super) fn order(query: &Query, place: Place, checker: &mut Checker) {
    for (index, stage) in query.stages.iter().enumerate() {
        let (before, from) = query.stages.split_at_checked(index).unwrap_or_default();
        let after = from.get(1..).unwrap_or_default();
        placed(stage, before, after, checker);
        in_place(stage, place, checker);
    }
}

/// Checks that the fields of all stages can be planned.
pub(super) fn n_fields(query: &Query, checker: &mut Checker) {
    let mut n_fields = 0;
    for stage in &query.stages {
        n_fields += stage.command.expressions().len() + n_parsed(&stage.command);
        if FIELDS_MAX < n_fields {
            let message = format!("the query has more than {FIELDS_MAX} fields up to here");
            let error = Diagnostic::error(stage.name_span, message);
            checker.report(error.with_hint("ask for fewer, or for all of a record: `@message`"));
            return;
        }
    }
}

/// Returns how many fields the command takes out of a text.
fn n_parsed(command: &Command) -> usize {
    match command {
        Command::Parse(Parse {
            kind: ParseKind::Glob { names, .. } | ParseKind::Csv { names },
            ..
        }) => names.len(),
        Command::Json(json) => json.outputs.len(),
        _ => 0,
    }
}

type Is = fn(&Command) -> bool;

const IS_STATS: Is = |it| matches!(it, Command::Stats(_));
const IS_SORT: Is = |it| matches!(it, Command::Sort(_));
const IS_LIMIT: Is = |it| matches!(it, Command::Limit(_));
const IS_SOURCE: Is = |it| matches!(it, Command::Source(_));
const IS_JOIN: Is = |it| matches!(it, Command::Join(_));
const IS_PATTERN: Is = |it| matches!(it, Command::Pattern(_));
const IS_DEDUP: Is = |it| matches!(it, Command::Dedup(_));
const HAS_BIN: Is = |it| matches!(it, Command::Stats(stats) if has_bin(stats));

fn find(stages: &[Stage], is: Is) -> Option<&Stage> {
    stages.iter().find(|it| is(&it.command))
}

fn has_bin(stats: &Stats) -> bool {
    let is_bin = |name: &str| {
        ["bin", "datefloor", "dateceil"].iter().any(|it| it.eq_ignore_ascii_case(name))
    };
    let mut keys = stats.keys.iter();
    keys.any(|key| matches!(&key.expr.kind, ExprKind::Call(call) if is_bin(&call.name.text)))
}

/// What a stage needs before it, and what may not be around it.
fn placed(stage: &Stage, before: &[Stage], after: &[Stage], checker: &mut Checker) {
    let at = stage.name_span;
    let name = name_of(&stage.command);
    let mut refuse = |message: String, other: Option<(&Stage, &str)>, hint: &str| {
        let mut error = Diagnostic::error(at, message).with_hint(hint);
        if let Some((other, label)) = other {
            error = error.with_related(other.name_span, label);
        }
        checker.report(error);
    };
    match &stage.command {
        Command::Source(_) => {
            if let Some(other) = before.iter().find(|it| !IS_SOURCE(&it.command)) {
                let message = "`SOURCE` stands only at the start".to_owned();
                refuse(message, Some((other, "this stage is first")), "put it in front");
            }
        }
        Command::Sort(_) | Command::Limit(_) => {
            if let (Some(_), Some(next)) = (find(before, IS_STATS), find(after, IS_STATS)) {
                let message = format!("`{name}` cannot stand between two `stats`");
                refuse(message, Some((next, "the last `stats`")), "put it behind the last `stats`");
            }
        }
        Command::Pattern(_) => {
            if let Some(sort) = find(before, IS_SORT) {
                let message = "`pattern` cannot stand behind `sort`".to_owned();
                refuse(message, Some((sort, "sorted here")), "sort the patterns instead");
            }
        }
        Command::Anomaly if find(before, IS_PATTERN).is_none() => {
            let hint = "write `pattern @message | anomaly`";
            refuse("`anomaly` needs a `pattern` before it".to_owned(), None, hint);
        }
        Command::Diff(_) | Command::LogCompare(_) | Command::Anomaly => {
            let is_apart = !before.last().is_some_and(|it| IS_PATTERN(&it.command));
            if let Some(pattern) = find(before, IS_PATTERN).filter(|_| is_apart) {
                let message = format!("`{name}` stands right behind `pattern`");
                let other = Some((pattern, "the patterns are made here"));
                refuse(message, other, "put the stages between the two behind it");
            }
        }
        Command::FillMissing(_) if find(before, HAS_BIN).is_none() => {
            let hint = "write `stats count(*) as n by bin(5m) | fillmissing with 0 for n`";
            refuse("`fillmissing` needs a `stats … by bin(…)` before it".to_owned(), None, hint);
        }
        Command::FilterIndex(_) => {
            if let Some(stats) = find(before, IS_STATS) {
                let message = "`filterIndex` reads logs, and there are none behind `stats`";
                let hint = "put it in front of `stats`, or use `filter`";
                refuse(message.to_owned(), Some((stats, "aggregated here")), hint);
            }
        }
        Command::Join(_) => {
            if let Some(first) = find(before, IS_JOIN) {
                let message = "a query has one `join` at most".to_owned();
                refuse(message, Some((first, "the first one")), "use `lookup` for the other");
            }
        }
        Command::Estimate => {
            if let Some(next) = after.first() {
                let message = "`estimate` is the last stage".to_owned();
                refuse(message, Some((next, "this stage is behind it")), "take it away");
            }
        }
        _ => {}
    }
    after_dedup(stage, before, checker);
    useless_sort(stage, after, checker);
}

fn after_dedup(stage: &Stage, before: &[Stage], checker: &mut Checker) {
    let Some(dedup) = find(before, IS_DEDUP).filter(|_| !IS_LIMIT(&stage.command)) else { return };
    let message = format!("only `limit` may follow `dedup`, not `{}`", name_of(&stage.command));
    checker.report(
        Diagnostic::error(stage.name_span, message)
            .with_related(dedup.name_span, "duplicates are removed here")
            .with_hint("put it in front of `dedup`"),
    );
}

/// Sorting in front of `stats` changes nothing, unless something between takes rows by order.
fn useless_sort(stage: &Stage, after: &[Stage], checker: &mut Checker) {
    if !IS_SORT(&stage.command) {
        return;
    }
    let minds_order: Is = |it| {
        use Command as C;
        matches!(it, C::Limit(_) | C::Dedup(_) | C::Accum(_) | C::AutoRegress(_))
            || matches!(it, C::FillDown(_) | C::Sessionize(_) | C::AppendCols(_))
    };
    let Some(stats) = after.iter().position(|it| IS_STATS(&it.command)) else { return };
    if after.iter().take(stats).any(|it| minds_order(&it.command)) {
        return;
    }
    let message = "`sort` has no effect in front of `stats`";
    let warning = Diagnostic::warning(stage.name_span, message);
    checker.report(warning.with_hint("put it behind `stats`"));
}

/// What may not stand in a query inside a query.
fn in_place(stage: &Stage, place: Place, checker: &mut Checker) {
    let (inside, hint) = match place {
        Place::Top => return,
        Place::Membership => ("a query behind `in`", "write the inner one's result into a list"),
        Place::Join => ("the right side of `join`", "filter the joined rows instead"),
        Place::Columns => ("`appendcols`", "append them one after the other"),
    };
    let is_nested = stage.command.query().is_some() || matches!(stage.command, Command::Estimate);
    if is_nested {
        let message = format!("`{}` cannot stand in {inside}", name_of(&stage.command));
        checker.report(Diagnostic::error(stage.name_span, message).with_hint(hint));
    }
}

/// Checks what a command is given.
pub(super) fn arguments(command: &Command, at: Span, checker: &mut Checker) {
    match command {
        Command::Source(source) => classes(source, checker),
        Command::Limit(limit) if limit.count == 0 => {
            checker.report(Diagnostic::error(at, "`limit` keeps one row at least"));
        }
        Command::Stats(stats) => {
            if let Some(offset) = stats.offset {
                positive(offset, at, checker);
            }
        }
        Command::Parse(parse) => match &parse.kind {
            ParseKind::Glob { pattern, names } => pattern::glob(pattern, names, checker),
            ParseKind::Regex { regex, names, .. } => regular::groups(regex, names, checker),
            ParseKind::LogFmt { .. } | ParseKind::Csv { .. } => {}
        },
        Command::LogCompare(compare) => positive(compare.timeshift, at, checker),
        Command::Sessionize(it) => {
            if let Some(maxspan) = it.maxspan {
                positive(maxspan, at, checker);
            }
        }
        Command::AutoRegress(it) => lags(it, at, checker),
        Command::Outlier(it) if it.param <= 0.0 => {
            checker.report(Diagnostic::error(at, "`param` is more than 0"));
        }
        Command::AppendCols(it) if !(1..=APPENDED_ROWS_MAX).contains(&it.rows_max) => {
            let message = format!("`max` is between 1 and {APPENDED_ROWS_MAX}");
            checker.report(Diagnostic::error(at, message));
        }
        Command::AddTotals(it) if !it.row && !it.column => {
            let error = Diagnostic::error(at, "`addtotals` with `row=false` adds nothing");
            checker.report(error.with_hint("write `col=true` for the sum of each column"));
        }
        Command::Saved(call) => {
            let message = format!("there is no saved query {}", quoted(&call.name.text));
            checker.report(Diagnostic::error(call.name.span, message));
        }
        _ => {}
    }
}

fn positive(period: Period, at: Span, checker: &mut Checker) {
    if period.count == 0 {
        checker.report(Diagnostic::error(at, "a period is longer than 0"));
    }
}

fn lags(it: &AutoRegress, at: Span, checker: &mut Checker) {
    if it.first == 0 || it.last < it.first || LAGS_MAX < it.last {
        let message = format!("`p` is a lag or a range of lags, from 1 to {LAGS_MAX}");
        checker.report(Diagnostic::error(at, message).with_hint("write `p=3` or `p=1-3`"));
    }
}

fn classes(source: &Source, checker: &mut Checker) {
    for selector in &source.selectors {
        let Selector::LogGroups { classes, .. } = selector else { continue };
        let known = ["STANDARD", "INFREQUENT_ACCESS"];
        for class in classes.iter().filter(|it| !known.contains(&it.text.as_str())) {
            let message = format!("there is no log class {}", quoted(&class.text));
            checker.report(Diagnostic::error(class.span, message).with_expected(&known));
        }
    }
}
