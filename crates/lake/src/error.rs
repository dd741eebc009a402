//! What can go wrong with a lake.

use deltalake_core::DeltaTableError;

/// Why the lake could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The place is no lake and nobody asked to make one.
    #[error("`{location}` is not a lake")]
    Missing {
        /// The place.
        location: String,
    },
    /// The place is not a path or URL that can hold a lake.
    #[error("`{location}` cannot hold a lake: {reason}")]
    Location {
        /// The place.
        location: String,
        /// Why not.
        reason: String,
    },
    /// The table's log cannot be read or written.
    #[error("the lake's log cannot be read or written")]
    Log(#[from] DeltaTableError),
    /// A file of the lake cannot be read or written.
    #[error("`{path}` in the lake cannot be read or written")]
    Store {
        /// The file, below the lake.
        path: String,
        /// What the store said.
        source: object_store::Error,
    },
    /// An object cannot be read now, but may be another time.
    #[error(transparent)]
    Object(#[from] haechi_sources::ReadError),
    /// A file of the lake is not the Parquet it should be.
    #[error("`{path}` in the lake cannot be understood")]
    Parquet {
        /// The file, below the lake.
        path: String,
        /// What the reader said.
        source: parquet::errors::ParquetError,
    },
    /// Rows do not fit the schema, which no input brings about.
    #[error("rows do not fit their table")]
    Arrow(#[from] arrow::error::ArrowError),
    /// Other writers were faster, every time.
    #[error("the commit lost against other writers {attempts} times")]
    Contention {
        /// How often it was tried.
        attempts: usize,
    },
    /// Ingest was told to stop.
    #[error("stopped")]
    Stopped,
    /// A worker died of a fault of ours.
    #[error("a worker stopped unexpectedly: {0}")]
    Worker(String),
}
