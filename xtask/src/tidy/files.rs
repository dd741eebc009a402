//! Single files: their names, their length, their first line.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Remark, tree};

/// LIMIT: past this a file is usually two thoughts; a warning, since some are one.
const LINES_MAX: usize = 400;
/// What a note under `changelog.d` may be about: `<slug>.<kind>.md`.
const CHANGE_KINDS: &[&str] = &["feature", "fix", "change", "removed"];

/// Returns what the names, lengths and first lines have against them.
pub(super) fn remarks(checkout: &Path, files: &[PathBuf]) -> Result<Vec<Remark>> {
    let mut remarks = Vec::new();
    for file in files {
        if file.ends_with("mod.rs") {
            remarks
                .push(Remark::error(file, "name the module's file after the module, not `mod.rs`"));
        }
        if tree::is(file, "rs") {
            remarks.extend(remarks_on_rust(file, &tree::text_of(checkout, file)?));
        }
        if file.ends_with("tests/corpus.rs") {
            remarks.extend(remark_on_corpus(file, &tree::text_of(checkout, file)?));
        }
        if file.starts_with("changelog.d") {
            remarks.extend(remark_on_change(file, &tree::text_of(checkout, file)?));
        }
    }
    Ok(remarks)
}

fn remarks_on_rust(file: &Path, text: &str) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let n_lines = text.lines().count();
    if n_lines > LINES_MAX {
        let advice = format!("{n_lines} lines, more than {LINES_MAX}: is it still one thought?");
        remarks.push(Remark::warning(file, advice));
    }
    if !text.starts_with("//!") && !file.ends_with("tests.rs") {
        remarks.push(Remark::warning(file, "does not start with `//!`: say what it is and why"));
    }
    remarks
}

/// The profiles of nextest see names of tests, not of files.
fn remark_on_corpus(file: &Path, text: &str) -> Option<Remark> {
    let has_module = text.lines().any(|line| line.trim_start().starts_with("mod corpus"));
    let mut follows_test = false;
    let stray = text.lines().map(str::trim).find_map(|line| {
        let function = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        let is_test = follows_test && function.is_some();
        follows_test = line.starts_with("#[") && (follows_test || line.contains("test"));
        function.filter(|name| is_test && !name.starts_with("corpus_"))
    });
    let stray = stray.filter(|_| !has_module)?;
    let name = stray.split('(').next().unwrap_or(stray);
    Some(Remark::error(file, format!("name the test `corpus_{name}`, or it runs without its logs")))
}

fn remark_on_change(file: &Path, text: &str) -> Option<Remark> {
    let name = file.file_name()?.to_string_lossy();
    if name == "README.md" {
        return None;
    }
    let parts: Vec<&str> = name.split('.').collect();
    let is_named_well = matches!(parts.as_slice(), [slug, kind, "md"] if !slug.is_empty() && CHANGE_KINDS.contains(kind));
    if !is_named_well {
        return Some(Remark::error(file, "is not named `<slug>.<feature|fix|change|removed>.md`"));
    }
    let n_lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    (n_lines != 1).then(|| Remark::error(file, "is not one sentence on one line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_named_after_its_kind() {
        let remark = |name: &str, text: &str| remark_on_change(Path::new(name), text);
        assert_eq!(remark("changelog.d/scan.feature.md", "`haechi scan` reads logs.\n"), None);
        assert!(remark("changelog.d/scan.md", "Reads logs.\n").is_some());
        assert!(remark("changelog.d/scan.news.md", "Reads logs.\n").is_some());
        assert!(remark("changelog.d/scan.fix.md", "One.\nTwo.\n").is_some());
    }

    #[test]
    fn a_corpus_test_says_so_in_its_name() {
        let remark = |text: &str| remark_on_corpus(Path::new("tests/corpus.rs"), text);
        assert_eq!(remark("#[test]\nfn corpus_counts() {}\nfn helper() {}"), None);
        assert_eq!(remark("mod corpus {\n#[test]\nfn counts() {}\n}"), None);
        let stray = remark("#[tokio::test]\nasync fn counts() {}").unwrap();
        assert_eq!(stray.text, "name the test `corpus_counts`, or it runs without its logs");
    }

    #[test]
    fn a_long_file_is_a_warning() {
        let text = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
        let remarks = remarks_on_rust(Path::new("long.rs"), &text);
        assert_eq!(remarks.len(), 1);
        assert_eq!(remarks[0].weight, super::super::Weight::Warning);
    }
}
