//! Reads what the product knows: pages of Markdown, each a definition, its manual and its tests.
//!
//! The built-in catalogue is embedded; a folder given with `--catalog` is laid over it, page by
//! page, so that a user's page of the same name replaces ours.

mod clients;
mod detection;
pub mod limits;
mod page;
mod question;
mod source;
mod view;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

pub use clients::{Client, ClientPart, Clients};
pub use detection::{Detection, Korean};
pub use page::{Block, Example, Page};
pub use question::{AskError, KoreanQuestion, Parameter, ParameterKind, Question, QuestionQuery};
pub use source::{
    Alias, Column, ColumnKind, Format, Header, Layout, Separator, Source, TimePath, TimeUnit,
};
pub use view::{View, ViewColumn};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalog");

/// Everything the product knows, in the order of page names.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Log sources by table name.
    pub sources: BTreeMap<String, Source>,
    /// Detections by page name (the path below `detections/`, without `.md`).
    pub detections: BTreeMap<String, Detection>,
    /// Views by table name.
    pub views: BTreeMap<String, View>,
    /// Questions by page name (the path below `questions/`, without `.md`).
    pub questions: BTreeMap<String, Question>,
    /// Clients by page name (the path below `clients/`, without `.md`).
    pub clients: BTreeMap<String, Clients>,
}

/// A page that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The overlay folder or a page in it cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The page's Markdown does not have the form of a page.
    #[error("{page}:{line}: {reason}")]
    Page {
        /// The page's path in the catalogue.
        page: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// Two sources give one column name two types, which one table cannot hold.
    #[error("column `{column}` is {first} in `{first_source}` and {second} in `{second_source}`")]
    ColumnType {
        /// The column's name.
        column: String,
        /// Its type where it was met first.
        first: ColumnKind,
        /// The source that gave it.
        first_source: String,
        /// The other type.
        second: ColumnKind,
        /// The source that gave the other.
        second_source: String,
    },
}

impl Catalog {
    /// Reads the embedded catalogue.
    ///
    /// # Errors
    /// A page is malformed (a test of this crate keeps that from being released).
    pub fn built_in() -> Result<Self, CatalogError> {
        Self::read(None, |_| true)
    }

    /// Lays the pages of a folder over the built-in ones.
    ///
    /// # Errors
    /// The folder cannot be read, or one of its pages is malformed.
    pub fn with_overlay(folder: &Path) -> Result<Self, CatalogError> {
        Self::read(Some(folder), |_| true)
    }

    /// Reads what a query needs, sources, views and clients: the other pages take most of the time.
    ///
    /// # Errors
    /// The folder cannot be read, or one of those pages is malformed.
    pub fn tables(overlay: Option<&Path>) -> Result<Self, CatalogError> {
        let folders = |path: &str| {
            ["sources/", "views/", "clients/"].iter().any(|folder| path.starts_with(folder))
        };
        Self::read(overlay, folders)
    }

    /// Reads the built-in clients alone.
    ///
    /// # Errors
    /// As those of [`Catalog::built_in`].
    pub fn clients() -> Result<Self, CatalogError> {
        Self::read(None, |path| path.starts_with("clients/"))
    }

