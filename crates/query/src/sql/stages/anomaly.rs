//! `anomaly`: patterns that behave unlike themselves, each with the reason in words.
//!
//! The time from the first line to the last is cut into slices, of which the last quarter is
//! recent. What is unusual is told from counts alone, by rules that are written in the manual.

use super::pattern;
use crate::ast::{Path, Pattern};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;
use crate::sql::kind::Kind;
use crate::sql::{Lowering, answer, call};

/// How many slices the time is cut into, and the first one that is recent.
const SLICES: u32 = 24;
const RECENT: u32 = 18;
/// Lines that are needed before a pattern can be new: four lines would all lie in the last quarter
/// once in 256 times.
const NEW_LINES_MIN: u32 = 4;
/// Lines that are needed before a count can be unusual, times that it is more than expected, and
/// standard deviations.
const FREQUENT_LINES_MIN: u32 = 10;
const FREQUENT_TIMES: f64 = 3.0;
const FREQUENT_DEVIATIONS: f64 = 6.0;
/// Different values of a token that can be told apart, and lines for each that are needed before
/// they count as all there are.
const VALUES_MAX: u32 = 10;
const LINES_PER_VALUE_MIN: u32 = 20;
/// Numbers that are needed before and recently, and how many distances of the quartiles make the
/// recent median unusual.
const NUMBERS_BEFORE_MIN: u32 = 30;
const NUMBERS_RECENT_MIN: u32 = 10;
const FENCE: f64 = 3.0;
/// Answers with an error that are needed.
const ERRORS_MIN: u32 = 5;

/// Finds the patterns of a field and what is unusual about them.
pub(super) fn anomaly(lowering: &mut Lowering<'_, '_>, it: &Pattern, at: Span) -> Outcome<()> {
    if !lowering.relation.is_open && lowering.relation.column("@timestamp").is_none() {
        let message = "`anomaly` needs `@timestamp`, which is not there behind `stats`";
        return Err(Diagnostic::error(at, message).with_hint("put `pattern` in front of `stats`"));
    }
    let rows = rows(lowering, &it.field)?;
    let clusters = clusters(lowering, &rows);
    let tokens = tokens(lowering, &rows);
    // A row for each token of each cluster; what is about the cluster itself is said once.
    lowering.step(&format!(
        "SELECT c.*, t.\"place\", t.\"kind\", t.\"values_before\", t.\"values_recent\", \
         t.\"n_before\", t.\"n_recent\", t.\"q1\", t.\"q2\", t.\"q3\", t.\"median\", \
         t.\"smallest\", t.\"largest\", t.\"errors_before\", t.\"errors_recent\", \
         row_number() OVER (PARTITION BY c.\"cluster\" ORDER BY t.\"place\", t.\"kind\") AS \"row\" \
         FROM {clusters} AS c LEFT JOIN {tokens} AS t ON c.\"cluster\" = t.\"cluster\""
    ));
    let found = [frequent(), new(), varied(), shifted(), failed()];
    let reasons = found.map(|(kind, condition, reason)| {
        format!("CASE WHEN {condition} THEN json_list(make_array('{kind}', {reason})) END")
    });
    lowering.step_from(&format!(
        "SELECT \"cluster\", \"lines\", \"lines\" / \"all\" AS \"ratio\", \
         unnest(make_array({})) AS \"found\"",
        reasons.join(", ")
    ));
    super::filter::keep(lowering, "\"found\" IS NOT NULL");
    let shown = [
        ("@pattern", "\"cluster\"".to_owned(), Kind::Text),
        ("@ratio", "\"ratio\"".to_owned(), Kind::Number),
        ("@sampleCount", "number_integer(\"lines\", 64)".to_owned(), Kind::Integer),
        ("@severityLabel", pattern::severity("\"cluster\""), Kind::Text),
        ("@anomalyType", "json_field(\"found\", '[0]')".to_owned(), Kind::Text),
        ("@anomalyDescription", "json_field(\"found\", '[1]')".to_owned(), Kind::Text),
    ];
    pattern::columns(lowering, &shown);
    let count = lowering.relation.column("@sampleCount").map(|it| answer::descending(&it.term()));
    lowering.relation.order = count.into_iter().collect();
    Ok(())
}

