//! Where things are: the checkout, cargo's target folder, the real logs.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run::{cargo, output_of};

/// Names the folder of real logs, when it is not `../shared/data`.
const CORPUS_VARIABLE: &str = "HAECHI_CORPUS";

/// Returns the folder that holds the root `Cargo.toml`.
pub(crate) fn checkout() -> Result<PathBuf> {
    // Cargo says at run time where we are; a binary shared by two clones knows only one of them.
    let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = here.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let parent = here.parent().context("xtask lies in no folder")?;
    Ok(parent.to_path_buf())
}

/// Returns cargo's target folder: everything that xtask makes lies below it.
pub(crate) fn target(checkout: &Path) -> Result<PathBuf> {
    let metadata =
        output_of(&mut cargo(checkout, &["metadata", "--no-deps", "--format-version", "1"]))?;
    let path = text_of(&metadata, "target_directory")
        .context("`cargo metadata` does not name the target folder")?;
    Ok(PathBuf::from(path))
}

/// Returns the folder of real logs, or nothing when this machine has none.
pub(crate) fn corpus(checkout: &Path) -> Option<PathBuf> {
    let folder =
        env::var_os(CORPUS_VARIABLE).map_or_else(|| checkout.join("../shared/data"), PathBuf::from);
    let folder = folder.canonicalize().ok()?;
    folder.is_dir().then_some(folder)
}

/// Returns the text of one JSON field whose value is a plain string.
fn text_of(json: &str, field: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{field}\":\""))?;
    let (text, _) = rest.split_once('"')?;
    Some(text.replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_folder_is_read_from_the_metadata() {
        let json = r#"{"packages":[],"target_directory":"/somewhere/target","version":1}"#;
        assert_eq!(text_of(json, "target_directory").as_deref(), Some("/somewhere/target"));
        assert_eq!(text_of(json, "workspace_root"), None);
    }
}
