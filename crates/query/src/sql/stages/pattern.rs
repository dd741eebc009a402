//! `pattern`: what lines have in common, and how many lines there are of each kind.

use crate::ast::Pattern;
use crate::diagnostic::Outcome;
use crate::sql::kind::Kind;
use crate::sql::{Lowering, answer, text};

/// Puts lines of one pattern together; the most frequent patterns come first.
pub(super) fn pattern(lowering: &mut Lowering<'_, '_>, it: &Pattern) -> Outcome<()> {
    let field = lowering.field(&it.field)?.as_plain_text();
    let from = lowering.relation.from.clone();
    lowering.step(&format!(
        "SELECT text_pattern({field}) AS \"pattern\", count(*) AS \"lines\" FROM {from} \
         WHERE {field} IS NOT NULL GROUP BY 1"
    ));
    lowering.step_from(
        "SELECT sum(\"lines\") AS \"total\", patterns(\"pattern\", \"lines\") AS \"found\"",
    );
    lowering.step_from("SELECT \"total\", unnest(\"found\") AS \"row\"");
    let lines = "number(json_field(\"row\", '[1]'))";
    let pattern = "json_field(\"row\", '[0]')";
    let columns = [
        ("@pattern", pattern.to_owned(), Kind::Text),
        ("@ratio", format!("{lines} / CAST(\"total\" AS DOUBLE)"), Kind::Number),
        ("@sampleCount", format!("number_integer({lines}, 64)"), Kind::Integer),
        ("@severityLabel", severity(pattern), Kind::Text),
    ];
    lowering.relation.restart();
    let mut selected = Vec::new();
    for (name, sql, kind) in columns {
        let identifier = lowering.relation.add(name, kind);
        selected.push(format!("{sql} AS {}", text::name(&identifier)));
        lowering.relation.show(name);
    }
    lowering.step_from(&format!("SELECT {}", selected.join(", ")));
    let count = lowering.relation.column("@sampleCount").map(|it| answer::descending(&it.term()));
    lowering.relation.order = count.into_iter().collect();
    Ok(())
}

/// Returns the severity that a pattern's words tell, the worst first.
fn severity(pattern: &str) -> String {
    let has = |word: &str| format!("contains(upper({pattern}), '{word}')");
    let is_error = ["ERROR", "EXCEPTION", "FATAL", "FAIL"].map(has).join(" OR ");
    format!(
        "CASE WHEN {is_error} THEN 'ERROR' WHEN {} THEN 'WARN' WHEN {} THEN 'INFO' ELSE 'NONE' END",
        has("WARN"),
        has("INFO")
    )
}
