//! Links in our documents lead somewhere, and the book lists each of its pages.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Remark, tree};

const BOOK: &str = "docs/src";
const SUMMARY: &str = "docs/src/SUMMARY.md";

/// Returns the links that lead nowhere and the pages that nothing leads to.
pub(super) fn remarks(checkout: &Path, files: &[PathBuf]) -> Result<Vec<Remark>> {
    let mut remarks = Vec::new();
    let mut in_summary = Vec::new();
    for file in files.iter().filter(|file| is_document(file)) {
        let text = tree::text_of(checkout, file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        for target in links_in(&text) {
            let path = folder.join(target);
            if !checkout.join(&path).exists() {
                remarks
                    .push(Remark::error(file, format!("links to `{target}`, which is not there")));
            }
            if file.as_path() == Path::new(SUMMARY) {
                in_summary.push(path);
            }
        }
    }
    remarks.extend(pages_left_out(files, &in_summary));
    Ok(remarks)
}

/// The documents at the root, the book and the decisions; pages of the catalogue
/// are read, and judged, by the product itself.
fn is_document(file: &Path) -> bool {
    let at_root = file.components().count() == 1;
    tree::is(file, "md") && (at_root || file.starts_with("docs") || file.starts_with("bench"))
}

fn pages_left_out(files: &[PathBuf], in_summary: &[PathBuf]) -> Vec<Remark> {
    let pages = files.iter().filter(|file| file.starts_with(BOOK) && tree::is(file, "md"));
    let left_out =
        pages.filter(|page| page.as_path() != Path::new(SUMMARY) && !in_summary.contains(page));
    left_out.map(|page| Remark::error(page, "is not in `docs/src/SUMMARY.md`")).collect()
}

/// Returns the targets of links to files, without their anchors.
fn links_in(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    let prose = text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !in_code && !is_fence
    });
    prose.flat_map(|line| line.split("](").skip(1)).filter_map(|rest| {
        let (target, _) = rest.split_once(')')?;
        let file = target.split('#').next()?;
        let is_elsewhere = file.contains("://") || file.starts_with("mailto:");
        (!file.is_empty() && !is_elsewhere).then_some(file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_are_found_and_others_are_left_alone() {
        let text = "See [scan](scan.md#limits), [AWS](https://aws.amazon.com) and [here](#here).\n\
                    ```\n[not](a-link.md)\n```\n[last](../README.md)";
        assert_eq!(links_in(text).collect::<Vec<_>>(), ["scan.md", "../README.md"]);
    }

    #[test]
    fn a_page_that_nothing_leads_to_is_found() {
        let page = PathBuf::from("docs/src/lost.md");
        let remarks = pages_left_out(&[page.clone(), PathBuf::from(SUMMARY)], &[]);
        assert_eq!(remarks, [Remark::error(&page, "is not in `docs/src/SUMMARY.md`")]);
    }
}
