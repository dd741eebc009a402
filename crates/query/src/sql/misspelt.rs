//! Fields that may be misspelt. Any field may stand in a JSON event, so none is an error; but when
//! nothing matches, a name that is nearly a column's is the likeliest reason.

use super::Group;
use super::mentions;
use crate::ast::{Command, Query};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;

/// Returns a warning for each field of the filters that no group has a column for, and whose name
/// is close to a column's.
#[must_use]
pub fn misspelt(query: &Query, groups: &[Group]) -> Vec<Box<Diagnostic>> {
    // Behind other commands a name may be one that the query made.
    let n_filters = query.stages.iter().take_while(|stage| is_filter(&stage.command)).count();
    let filters =
        Query { stages: query.stages.iter().take(n_filters).cloned().collect(), ..*query };
    let mut warnings = Vec::new();
    for path in mentions::paths(&filters) {
        let name = path.text();
        if name.starts_with('@') || groups.iter().any(|group| group.field(&name).is_some()) {
            continue;
        }
        let columns = groups.iter().flat_map(|group| &group.fields);
        if let Some(column) = nearest(&name, columns.map(|field| field.name.as_str())) {
            let message = format!("no column is called `{name}`");
            warnings.push(Diagnostic::warning(path.span, message).with_nearest(Some(column)));
        }
    }
    warnings
}

fn is_filter(command: &Command) -> bool {
    matches!(command, Command::Source(_) | Command::Filter(_) | Command::FilterIndex(_))
}
