//! `fields` and `display`: what the answer shows, and what is computed for it.

use crate::ast::{ExprKind, Projection};
use crate::diagnostic::Outcome;
use crate::sql::{Lowering, text};

/// Adds columns to what is shown.
pub(super) fn fields(lowering: &mut Lowering<'_, '_>, projections: &[Projection]) -> Outcome<()> {
    for name in computed(lowering, projections)? {
        lowering.relation.show(&name);
    }
    lowering.relation.is_chosen = true;
    Ok(())
}

/// Shows these columns and no others.
pub(super) fn display(lowering: &mut Lowering<'_, '_>, projections: &[Projection]) -> Outcome<()> {
    let mut names = Vec::new();
    for name in computed(lowering, projections)? {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    lowering.relation.displayed = Some(names);
    Ok(())
}

/// Computes what is not there; returns the names.
fn computed(lowering: &mut Lowering<'_, '_>, projections: &[Projection]) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    let mut additions: Vec<(String, String)> = Vec::new();
    let mut added: Vec<(String, crate::sql::Kind)> = Vec::new();
    for projection in projections {
        // A later one may use the name of an earlier one.
        if mentions(projection, &added) {
            lowering.extend(&additions);
            additions.clear();
            added.clear();
        }
        let name = projection.name();
        let term = lowering.term(&projection.expr)?;
        let is_there = projection.alias.is_none()
            && matches!(projection.expr.kind, ExprKind::Field(_))
            && term.sql == text::name(&name);
        if !is_there {
            let identifier = lowering.relation.add(&name, term.kind);
            additions.push((term.sql, identifier));
            added.push((name.clone(), term.kind));
        }
        names.push(name);
    }
    if !additions.is_empty() {
        lowering.extend(&additions);
    }
    Ok(names)
}

fn mentions(projection: &Projection, added: &[(String, crate::sql::Kind)]) -> bool {
    let mut is_mentioned = false;
    projection.expr.walk(&mut |part| {
        if let ExprKind::Field(path) = &part.kind {
            let text = path.text();
            is_mentioned |= added
                .iter()
                .any(|(name, _)| text == *name || text.starts_with(&format!("{name}.")));
        }
    });
    is_mentioned
}