/// Adds steps with a row for each line: its cluster, its slice, the line.
fn rows(lowering: &mut Lowering<'_, '_>, field: &Path) -> Outcome<String> {
    let time = call::event_time(lowering)?.sql;
    let line = pattern::line(lowering, field)?;
    let from = lowering.relation.from.clone();
    lowering.step(&format!(
        "SELECT text_pattern({line}) AS \"pattern\", {line} AS \"line\", \
         time_millis({time}) AS \"millis\" FROM {from} WHERE {line} IS NOT NULL AND {time} IS NOT NULL"
    ));
    let lines = lowering.relation.from.clone();
    let clustered = pattern::clusters(lowering, "\"line\", \"millis\"");
    let ends = lowering.script.step(&format!(
        "SELECT min(\"millis\") AS \"first\", max(\"millis\") AS \"last\" FROM {lines}"
    ));
    // Whole numbers, so that a line never moves from one slice to another.
    Ok(lowering.script.step(&format!(
        "SELECT \"cluster\", \"line\", \
         (\"millis\" - \"first\") * {SLICES} / (\"last\" - \"first\" + 1) AS \"slice\" \
         FROM {ends} CROSS JOIN {clustered}"
    )))
}

/// Adds a step with a row for each cluster: its lines, its busiest slice, and how many lines that
/// would have if it were like the others.
fn clusters(lowering: &mut Lowering<'_, '_>, rows: &str) -> String {
    let slices = lowering.script.step(&format!(
        "SELECT \"cluster\", \"slice\", CAST(count(*) AS DOUBLE) AS \"n\" FROM {rows} GROUP BY 1, 2"
    ));
    let totals = lowering.script.step(&format!(
        "SELECT \"cluster\", \"slice\", \"n\", \
         sum(\"n\") OVER (PARTITION BY \"cluster\") AS \"lines\", \
         min(\"slice\") OVER (PARTITION BY \"cluster\") AS \"begin\", \
         sum(\"n\") OVER (PARTITION BY \"slice\") AS \"of_slice\", \
         sum(\"n\") OVER () AS \"all\", \
         row_number() OVER (PARTITION BY \"cluster\" ORDER BY \"n\" DESC, \"slice\") AS \"rank\" \
         FROM {slices}"
    ));
    let others = f64::from(SLICES - 1);
    // What the other slices have on average, and how much busier all other patterns were.
    let usual = format!("((\"lines\" - \"n\") / {others:?})");
    let there = "(\"of_slice\" - \"n\")";
    let elsewhere = format!("((\"all\" - \"lines\" - {there}) / {others:?})");
    let busier = format!("greatest(1.0, {there} / greatest(1.0, {elsewhere}))");
    lowering.script.step(&format!(
        "SELECT \"cluster\", \"n\", \"lines\", \"begin\", \"all\", \
         {usual} * {busier} AS \"expected\" FROM {totals} WHERE \"rank\" = 1"
    ))
}