    fn read(overlay: Option<&Path>, is_wanted: fn(&str) -> bool) -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        for (path, text) in embedded_pages(&BUILT_IN) {
            if is_wanted(&path) {
                catalog.add(&path, text)?;
            }
        }
        if let Some(folder) = overlay {
            catalog.overlay(folder, is_wanted)?;
        }
        catalog.check()?;
        Ok(catalog)
    }

    fn overlay(&mut self, folder: &Path, is_wanted: fn(&str) -> bool) -> Result<(), CatalogError> {
        for path in files_below(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
            if is_wanted(&name) {
                let read_error = |source| CatalogError::Read { path: path.clone(), source };
                self.add(&name, &std::fs::read_to_string(&path).map_err(read_error)?)?;
            }
        }
        Ok(())
    }

    /// Adds one page by its path, such as `detections/defence/trail-stopped.md`.
    ///
    /// # Errors
    /// The page is malformed.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), CatalogError> {
        if let Some(rest) = path.strip_prefix("sources/") {
            let Some((name, "source.md")) = rest.split_once('/') else { return Ok(()) };
            let source = Source::from_page(name, Page::parse(path, text)?)?;
            self.sources.insert(name.to_owned(), source);
        } else if let Some(rest) = path.strip_prefix("detections/")
            && let Some(name) = rest.strip_suffix(".md")
        {
            let detection = Detection::from_page(name, Page::parse(path, text)?)?;
            self.detections.insert(name.to_owned(), detection);
        } else if let Some(rest) = path.strip_prefix("views/")
            && let Some(name) = rest.strip_suffix(".md")
        {
            let view = View::from_page(name, Page::parse(path, text)?)?;
            self.views.insert(name.to_owned(), view);
        } else if let Some(rest) = path.strip_prefix("questions/")
            && let Some(name) = rest.strip_suffix(".md")
        {
            let question = Question::from_page(name, Page::parse(path, text)?)?;
            self.questions.insert(name.to_owned(), question);
        } else if let Some(rest) = path.strip_prefix("clients/")
            && let Some(name) = rest.strip_suffix(".md")
        {
            let clients = Clients::from_page(name, Page::parse(path, text)?)?;
            self.clients.insert(name.to_owned(), clients);
        }
        Ok(())
    }

    /// Checks what no single page can: a table is a source or a view, and one column name has one
    /// type and one spelling over all sources, because all sources share one table in the lake,
    /// and other engines tell no capitals from small letters.
    fn check(&self) -> Result<(), CatalogError> {
        if let Some(view) = self.views.values().find(|it| self.sources.contains_key(&it.name)) {
            return Err(view.page.fault(format!("there is a source `{}` too", view.name)));
        }
        for question in self.questions.values() {
            let is_unknown =
                |it: &&String| !self.sources.contains_key(*it) && !self.views.contains_key(*it);
            if let Some(name) = question.sources.iter().find(is_unknown) {
                return Err(question.page.fault(format!("there is no source `{name}`")));
            }
        }
        let mut types: BTreeMap<&str, (ColumnKind, &str)> = BTreeMap::new();
        let mut spellings: BTreeMap<String, &str> = BTreeMap::new();
        let sources = self.sources.values();
        let columns = sources.flat_map(|source| source.columns.iter().map(move |it| (source, it)));
        for (source, column) in columns {
            let name = &column.name;
            let spelling = *spellings.entry(name.to_lowercase()).or_insert(name);
            if spelling != name {
                let reason = format!("another source spells the column `{name}` `{spelling}`");
                return Err(source.page.fault(reason));
            }
            let entry = types.entry(name).or_insert((column.kind, &source.name));
            if entry.0 != column.kind {
                return Err(CatalogError::ColumnType {
                    column: name.clone(),
                    first: entry.0,
                    first_source: entry.1.to_owned(),
                    second: column.kind,
                    second_source: source.name.clone(),
                });
            }
        }
        Ok(())
    }
}

fn embedded_pages<'a>(folder: &'a Dir<'a>) -> Vec<(String, &'a str)> {
    let mut pages = Vec::new();
    for file in folder.files() {
        if let Some(text) = file.contents_utf8()
            && file.path().extension().is_some_and(|extension| extension == "md")
        {
            pages.push((file.path().to_string_lossy().into_owned(), text));
        }
    }
    for inner in folder.dirs() {
        pages.extend(embedded_pages(inner));
    }
    pages.sort();
    pages
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, CatalogError> {
    let read_error = |source| CatalogError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read_error)? {
        let path = entry.map_err(read_error)?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_page_is_well_formed() {
        let catalog = Catalog::built_in().unwrap();
        assert!(catalog.sources.contains_key("cloudtrail"));
        assert!(catalog.views.contains_key("ocsf_api_activity"));
    }
}
