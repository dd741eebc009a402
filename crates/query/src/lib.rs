//! Queries, before there is an engine: the Logs Insights language, filter patterns, and the trait
//! that whatever answers them has.
//!
//! A query's way: [`expand`] puts in parameters and saved queries, [`parse`] makes a tree of the
//! text, [`check`] says what does not make sense, and an engine takes the tree from there.
//! [`complete`] helps an editor, [`print`] writes a tree as text. Nothing here names an engine.
//!
//! ```
//! use haechi_query::check::{Options, check};
//! use haechi_query::{parse, print};
//!
//! let text = "filter errorCode = 'AccessDenied' | stats count(*) as n by eventName | sort n desc";
//! let query = parse(text).map_err(|error| error.render(text))?;
//! assert_eq!(query.stages.len(), 3);
//! assert!(check(text, &query, &Options::default()).is_empty());
//! assert!(print::print(&query).starts_with("filter errorCode = \"AccessDenied\"\n| stats"));
//!
//! let text = "filter errorCode is null";
//! let error = parse(text).unwrap_err();
//! assert_eq!(error.hint.as_deref(), Some("write `ispresent(errorCode)` or `not ispresent(errorCode)`"));
//! # Ok::<(), String>(())
//! ```

pub mod ast;
pub mod check;
pub mod commands;
pub mod complete;
pub mod diagnostic;
pub mod expand;
pub mod filter_pattern;
pub mod functions;
pub mod limits;
mod nearest;
mod parser;
pub mod print;
pub mod regular;
mod resolve;
pub mod span;
pub mod sql;
mod token;

pub use nearest::nearest;
pub use parser::parse;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

/// Answers queries over a lake.
#[async_trait::async_trait]
pub trait Engine: Send + Sync {
    /// Plans the SQL and starts it; rows come as they are made, in bounded memory.
    ///
    /// Dropping the answer cancels the query.
    ///
    /// # Errors
    /// The SQL cannot be planned; the error says where.
    async fn query(&self, sql: &str) -> Result<Answer, QueryError>;

    /// Does as [`Engine::query`] does, and may leave texts as the views that they are read as: for
    /// whoever looks at each once.
    ///
    /// # Errors
    /// As those of [`Engine::query`].
    async fn query_as_read(&self, sql: &str) -> Result<Answer, QueryError> {
        self.query(sql).await
    }

    /// Returns what is known of a table without reading rows.
    fn facts(&self, table: &str) -> Option<&TableFacts> {
        let _ = table;
        None
    }
}

/// What is known of a table without reading rows.
#[derive(Debug, Clone, Default)]
pub struct TableFacts {
    /// How many rows it has.
    pub rows: Option<u64>,
    /// The values of the columns that stand in the paths of its files, by column.
    pub in_paths: BTreeMap<String, BTreeSet<String>>,
    /// Whether all of its rows come in the order of `time` without being held, nulls first.
    pub comes_in_time_order: bool,
}

/// A running query: its columns, and its rows as they come.
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: BatchStream,
}

/// Batches as they come; after an error nothing more comes.
pub type BatchStream =
    Pin<Box<dyn futures_core::Stream<Item = Result<RecordBatch, QueryError>> + Send>>;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The text is not a query, or names what is not there.
    #[error("{message}")]
    Plan {
        /// What is wrong, in one line.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The query began and could not go on.
    #[error("the query stopped: {message}")]
    Run {
        /// What went wrong.
        message: String,
    },
    /// The query needs more memory than it was given, even with spilling.
    #[error("the query needs more memory than its limit: {message}")]
    Memory {
        /// What the engine said.
        message: String,
    },
}
