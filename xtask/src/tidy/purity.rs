//! No clock and no environment below the command line: what a library crate
//! gives depends on what it is given, so that a replay gives the same bytes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Remark, tree};

/// Where time and environment may enter.
const ENTRANCES: &[&str] = &["crates/cli", "bench", "stories", "xtask"];
/// Calls whose result the caller did not give.
const IMPURE: &[&str] =
    &["SystemTime::now", "Timestamp::now", "Zoned::now", "env::var", "env::vars", "thread_rng"];

/// Returns the impure calls in library code.
pub(super) fn remarks(checkout: &Path, files: &[PathBuf]) -> Result<Vec<Remark>> {
    let mut remarks = Vec::new();
    for file in files.iter().filter(|file| tree::is(file, "rs") && is_library(file)) {
        let text = tree::text_of(checkout, file)?;
        for (line_number, call) in impure_calls(&text) {
            let text = format!("line {line_number}: `{call}`: take it as a parameter");
            remarks.push(Remark::error(file, text));
        }
    }
    Ok(remarks)
}

fn is_library(file: &Path) -> bool {
    let is_entrance = ENTRANCES.iter().any(|entrance| file.starts_with(entrance));
    let is_test = file.ends_with("tests.rs")
        || file
            .components()
            .any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "fuzz" | "examples")));
    !is_entrance && !is_test
}

/// Pairs line numbers with impure calls, up to the tests at the end of the file.
fn impure_calls(text: &str) -> impl Iterator<Item = (usize, &'static str)> {
    let before_tests = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let code = before_tests.enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter_map(|(index, line)| {
        let call = IMPURE.iter().find(|call| line.contains(**call))?;
        Some((index + 1, *call))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_in_a_library_is_found_and_one_in_its_tests_is_not() {
        let text = "// SystemTime::now\nlet t = SystemTime::now();\n#[cfg(test)]\nenv::var(\"A\")";
        assert_eq!(impure_calls(text).collect::<Vec<_>>(), [(2, "SystemTime::now")]);
    }

    #[test]
    fn the_command_line_is_where_time_enters() {
        assert!(is_library(Path::new("crates/lake/src/lib.rs")));
        assert!(!is_library(Path::new("crates/lake/src/commit/tests.rs")));
        assert!(!is_library(Path::new("crates/lake/tests/crash.rs")));
        assert!(!is_library(Path::new("crates/cli/src/main.rs")));
    }
}
