//! What can go wrong before a finding is made.

use std::io;
use std::path::PathBuf;

use haechi_query::QueryError;

/// Why detection cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// A page's definition does not make sense.
    #[error("{page}:{line}: {reason}")]
    Page {
        /// The page's path in the catalogue.
        page: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong and what was expected.
        reason: String,
    },
    /// Rows came for a source that the catalogue does not have.
    #[error("there is no source `{source_name}`")]
    UnknownSource {
        /// The name.
        source_name: String,
    },
    /// A batch of rows does not have the form of the lake's tables.
    #[error("the rows of `{source_name}` cannot be read: {reason}")]
    Rows {
        /// The source.
        source_name: String,
        /// What is wrong with them.
        reason: String,
    },
    /// What a run has remembered cannot be read back.
    #[error("the snapshot cannot be read: {reason}")]
    Snapshot {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What a run has remembered cannot be written down.
    #[error("what detection remembers cannot be written")]
    Remember(#[source] io::Error),
    /// The ids of records cannot be kept.
    #[error("the records that speak for findings cannot be kept")]
    Evidence(#[from] StoreError),
    /// A query over the lake failed.
    #[error("the rows of `{source_name}` cannot be queried")]
    Query {
        /// The source that was queried.
        source_name: String,
        /// What the engine said.
        source: QueryError,
    },
}

/// Why the finding store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened as a store.
    #[error("cannot open the finding store `{path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The file was written by a newer version.
    #[error("the finding store `{path}` has version {found}, and this program knows {known}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// A statement failed.
    #[error("the finding store cannot be read or written")]
    Statement(#[from] rusqlite::Error),
    /// A stored finding cannot be read back.
    #[error("the stored finding `{id}` is damaged: {reason}")]
    Damaged {
        /// The finding.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// No finding has that id.
    #[error("there is no finding `{id}`")]
    Unknown {
        /// The id or prefix that was asked for.
        id: String,
    },
    /// A filter of that name is there.
    #[error("there is a filter `{name}` already")]
    FilterExists {
        /// The name.
        name: String,
    },
    /// No filter has that name.
    #[error("there is no filter `{name}`")]
    UnknownFilter {
        /// The name.
        name: String,
    },
    /// No list has that name and file.
    #[error("there is no list `{name}` in `{file}`")]
    UnknownList {
        /// The name.
        name: String,
        /// The file.
        file: String,
    },
    /// There are as many filters as there may be.
    #[error("there are {n_max} filters already, and no more are kept")]
    TooManyFilters {
        /// How many there may be.
        n_max: usize,
    },
    /// More than one finding begins with that prefix.
    #[error("`{prefix}` begins the ids of several findings")]
    Ambiguous {
        /// The prefix.
        prefix: String,
    },
}
