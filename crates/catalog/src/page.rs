//! One page: a Markdown file whose first `toml` block defines, whose prose explains and whose
//! other blocks are tests.

use serde::de::DeserializeOwned;

use crate::CatalogError;
use crate::limits::PAGE_BYTES_MAX;

/// A page, split into its parts.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page's path in the catalogue, for messages.
    pub path: String,
    /// The heading of level one.
    pub title: String,
    /// The prose between the heading and the definition.
    pub about: String,
    /// The text of the `toml` block.
    pub definition: String,
    /// The line on which the definition begins, counted from 1.
    pub definition_line: usize,
    /// Sections without blocks: heading and prose.
    pub prose: Vec<(String, String)>,
    /// Sections with blocks: the page's tests.
    pub examples: Vec<Example>,
}

/// A section with blocks: one scenario.
#[derive(Debug, Clone)]
pub struct Example {
    /// The heading of level two.
    pub heading: String,
    /// The fenced blocks in order.
    pub blocks: Vec<Block>,
}

/// One fenced block.
#[derive(Debug, Clone)]
pub struct Block {
    /// The word after the fence.
    pub language: String,
    /// The lines between the fences, each with its newline.
    pub text: String,
    /// The line of the block's first content line, counted from 1.
    pub line: usize,
}

#[derive(Default)]
struct Section {
    heading: String,
    prose: String,
    blocks: Vec<Block>,
}

impl Page {
    /// Splits a page into its parts.
    ///
    /// # Errors
    /// The page is too long, has no heading or no definition, or a fence is left open.
    pub fn parse(path: &str, text: &str) -> Result<Self, CatalogError> {
        let fail = |line: usize, reason: &str| CatalogError::Page {
            page: path.to_owned(),
            line,
            reason: reason.to_owned(),
        };
        if PAGE_BYTES_MAX < text.len() {
            return Err(fail(1, "the page is longer than 1 MiB"));
        }
        let mut sections =
            sections(text).map_err(|line| fail(line, "this fence is never closed"))?;
        let mut first = sections.remove(0);
        let Some(title) = first.heading.strip_prefix("# ") else {
            return Err(fail(1, "a page begins with `# Title`"));
        };
        let Some(at) = first.blocks.iter().position(|block| block.language == "toml") else {
            return Err(fail(1, "a page has a `toml` block before its first section"));
        };
        let definition = first.blocks.remove(at);
        let (with_blocks, without): (Vec<_>, Vec<_>) =
            sections.into_iter().partition(|section| !section.blocks.is_empty());
        Ok(Self {
            path: path.to_owned(),
            title: title.trim().to_owned(),
            about: first.prose.trim().to_owned(),
            definition: definition.text,
            definition_line: definition.line,
            prose: without
                .into_iter()
                .map(|it| (name_of(&it), it.prose.trim().to_owned()))
                .collect(),
            examples: with_blocks
                .into_iter()
                .map(|it| Example { heading: name_of(&it), blocks: it.blocks })
                .collect(),
        })
    }

    /// Reads the definition into a typed form.
    ///
    /// # Errors
    /// The TOML is malformed or does not fit; the error names the page's own line.
    pub fn definition<T: DeserializeOwned>(&self) -> Result<T, CatalogError> {
        toml::from_str(&self.definition).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let before = self.definition.get(..offset).unwrap_or_default();
            CatalogError::Page {
                page: self.path.clone(),
                line: self.definition_line + before.matches('\n').count(),
                reason: error.message().to_owned(),
            }
        })
    }

    /// Returns an error about this page's definition as a whole.
    #[must_use]
    pub fn fault(&self, reason: impl Into<String>) -> CatalogError {
        CatalogError::Page {
            page: self.path.clone(),
            line: self.definition_line,
            reason: reason.into(),
        }
    }
}

fn name_of(section: &Section) -> String {
    section.heading.trim_start_matches('#').trim().to_owned()
}

/// Splits the text at headings of level one and two; fails with the line of an open fence.
fn sections(text: &str) -> Result<Vec<Section>, usize> {
    let mut sections = vec![Section::default()];
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(section) = sections.last_mut() else { continue };
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => section.blocks.push(block),
            (Some(language), None) => {
                let language = language.trim().to_owned();
                open = Some(Block { language, text: String::new(), line: index + 2 });
            }
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) if line.starts_with("# ") && section.heading.is_empty() => {
                line.clone_into(&mut section.heading);
            }
            (None, None) if line.starts_with("## ") => {
                sections.push(Section { heading: line.to_owned(), ..Section::default() });
            }
            (None, None) => {
                section.prose.push_str(line);
                section.prose.push('\n');
            }
        }
    }
    open.map_or(Ok(sections), |block| Err(block.line - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Title\nAbout.\n\n```toml\nkind = \"match\"\n```\n\n## Respond\nStop it.\n\n\
        ## It speaks\n```jsonl\n{}\n```\n```findings\nx\n```\n";

    #[test]
    fn a_page_has_its_parts() {
        let page = Page::parse("p.md", PAGE).unwrap();
        assert_eq!((page.title.as_str(), page.about.as_str()), ("Title", "About."));
        assert_eq!(page.definition, "kind = \"match\"\n");
        assert_eq!(page.prose, [("Respond".to_owned(), "Stop it.".to_owned())]);
        assert_eq!(page.examples[0].blocks[1].text, "x\n");
    }

    #[test]
    fn an_open_fence_is_named_by_its_line() {
        let error = Page::parse("p.md", "# T\n```toml\nx = 1\n").unwrap_err();
        assert_eq!(error.to_string(), "p.md:2: this fence is never closed");
    }

    #[test]
    fn a_bad_definition_is_named_by_the_page_line() {
        let page = Page::parse("p.md", "# T\n```toml\na = 1\nb = \n```\n").unwrap();
        let error = page.definition::<toml::Table>().unwrap_err().to_string();
        assert!(error.starts_with("p.md:4: "), "{error}");
    }
}
