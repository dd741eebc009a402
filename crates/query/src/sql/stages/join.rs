//! `join` and `appendcols`: another query beside this one.

use crate::ast::{AppendCols, Join, JoinKind, Path, Segment};
use crate::diagnostic::Outcome;
use crate::sql::kind::Term;
use crate::sql::{Lowering, answer, text};

/// Joins rows with the rows of another query whose fields are equal.
pub(super) fn join(lowering: &mut Lowering<'_, '_>, it: &Join) -> Outcome<()> {
    let (left, right) = (it.left.text.as_str(), it.right.text.as_str());
    let mentioned = lowering.mentioned.clone();
    let of_side = |side: &str| {
        let paths = mentioned.iter().filter_map(|path| without(path, side));
        paths.collect::<Vec<Path>>()
    };
    let mut left_keys = Vec::new();
    for key in &it.keys {
        left_keys.push(lowering.field(&key.left)?);
    }
    let mut left_fields = Vec::new();
    if lowering.relation.is_open {
        let time = answer::term(lowering, "@timestamp");
        left_fields.push(("@timestamp".to_owned(), time));
    }
    for path in of_side(left) {
        left_fields.push((path.text(), lowering.field(&path)?));
    }
    for name in answer::shown(lowering) {
        let term = answer::term(lowering, &name);
        left_fields.push((name, term));
    }
    let mut inner = Lowering::new(&it.query, lowering.request, lowering.script)?;
    super::all(&mut inner, &it.query)?;
    let mut right_keys = Vec::new();
    for key in &it.keys {
        right_keys.push(inner.field(&key.right)?);
    }
    let mut right_fields = Vec::new();
    for path in of_side(right) {
        right_fields.push((path.text(), inner.field(&path)?));
    }
    let right_from = inner.relation.from.clone();
    inner.close();
    let sides = [(left, "l", dedup(left_fields)), (right, "r", dedup(right_fields))];
    let on: Vec<String> = left_keys
        .iter()
        .zip(&right_keys)
        .map(|(left, right)| format!("{} = {}", on_side("l", left), on_side("r", right)))
        .collect();
    joined(lowering, &right_from, it.kind, &sides, &on);
    // The keys of an earlier order are gone under their old names: the newest come first again.
    if let Some(time) = lowering.relation.column("@timestamp").cloned() {
        lowering.relation.order = vec![answer::descending(&time.term())];
    }
    Ok(())
}

type Side<'a> = (&'a str, &'a str, Vec<(String, Term)>);

fn joined(
    lowering: &mut Lowering<'_, '_>,
    right_from: &str,
    kind: JoinKind,
    sides: &[Side<'_>; 2],
    on: &[String],
) {
    let left_from = lowering.relation.from.clone();
    lowering.relation.restart();
    lowering.relation.is_chosen = true;
    let mut columns = Vec::new();
    for (side, letter, fields) in sides {
        for (name, term) in fields {
            let full = format!("{side}.{name}");
            let identifier = lowering.relation.add(&full, term.kind);
            columns.push(format!("{} AS {}", on_side(letter, term), text::name(&identifier)));
            if lowering.relation.column(name).is_none() {
                lowering.relation.alias(name, &full);
            }
            lowering.relation.show(&full);
        }
    }
    let word = if kind == JoinKind::Left { "LEFT JOIN" } else { "JOIN" };
    let select = format!(
        "SELECT {} FROM {left_from} AS l {word} {right_from} AS r ON {}",
        columns.join(", "),
        on.join(" AND ")
    );
    lowering.step(&select);
}

/// Puts rows of another query beside the rows, by their place.
pub(super) fn append(lowering: &mut Lowering<'_, '_>, it: &AppendCols) -> Outcome<()> {
    let over = answer::over(lowering);
    let place = lowering.relation.fresh("place");
    let place_name = text::name(&place);
    lowering.extend(&[(format!("row_number() OVER {over}"), place)]);
    let mut inner = Lowering::new(&it.query, lowering.request, lowering.script)?;
    super::all(&mut inner, &it.query)?;
    super::limit::apply(&mut inner);
    let over = answer::over(&mut inner);
    let names = answer::shown(&mut inner);
    let terms: Vec<(String, Term)> =
        names.iter().map(|name| (name.clone(), answer::term(&mut inner, name))).collect();
    let columns: Vec<String> =
        terms.iter().map(|(name, term)| format!("{} AS {}", term.sql, text::name(name))).collect();
    inner.step_from(&format!(
        "SELECT {}, row_number() OVER {over} AS \"place\"",
        columns.join(", ")
    ));
    let right_from = inner.relation.from.clone();
    inner.close();
    let shown = answer::shown(lowering);
    let mut added = Vec::new();
    for (name, term) in &terms {
        if shown.contains(name) && !it.override_columns {
            continue;
        }
        let identifier = lowering.relation.add(name, term.kind);
        added.push(format!(", r.{} AS {}", text::name(name), text::name(&identifier)));
        lowering.relation.show(name);
    }
    let from = &lowering.relation.from;
    let select = format!(
        "SELECT l.*{} FROM {from} AS l LEFT JOIN {right_from} AS r \
         ON l.{place_name} = r.\"place\" AND r.\"place\" <= {}",
        added.concat(),
        it.rows_max
    );
    lowering.step(&select);
    Ok(())
}

fn on_side(letter: &str, term: &Term) -> String {
    format!("{letter}.{}", term.sql)
}

/// Returns the path without its side, if it is of that side.
fn without(path: &Path, side: &str) -> Option<Path> {
    let (first, rest) = path.segments.split_first()?;
    let is_of_side = matches!(first, Segment::Name(name) if name == side) && !rest.is_empty();
    is_of_side.then(|| Path { segments: rest.to_vec(), span: path.span })
}

fn dedup(fields: Vec<(String, Term)>) -> Vec<(String, Term)> {
    let mut unique: Vec<(String, Term)> = Vec::new();
    for field in fields {
        if !unique.iter().any(|known| known.0 == field.0) {
            unique.push(field);
        }
    }
    unique
}
