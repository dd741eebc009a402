//! The files of the checkout, in order, without what is made or fetched.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing of ours, wherever they stand.
const NOT_OURS: &[&str] = &["target", "node_modules", "dist", "book", "fuzz-target"];
/// Hidden folders that are ours all the same.
const OURS: &[&str] = &[".ci", ".config", ".cargo"];

/// Returns the files below `checkout`, as paths relative to it, sorted.
pub(super) fn files(checkout: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    // Ends because a folder tree does: symbolic links are not followed.
    let mut folders = vec![checkout.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot list `{}`", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && is_ours(&entry.file_name().to_string_lossy()) {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path().strip_prefix(checkout)?.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Tells whether a file has this extension.
pub(super) fn is(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// Returns the text of a file of the checkout.
pub(super) fn text_of(checkout: &Path, file: &Path) -> Result<String> {
    fs::read_to_string(checkout.join(file))
        .with_context(|| format!("cannot read `{}`", file.display()))
}

fn is_ours(folder: &str) -> bool {
    OURS.contains(&folder) || (!folder.starts_with('.') && !NOT_OURS.contains(&folder))
}
