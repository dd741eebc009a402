//! The fields that a query mentions.

use crate::ast::{Command, ExprKind, Path, Query};

/// Returns every field that the query mentions outside the queries inside it.
pub(super) fn paths(query: &Query) -> Vec<Path> {
    let mut paths = Vec::new();
    for stage in &query.stages {
        for expr in stage.command.expressions() {
            expr.walk(&mut |part| {
                if let ExprKind::Field(path) = &part.kind {
                    paths.push(path.clone());
                }
            });
        }
        paths.extend(of_command(&stage.command));
    }
    paths
}

/// Returns the fields that a command names outside its expressions.
fn of_command(command: &Command) -> Vec<Path> {
    match command {
        Command::Dedup(it) => it.fields.clone(),
        Command::CountFrequent(it) => it.fields.clone(),
        Command::Outlier(it) => it.fields.clone(),
        Command::Sessionize(it) => it.fields.clone(),
        Command::AddTotals(it) => it.fields.clone(),
        Command::RelevantFields(it) => it.fields.clone(),
        Command::FilterIndex(it) => vec![it.field.clone()],
        Command::Unnest(it) => vec![it.field.clone()],
        Command::Expand(it) => vec![it.field.clone()],
        Command::Pattern(it) => vec![it.field.clone()],
        Command::Accum(it) => vec![it.field.clone()],
        Command::AutoRegress(it) => vec![it.field.clone()],
        Command::Json(it) => vec![it.field.clone()],
        Command::Parse(it) => it.field.iter().cloned().collect(),
        Command::CidrLookup(it) => vec![it.field.clone()],
        Command::Lookup(it) => it.matches.iter().filter_map(|it| it.field.clone()).collect(),
        Command::Join(it) => it.keys.iter().map(|key| key.left.clone()).collect(),
        _ => Vec::new(),
    }
}
