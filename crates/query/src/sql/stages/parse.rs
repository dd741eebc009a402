//! `parse` and `json`: new fields out of texts.

use regex::Regex;

use crate::ast::{Json, JsonOutput, Name, Parse, ParseKind, Segment};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::sql::kind::{Kind, Term};
use crate::sql::relation::Column;
use crate::sql::{Lowering, call, events, text};

/// Takes a text apart.
pub(super) fn parse(lowering: &mut Lowering<'_, '_>, parse: &Parse) -> Outcome<()> {
    let field = match &parse.field {
        Some(path) => lowering.field(path)?,
        None => call::message(lowering)?,
    };
    let value = field.as_plain_text();
    match &parse.kind {
        ParseKind::Glob { pattern, names } => {
            let names: Vec<&str> = names.iter().map(|it| it.text.as_str()).collect();
            captures(lowering, &value, &expression_of(&pattern.text), &names);
            Ok(())
        }
        ParseKind::Regex { regex, names, multi } => {
            let names = group_names(&regex.pattern, names)
                .map_err(|message| Diagnostic::error(regex.span, message))?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if *multi {
                every(lowering, &value, &regex.pattern, &names);
            } else {
                captures(lowering, &value, &regex.pattern, &names);
            }
            Ok(())
        }
        ParseKind::LogFmt { name } => {
            let map = Term::new(format!("logfmt_map({value})"), Kind::Structure);
            add(lowering, &[(name.text.as_str(), map)], None);
            Ok(())
        }
        ParseKind::Csv { names } => {
            let names: Vec<&str> = names.iter().map(|it| it.text.as_str()).collect();
            let parts = lowering.relation.fresh("parts");
            lowering.extend(&[(format!("csv_values({value})"), parts.clone())]);
            items(lowering, &parts, &names);
            Ok(())
        }
    }
}

/// Takes values out of an object.
pub(super) fn json(lowering: &mut Lowering<'_, '_>, json: &Json) -> Outcome<()> {
    let object = lowering.field(&json.field)?.as_text();
    let value = |output: &JsonOutput| events::json_field(&object, &way(&output.path.text));
    let terms: Vec<(&str, Term)> =
        json.outputs.iter().map(|it| (it.alias.text.as_str(), value(it))).collect();
    add(lowering, &terms, None);
    Ok(())
}

/// Reads a way into an object: keys joined with dots, items by number.
fn way(path: &str) -> Vec<Segment> {
    let path = path.strip_prefix("$.").unwrap_or(path).replace('[', ".").replace(']', "");
    path.split('.').filter(|it| !it.is_empty()).map(|it| Segment::Name(it.to_owned())).collect()
}

/// Adds what the groups of an expression caught.
fn captures(lowering: &mut Lowering<'_, '_>, value: &str, expression: &str, names: &[&str]) {
    let parts = lowering.relation.fresh("parts");
    let sql = format!("regex_captures({value}, {})", text::string(expression));
    lowering.extend(&[(sql, parts.clone())]);
    items(lowering, &parts, names);
}

/// Adds the items of a list as fields; without a list, fields of the same name stay as they are.
fn items(lowering: &mut Lowering<'_, '_>, parts: &str, names: &[&str]) {
    let parts = text::name(parts);
    let item = |number: usize| format!("array_element({parts}, {})", number + 1);
    let terms: Vec<(&str, Term)> = names
        .iter()
        .enumerate()
        .map(|(number, name)| (*name, Term::new(item(number), Kind::Dynamic)))
        .collect();
    add(lowering, &terms, Some(&format!("{parts} IS NOT NULL")));
}

/// Adds a row for each match.
fn every(lowering: &mut Lowering<'_, '_>, value: &str, expression: &str, names: &[&str]) {
    let parts = lowering.relation.fresh("parts");
    let sql = format!("unnest(regex_captures_all({value}, {}))", text::string(expression));
    lowering.extend(&[(sql, parts.clone())]);
    let parts = text::name(&parts);
    let terms: Vec<(&str, Term)> = names
        .iter()
        .enumerate()
        .map(|(number, name)| {
            (*name, Term::new(format!("json_field({parts}, '[{number}]')"), Kind::Dynamic))
        })
        .collect();
    add(lowering, &terms, None);
}

/// Adds fields and shows them; where the condition is not fulfilled, an earlier field of the name
/// stays.
fn add(lowering: &mut Lowering<'_, '_>, terms: &[(&str, Term)], condition: Option<&str>) {
    let mut additions = Vec::new();
    for (name, term) in terms {
        let earlier = lowering.relation.column(name).map(Column::term);
        let (sql, kind) = match (condition, earlier) {
            (Some(condition), Some(earlier)) => {
                let kind = term.kind.common(earlier.kind);
                let (new, old) = (term.cast(kind), earlier.cast(kind));
                (format!("CASE WHEN {condition} THEN {new} ELSE {old} END"), kind)
            }
            _ => (term.sql.clone(), term.kind),
        };
        let identifier = lowering.relation.add(name, kind);
        additions.push((sql, identifier));
        lowering.relation.show(name);
    }
    lowering.extend(&additions);
}

/// Returns the expression of a glob: each star catches as little as it can, the last one at the
/// end of the pattern all that is left.
fn expression_of(glob: &str) -> String {
    let parts: Vec<String> = glob.split('*').map(regex::escape).collect();
    let expression = format!("(?s){}", parts.join("(.*?)"));
    match expression.strip_suffix("(.*?)") {
        Some(front) => format!("{front}(.*)"),
        None => expression,
    }
}

/// Returns a name for each group: its own, or the next of those behind `as`, which are for all
/// groups when there are as many.
fn group_names(pattern: &str, names: &[Name]) -> Result<Vec<String>, String> {
    let regex = Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        text.lines().last().unwrap_or("the expression cannot be read").to_owned()
    })?;
    let mut given = names.iter();
    let groups = regex.capture_names().skip(1);
    let is_for_all = names.len() == groups.len();
    let names = groups.enumerate().map(|(number, own)| {
        let next = || given.next().map(|name| name.text.clone());
        own.filter(|_| !is_for_all)
            .map(str::to_owned)
            .or_else(next)
            .unwrap_or_else(|| format!("group{}", number + 1))
    });
    Ok(names.collect())
}
