//! How many programs link DataFusion: each costs seconds of linking and a quarter
//! of a gigabyte at every build, so their number is a decision. Cargo makes a program
//! of a crate's unit tests even when it has none, unless its manifest says `test = false`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::manifests::Member;
use super::{Remark, tree};

/// LIMIT: the binary, and one test binary of the engine.
const LINKERS_MAX: usize = 2;
/// What a member or a test names when it links DataFusion.
const NAMES: &[&str] = &["datafusion", "haechi-engine"];

/// Returns a remark when more programs link DataFusion than were decided.
pub(super) fn remarks(
    checkout: &Path,
    members: &[Member],
    files: &[PathBuf],
) -> Result<Vec<Remark>> {
    let mut linkers = Vec::new();
    for member in members.iter().filter(|member| names_datafusion(member)) {
        if member.has_unit_tests {
            linkers.push(format!("unit tests of `{}`", member.name));
        }
        for file in files.iter().filter(|file| file.starts_with(member.folder())) {
            linkers.extend(linker(checkout, member, file)?);
        }
    }
    linkers.sort();
    linkers.dedup();
    if linkers.len() <= LINKERS_MAX {
        return Ok(Vec::new());
    }
    let text = format!(
        "{} programs link DataFusion, more than {LINKERS_MAX}: {}",
        linkers.len(),
        linkers.join(", ")
    );
    Ok(vec![Remark::error(Path::new("Cargo.toml"), text)])
}

fn names_datafusion(member: &Member) -> bool {
    member.dependencies.iter().any(|dependency| NAMES.contains(&dependency.name.as_str()))
}

/// Returns the program that this file makes cargo link, if it makes one.
fn linker(checkout: &Path, member: &Member, file: &Path) -> Result<Option<String>> {
    let inside = file.strip_prefix(member.folder())?;
    if inside == Path::new("src/main.rs") {
        return Ok(Some(format!("the program `{}`", member.name)));
    }
    let is_test_program = inside.starts_with("tests") && is_program(inside);
    if !is_test_program || !tree::is(file, "rs") {
        return Ok(None);
    }
    let text = tree::text_of(checkout, file)?;
    let links = NAMES.iter().any(|name| text.contains(&name.replace('-', "_")));
    Ok(links.then(|| format!("the tests in `{}`", file.display())))
}

/// Cargo makes a program of `tests/name.rs` and of `tests/name/main.rs`.
fn is_program(inside: &Path) -> bool {
    let depth = inside.components().count();
    depth == 2 || (depth == 3 && inside.ends_with("main.rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_makes_a_program_of_each_file_below_tests_but_not_of_modules() {
        assert!(is_program(Path::new("tests/sql.rs")));
        assert!(is_program(Path::new("tests/sql/main.rs")));
        assert!(!is_program(Path::new("tests/sql/joins.rs")));
    }
}