/// What is unusual: its kind, when it is so, and the reason, in SQL.
type Rule = (&'static str, String, String);

/// A pattern's slice with many more lines than its other slices, and than what other patterns did
/// at that time explains.
fn frequent() -> Rule {
    let condition = format!(
        "\"row\" = 1 AND \"n\" >= {FREQUENT_LINES_MIN} \
         AND \"n\" > {FREQUENT_TIMES:?} * \"expected\" \
         AND \"n\" > \"expected\" + {FREQUENT_DEVIATIONS:?} * sqrt(\"expected\" + 1.0)"
    );
    let reason = format!(
        "concat(number_text(\"n\"), ' lines in one of {SLICES} slices of the time, where ', \
         number_text(number_round(\"expected\", 1)), ' are usual')"
    );
    ("PatternFrequency", condition, reason)
}

fn new() -> Rule {
    let condition =
        format!("\"row\" = 1 AND \"begin\" >= {RECENT} AND \"lines\" >= {NEW_LINES_MIN}");
    let reason = "'the first line is in the last quarter of the time'";
    ("NewPattern", condition, reason.to_owned())
}

/// Adds a step with what is known of each token of each cluster, before and recently.
fn tokens(lowering: &mut Lowering<'_, '_>, rows: &str) -> String {
    let script = &mut *lowering.script;
    let each = script.step(&format!(
        "SELECT \"cluster\", \"slice\" >= {RECENT} AS \"recent\", \
         unnest(pattern_values(\"line\", \"cluster\")) AS \"token\" FROM {rows}"
    ));
    let values = script.step(&format!(
        "SELECT \"cluster\", \"recent\", \
         number_integer(number(json_field(\"token\", '[0]')), 64) AS \"place\", \
         json_field(\"token\", '[1]') AS \"kind\", json_field(\"token\", '[2]') AS \"value\" \
         FROM {each}"
    ));
    let numbers = script.step(&format!("SELECT *, number(\"value\") AS \"number\" FROM {values}"));
    let is_error = "\"number\" >= 400.0 AND \"number\" < 600.0";
    let percentile = |percent: f64, when: &str| {
        format!("percentile(\"number\", {percent:?}) FILTER (WHERE {when} \"recent\")")
    };
    script.step(&format!(
        "SELECT \"cluster\", \"place\", \"kind\", \
         value_counts(\"value\", {VALUES_MAX}) FILTER (WHERE NOT \"recent\") AS \"values_before\", \
         value_counts(\"value\", {VALUES_MAX}) FILTER (WHERE \"recent\") AS \"values_recent\", \
         count(*) FILTER (WHERE NOT \"recent\") AS \"n_before\", \
         count(*) FILTER (WHERE \"recent\") AS \"n_recent\", \
         {} AS \"q1\", {} AS \"q2\", {} AS \"q3\", {} AS \"median\", \
         min(\"number\") AS \"smallest\", max(\"number\") AS \"largest\", \
         count(*) FILTER (WHERE {is_error} AND NOT \"recent\") AS \"errors_before\", \
         count(*) FILTER (WHERE {is_error} AND \"recent\") AS \"errors_recent\" \
         FROM {numbers} GROUP BY 1, 2, 3",
        percentile(25.0, "NOT"),
        percentile(50.0, "NOT"),
        percentile(75.0, "NOT"),
        percentile(50.0, ""),
    ))
}

/// A token that had few values has one more.
fn varied() -> Rule {
    let added = "json_new_keys(\"values_recent\", \"values_before\")";
    let condition = format!(
        "\"kind\" = 'Token' AND {added} IS NOT NULL \
         AND \"n_before\" >= {LINES_PER_VALUE_MIN} * json_keys(\"values_before\")"
    );
    let reason = format!(
        "concat('token ', CAST(\"place\" AS VARCHAR), ' is recently ', {added}, \
         ', and never was among ', CAST(\"n_before\" AS VARCHAR), ' lines')"
    );
    ("TokenVariation", condition, reason)
}

/// Numbers that recently are far from what they were.
fn shifted() -> Rule {
    // Numbers that hardly differ have quartiles that touch; a twentieth of the median is no news.
    let reach = format!("{FENCE:?} * greatest(\"q3\" - \"q1\", abs(\"q2\") / 20.0)");
    let condition = format!(
        "\"kind\" = 'Number' AND \"n_before\" >= {NUMBERS_BEFORE_MIN} \
         AND \"n_recent\" >= {NUMBERS_RECENT_MIN} \
         AND (\"median\" > \"q3\" + {reach} OR \"median\" < \"q1\" - {reach})"
    );
    let reason = "concat('token ', CAST(\"place\" AS VARCHAR), ' is recently ', \
         number_text(\"median\"), ' in the middle, and was ', number_text(\"q2\"))";
    ("NumericalToken", condition, reason.to_owned())
}

/// Answers of servers that recently are errors more often.
fn failed() -> Rule {
    let share = |errors: &str, all: &str| format!("({errors} / greatest({all}, 1.0))");
    let float = |name: &str| format!("CAST(\"{name}\" AS DOUBLE)");
    let recent = share(&float("errors_recent"), &float("n_recent"));
    let before = share(&float("errors_before"), &float("n_before"));
    let percent = |share: &str| format!("number_text(number_round(100.0 * {share}, 1))");
    let doubt = format!("3.0 * sqrt({before} / greatest({}, 1.0))", float("n_recent"));
    let condition = format!(
        "\"kind\" = 'HTTP' AND \"smallest\" >= 100.0 AND \"largest\" < 600.0 \
         AND \"errors_recent\" >= {ERRORS_MIN} AND {recent} > 2.0 * {before} + {doubt}"
    );
    let reason = format!(
        "concat('token ', CAST(\"place\" AS VARCHAR), ' is recently an HTTP error in ', {}, \
         ' % of the lines, and was in ', {}, ' %')",
        percent(&recent),
        percent(&before)
    );
    ("HttpErrorCode", condition, reason)
}
