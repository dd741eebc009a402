//! The structure of the repository, checked: which crate may know which, which
//! crate owns which library, and that links and file names are what they seem.
//!
//! An error breaks a rule; a warning asks for a second look and fails nothing.

mod artefacts;
mod files;
mod layers;
mod links;
mod manifests;
mod purity;
mod tree;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::talk::say;

/// Something that a rule has to say about a file.
#[derive(Debug, PartialEq, Eq)]
struct Remark {
    weight: Weight,
    file: PathBuf,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Warning,
    Error,
}

impl Remark {
    fn error(file: &Path, text: impl Into<String>) -> Self {
        Self { weight: Weight::Error, file: file.to_path_buf(), text: text.into() }
    }

    fn warning(file: &Path, text: impl Into<String>) -> Self {
        Self { weight: Weight::Warning, file: file.to_path_buf(), text: text.into() }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.weight {
            Weight::Warning => "warning",
            Weight::Error => "error",
        };
        write!(formatter, "{word}: {}: {}", self.file.display(), self.text)
    }
}

/// Says every remark, and fails when one of them is an error.
pub(crate) fn report(checkout: &Path) -> Result<()> {
    let remarks = remarks_on(checkout)?;
    for remark in &remarks {
        say(&format!("   {remark}"));
    }
    let n_errors = remarks.iter().filter(|remark| remark.weight == Weight::Error).count();
    if n_errors > 0 {
        bail!("{n_errors} rule(s) of the repository's structure are broken");
    }
    Ok(())
}

fn remarks_on(checkout: &Path) -> Result<Vec<Remark>> {
    let members = manifests::members(checkout)?;
    let files = tree::files(checkout)?;
    let mut remarks = manifests::remarks(&members);
    remarks.extend(layers::remarks(&members));
    remarks.extend(artefacts::remarks(checkout, &members, &files)?);
    remarks.extend(files::remarks(checkout, &files)?);
    remarks.extend(purity::remarks(checkout, &files)?);
    remarks.extend(links::remarks(checkout, &files)?);
    Ok(remarks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let checkout = crate::places::checkout().unwrap();
        let remarks = remarks_on(&checkout).unwrap();
        let errors: Vec<String> = remarks
            .iter()
            .filter(|remark| remark.weight == Weight::Error)
            .map(ToString::to_string)
            .collect();
        assert!(errors.is_empty(), "\n{}", errors.join("\n"));
    }
}
