//! Commands that go along the rows in their order: sums, lags, filling, sessions.

use crate::ast::{Accum, AutoRegress, FillDown, Sessionize};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::sql::kind::{Kind, Term};
use crate::sql::{Lowering, answer, call, text};

/// `accum`: the sum of a field up to each row.
pub(super) fn accum(lowering: &mut Lowering<'_, '_>, accum: &Accum) -> Outcome<()> {
    let field = lowering.field(&accum.field)?.as_number();
    let over = answer::over(lowering);
    let name = accum.alias.as_ref().map_or_else(|| accum.field.text(), |it| it.text.clone());
    let sql = format!("sum({field}) OVER {over}");
    add(lowering, &name, Term::new(sql, Kind::Number));
    Ok(())
}

/// `autoregress`: what a field was so many rows before.
pub(super) fn autoregress(lowering: &mut Lowering<'_, '_>, it: &AutoRegress) -> Outcome<()> {
    let field = lowering.field(&it.field)?;
    let over = answer::over(lowering);
    for lag in it.first..=it.last {
        let name = match &it.alias {
            Some(alias) if it.first == it.last => alias.text.clone(),
            Some(alias) => format!("{}_p{lag}", alias.text),
            None => format!("{}_p{lag}", it.field.text()),
        };
        let sql = format!("lag({}, {lag}) OVER {over}", field.sql);
        add(lowering, &name, Term::new(sql, field.kind));
    }
    Ok(())
}

/// `filldown`: the last value that was there.
pub(super) fn filldown(lowering: &mut Lowering<'_, '_>, it: &FillDown) {
    let shown = answer::shown(lowering);
    let names: Vec<String> = match it.fields.as_slice() {
        [] => shown,
        patterns => {
            let plain = |text: &str| (!text.contains('*')).then(|| text.to_owned());
            let matching = |pattern: &str| {
                shown.iter().filter(|name| is_like(name, pattern)).cloned().collect::<Vec<_>>()
            };
            let names = patterns.iter().flat_map(|pattern| match plain(&pattern.text) {
                Some(name) => vec![name],
                None => matching(&pattern.text),
            });
            names.collect()
        }
    };
    let over = answer::over(lowering);
    for name in names {
        let term = answer::term(lowering, &name);
        let sql = format!("last_value({}) IGNORE NULLS OVER {over}", term.sql);
        add(lowering, &name, Term::new(sql, term.kind));
    }
}

/// `sessionize`: numbers the sessions of each combination; a long silence begins a new one.
pub(super) fn sessionize(lowering: &mut Lowering<'_, '_>, it: &Sessionize) -> Outcome<()> {
    const SPAN_MILLIS: u64 = 30 * 60 * 1_000;
    let millis = match it.maxspan {
        None => SPAN_MILLIS,
        Some(span) => {
            let unit = span.unit.milliseconds().ok_or_else(|| {
                let at = it.fields.first().map(|field| field.span).unwrap_or_default();
                Diagnostic::error(at, "the silence within a session is less than a month")
            })?;
            unit.saturating_mul(span.count)
        }
    };
    let time = call::event_time(lowering)?.sql;
    let keys = it.fields.iter().map(|field| lowering.field(field)).collect::<Outcome<Vec<_>>>()?;
    let partition = keys.iter().map(|key| key.sql.clone()).collect::<Vec<_>>().join(", ");
    let over = format!("OVER (PARTITION BY {partition} ORDER BY {time}");
    let begins = lowering.relation.fresh("begins");
    let silence = format!("time_millis({time}) - lag(time_millis({time})) {over})");
    lowering
        .extend(&[(format!("CASE WHEN {silence} <= {millis} THEN 0 ELSE 1 END"), begins.clone())]);
    let number = format!("sum({}) {over} ROWS UNBOUNDED PRECEDING)", text::name(&begins));
    let mut parts: Vec<String> =
        keys.iter().flat_map(|key| [key.as_text(), "'#'".to_owned()]).collect();
    parts.push(format!("CAST({number} AS VARCHAR)"));
    let name = it.alias.as_ref().map_or("session_id", |it| it.text.as_str()).to_owned();
    add(lowering, &name, Term::new(format!("concat({})", parts.join(", ")), Kind::Text));
    Ok(())
}

/// Adds a column and shows it; one of the same name is hidden by it.
fn add(lowering: &mut Lowering<'_, '_>, name: &str, term: Term) {
    // What rows are ordered by must not change with the column that takes a key's name.
    let identifier = lowering.relation.add(name, term.kind);
    lowering.extend(&[(term.sql, identifier)]);
    lowering.relation.show(name);
}

/// Tells whether a name is like a pattern, in which `*` stands for anything.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        if number + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}
