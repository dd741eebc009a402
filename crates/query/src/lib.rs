//! The way to every answer: one trait that takes a query and gives batches of rows.
//!
//! `detect` and the command line speak to this trait, so that the embedded engine and a cluster
//! can stand behind it alike. Nothing here names an engine.

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
mod resolve;
pub mod span;
mod token;

pub use parser::parse;

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
