//! `diff` and `logcompare`: how often each pattern is there now, and how often it was before.

use super::pattern;
use crate::ast::{Command, Diff, LogCompare, Path, Query, Segment, Shift};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;
use crate::sql::kind::Kind;
use crate::sql::{Lowering, answer, text};

const DAY_MICROS: i64 = 86_400 * 1_000_000;

/// How long before the query's window the other one lies, in microseconds.
#[derive(Debug, Clone, Copy)]
enum Distance {
    /// As long as the window is: the two touch.
    Window,
    Micros(i64),
}

/// Compares with a window that `diff` names.
pub(super) fn diff(lowering: &mut Lowering<'_, '_>, it: &Diff, place: Place<'_>) -> Outcome<()> {
    let distance = match it.shift {
        None => Distance::Window,
        Some(Shift::Day) => Distance::Micros(DAY_MICROS),
        Some(Shift::Week) => Distance::Micros(7 * DAY_MICROS),
        Some(Shift::Month) => Distance::Micros(30 * DAY_MICROS),
    };
    compare(lowering, distance, place)
}

/// Compares with a window so much earlier.
pub(super) fn logcompare(
    lowering: &mut Lowering<'_, '_>,
    it: &LogCompare,
    place: Place<'_>,
) -> Outcome<()> {
    let unit = it.timeshift.unit;
    let day = 86_400_000;
    let millis = unit.milliseconds().or(unit.months().map(|months| months * 30 * day)).unwrap_or(0);
    let micros = millis.saturating_mul(it.timeshift.count).saturating_mul(1_000);
    compare(lowering, Distance::Micros(i64::try_from(micros).unwrap_or(i64::MAX)), place)
}

/// Where the comparison stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'q> {
    /// The whole query.
    pub(super) query: &'q Query,
    /// How many stages before it make the lines that are compared.
    pub(super) n_before: usize,
    /// The field whose patterns are compared, if a `pattern` stands before.
    pub(super) field: Option<&'q Path>,
    /// The command's name.
    pub(super) span: Span,
}

fn compare(lowering: &mut Lowering<'_, '_>, distance: Distance, place: Place<'_>) -> Outcome<()> {
    let message = Path { segments: vec![Segment::Name("@message".to_owned())], span: place.span };
    let field = place.field.unwrap_or(&message);
    let (from, until) = earlier(lowering.events.window(), lowering.request.now, distance)
        .ok_or_else(|| {
            let message = "two windows are compared, and this query's has no beginning";
            Diagnostic::error(place.span, message)
                .with_hint("say when it begins: `--since 1h`, or `SOURCE 'group' start=-1h`")
        })?;
    let now = lines(lowering, field)?;
    let mut inner = Lowering::new(place.query, lowering.request, lowering.script)?;
    inner.events.set_window(from, until);
    for stage in place.query.stages.iter().take(place.n_before) {
        if !matches!(stage.command, Command::Source(_)) {
            super::stage(&mut inner, stage)?;
        }
    }
    let before = lines(&mut inner, field)?;
    inner.close();
    let side = |step: &str, now: u8, before: u8| {
        format!("SELECT \"pattern\", {now} AS \"now\", {before} AS \"before\" FROM {step}")
    };
    lowering.step(&format!("{} UNION ALL {}", side(&now, 1, 0), side(&before, 0, 1)));
    let found = pattern::clusters(lowering, "\"pattern\", \"now\", \"before\"");
    lowering.step(&format!(
        "SELECT \"cluster\", sum(\"now\") AS \"now\", sum(\"now\") - sum(\"before\") AS \"change\" \
         FROM {found} GROUP BY 1"
    ));
    shown(lowering);
    Ok(())
}

/// Adds a step with the pattern of each line.
fn lines(lowering: &mut Lowering<'_, '_>, field: &Path) -> Outcome<String> {
    let field = pattern::line(lowering, field)?;
    let from = &lowering.relation.from;
    let select = format!(
        "SELECT text_pattern({field}) AS \"pattern\" FROM {from} WHERE {field} IS NOT NULL"
    );
    Ok(lowering.script.step(&select))
}

/// Returns the earlier window.
fn earlier(
    (from, until): (Option<i64>, Option<i64>),
    now: i64,
    distance: Distance,
) -> Option<(i64, i64)> {
    let (from, until) = (from?, until.unwrap_or(now));
    let distance = match distance {
        Distance::Window => until.saturating_sub(from),
        Distance::Micros(micros) => micros,
    };
    Some((from.saturating_sub(distance), until.saturating_sub(distance)))
}

/// Adds the columns of the answer.
fn shown(lowering: &mut Lowering<'_, '_>) {
    let description = "CASE WHEN \"now\" = 0 THEN 'only before' \
         WHEN \"change\" = \"now\" THEN 'new' \
         WHEN \"change\" = 0 THEN 'as often as before' \
         WHEN \"change\" > 0 THEN concat(CAST(\"change\" AS VARCHAR), ' more than before') \
         ELSE concat(CAST(- \"change\" AS VARCHAR), ' fewer than before') END";
    let columns = [
        ("@pattern", "\"cluster\"".to_owned(), Kind::Text),
        ("@sampleCount", "\"now\"".to_owned(), Kind::Integer),
        ("@differenceCount", "\"change\"".to_owned(), Kind::Integer),
        ("@differenceDescription", description.to_owned(), Kind::Text),
        ("@severityLabel", pattern::severity("\"cluster\""), Kind::Text),
    ];
    pattern::columns(lowering, &columns);
    let change = lowering.relation.column("@differenceCount").map(|it| it.term().sql);
    let by_change = change.map(|it| format!("abs({it}) DESC NULLS LAST"));
    let count = lowering.relation.column("@sampleCount").map(|it| answer::descending(&it.term()));
    let pattern = text::name("@pattern");
    let pattern = format!("{pattern} ASC NULLS FIRST");
    lowering.relation.order = by_change.into_iter().chain(count).chain([pattern]).collect();
}
