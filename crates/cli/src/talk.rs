//! Words to the person: on standard error, so that standard output stays data.

use std::io::{self, Write};

/// Prints an error with its causes, and a hint where one of them has it.
pub fn error(error: &anyhow::Error) {
    let mut lines = vec![format!("error: {error}")];
    lines.extend(error.chain().skip(1).map(|cause| format!("  because: {cause}")));
    lines.extend(error.chain().find_map(hint_of).map(|hint| format!("hint: {hint}")));
    note(&lines.join("\n"));
}

/// Prints a line.
pub fn note(text: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{}", crate::output::printable_lines(text));
}

fn hint_of(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(haechi_query::QueryError::Plan { hint, .. }) = cause.downcast_ref() {
        return hint.clone();
    }
    if let Some(error) = cause.downcast_ref::<haechi_sources::DiscoverError>() {
        return Some(error.hint().to_owned());
    }
    match cause.downcast_ref()? {
        haechi_lake::LakeError::Missing { .. } => {
            Some("make one with `haechi scan PATH --lake DIR`, or name another with --lake".into())
        }
        _ => None,
    }
}
