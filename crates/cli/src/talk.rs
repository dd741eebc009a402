//! Words to the person: on standard error, so that standard output stays data.

use std::io::{self, Write};

use haechi_sources::S3Error;

/// Prints an error with its causes, and a hint where one of them has it.
pub fn error(error: &anyhow::Error) {
    note(&lines(error).join("\n"));
}

/// Returns the error, its causes and the hint, a line each.
///
/// Of two lines of which one has all words of the other, the line nearer to the cause is left:
/// libraries wrap S3's words several times on their way.
fn lines(error: &anyhow::Error) -> Vec<String> {
    let mut causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.extend(error.chain().find_map(S3Error::behind).map(|it| it.to_string()));
    let mut lines: Vec<String> = Vec::new();
    for cause in causes.into_iter().rev() {
        let repeats = |behind: &String| cause.contains(behind.as_str()) || behind.contains(&cause);
        if !lines.last().is_some_and(repeats) {
            lines.push(cause);
        }
    }
    lines.reverse();
    let mut words = ["error: "].into_iter().chain(std::iter::repeat("  because: "));
    for line in &mut lines {
        line.insert_str(0, words.next().unwrap_or_default());
    }
    lines.extend(error.chain().find_map(hint_of).map(|hint| format!("hint: {hint}")));
    lines
}

/// Prints a line.
pub fn note(text: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{}", haechi_output::printable_lines(text));
}

/// Says that something of what detection remembers was forgotten early, when it was.
pub fn let_go(n_let_go: u64) {
    if 0 < n_let_go {
        note(&format!(
            "detection forgot {n_let_go} hosts, pairs and the like, the quietest first: there were \
             more than it has room for"
        ));
    }
}

fn hint_of(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(haechi_query::QueryError::Plan { hint, .. }) = cause.downcast_ref() {
        return hint.clone();
    }
    if let Some(error) = cause.downcast_ref::<haechi_sources::DiscoverError>() {
        return Some(error.hint().to_owned());
    }
    if let Some(error) = S3Error::behind(cause) {
        return Some(error.hint().to_owned());
    }
    match cause.downcast_ref()? {
        haechi_lake::LakeError::Missing { .. } => {
            Some("make one with `haechi scan PATH --lake DIR`, or name another with --lake".into())
        }
        _ => None,
    }
}
