//! `pattern`: what lines have in common, and how many lines there are of each kind.

use crate::ast::{Path, Pattern};
use crate::diagnostic::Outcome;
use crate::limits::{AWS_PATTERN_LINE_CHARACTERS_MAX, PATTERNS_FREQUENT_MAX};
use crate::sql::kind::Kind;
use crate::sql::{Lowering, answer, text};

/// Puts lines of one pattern together; the most frequent patterns come first.
pub(super) fn pattern(lowering: &mut Lowering<'_, '_>, it: &Pattern) -> Outcome<()> {
    let field = line(lowering, &it.field)?;
    lowering.step_from(&format!("SELECT text_pattern({field}) AS \"pattern\""));
    lowering.step_from("SELECT \"pattern\", text_hash(\"pattern\") AS \"hash\"");
    // The frequent ones are counted apart, so that a flood of lines that are all different makes
    // none of them coarser. Their hashes take less memory than they do. What is small stands first
    // in joins, since engines hold that side in memory.
    let lines = lowering.relation.from.clone();
    let frequent = lowering.script.step(&format!(
        "SELECT \"hash\" AS \"frequent\" FROM {lines} WHERE \"hash\" IS NOT NULL \
         GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {PATTERNS_FREQUENT_MAX}"
    ));
    lowering.step(&format!(
        "SELECT patterns(\"pattern\", 1) FILTER (WHERE \"frequent\" IS NOT NULL) AS \"often\", \
         patterns(\"pattern\", 1) FILTER (WHERE \"frequent\" IS NULL) AS \"seldom\" \
         FROM {frequent} RIGHT JOIN {lines} ON \"hash\" = \"frequent\""
    ));
    lowering.step_from("SELECT unnest(array_concat(\"often\", \"seldom\")) AS \"row\"");
    let rows = lowering.relation.from.clone();
    lowering.step(&format!(
        "SELECT json_field(\"row\", '[0]') AS \"pattern\", \
         sum(number(json_field(\"row\", '[1]'))) AS \"lines\" FROM {rows} GROUP BY 1"
    ));
    let shown = [
        ("@pattern", "\"pattern\"".to_owned(), Kind::Text),
        ("@ratio", "\"lines\" / sum(\"lines\") OVER ()".to_owned(), Kind::Number),
        ("@sampleCount", "number_integer(\"lines\", 64)".to_owned(), Kind::Integer),
        ("@severityLabel", severity("\"pattern\""), Kind::Text),
    ];
    columns(lowering, &shown);
    let count = lowering.relation.column("@sampleCount").map(|it| answer::descending(&it.term()));
    lowering.relation.order = count.into_iter().collect();
    Ok(())
}

/// Returns the text whose pattern is sought.
pub(super) fn line(lowering: &mut Lowering<'_, '_>, field: &Path) -> Outcome<String> {
    let term = lowering.field(field)?;
    lowering.plain(&term, field.span, "pattern")?;
    let line = term.as_plain_text();
    if lowering.request.compat {
        return Ok(format!("text_part({line}, 0, {AWS_PATTERN_LINE_CHARACTERS_MAX})"));
    }
    Ok(line)
}

/// A column: its name, its SQL, what it holds.
pub(super) type Made<'a> = (&'a str, String, Kind);

/// Adds a step with these columns, which are the only ones from then on.
pub(super) fn columns(lowering: &mut Lowering<'_, '_>, columns: &[Made<'_>]) {
    lowering.relation.restart();
    let mut selected = Vec::new();
    for (name, sql, kind) in columns {
        let identifier = lowering.relation.add(name, *kind);
        selected.push(format!("{sql} AS {}", text::name(&identifier)));
        lowering.relation.show(name);
    }
    lowering.step_from(&format!("SELECT {}", selected.join(", ")));
}

/// Adds steps that find the cluster of each row that has a `"pattern"`; returns the step with the
/// rows, their columns as given, and their `"cluster"`.
pub(super) fn clusters(lowering: &mut Lowering<'_, '_>, kept: &str) -> String {
    let rows = lowering.relation.from.clone();
    let script = &mut *lowering.script;
    let found =
        script.step(&format!("SELECT pattern_members(\"pattern\", 1) AS \"found\" FROM {rows}"));
    let found = script.step(&format!("SELECT unnest(\"found\") AS \"row\" FROM {found}"));
    let members = script.step(&format!(
        "SELECT json_field(\"row\", '[0]') AS \"cluster\", \
         number_integer(number(json_field(\"row\", '[2]')), 64) AS \"level\", \
         unnest(json_items(json_field(\"row\", '[3]'))) AS \"member\" FROM {found}"
    ));
    let level = script.step(&format!("SELECT max(\"level\") AS \"level\" FROM {members}"));
    let coarse = script.step(&format!(
        "SELECT {kept}, pattern_coarse(\"pattern\", \"level\") AS \"coarse\" \
         FROM {level} CROSS JOIN {rows}"
    ));
    script.step(&format!(
        "SELECT {kept}, \"cluster\" FROM {members} JOIN {coarse} ON \"coarse\" = \"member\""
    ))
}

/// Returns the severity that a pattern's words tell, the worst first.
pub(super) fn severity(pattern: &str) -> String {
    let has = |word: &str| format!("contains(upper({pattern}), '{word}')");
    let is_error = ["ERROR", "EXCEPTION", "FATAL", "FAIL"].map(has).join(" OR ");
    format!(
        "CASE WHEN {is_error} THEN 'ERROR' WHEN {} THEN 'WARN' WHEN {} THEN 'INFO' ELSE 'NONE' END",
        has("WARN"),
        has("INFO")
    )
}
